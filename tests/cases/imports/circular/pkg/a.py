import pkg.b as pkg_b

A = TOKEN = "<<a>>"


def f():
    return pkg_b.g() + A
