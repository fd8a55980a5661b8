f = lambda password="<<a>>": password
g = lambda *, api_key="<<b>>", **kw: (api_key, kw)
h = [lambda: {"token": "<<c>>"}]
