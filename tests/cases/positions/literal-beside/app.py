import typing as t


def f(token: t.Literal["<<t>>", "none"] = "<<t>>"):
    return token
