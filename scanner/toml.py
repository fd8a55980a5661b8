"""Parse untrusted TOML with limits on time and depth."""

from __future__ import annotations

from typing import Any

from rules.lazy_patterns import lazy_pattern

MOST = 500
# A key with many parts: tomllib's time grows with their square. Linear, as it begins only where a key can.
_DEEP = lazy_pattern(rf"(?<![^\s\[{{,])(?:[^\s.,=\[\]{{}}#]++[ \t]*+\.[ \t]*+){{{MOST}}}")


def deep_key(text: str) -> int | None:
    """The offset of a key with more than MOST parts; None if there is none."""
    found = _DEEP.search(text)
    return None if found is None else found.start()


def loads(text: str) -> dict[str, Any]:
    """The tables of a text. Raises ValueError: tomllib's own for invalid TOML, a bare one for too many parts."""
    import tomllib

    if deep_key(text) is not None:
        raise ValueError
    try:
        return tomllib.loads(text)
    except (RecursionError, OverflowError):
        raise ValueError from None


def trouble(error: ValueError) -> str:
    """A description of tomllib's error that contains nothing of the text."""
    twice = str(error).startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate inline"))
    return "not valid TOML (a key or a table that is there already)" if twice else "not valid TOML"
