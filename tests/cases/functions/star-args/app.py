def connect(*args, **kw): return args, sorted(kw.items())


A = connect(*("shop", "h"), **{"password": "<<a>>"})
B = connect(*["u"], **dict(password="<<b>>", port=1))
