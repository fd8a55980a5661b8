import json
A = json.loads('{"client_id": "x", "client_secret": "<<a>>", "refresh_token": "<<b>>", "n": {"k": 1}}')
