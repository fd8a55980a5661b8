"""Update the hits of a file after a change: which stay, at which offsets, and where new ones may be.

Only the bytes around a change are matched again.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence

from scanner.extent import WIDTH, Range
from scanner.prefilter import Hit, Prefilter

# A match begins at most this many bytes, the largest `reach` of a rule, or one line before its end.
REACH = 1_300
_LONG_LINE = 4_000
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
_NONE: frozenset[bytes] = frozenset()


def reach(data: bytes, change: Range) -> tuple[int, int]:
    """The range of offsets from which a hit's context may reach into a change."""
    last = data.find(b"\n", change.new_last)
    low = data.rfind(b"\n", 0, change.new_first) - 2 * WIDTH
    return low, (len(data) if last < 0 else last) + WIDTH


def found_near(data: bytes, change: Range, prefilter: Prefilter, *, calls: bool) -> list[Hit]:
    """The hits that a change may have created, and imports before it."""
    first = change.new_first
    start = max(data.rfind(b"\n", 0, max(0, first - REACH)) + 1, first - _LONG_LINE)
    start = min(start, *(_opened(data, start, pair) for pair in _BRACKETS))
    found = prefilter.find(data[start : last_changed(change) + 1], calls=calls)
    return [(number, start + end) for number, end in found]


def _opened(data: bytes, at: int, pair: tuple[bytes, bytes]) -> int:
    """The start of the line on which a bracket opens that is still open at an offset; else the offset itself.

    Some expressions extend as long as no bracket closes: a function's parameters, a command's list of words.
    """
    low = max(0, at - _LONG_LINE)
    opening = data.rfind(pair[0], low, at)
    if opening < 0 or data.rfind(pair[1], opening, at) >= 0:
        return at
    return max(low, data.rfind(b"\n", low, opening) + 1)


def last_changed(change: Range) -> int:
    """The end of the last match that a change may have created or removed."""
    return change.new_last + REACH


def unchanged(
    hits: Sequence[Hit], names: Mapping[Hit, frozenset[bytes]], ranges: Sequence[Range]
) -> dict[Hit, frozenset[bytes]]:
    """The hits outside the changes, at their new offsets, with the names that their contexts depend on."""
    found: dict[Hit, frozenset[bytes]] = {}
    done, longer = -1, 0
    for each in (*ranges, None):
        first = bisect.bisect_right(hits, done, key=end_of)
        last = len(hits) if each is None else bisect.bisect_left(hits, each.first, key=end_of)
        were = hits[first:last]
        are = _moved(were, longer)
        found |= dict.fromkeys(are, _NONE)
        found |= {now: names[was] for was, now in zip(were, are, strict=True) if was in names}
        if each is not None:
            done, longer = each.last, each.new_last - each.last
    return found


def merged(old: Sequence[Hit], ranges: Sequence[Range], windows: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of the version before at their new offsets, with those near the changes replaced."""
    hits: list[Hit] = []
    done, longer = -1, 0
    for each, found in zip((*ranges, None), (*windows, ()), strict=True):
        first = bisect.bisect_right(old, done, key=end_of)
        last = len(old) if each is None else bisect.bisect_left(old, each.first, key=end_of)
        hits += _moved(old[first:last], longer)
        if each is not None:
            hits += [hit for hit in found if each.new_first <= hit[1] <= last_changed(each)]
            longer = each.new_last - each.last
            done = last_changed(each) - longer
    return hits


def _moved(hits: Sequence[Hit], longer: int) -> Sequence[Hit]:
    return [(number, end + longer) for number, end in hits] if longer else hits


def end_of(hit: Hit) -> int:
    """The end of a match."""
    return hit[1]
