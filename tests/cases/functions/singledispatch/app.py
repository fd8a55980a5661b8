from functools import singledispatch


@singledispatch
def key(thing):
    api_key = "<<a>>"
    return api_key


@key.register
def _(thing: int):
    return f"token {thing} <<a>>"


@key.register(bytes)
def _key_bytes(thing, secret_key=b"<<b>>"):
    return secret_key + thing
