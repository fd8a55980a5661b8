from ._internal.keys import KEY


def run(token="<<b>>"):
    return KEY.decode() + token
