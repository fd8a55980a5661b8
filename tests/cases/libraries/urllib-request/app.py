import urllib.request

r = urllib.request.Request("https://api.internal/v1?key=1", headers={"Authorization": "Bearer <<t>>"}, method="GET")
r.add_header("X-Api-Key", "<<k>>")
