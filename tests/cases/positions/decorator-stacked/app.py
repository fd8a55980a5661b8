import functools


def secured(password):
    def wrap(f):
        @functools.wraps(f)
        def inner(*a):
            return (password, f(*a))
        return inner
    return wrap


@functools.lru_cache(maxsize=None)
@secured(password="<<pw>>")
def handler(x): return x
