TOKEN = KEY = "<<a>>"
del KEY


def globals_():
    return dict(globals())
