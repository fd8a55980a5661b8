from dataclasses import dataclass


@dataclass
class A:
    token: str = "<<a>>"


@dataclass
class B(A):
    token: str = "<<b>>"
    password: "str | None" = None or "<<c>>"
