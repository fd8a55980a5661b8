def f(token, **kw):
    return token, kw


A = "<<a>>"
B = f(**{"token": "<<a>>", "x": 1}), f(*["<<b>>"]), f(*("<<b>>",), **dict(key="<<d>>"))
