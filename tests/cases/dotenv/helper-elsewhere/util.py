import os


def need(name):
    v = os.environ.get(name)
    assert v, name
    return v
