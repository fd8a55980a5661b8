"""Decode escape sequences and keep the source offset of each decoded character."""

from __future__ import annotations

import re
from collections.abc import Callable

from scanner.readers.errors import Unreadable
from scanner.text import line_starts, position


def fault(text: str, offset: int, what: str) -> Unreadable:
    """An Unreadable for an offset into `text`; `what` describes the error without quoting the text."""
    line, column = position(line_starts(text), min(max(offset, 0), len(text)))
    return Unreadable(line, column, what)


def decode(
    text: str, start: int, end: int, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]
) -> tuple[str, tuple[int, ...]]:
    """Replace each match in `text[start:end]`; return the result and the offset of each of its characters and its end.

    All characters that come from one match have the offset of that match.
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
    """`body` and `offsets` of a Literal: `offsets` is None where the value is verbatim in the text."""
    # A line end that was folded to a blank has the same length but is another character.
    if starts[-1] - starts[0] == len(value) and text.startswith(value, starts[0]):
        return starts[0], None
    return starts[0], starts


def whole(start: int, end: int, length: int) -> tuple[int, ...]:
    """Offsets for a value whose characters cannot be located one by one: all of them map to `start` to `end`."""
    return (*(start for _ in range(length)), end)
