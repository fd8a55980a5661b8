from typing import overload


@overload
def f(password: str = ...) -> str: ...
@overload
def f(password: bytes = ...) -> bytes: ...
def f(password="<<a>>"):
    return password
