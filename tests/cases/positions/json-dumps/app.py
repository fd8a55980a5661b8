import json

x = json.dumps({"token": "<<k>>"})
