"""What is new in a version of a file: history repeats each file many times and changes a few lines of it.

Only hits whose context (scanner.contexts) no version before had are analysed, and only the bytes around a change are
matched again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.contexts import WIDTH, Context, Hit, Table, bound_names, contexts, mentions
from scanner.prefilter import BARE, CALL, IMPORT, PROVIDER, QUOTED, URL, Prefilter
from scanner.roles import role_of
from scanner.source import Kind

# A match begins at most this many bytes (the largest `reach` of a rule is 900), or one line, before its end.
_REACH = 1_000
_LONG_LINE = 4_000


@dataclass(slots=True, kw_only=True)
class Memory:
    """What the versions before held: of contexts no more than their hashes.

    `clean` are (group, context) that gave no finding, in any file of one ending and role; `known` are (path, context)
    that may have given one. `scope` is what roles are judged below. `path`, `data` and `imports` are those of the
    last version.
    """

    scope: str = ""

    clean: set[tuple[str, int]] = field(default_factory=set)
    known: set[tuple[str, int]] = field(default_factory=set)
    groups: dict[str, str] = field(default_factory=dict)
    path: str = ""
    data: bytes = b""
    imports: frozenset[str] = frozenset()
    calls: list[Hit] = field(default_factory=list)

    def note(self, path: str, seen: Iterable[int], *, clean: bool) -> None:
        """Remember the contexts of a version that was analysed."""
        if clean:
            group = self.group(path)
            self.clean.update((group, context) for context in seen)
        else:
            self.known.update((path, context) for context in seen)

    def group(self, path: str) -> str:
        """The files that are read and judged alike: of one ending, all code or all tests."""
        if path not in self.groups:
            self.groups[path] = f"{role_of(path, self.scope)}:{path.rpartition('/')[2].rpartition('.')[2]}"
        return self.groups[path]


class Fresh(NamedTuple):
    """What is new in a version. `known`: whether it repeats what gave a finding."""

    contexts: list[Context]
    known: bool


def new_contexts(
    memory: Memory, path: str, data: bytes, kind: Kind, prefilter: Prefilter, table: Table, *, whole: bool = False
) -> Fresh:
    """What no version of this path, nor a clean file of its group, had before.

    Remembers the version: call it in the order of a path's history. `whole` looks at more than what has changed.
    """
    if memory.path == path and not whole:
        hits = _near_change(memory, data, kind, prefilter, table)
    else:
        hits = _everywhere(memory, data, prefilter, table)
    memory.path, memory.data = path, data
    group = memory.group(path)
    fresh: list[Context] = []
    known = False
    for context in contexts(data, _wanted(hits, memory.imports, table, kind), table, kind):
        if (path, context.hash) in memory.known:
            known = True
        elif (group, context.hash) not in memory.clean:
            fresh.append(context)
    return Fresh(contexts=fresh, known=known)


def changed(before: bytes, after: bytes) -> tuple[int, int]:
    """Where the second differs from the first: start and end in the second."""
    most = min(len(before), len(after))
    start = _common(most, lambda low, high: before[low:high] == after[low:high])
    old, new = len(before), len(after)
    end = _common(most - start, lambda low, high: before[old - high : old - low] == after[new - high : new - low])
    return start, new - end


def _everywhere(memory: Memory, data: bytes, prefilter: Prefilter, table: Table) -> list[Hit]:
    """All hits of a version."""
    hits = prefilter.find(data)
    memory.imports = _imports(hits, table)
    memory.calls = [hit for hit in hits if table[hit[0]][0] == CALL]
    return hits


def _near_change(memory: Memory, data: bytes, kind: Kind, prefilter: Prefilter, table: Table) -> list[Hit]:
    """The hits whose context a change can touch."""
    first, last = changed(memory.data, data)
    low, high = max(0, first - WIDTH), min(len(data), last + WIDTH)
    start = max(data.rfind(b"\n", 0, max(0, low - _REACH)) + 1, low - _LONG_LINE)
    hits = [(number, start + end) for number, end in prefilter.find(data[start : high + 1], calls=bool(memory.imports))]
    imports = memory.imports | _imports(hits, table)
    near = [hit for hit in hits if low <= hit[1] <= high]
    if imports != memory.imports:
        # A new library: calls far from the change can mean something else now.
        every = _everywhere(memory, data, prefilter, table)
        memory.imports = imports
        return [hit for hit in every if low <= hit[1] <= high or table[hit[0]][0] == CALL]
    longer = len(data) - len(memory.data)
    before = [hit for hit in memory.calls if hit[1] < low]
    after = [(number, end + longer) for number, end in memory.calls if end + longer > high]
    memory.calls = [*before, *(hit for hit in near if table[hit[0]][0] == CALL), *after]
    names = bound_names(data, first, last) if kind is Kind.PYTHON and (before or after) else None
    if names:
        near += [hit for hit in (*before, *after) if mentions(data, hit[1], names)]
    return near


def _imports(hits: Iterable[Hit], table: Table) -> frozenset[str]:
    return frozenset(table[number][1] for number, _ in hits if table[number][0] == IMPORT)


def _wanted(hits: Iterable[Hit], imports: frozenset[str], table: Table, kind: Kind) -> Iterator[Hit]:
    """The hits that the analysis would look at."""
    code = kind in (Kind.PYTHON, Kind.NOTEBOOK)
    for number, end in hits:
        role, ref = table[number]
        gated = role == CALL and code and (not ref or not imports.isdisjoint(ref.split(" ")))
        if gated or role in (PROVIDER, QUOTED, URL) or (role == BARE and not code):
            yield number, end


def _common(most: int, same: Callable[[int, int], bool]) -> int:
    """The largest n up to `most` for which everything in [0, n) is the same."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
