import requests

a = requests.get("https://h", headers={"Authorization": "Bearer <<t>>", "X-Api-Key": "<<k>>"}, auth=("u", "<<p>>"))
b = requests.post("https://h/?api_key=<<q>>&x=1", data={"client_secret": "<<c>>"})
s = requests.Session()
s.headers.update({"Authorization": "token <<v>>"})
