import json

x = json.loads('{"token": "<<k>>"}')
