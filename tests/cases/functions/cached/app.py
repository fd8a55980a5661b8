import functools


@functools.lru_cache
def api_token():
    token = "<<t>>"
    return token
