import base64

SIGNING_KEY = base64.b64decode("<<k>>")
