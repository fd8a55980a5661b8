import json

import yaml

C = yaml.safe_load("""
db:
  user: shop
  password: <<a>>
""")
J = json.loads(b'{"auth": {"token": "<<b>>"}}')
