import requests
from requests.auth import HTTPBasicAuth

s = requests.Session()
s.auth = ("bot", "<<a>>")
s.headers = {"Authorization": "Token <<b>>"}
s.headers.update({"X-Auth-Token": "<<c>>", "Accept": "application/json"})
s.proxies = {"https": "http://proxyuser:<<d>>@proxy.internal:3128"}
r = requests.get("https://api.internal", auth=HTTPBasicAuth("u", "<<e>>"), timeout=5)
