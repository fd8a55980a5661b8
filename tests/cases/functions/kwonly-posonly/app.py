def f(a, password="<<a>>", /, b=2, *args, token="<<b>>", **kw) -> "tuple":
    return a, password, b, args, token, kw
