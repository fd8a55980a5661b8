"""Parse untrusted TOML within bounds of time and depth."""

from __future__ import annotations

import re
from typing import Any

MOST = 500
# A key of so many parts: tomllib's time grows with their square. Linear, for it begins only where a key can.
_DEEP = re.compile(rf"(?<![^\s\[{{,])(?:[^\s.,=\[\]{{}}#]++[ \t]*+\.[ \t]*+){{{MOST}}}")


def deep_key(text: str) -> int | None:
    """The offset of a key of more than MOST parts; None where there is none."""
    found = _DEEP.search(text)
    return None if found is None else found.start()


def loads(text: str) -> dict[str, Any]:
    """The tables of a text. Raises ValueError: tomllib's own for what is no TOML, a bare one for what is too much."""
    import tomllib

    if deep_key(text) is not None:
        raise ValueError
    try:
        return tomllib.loads(text)
    except (RecursionError, OverflowError):
        raise ValueError from None


def trouble(error: ValueError) -> str:
    """What tomllib's error says, in words that hold nothing of the text."""
    twice = str(error).startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate inline"))
    return "not valid TOML (a key or a table that is there already)" if twice else "not valid TOML"
