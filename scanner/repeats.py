"""What is new in a version of a file: history repeats each file many times and changes a few lines of it.

Only hits whose context (scanner.contexts) no version before had are analysed, and only the bytes around a change are
matched again.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.bindings import Bindings, follow
from scanner.contexts import Change, Context, Hit, Table, contexts, moves_functions
from scanner.extent import WIDTH, changed
from scanner.prefilter import BARE, CALL, IMPORT, PROVIDER, QUOTED, URL, Prefilter
from scanner.roles import role_of
from scanner.source import Kind

# A match begins at most this many bytes (the largest `reach` of a rule is 900), or one line, before its end.
_REACH = 1_000
_LONG_LINE = 4_000
_NONE: frozenset[bytes] = frozenset()


@dataclass(slots=True, kw_only=True)
class Memory:
    """What the versions before held: of contexts no more than their hashes.

    `clean` are (group, context) that gave no finding, in any file of one ending and role; `known` are (path, context)
    that may have given one. `scope` is what roles are judged below. `path`, `data` and `kind` are those of the last
    version, `hits` what the analysis would look at in it, in their order, and `names` what calls among them look for;
    `imports` are the libraries of it and of those before it. `gates` are the expressions that count beside some
    imports, in code or not.
    """

    scope: str = ""

    clean: set[tuple[str, int]] = field(default_factory=set)
    known: set[tuple[str, int]] = field(default_factory=set)
    groups: dict[str, str] = field(default_factory=dict)
    path: str = ""
    data: bytes = field(default=b"", repr=False)
    kind: Kind = Kind.TEXT
    imports: frozenset[str] = frozenset()
    hits: list[Hit] = field(default_factory=list)
    names: dict[Hit, frozenset[bytes]] = field(default_factory=dict)
    gates: dict[tuple[frozenset[str], bool], frozenset[int]] = field(default_factory=dict)
    bindings: Bindings = field(default_factory=Bindings)

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
    change = None
    if whole or memory.path != path or memory.kind is not kind:
        hits = _everywhere(memory, data, kind, prefilter, table)
        memory.names, memory.bindings = {}, Bindings()
    else:
        hits, change = _near_change(memory, data, kind, prefilter, table)
    memory.path, memory.data, memory.kind = path, data, kind
    group = memory.group(path)
    fresh: list[Context] = []
    known = False
    for context in contexts(data, hits, table, kind, memory.bindings, memory.names, change):
        if (path, context.hash) in memory.known:
            known = True
        elif (group, context.hash) not in memory.clean:
            fresh.append(context)
    return Fresh(contexts=fresh, known=known)


def _everywhere(
    memory: Memory,
    data: bytes,
    kind: Kind,
    prefilter: Prefilter,
    table: Table,
    before: frozenset[str] = frozenset(),
) -> list[Hit]:
    """All hits of a version; `before` are imports that count beside its own."""
    hits = prefilter.find(data)
    memory.imports = before | _imports(hits, table)
    memory.hits = _wanted(memory, hits, memory.imports, table, kind)
    return memory.hits


def _near_change(
    memory: Memory, data: bytes, kind: Kind, prefilter: Prefilter, table: Table
) -> tuple[list[Hit], Change]:
    """The hits whose context a change can touch, and the change."""
    before, old = memory.data, memory.hits
    first, last = changed(before, data)
    longer = len(data) - len(before)
    # Matches that the change can have made or unmade end between these two.
    high = min(len(data), last + _REACH)
    start = max(data.rfind(b"\n", 0, max(0, first - _REACH)) + 1, first - _LONG_LINE)
    part = data[start : high + 1]
    found = [(number, start + end) for number, end in prefilter.find(part, calls=bool(memory.imports))]
    imports = memory.imports | _imports(found, table)
    head = old[: bisect.bisect_left(old, first, key=_end)]
    behind = old[bisect.bisect_right(old, last - longer, key=_end) :]
    tail = [(number, end + longer) for number, end in behind]
    if imports == memory.imports:
        near = _wanted(memory, (hit for hit in found if first <= hit[1] <= high), imports, table, kind)
        memory.hits = [*head, *near, *tail[bisect.bisect_right(tail, high, key=_end) :]]
    else:
        # A new library: calls far from the change can mean something else now.
        _everywhere(memory, data, kind, prefilter, table, imports)
    stood = {hit: memory.names.get(hit, _NONE) for hit in head}
    stood |= {(number, end + longer): memory.names.get((number, end), _NONE) for number, end in behind}
    calls = {hit for hit in memory.hits if table[hit[0]][0] == CALL}
    memory.names = {hit: names for hit, names in stood.items() if names}
    names = follow(memory.bindings, data) if calls else set()
    low, high = first - WIDTH, last + WIDTH
    moved = calls and (moves_functions(data, first, last) or moves_functions(before, first, last - longer))
    change = Change(first=first, last=last, stood=stood, names=names, moved=(low, high) if moved else (0, -1))
    return [hit for hit in memory.hits if low <= hit[1] <= high or hit in calls], change


def _end(hit: Hit) -> int:
    return hit[1]


def _imports(hits: Iterable[Hit], table: Table) -> frozenset[str]:
    return frozenset([table[number][1] for number, _ in hits if table[number][0] == IMPORT])


def _wanted(memory: Memory, hits: Iterable[Hit], imports: frozenset[str], table: Table, kind: Kind) -> list[Hit]:
    """The hits that the analysis would look at, in their order."""
    key = imports, kind in (Kind.PYTHON, Kind.NOTEBOOK)
    if key not in memory.gates:
        memory.gates[key] = frozenset(_gate(*key, table))
    gate = memory.gates[key]
    found = [hit for hit in hits if hit[0] in gate]
    found.sort(key=_end)
    return found


def _gate(imports: frozenset[str], code: bool, table: Table) -> Iterator[int]:
    """The expressions whose hits the analysis would look at beside these imports."""
    for number, (role, ref) in enumerate(table):
        gated = role == CALL and code and (not ref or not imports.isdisjoint(ref.split(" ")))
        if gated or role in (PROVIDER, QUOTED, URL) or (role == BARE and not code):
            yield number
