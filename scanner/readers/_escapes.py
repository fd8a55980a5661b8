"""Decode escaped text and keep where each character came from."""

from __future__ import annotations

import re
from collections.abc import Callable

from scanner.readers.errors import Unreadable
from scanner.text import line_starts, position


def fault(text: str, offset: int, what: str) -> Unreadable:
    """Make an Unreadable for an offset into `text`."""
    line, column = position(line_starts(text), min(max(offset, 0), len(text)))
    return Unreadable(line, column, what)


def decode(
    text: str, start: int, end: int, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]
) -> tuple[str, tuple[int, ...]]:
    """Replace each match in `text[start:end]`; give the result and, for each of its characters and its end, the offset.

    All characters that one match becomes have the offset of the match.
    """
    pieces: list[str] = []
    starts: list[int] = []
    at = start
    for found in pattern.finditer(text, start, end):
        new = replace(found)
        pieces += (text[at : found.start()], new)
        starts += range(at, found.start())
        starts += [found.start()] * len(new)
        at = found.end()
    pieces.append(text[at:end])
    starts += range(at, end + 1)
    return "".join(pieces), tuple(starts)


def compact(text: str, value: str, starts: tuple[int, ...]) -> tuple[int, tuple[int, ...] | None]:
    """Give `body` and `offsets` of a Literal: no offsets where the value stands verbatim in the text."""
    # One character can stand for another: a line end folded to a blank.
    if starts[-1] - starts[0] == len(value) and text.startswith(value, starts[0]):
        return starts[0], None
    return starts[0], starts


def whole(start: int, end: int, length: int) -> tuple[int, ...]:
    """Offsets for a value whose characters cannot be placed: all of it is `start` to `end`."""
    return (*(start for _ in range(length)), end)
