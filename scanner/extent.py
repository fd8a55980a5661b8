"""Find the end of the statement at an offset, and the differences of two versions of a file, from bytes, unparsed."""

from __future__ import annotations

from typing import NamedTuple

# Bound for the distance that a statement is followed, and for the length of a line.
WIDTH = 1_500
NEAR = 400
# A provider's longest token extends at most this far beyond the end of its shortest one, except PEM blocks.
TAIL = 1_200
# Changes with less distance than this are merged: text near one of them could be near the other.
FAR = 4 * WIDTH
# Through how many names a value is followed to the call that takes it. The Python reader and the comparison of versions
# must use the same number.
HOPS = 3
_CLOSERS = (b")", b"]", b"}", b'"', b"'")
# Bytes used to find a line again.
_SAMPLE = 60


class Extent(NamedTuple):
    """A part of a file from `start` to `end`, and the bytes from `low` to `high` that were read to find it.

    `low` is -1 if the start of the file was reached, `high` is beyond the end if the end was.
    """

    low: int
    start: int
    end: int
    high: int


class Range(NamedTuple):
    """A change: `first` to `last` in a version is `new_first` to `new_last` in the next one."""

    first: int
    last: int
    new_first: int
    new_last: int

    def touches(self, extent: Extent) -> bool:
        """Whether part of this extent of the next version has changed."""
        return extent.high > self.new_first and extent.low < self.new_last


def statement(data: bytes, start: int, end: int) -> Extent:
    """A statement from its first line on, with a comment above, and more if it may continue or opens a string."""
    stop = _statement_end(data, start, end)
    long = data.find(b'"""', start, stop) >= 0 or data.find(b"'''", start, stop) >= 0
    low = data.rfind(b"\n", max(0, start - NEAR), max(0, start - 1))
    above = low + 1
    if low < 0:
        low = start - NEAR if start > NEAR else -1
        above = 0 if low < 0 else start  # a line above that is so long is not a comment on this one
    if data[above:start].lstrip()[:1] != b"#":
        above = start
    lines = 4 if long else 1 if _goes_on(data, start, stop) else 0
    return Extent(low, above, _lines_end(data, stop, lines), _lines_end(data, stop, max(lines, 1)) + 1)


def around(data: bytes, end: int) -> Extent:
    """The line of an offset with the lines before and after it; of long lines only the part nearby."""
    start = low = end
    for _ in range(2):
        low = start - NEAR if start > NEAR else -1
        start = data.rfind(b"\n", max(0, low), start)
        if start < 0:
            start = max(0, end - NEAR)
            break
        low = start
    last = _lines_end(data, end - 1, 1)
    return Extent(min(low, start), start, last, last + 1)


def lines_of(data: bytes, first: int, last: int) -> tuple[int, int]:
    """Start of the line of `first` and end of the line of `last`, without its line feed."""
    end = data.find(b"\n", last)
    return data.rfind(b"\n", 0, first) + 1, len(data) if end < 0 else end


def changed(before: bytes, after: bytes) -> list[Range]:
    """The parts that differ, in order; at least `FAR` equal bytes separate two of them.

    For equal texts that is one empty range, at the end.
    """
    found: list[Range] = []
    parts = [Range(0, len(before), 0, len(after))]
    while parts:
        part = parts.pop()
        most = min(part.last - part.first, part.new_last - part.new_first)
        start = _same_from(before, after, part.first, part.new_first, most)
        end = _same_until(before, after, part.last, part.new_last, most - start)
        part = Range(part.first + start, part.last - end, part.new_first + start, part.new_last - end)
        same = _same_inside(before, after, part)
        if same is None:
            found.append(part)
        else:
            parts.append(Range(same.last, part.last, same.new_last, part.new_last))
            parts.append(Range(part.first, same.first, part.new_first, same.new_first))
    return found


def _same_inside(before: bytes, after: bytes, part: Range) -> Range | None:
    """A long part that both versions share, somewhere inside a change."""
    if min(part.last - part.first, part.new_last - part.new_first) < FAR:
        return None
    # A line in the middle, then one of each half, is searched in the version before.
    for step in (2, 1, 3):
        at = part.new_first + (part.new_last - part.new_first) * step // 4
        at = after.find(b"\n", at, part.new_last - _SAMPLE)
        if at < 0:
            continue
        there = before.find(after[at : at + _SAMPLE], part.first, part.last)
        if there < 0:
            continue
        ahead = _same_from(before, after, there, at, min(part.last - there, part.new_last - at))
        back = _same_until(before, after, there, at, min(there - part.first, at - part.new_first))
        if ahead + back >= FAR:
            return Range(there - back, there + ahead, at - back, at + ahead)
    return None


def _same_from(before: bytes, after: bytes, old: int, new: int, most: int) -> int:
    """The number of equal bytes from two offsets on, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if before.startswith(after[new + low : new + middle], old + low):
            low = middle
        else:
            high = middle - 1
    return low


def _same_until(before: bytes, after: bytes, old: int, new: int, most: int) -> int:
    """The number of equal bytes before two offsets, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if before.startswith(after[new - middle : new - low], old - middle):
            low = middle
        else:
            high = middle - 1
    return low


def _goes_on(data: bytes, start: int, stop: int) -> bool:
    """Whether the line after a statement may belong to it; brackets inside strings are counted like any others."""
    following = data[stop + 1 : stop + NEAR]
    indent = len(following) - len(following.lstrip(b" \t"))
    first = data[start : start + NEAR]
    deeper = indent > len(first) - len(first.lstrip(b" \t"))
    return deeper or following[indent : indent + 1] in _CLOSERS or data[stop - 1 : stop] == b"\\"


def _statement_end(data: bytes, start: int, end: int) -> int:
    """The end of the line, at or after `end`, on which all brackets opened since `start` are closed."""
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
    """The end of a line further down, each line at most a little way from the one before it."""
    for _ in range(lines):
        following = data.find(b"\n", stop + 1, stop + 1 + NEAR)
        if following < 0:
            return stop + NEAR
        stop = following
    return stop
