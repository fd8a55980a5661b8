from __future__ import annotations


def f(token: Unknown = "<<k>>") -> Unknown:
    return token
