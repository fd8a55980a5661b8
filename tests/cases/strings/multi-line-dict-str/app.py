import json

BODY = json.loads("""
{
  "username": "svc",
  "password": "<<a>>"
}
""")
