url = "https://h/?"
url += "api_key=<<k>>"
key = "x"; key += "<<t>>"
d = {}
d |= {"password": "<<pw>>"}
d["token"] = d["secret"] = "<<s>>"
