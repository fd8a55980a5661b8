"""What is new in a version of a file: history repeats each file many times and changes a few lines of it.

A hit's context is what a finding there can depend on: the lines around it, in Python the whole call and what the names
in it are bound to. Only hits whose context no version before had are analysed, and only the bytes around a change are
matched again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.prefilter import BARE, CALL, IMPORT, PROVIDER, QUOTED, URL, Prefilter
from scanner.source import Kind

Hit = tuple[int, int]
Table = Sequence[tuple[int, str]]

# A match begins at most this many bytes, or one line, before its end (the largest `reach` of a rule is 900), and no
# context is wider.
MARGIN = 1_500
_LONG_LINE = 4_000
_NEAR = 400
_HOPS = 3
_BRACKET = re.compile(rb"[()\[\]{}]")
_NAME = re.compile(rb"[A-Za-z_]\w*")
# `name = "..."`, `name = (` and the like, `name = other`: what the reader follows from a call's argument to a constant.
_BOUND = re.compile(
    rb"\n[ \t]*(?:(?:self|cls)\.)?([A-Za-z_]\w*)[ \t]*(?::[^=\n\"']*)?=[ \t]*"
    rb"(?:[\w.]*[\"'(\[{\\]|[A-Za-z_][\w.]*[ \t]*(?:#[^\n]*)?(?=[\r\n]|\Z))"
)


@dataclass(slots=True, kw_only=True)
class Memory:
    """What the versions before held: of contexts no more than their hashes.

    `clean` are (file name, context) that gave no finding, in whatever folder; `known` are (path, context) that may have
    given one. `path`, `data` and `imports` are the last version's.
    """

    clean: set[tuple[str, int]] = field(default_factory=set)
    known: set[tuple[str, int]] = field(default_factory=set)
    path: str = ""
    data: bytes = b""
    imports: frozenset[str] = frozenset()

    def note(self, path: str, seen: Sequence[int], *, clean: bool) -> None:
        """Remember the contexts of a version that was analysed."""
        if clean:
            self.clean.update((_name(path), context) for context in seen)
        else:
            self.known.update((path, context) for context in seen)


class Fresh(NamedTuple):
    """What is new in a version: hits and their contexts. `known`: whether it repeats what gave one."""

    hits: list[Hit]
    contexts: list[int]
    known: bool


def new_hits(
    memory: Memory, path: str, data: bytes, kind: Kind, prefilter: Prefilter, table: Table, *, whole: bool = False
) -> Fresh:
    """The hits that no version of this path, nor a clean file of that name, had before in this context.

    Remembers the version: call it in the order of a path's history. `whole` looks at more than what has changed.
    """
    if memory.path == path and not whole:
        hits, imports = _near_change(memory, data, kind, prefilter, table)
    else:
        hits = prefilter.find(data)
        imports = _imports(hits, table)
    memory.path, memory.data, memory.imports = path, data, imports
    fresh: list[Hit] = []
    seen: list[int] = []
    known = False
    for context, hit in contexts(data, wanted(hits, imports, table, kind), table, kind):
        if (path, context) in memory.known:
            known = True
        elif (_name(path), context) not in memory.clean:
            fresh.append(hit)
            seen.append(context)
    return Fresh(hits=fresh, contexts=seen, known=known)


def _near_change(
    memory: Memory, data: bytes, kind: Kind, prefilter: Prefilter, table: Table
) -> tuple[list[Hit], frozenset[str]]:
    """The hits whose context the change can touch, and import roots: the file's and those of the version before."""
    first, last = changed(memory.data, data)
    low, high = max(0, first - MARGIN), min(len(data), last + MARGIN)
    start = max(data.rfind(b"\n", 0, max(0, low - MARGIN)) + 1, low - _LONG_LINE, 0)
    hits = [(number, start + end) for number, end in prefilter.find(data[start : high + 1])]
    imports = memory.imports | _imports(hits, table)
    if imports != memory.imports or (kind is Kind.PYTHON and _binds(data, first, last)):
        # Calls far from the change can mean something else now.
        hits = prefilter.find(data)
        imports = _imports(hits, table)
        return [hit for hit in hits if low <= hit[1] <= high or table[hit[0]][0] == CALL], imports
    return [hit for hit in hits if low <= hit[1] <= high], imports


def _imports(hits: Iterable[Hit], table: Table) -> frozenset[str]:
    return frozenset(table[number][1] for number, _ in hits if table[number][0] == IMPORT)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _binds(data: bytes, first: int, last: int) -> bool:
    """Whether a change touches a line that binds a name to what can be a constant."""
    start = data.rfind(b"\n", 0, first)
    return _BOUND.search(data, max(0, start), last) is not None


def changed(before: bytes, after: bytes) -> tuple[int, int]:
    """Where the second differs from the first: offsets into the second."""
    most = min(len(before), len(after))
    start = _common(most, lambda low, high: before[low:high] == after[low:high])
    most -= start
    old, new = len(before), len(after)
    end = _common(most, lambda low, high: before[old - high : old - low] == after[new - high : new - low])
    return start, new - end


def _common(most: int, same: Callable[[int, int], bool]) -> int:
    """The largest n up to `most` for which [0, n) is the same."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def wanted(hits: Sequence[Hit], imports: frozenset[str], table: Table, kind: Kind) -> Iterator[Hit]:
    """The hits that the analysis would look at."""
    code = kind in (Kind.PYTHON, Kind.NOTEBOOK)
    for number, end in hits:
        role, ref = table[number]
        if (
            role in (PROVIDER, QUOTED, URL)
            or (role == BARE and not code)
            or (role == CALL and code and (not ref or not imports.isdisjoint(ref.split(" "))))
        ):
            yield number, end


def contexts(data: bytes, hits: Iterable[Hit], table: Table, kind: Kind) -> Iterator[tuple[int, Hit]]:
    """A hash of each hit's context. Nothing can be read off it; a call without any text in reach has none."""
    bound: dict[bytes, list[int]] | None = None
    done: set[Hit] = set()
    for number, end in hits:
        start = data.rfind(b"\n", 0, end - 1 if end else 0) + 1
        key = (number, start) if end - start < _NEAR else (number, end)
        if key in done:
            continue
        done.add(key)
        if table[number][0] == CALL:
            if bound is None:
                bound = _bindings(data)
            reached = b"\n".join(_reached(data, start, end, bound))
            if b'"' in reached or b"'" in reached:
                yield hash((number, reached)), (number, end)
        elif kind is Kind.PYTHON and table[number][0] != PROVIDER:
            line = data.rfind(b"\n", max(0, start - _NEAR), max(0, start - 1)) + 1
            stop = _statement_end(data, start, end)
            yield (
                hash(
                    (
                        number,
                        data[
                            line : _lines_end(
                                data, stop, 4 if b'"""' in data[start:stop] or b"'''" in data[start:stop] else 1
                            )
                        ],
                    )
                ),
                (number, end),
            )
        else:
            yield hash((number, _around(data, end, 4 if table[number][0] == PROVIDER else 2))), (number, end)


def _around(data: bytes, end: int, after: int) -> bytes:
    """The lines around an offset; of long lines only what is near."""
    start = end
    for _ in range(3):
        start = data.rfind(b"\n", max(0, start - _NEAR), start)
        if start < 0:
            start = max(0, end - _NEAR)
            break
    return data[start : _lines_end(data, end - 1, after)]


def _bindings(data: bytes) -> dict[bytes, list[int]]:
    """Where each name of a Python file is bound to what can be a constant: offsets of the statements."""
    bound: dict[bytes, list[int]] = {}
    for match in _BOUND.finditer(b"\n" + data):
        bound.setdefault(match[1], []).append(match.start())
    return bound


def _reached(data: bytes, start: int, end: int, bound: dict[bytes, list[int]]) -> Iterator[bytes]:
    """A call or an assignment, and the statements that bind the names in it, and the names in those."""
    region = data[start : _lines_end(data, _statement_end(data, start, end), 1)]
    yield region
    seen: set[bytes] = set()
    for _ in range(_HOPS):
        names = sorted({name for name in _NAME.findall(region) if name in bound} - seen)
        if not names:
            return
        seen.update(names)
        statements = [
            data[at : _statement_end(data, at, data.find(b"=", at) + 1)] for name in names for at in bound[name]
        ]
        yield from statements
        region = b" ".join(statements)


def _statement_end(data: bytes, start: int, end: int) -> int:
    """The end of the line, at or after `end`, on which all brackets that were opened since `start` are closed."""
    depth = sum(data.count(bracket, start, end) for bracket in (b"(", b"[", b"{"))
    depth -= sum(data.count(bracket, start, end) for bracket in (b")", b"]", b"}"))
    line = data.find(b"\n", end)
    for bracket in _BRACKET.finditer(data, end, end + MARGIN):
        if 0 <= line < bracket.start():
            if depth <= 0:
                return line
            line = data.find(b"\n", bracket.start())
        depth += 1 if bracket[0] in b"([{" else -1
    return line if line >= 0 else len(data)


def _lines_end(data: bytes, stop: int, lines: int) -> int:
    for _ in range(lines):
        following = data.find(b"\n", stop + 1, stop + 1 + _NEAR)
        if following < 0:
            return stop + _NEAR
        stop = following
    return stop
