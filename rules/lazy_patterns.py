"""Regular expressions that are compiled on their first use.

`re` compiles in Python: the 178 expressions that a commit hook with one finding imports took an eighth of its
instructions, and it uses 50.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """An expression as `re.compile` returns it, compiled when its first method is called.

    An expression that is not valid raises `re.error` only then. It is another object than a match's `re`, and functions
    of `re` do not take it: call its methods.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))


class _Lazy:
    """Looks like a compiled expression; each method becomes an attribute once it has been asked for."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # `copy` and `pickle` ask before there is a pattern
            raise AttributeError(name)
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found
