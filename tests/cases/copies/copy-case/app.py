TOKEN = "<<k>>"


def f(x):
    match x:
        case "<<k>>": return 1
