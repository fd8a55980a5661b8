"""doc"""

from __future__ import (
    annotations,  # x
    division,
)
password = "<<pw>>"
def f(a: int) -> str: ...
