class K:
    A = "<<a>>"
    B = "<<b>>"


def f(x):
    match x:
        case K.A | K.B:
            return "ours"
        case str(y) if y == "x":
            return "<<d>>"
        case _:
            return None
