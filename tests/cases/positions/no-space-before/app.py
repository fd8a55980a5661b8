def f(a):
    return"<<k>>"if a else"<<j>>"
