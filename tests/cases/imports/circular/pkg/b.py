from pkg import a

B = SECRET_KEY = "<<b>>"


def g():
    return a.A
