def f(n):
    match n:
        case 1: return "<<k>>"
        case _: return "<<j>>"
