def sign(x, *, secret_key):
    return x + secret_key


OUT = [y for x in ("a", "b") if (y := sign(x, secret_key="<<k>>"))]
