def task(module, **kwargs):
    return module, sorted(kwargs.items())


out = [
    task("mysql_user", name="shop", password="<<a>>", priv="shop.*:ALL"),
    task("uri", url="https://x", url_username="svc", url_password="<<b>>", force_basic_auth=True),
]
