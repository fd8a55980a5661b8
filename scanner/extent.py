"""How far what stands at an offset reaches, and where two versions of a file differ: bytes alone, without a parser."""

from __future__ import annotations

from typing import NamedTuple

# No statement is followed further than this from where it is asked for, and no line further than that.
WIDTH = 1_500
NEAR = 400


class Extent(NamedTuple):
    """A part of a file from `start` to `end`; what lies outside of `low` and `high` was not even looked at for it.

    `low` is -1, and `high` more than there is, where the file's beginning or end were seen.
    """

    low: int
    start: int
    end: int
    high: int


def statement(data: bytes, start: int, end: int) -> Extent:
    """A statement from its line on, with the line after it, more where a long string begins, a comment above it."""
    stop = _statement_end(data, start, end)
    long = data.find(b'"""', start, stop) >= 0 or data.find(b"'''", start, stop) >= 0
    low = data.rfind(b"\n", max(0, start - NEAR), max(0, start - 1))
    above = low + 1
    if low < 0:
        low = start - NEAR if start > NEAR else -1
        above = 0 if low < 0 else start  # a line above that is so long is no comment about this one
    if data[above:start].lstrip()[:1] != b"#":
        above = start
    last = _lines_end(data, stop, 4 if long else 1)
    return Extent(low, above, last, last + 1)


def around(data: bytes, end: int, after: int) -> Extent:
    """The line before an offset, its own and some after it; of long lines only what is near."""
    start = low = end
    for _ in range(2):
        low = start - NEAR if start > NEAR else -1
        start = data.rfind(b"\n", max(0, low), start)
        if start < 0:
            start = max(0, end - NEAR)
            break
        low = start
    last = _lines_end(data, end - 1, after)
    return Extent(min(low, start), start, last, last + 1)


def changed(before: bytes, after: bytes) -> tuple[int, int]:
    """Where the second differs from the first: start and end in the second."""
    most = min(len(before), len(after))
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if before.startswith(after[low:middle], low):
            low = middle
        else:
            high = middle - 1
    start = low
    old, new = len(before), len(after)
    low, high = 0, most - start
    while low < high:
        middle = (low + high + 1) // 2
        if before.startswith(after[new - middle : new - low], old - middle):
            low = middle
        else:
            high = middle - 1
    return start, new - low


def _statement_end(data: bytes, start: int, end: int) -> int:
    """The end of the line, at or after `end`, on which all brackets that were opened since `start` are closed."""
    depth, at, limit = 0, start, end + WIDTH - NEAR
    while True:
        line = data.find(b"\n", max(at, end))
        if line < 0:
            return len(data)
        part = data[at:line]
        depth += part.count(b"(") + part.count(b"[") + part.count(b"{")
        depth -= part.count(b")") + part.count(b"]") + part.count(b"}")
        if depth <= 0 or line >= limit:
            return line
        at = line + 1


def _lines_end(data: bytes, stop: int, lines: int) -> int:
    """The end of a line further down, at most a little way from the one before it."""
    for _ in range(lines):
        following = data.find(b"\n", stop + 1, stop + 1 + NEAR)
        if following < 0:
            return stop + NEAR
        stop = following
    return stop
