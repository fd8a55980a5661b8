from typing import overload


@overload
def f() -> str: ...
@overload
def f(key: str) -> tuple: ...
def f(key: str = "<<a>>"):
    return key if key == "<<a>>" else (key, "<<a>>")
