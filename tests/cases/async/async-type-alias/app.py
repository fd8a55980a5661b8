from typing import Annotated


async def main():
    x: Annotated[str, "a key"] = "<<a>>"

    @wrap("<<b>>")
    def f():
        return 1

    try:
        raise ValueError("<<d>>")
    except ValueError as error:
        return x, f(), str(error)


def wrap(key):
    return lambda f: lambda: (key, f())
