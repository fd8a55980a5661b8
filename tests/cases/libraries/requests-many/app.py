import requests
from requests.auth import HTTPDigestAuth

BASE = "https://api.example"
r1 = requests.post(f"{BASE}/login", json={"username": "bot", "password": "<<a>>"})
r2 = requests.get(BASE, params={"api_key": "<<b>>", "q": "x"})
r3 = requests.get(BASE, auth=HTTPDigestAuth("bot", "<<a>>"))
r4 = requests.put(BASE, headers={"X-API-Key": "<<b>>", "Content-Type": "application/json"}, data="{}")
