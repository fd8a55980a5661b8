def f(kw):
    kw.setdefault("password", "<<a>>")
    token = kw.pop("token", "<<b>>")
    return kw, token, getattr(kw, "secret", "<<c>>")
