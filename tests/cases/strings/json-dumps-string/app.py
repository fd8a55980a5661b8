import json

A = json.loads('{"user": "shop", "password": "<<a>>"}')
B = json.dumps({"auth": {"password": "<<b>>"}})
