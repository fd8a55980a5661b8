"""Cut functions without hits out of a Python file, so that only the rest must be parsed.

Each of them becomes an empty function of the same length and number of lines, so that all offsets stay the same.
Recognised by indentation alone: if that breaks the text, it does not parse, and then the whole file is read.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator

from rules.lazy_patterns import lazy_pattern

_FUNCTION = lazy_pattern(rb"\n([ \t]*+)(?:async[ \t]+)?def[ \t]")
_OWN = lazy_pattern(rb"\b(?:self|cls)\.([A-Za-z_]\w*+)")
_OWN_BOUND = lazy_pattern(rb"\b(?:self|cls)\.([A-Za-z_]\w*+)[ \t]*+(?::[^=\n]*+)?=(?!=)")
_EMPTY = b"def _():0"
_BLANK = bytes(byte if byte in b"\r\n" else 32 for byte in range(256))
_NEAR = 1_500


def island(data: bytes, offsets: Iterable[int]) -> bytes:
    """The file with functions emptied that contain none of the offsets and set no attribute of self."""
    kept = sorted({*offsets, *_on_self(data, offsets)})
    pieces: list[bytes] = []
    done = 0
    for start, end, indent in _functions(data):
        head = start + indent
        line = data.find(b"\n", start)
        first = bisect.bisect_left(kept, start)
        if start < done or (first < len(kept) and kept[first] <= end) or line - head < len(_EMPTY):
            continue
        pieces += (data[done:head], _EMPTY, data[head + len(_EMPTY) : end].translate(_BLANK))
        done = end
    return b"".join((*pieces, data[done:]))


def _functions(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Start, end and indentation of every function, outer ones first."""
    for found in _FUNCTION.finditer(b"\n" + data):
        indent = len(found[1])
        after = after_block(indent).search(data, found.start())
        yield found.start(), after.start() + 1 if after else len(data), indent


@functools.lru_cache(maxsize=64)
def after_block(indent: int) -> re.Pattern[bytes]:
    """An expression for the first line after a block: indented no deeper than `indent`, no bracket and no comment."""
    return re.compile(rb"\n[ \t]{0,%d}[^\s)\]}#]" % indent)


def _on_self(data: bytes, offsets: Iterable[int]) -> Iterator[int]:
    """Where the attributes of self that occur near the offsets are bound."""
    names = {name for end in offsets for name in _OWN.findall(data, max(0, end - _NEAR), end + _NEAR)}
    if names:
        yield from (found.start() for found in _OWN_BOUND.finditer(data) if found[1] in names)
