def f():
    return "u", "<<a>>"


def g(): return {"token": "<<b>>", **{"x": ("<<d>>",)}}


def h():
    yield "<<a>>", {"<<e>>"}
