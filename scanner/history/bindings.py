"""The bindings of a Python file's names, updated from one version of the file to the next.

Read line by line without a parser: a binding is a line `name = ...` and the statement that begins there.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rules.lazy_patterns import lazy_pattern
from scanner.extent import HOPS, WIDTH, Extent, Range, changed, statement

# `name = ...`, `self.name: str = ...`, `one = other = ...`, `one, other = ...`, `name["key"] = "..."`, a loop over a
# list, a function with string defaults, and a command-line option: the forms through which the reader follows a call's
# argument to a constant. A number or None is not a string.
_ONE = rb"\(?(?:self\.|cls\.)?[A-Za-z_]\w*+[ \t]*+\)?"
_SEVERAL = rb"%b(?:,[ \t]*+%b)*+" % (_ONE, _ONE)
_BOUND = lazy_pattern(
    rb"\n([ \t]*+)(?:((?:%b(?::[^=\n\"']*+)?=(?!=)[ \t]*+)++)(?!\d[\w.]*+(?!,)|(?:None|True|False)\b)"
    rb"|for[ \t]++(%bin[ \t]*+[\[({])|(?:async[ \t]++)?def[ \t]++\w++\(([^\n\"']*=[^\n]*)"
    # Keys and attributes set to something other than a string are many, and change often.
    rb"|(?:(?:self|cls)\.)?(?P<part>[A-Za-z_]\w*+)(?:\.\w++|\[[^\]\n]{1,80}+\])++[ \t]*+=(?!=)(?=[^\n]*[\"'])"
    rb"|@?[A-Za-z_]\w*+\.(?:add_argument|add_option|option)\([^\n]{0,200}?[\"']--(?P<option>[\w\-]++)[\"'])"
    % (_SEVERAL, _SEVERAL)
)
_TARGET = lazy_pattern(rb"((?:self|cls)\.)?([A-Za-z_]\w*+)[ \t]*+\)?(?:(?::[^=\n\"']*+)?=|,|(?=in\b))")
_DEFAULT = lazy_pattern(rb"(?<![\w.])([A-Za-z_]\w*+)[ \t]*+(?::[^=,\n\"']*+)?=[ \t]*+[^\d\s=NTF]")
_BLOCK = lazy_pattern(rb"[ \t]*(?:async[ \t]+)?(?:def|(class))[ \t]")
_NAME = lazy_pattern(rb"[A-Za-z_]\w*")
# Bytes that a statement extends at most, except to the end of its last line.
_FAR = 3 * WIDTH


@dataclass(slots=True)
class Binding:
    """A binding of a name, `everywhere`: in the module or on self, so that any function can refer to it.

    `of_class`: in a class's own body, if that was requested. `end` is the offset after the equals sign. `text` is the
    statement, read on request; empty if it leads nowhere. `low` and `high` are those of the statement's extent,
    relative to `start`, if they were requested.
    """

    start: int
    end: int
    name: bytes
    everywhere: bool
    of_class: bool | None = None
    low: int = 0
    high: int = 0
    text: bytes | None = field(default=None, repr=False)
    names: frozenset[bytes] = frozenset()


@dataclass(slots=True, kw_only=True)
class Bindings:
    """The bindings of one version of a file, in order; `places` are those of each name, computed on request."""

    data: bytes | None = field(default=None, repr=False)
    rows: list[Binding] = field(default_factory=list)
    places: dict[bytes, list[Binding]] | None = None


def follow(bindings: Bindings, data: bytes, ranges: Sequence[Range] | None = None) -> set[bytes]:
    """Update the bindings to the next version; returns the names whose bindings changed.

    `ranges` are the parts that differ from the version before; None: they are determined here.
    """
    before, rows = bindings.data, bindings.rows
    if before is data:
        return set()
    bindings.data, bindings.places = data, None
    if before is None:
        bindings.rows = list(_found(data, 0, len(data)))
        return {row.name for row in bindings.rows}
    names: set[bytes] = set()
    kept: list[Binding] = []
    done = end = longer = 0
    for each in changed(before, data) if ranges is None else ranges:
        head, tail = _touched(rows, before, each.first, each.last)
        head = max(head, done)
        tail = max(head, tail)
        kept += _shifted(rows[done:head], longer)
        # Statements that the changes touch are read again, and the lines between them.
        start = data.rfind(b"\n", 0, each.new_first) + 1
        if head < tail:
            start = min(start, rows[head].start + longer)
        if start < end:  # a line so long that it contains two changes
            start = (data.find(b"\n", end) + 1) or len(data)
        longer = each.new_last - each.last
        end = max(each.new_last, rows[tail - 1].start + longer if head < tail else 0)
        fresh = list(_found(data, start, end))
        kept += fresh
        names.update(row.name for row in (*rows[head:tail], *fresh))
        done = tail
    bindings.rows = kept + _shifted(rows[done:], longer)
    return names


def _shifted(rows: list[Binding], longer: int) -> list[Binding]:
    if longer:
        for row in rows:
            row.start += longer
            row.end += longer
    return rows


def _touched(rows: Sequence[Binding], data: bytes, first: int, last: int) -> tuple[int, int]:
    """The first row, and the one after the last, whose statements a change between two offsets may touch."""
    tail = bisect.bisect_left(rows, last, key=_start)
    while tail < len(rows) and _bounds(data, rows[tail])[0] < last:
        tail += 1
    at = head = bisect.bisect_left(rows, first, hi=tail, key=_start)
    # A statement ends at the latest on the first line that is _FAR from its beginning, so earlier ones cannot matter.
    far = first - _FAR if data.find(b"\n", first - _FAR + WIDTH, first - WIDTH) >= 0 else 0
    while at and rows[at - 1].end >= far:
        at -= 1
        if _bounds(data, rows[at])[1] > first:
            head = at
    return head, tail


def _bounds(data: bytes, row: Binding) -> tuple[int, int]:
    """The offsets between which the extent of a binding's statement was read (`Extent`); computed once for each."""
    if not row.high:
        extent = extent_of(data, row)
        row.low, row.high = extent.low - row.start, extent.high - row.start
    return row.start + row.low, row.start + row.high


def reached(bindings: Bindings, text: bytes, scope: int, end: int) -> tuple[dict[int, bytes], frozenset[bytes]]:
    """Offsets of the statements that bind the names in the text before `end`, and those in these statements in turn.

    `scope` is where the function around the text begins. The second result is the set of all these names.
    """
    assert bindings.data is not None
    if bindings.places is None:
        bindings.places = {}
        for row in bindings.rows:
            bindings.places.setdefault(row.name, []).append(row)
    places, data = bindings.places, bindings.data
    names = set(_NAME.findall(text))
    seen: set[bytes] = set()
    found: dict[int, bytes] = {}
    for _ in range(HOPS):
        names -= seen
        seen |= names
        bound = names & places.keys()
        if not bound:
            break
        names = set()
        for name in sorted(bound):
            for row in places[name]:
                if row.everywhere or scope <= row.start <= end or _is_of_class(data, row):
                    if row.text is None:
                        _read(data, row)
                    if row.text:
                        found[row.start] = row.text
                        names |= row.names
    return found, frozenset(seen)


def extent_of(data: bytes, row: Binding) -> Extent:
    """The extent of a binding's statement."""
    return statement(data, row.start, row.end)


def _is_of_class(data: bytes, row: Binding) -> bool:
    """Whether a binding is in a class's own body, so that code in its objects can refer to it."""
    if row.of_class is None:
        row.of_class = next((is_class for _, is_class in enclosing(data, row.start)), False)
    return row.of_class


def bound_between(bindings: Bindings, first: int, last: int) -> set[bytes]:
    """The names bound between two offsets, where functions and classes begin elsewhere than in the version before."""
    rows = bindings.rows[bisect.bisect_left(bindings.rows, first, key=_start) :]
    rows = rows[: bisect.bisect_right(rows, last, key=_start)]
    for row in rows:
        row.of_class = None
    return {row.name for row in rows}


def enclosing(data: bytes, start: int) -> Iterator[tuple[int, bool]]:
    """The starts of the functions and classes around a line, by indentation, the innermost first.

    Each with whether it is a class.
    """
    indent = _indent(data, start)
    while indent:
        at = data.rfind(b"def ", 0, start)
        at = max(at, data.rfind(b"class ", max(at, 0), start))
        if at < 0:
            return
        start = data.rfind(b"\n", 0, at) + 1
        block = _BLOCK.match(data, start)
        if block is not None and _indent(data, start) < indent:
            yield start, block[1] is not None
            indent = _indent(data, start)


def _indent(data: bytes, start: int) -> int:
    line = data[start : start + 200]
    return len(line) - len(line.lstrip(b" \t"))


def _read(data: bytes, row: Binding) -> None:
    """Read a binding's statement. One without a quoted string can lead to a string only as another name."""
    extent = extent_of(data, row)
    text = data[extent.start : extent.end]
    row.text = text if b'"' in text or b"'" in text or b"(" not in text else b""
    row.names = frozenset(_NAME.findall(row.text))


def _found(data: bytes, start: int, end: int) -> Iterator[Binding]:
    """The bindings whose lines begin between two offsets; `start` is the start of a line."""
    # An expression that begins with a line feed is searched for several times as fast as one that begins with ^.
    stop = data.find(b"\n", end)
    text = b"\n" + data[start : len(data) if stop < 0 else stop + 1]
    for match in _BOUND.finditer(text):
        at = start + match.start()
        if at > end:
            return
        if match[2] is None and match[3] is None:
            yield from _otherwise(match, start)
            continue
        which = 2 if match[2] else 3
        for target in _TARGET.finditer(match[which]):
            everywhere = not match[1] or target[1] is not None
            yield Binding(at, start + match.start(which) - 1 + target.end(), target[2], everywhere)


def _otherwise(match: re.Match[bytes], start: int) -> Iterator[Binding]:
    """The bindings made by a function's header, a key or attribute that is set, or a command-line option."""
    at, end = start + match.start(), start + match.end() - 1
    if match[4] is not None:
        header = match[4] if b'"' in match[4] or b"'" in match[4] else b""
        for default in _DEFAULT.finditer(header):
            yield Binding(at, start + match.start(4), default[1], everywhere=False)
    elif match["part"] is not None:
        everywhere = not match[1] or match[0].lstrip().startswith((b"self.", b"cls."))
        yield Binding(at, end, match["part"], everywhere)
    else:
        yield Binding(at, end, match["option"].replace(b"-", b"_"), everywhere=True)


def _start(row: Binding) -> int:
    return row.start
