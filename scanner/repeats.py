"""Which hits of a file were seen before: history repeats a file many times and changes a few lines of it.

A hit's context is what a finding there can depend on: the lines around it; in Python also the whole call, and what the
names in it are bound to. A version of a file is analysed only if it has a context that none before it had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.prefilter import BARE, CALL, IMPORT, PROVIDER, QUOTED, URL
from scanner.source import Kind

LINES_BEFORE, LINES_AFTER = 2, 4
_LONGEST_LINE = 400
_LONGEST_CALL = 4_000
_HOPS = 3
_PARENTHESIS = re.compile(rb"[()]")
_NAME = re.compile(rb"[A-Za-z_]\w*")
_BOUND = re.compile(
    rb"^[ \t]*(?:[\w.]{1,80}\.)?([A-Za-z_]\w*)(?:[ \t]*:[^=\n]{1,80})?[ \t]*=(?!=)", re.MULTILINE
)


def wanted(
    hits: Sequence[tuple[int, int]], table: Sequence[tuple[int, str]], kind: Kind
) -> list[tuple[int, int]]:
    """The hits that the analysis would look at: role and end offset."""
    code = kind in (Kind.PYTHON, Kind.NOTEBOOK)
    imported = {table[number][1] for number, _ in hits if table[number][0] == IMPORT}
    found = []
    for number, end in hits:
        role, ref = table[number]
        if (
            role in (PROVIDER, QUOTED, URL)
            or (role == BARE and not code)
            or (role == CALL and code and (not ref or not imported.isdisjoint(ref.split(" "))))
        ):
            found.append((number, end))
    return found


def contexts(data: bytes, found: Sequence[tuple[int, int]], table: Sequence[tuple[int, str]]) -> Iterator[int]:
    """A hash of each hit's context, in order; the same hash is the same context, and nothing can be read off it."""
    bound: dict[bytes, list[int]] | None = None
    done: set[tuple[int, int]] = set()
    for number, end in found:
        start = data.rfind(b"\n", 0, end - 1 if end else 0) + 1
        key = (number, start) if end - start < _LONGEST_LINE else (number, end)
        if key in done:
            continue
        done.add(key)
        if table[number][0] != CALL:
            yield hash((number, around(data, end)))
            continue
        if bound is None:
            bound = _bindings(data)
        yield hash((number, *_reached(data, start, end, bound)))


def around(data: bytes, end: int) -> bytes:
    """The lines around an offset; of long lines only what is near."""
    start = end
    for _ in range(LINES_BEFORE + 1):
        start = data.rfind(b"\n", max(0, start - _LONGEST_LINE), start)
        if start < 0:
            start = max(0, end - _LONGEST_LINE)
            break
    stop = end - 1
    for _ in range(LINES_AFTER + 1):
        stop = data.find(b"\n", stop + 1, stop + 1 + _LONGEST_LINE)
        if stop < 0:
            stop = end + _LONGEST_LINE
            break
    return data[start:stop]


def _bindings(data: bytes) -> dict[bytes, list[int]]:
    """Where each name of a Python file is bound: offsets of the statements."""
    bound: dict[bytes, list[int]] = {}
    for match in _BOUND.finditer(data):
        bound.setdefault(match[1], []).append(match.start())
    return bound


def _reached(data: bytes, start: int, end: int, bound: dict[bytes, list[int]]) -> Iterator[bytes]:
    """A call or an assignment, and the statements that bind the names in it, and the names in those."""
    region = _statement(data, start, end)
    yield region
    seen: set[bytes] = set()
    for _ in range(_HOPS):
        names = sorted({name for name in _NAME.findall(region) if name in bound} - seen)
        if not names:
            return
        seen.update(names)
        statements = [_statement(data, at, data.find(b"=", at) + 1) for name in names for at in bound[name]]
        yield from statements
        region = b" ".join(statements)


def _statement(data: bytes, start: int, end: int) -> bytes:
    """From a line's start to the end of its statement: past `end`, and where all parentheses are closed."""
    depth = data.count(b"(", start, end) - data.count(b")", start, end)
    stop = end
    for bracket in _PARENTHESIS.finditer(data, end, end + _LONGEST_CALL):
        if depth <= 0 and data.find(b"\n", stop, bracket.start()) >= 0:
            break
        depth += 1 if bracket[0] == b"(" else -1
        stop = bracket.end()
        if depth <= 0 and data.find(b"\n", stop, stop + 2) >= 0:
            break
    return data[start : _lines_end(data, stop)]


def _lines_end(data: bytes, stop: int) -> int:
    for _ in range(LINES_AFTER):
        following = data.find(b"\n", stop + 1, stop + 1 + _LONGEST_LINE)
        if following < 0:
            return stop + _LONGEST_LINE
        stop = following
    return stop
