import base64

A = {"Authorization": "Basic " + base64.b64encode(b"user:<<a>>").decode()}
B = "Basic %s" % base64.b64encode(("user:%s" % "x").encode()).decode()
