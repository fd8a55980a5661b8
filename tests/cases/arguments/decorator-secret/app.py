import functools


def needs(token, *, header="X-Token"):
    def outer(f):
        @functools.wraps(f)
        def inner(*a, **k):
            return token, header, f(*a, **k)

        return inner

    return outer


@needs(token="<<a>>")
def view(x):
    return x


@needs("<<b>>", header="Authorization")
@functools.lru_cache(maxsize=None)
def other():
    return 1


def configured(**options):
    return lambda cls: type(cls.__name__, (cls,), options)


@configured(token="<<a>>", url="x")
class Hook:
    pass
