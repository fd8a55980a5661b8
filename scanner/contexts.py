"""What a finding at a hit can depend on: the lines around it; in Python the statement, and what its names are bound to.

Read without a parser, since history has thousands of versions to compare. What is too wide costs an analysis; what is
too narrow would lose a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.prefilter import CALL, PROVIDER
from scanner.source import Kind

Hit = tuple[int, int]
Table = Sequence[tuple[int, str]]

# No context reaches further than this from its hit, but for what names are bound to.
WIDTH = 1_500
_NEAR = 400
_HOPS = 3
_BRACKET = re.compile(rb"[()\[\]{}]")
_NAME = re.compile(rb"[A-Za-z_]\w*")
_BLOCK = re.compile(rb"[ \t]*(?:async[ \t]+)?(?:def|(class))[ \t]")
# `name = "..."`, `name = (` and the like, `name = other`: what the reader follows from a call's argument to a constant.
_BOUND = re.compile(
    rb"\n([ \t]*+)((?:self|cls)\.)?([A-Za-z_]\w*+)[ \t]*+(?::[^=\n\"']*+)?=[ \t]*+"
    rb"(?:[\w.]*+[\"'(\[{\\]|[A-Za-z_][\w.]*+[ \t]*+(?:#[^\n]*)?(?=[\r\n]|\Z))"
)

_ALIAS = re.compile(
    rb"\n[ \t]*+(?:(?:self|cls)\.)?([A-Za-z_]\w*+)[ \t]*+=[ \t]*+(?:[A-Za-z_]\w*+\.)*+([A-Za-z_]\w*+)[ \t]*+(?=[\r\n#])"
)


class Binding(NamedTuple):
    """Where a name is bound. `everywhere`: in the module or on self, so that any function can mean it."""

    start: int
    everywhere: bool


class Context(NamedTuple):
    """A hash of what a hit depends on, from which nothing can be read, the hit, and offsets of what its names mean."""

    hash: int
    hit: Hit
    reached: tuple[int, ...]


def contexts(data: bytes, hits: Iterable[Hit], table: Table, kind: Kind) -> Iterator[Context]:
    """The context of each hit; a call that no text in quotes can reach has none."""
    bound: dict[bytes, list[Binding]] | None = None
    done: set[Hit] = set()
    for number, end in hits:
        start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
        key = (number, start) if end - start < _NEAR else (number, end)
        if key in done:
            continue
        done.add(key)
        role = table[number][0]
        reached: dict[int, bytes] = {}
        if role == CALL:
            bound = _bindings(data) if bound is None else bound
            reached = _reached(data, start, end, bound)
            context = b"\n".join((_statement(data, start, end), *reached.values()))
            if b'"' not in context and b"'" not in context:
                continue
        elif kind is Kind.PYTHON and role != PROVIDER:
            context = _statement(data, start, end)
        else:
            context = _around(data, end, 4 if role == PROVIDER else 1)
        yield Context(hash=hash((number, context)), hit=(number, end), reached=tuple(reached))


def bound_names(data: bytes, first: int, last: int) -> set[bytes]:
    """The names that these lines of Python bind to what can be a constant, and names that are other names for those."""
    start = data.rfind(b"\n", 0, first)
    found = _BOUND.finditer(data, start, last + 1) if start >= 0 else _BOUND.finditer(b"\n" + data[: last + 1])
    names = {match[3] for match in found}
    for _ in range(_HOPS):
        if not any(b"= " + name in data or b"= self." + name in data for name in names):
            break
        others = {match[1] for match in _ALIAS.finditer(data) if match[2] in names} - names
        if not others:
            break
        names |= others
    return names


def mentions(data: bytes, end: int, names: set[bytes]) -> bool:
    """Whether what stands around a hit can mention one of these names."""
    start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
    near = data[start : end + WIDTH]
    return any(name in near for name in names)


def _around(data: bytes, end: int, after: int) -> bytes:
    """The line before an offset, its own and some after it; of long lines only what is near."""
    start = end
    for _ in range(2):
        start = data.rfind(b"\n", max(0, start - _NEAR), start)
        if start < 0:
            start = max(0, end - _NEAR)
            break
    return data[start : _lines_end(data, end - 1, after)]


def _statement(data: bytes, start: int, end: int) -> bytes:
    """A statement from its line on, with the line after it, more where a long string begins, a comment above it."""
    stop = _statement_end(data, start, end)
    long = b'"""' in data[start:stop] or b"'''" in data[start:stop]
    above = data.rfind(b"\n", max(0, start - _NEAR), max(0, start - 1)) + 1
    if data[above:start].lstrip()[:1] != b"#":
        above = start
    return data[above : _lines_end(data, stop, 4 if long else 1)]


def _bindings(data: bytes) -> dict[bytes, list[Binding]]:
    """Where each name of a Python file is bound to what can be a constant."""
    bound: dict[bytes, list[Binding]] = {}
    for match in _BOUND.finditer(b"\n" + data):
        everywhere = not match[1] or match[2] is not None
        bound.setdefault(match[3], []).append(Binding(match.start(), everywhere))
    return bound


def _reached(data: bytes, start: int, end: int, bound: Mapping[bytes, Sequence[Binding]]) -> dict[int, bytes]:
    """The statements that bind the names in a call or an assignment, and the names in those; by offset."""
    region = _statement(data, start, end)
    scope = _scope(data, start)
    seen: set[bytes] = set()
    reached: dict[int, bytes] = {}
    for _ in range(_HOPS):
        names = sorted({name for name in _NAME.findall(region) if name in bound} - seen)
        if not names:
            break
        seen.update(names)
        places = [at for name in names for at, everywhere in bound[name] if everywhere or scope <= at <= end]
        found = {at: _statement(data, at, data.find(b"=", at) + 1) for at in places}
        # What has no text in quotes can lead to some only as another name.
        found = {at: text for at, text in found.items() if b'"' in text or b"'" in text or b"(" not in text}
        reached |= found
        region = b" ".join(found.values())
    return reached


def _scope(data: bytes, start: int) -> int:
    """Where the outermost function around a line begins; 0 outside of functions, as far as indentation tells."""
    indent = _indent(data, start)
    found = 0
    while indent:
        at = max(data.rfind(b"def ", 0, start), data.rfind(b"class ", 0, start))
        if at < 0:
            return found
        start = data.rfind(b"\n", 0, at) + 1
        block = _BLOCK.match(data, start)
        if block is None or _indent(data, start) >= indent:
            continue
        if block[1]:
            return found or start
        found, indent = start, _indent(data, start)
    return found


def _indent(data: bytes, start: int) -> int:
    line = data[start : start + 200]
    return len(line) - len(line.lstrip(b" \t"))


def _statement_end(data: bytes, start: int, end: int) -> int:
    """The end of the line, at or after `end`, on which all brackets that were opened since `start` are closed."""
    before = data[start:end]
    depth = before.count(b"(") + before.count(b"[") + before.count(b"{")
    depth -= before.count(b")") + before.count(b"]") + before.count(b"}")
    line = data.find(b"\n", end)
    for bracket in _BRACKET.finditer(data, end, end + WIDTH - _NEAR):
        if 0 <= line < bracket.start():
            if depth <= 0:
                return line
            line = data.find(b"\n", bracket.start())
        depth += 1 if bracket[0] in b"([{" else -1
    return line if line >= 0 else len(data)


def _lines_end(data: bytes, stop: int, lines: int) -> int:
    """The end of a line further down, at most a little way from the one before it."""
    for _ in range(lines):
        following = data.find(b"\n", stop + 1, stop + 1 + _NEAR)
        if following < 0:
            return stop + _NEAR
        stop = following
    return stop
