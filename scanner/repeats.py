"""What is new in a version of a file, for a history that holds each file many times and changes a few lines of it.

Only hits whose context (scanner.contexts) no version before had are analysed, and only the bytes around a change are
matched again (scanner.rematching).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner import owncalls
from scanner.bindings import Bindings, bound_between, follow
from scanner.blocks import STRUCTURED, surroundings
from scanner.contexts import Change, Context, Version, contexts, imported_of, moves_functions
from scanner.extent import Range, changed, lines_of
from scanner.prefilter import CALL, IMPORT, Hit, Prefilter, Table, counts, hits_from_imports
from scanner.readers.kinds import CODE
from scanner.readers.wholefile import name_of
from scanner.rematching import end_of, found_near, last_changed, merged, reach, unchanged
from scanner.roles import is_lock_file, role_of
from scanner.source import Kind

_TOP_LEVEL = re.compile(rb"\n(?:def|class|async|@)")


@dataclass(slots=True, kw_only=True)
class Memory:
    """What the versions before held: of contexts no more than their hashes.

    `prefilter` and `table` are those of the scan, `scope` is what roles are judged below. `clean` are (group, context)
    that gave no finding, in any file of one ending and role; `known` are (path, whether it is in `lesser`, context)
    that may have given one. `lesser` are the paths of which the last version was not read as what it is, and the line
    that it failed at, where that says so by itself: what was clean there need not be so in others.
    `path` is that of the `last` version; `imports` are the libraries of it and of those before it. `gates` are the
    expressions that count beside some imports, in code or not.
    """

    prefilter: Prefilter
    table: Table
    scope: str = ""

    clean: set[tuple[str, int]] = field(default_factory=set)
    known: set[tuple[str, bool, int]] = field(default_factory=set)
    lesser: dict[str, bytes] = field(default_factory=dict, repr=False)
    groups: dict[str, str] = field(default_factory=dict)
    path: str = ""
    last: Version = field(default_factory=Version)
    imports: frozenset[str] = frozenset()
    gates: dict[tuple[frozenset[str], bool], frozenset[int]] = field(default_factory=dict)

    def note(self, path: str, seen: Iterable[int], *, clean: bool) -> None:
        """Remember the contexts of a version that was analysed."""
        if clean:
            group = self.group(path)
            self.clean.update((group, context) for context in seen)
        else:
            self.known.update((path, path in self.lesser, context) for context in seen)

    def group(self, path: str) -> str:
        """The files that are read and judged alike: of one ending, all code or all tests, all in `lesser` or none.

        What may be one value is judged by its own name.
        """
        if path not in self.groups:
            ending = name_of(path) or path.rpartition("/")[2].rpartition(".")[2]
            self.groups[path] = f"{role_of(path, self.scope)}:{ending}"
        return f"{self.groups[path]}:text" if path in self.lesser else self.groups[path]


class Fresh(NamedTuple):
    """What is new in a version. `known`: whether it repeats what gave a finding."""

    contexts: list[Context]
    known: bool


def new_contexts(memory: Memory, path: str, data: bytes, kind: Kind, *, whole: bool = False) -> Fresh:
    """What no version of this path, nor a clean file of its group, had before.

    Remembers the version: call it in the order of a path's history. `whole`: not only its changes are looked at.
    """
    last, change = memory.last, None
    structured = kind in STRUCTURED and not is_lock_file(path)
    if whole or structured or memory.path != path or last.kind is not kind:
        _match(memory, data, kind)
        _follow_own(memory, data, kind, None)
        hits = last.hits
        last.names, last.bindings = {}, Bindings()
    else:
        hits, change = _near_change(memory, data, kind)
    memory.path, last.data, last.kind = path, data, kind
    group = memory.group(path)
    fresh: list[Context] = []
    known = False
    beside = surroundings(data, kind) if structured and hits else None
    for context in contexts(last, hits, memory.table, change, beside):
        if (path, path in memory.lesser, context.hash) in memory.known:
            known = True
        elif (group, context.hash) not in memory.clean:
            fresh.append(context)
    return Fresh(contexts=fresh, known=known)


def _match(memory: Memory, data: bytes, kind: Kind, before: frozenset[str] = frozenset()) -> None:
    """Note all hits of a version; `before` are imports that count beside its own."""
    hits = memory.prefilter.find(data)
    memory.last.imports = _imports(hits, memory.table)
    memory.imports = before | memory.last.imports
    memory.last.hits = _wanted(memory, hits, memory.imports, kind)


def _near_change(memory: Memory, data: bytes, kind: Kind) -> tuple[list[Hit], Change]:
    """The hits whose context the changes can touch, and the changes."""
    last, table = memory.last, memory.table
    before, imported = last.data, last.imports
    ranges = changed(before, data)
    windows = [found_near(data, each, memory.prefilter, calls=bool(memory.imports)) for each in ranges]
    imports = memory.imports.union(*(_imports(found, table) for found in windows))
    stood = unchanged(last.hits, last.names, ranges)
    no_new_library = imports == memory.imports
    if no_new_library:
        near = [_wanted(memory, found, imports, kind) for found in windows]
        last.hits = merged(last.hits, ranges, near)
        last.imports = _imported(memory, data, ranges)
    else:
        # Calls far from the changes can mean something else now.
        _match(memory, data, kind, imports)
    owned = last.own
    if _follow_own(memory, data, kind, ranges if no_new_library else None):
        # What a library's function is called by may be a name that is the file's own, too.
        owned = owned | last.own
        for hit in [hit for hit in stood if table[hit[0]][0] == CALL and owncalls.meant_by(owned, data, hit[1])]:
            del stood[hit]
    calls = [hit for hit in last.hits if table[hit[0]][0] == CALL]
    if last.imports != imported:
        for hit in calls:
            libraries = table[hit[0]][1]
            if imported_of(libraries, last.imports) != imported_of(libraries, imported):
                stood.pop(hit, None)
    last.names = {hit: names for hit, names in stood.items() if names}
    names: set[bytes] = set()
    if calls:
        names = follow(last.bindings, data, ranges if last.bindings.data is before else None)
    moved = [_block(data, each) for each in ranges if calls and _moves_functions(before, data, each)]
    names.update(*(bound_between(last.bindings, *each) for each in moved))
    touched: dict[Hit, None] = {}
    for each in ranges:
        low, high = reach(data, each)
        start, end = bisect.bisect_left(last.hits, low, key=end_of), bisect.bisect_right(last.hits, high, key=end_of)
        touched.update(dict.fromkeys(last.hits[start:end]))
    change = Change(ranges=ranges, stood=stood, names=names, moved=moved)
    # What the change is far from can use a name that is bound in it.
    touched.update(dict.fromkeys(hit for hit in calls if not change.spares(hit)))
    return sorted(touched, key=end_of), change


def _follow_own(memory: Memory, data: bytes, kind: Kind, ranges: Sequence[Range] | None) -> bool:
    """Put the calls of the file's own functions among the hits; whether those are defined otherwise than before.

    `ranges` are the changes if the hits far from them are still those of the version before.
    """
    last, table = memory.last, memory.table
    before, last.own = last.own, {}
    if kind is Kind.PYTHON:
        last.own = owncalls.defined(data, last.hits, table)
    said = {name: own.said for name, own in last.own.items()}
    same = said == {name: own.said for name, own in before.items()}
    if not said and same:
        return False
    number = _own_row(table)
    if same and ranges is not None:
        spans = [(each.new_first, last_changed(each)) for each in ranges]
    else:
        spans = [(0, len(data))]
        last.hits = [hit for hit in last.hits if hit[0] != number]
    last.hits += {hit: None for span in spans for hit in owncalls.calls(data, last.own, number, *span)}
    last.hits.sort(key=end_of)
    return not same


def _own_row(table: Table) -> int:
    """The id of what no expression finds (scanner.prefilter.with_own_calls)."""
    return len(table) - 1


def _block(data: bytes, change: Range) -> tuple[int, int]:
    """From a change to the end of the top-level definition around it."""
    end = _TOP_LEVEL.search(data, change.new_last)
    return change.new_first, end.start() if end else len(data)


def _moves_functions(before: bytes, data: bytes, change: Range) -> bool:
    return moves_functions(data, change.new_first, change.new_last) or moves_functions(
        before, change.first, change.last
    )


def _import_lines(before: bytes, data: bytes, ranges: Sequence[Range]) -> tuple[set[bytes], set[bytes]]:
    """The changed lines with the word `import`: those of the version before, and those of this one."""
    gone: set[bytes] = set()
    come: set[bytes] = set()
    for each in ranges:
        gone.update(_with_import(before, each.first, each.last))
        come.update(_with_import(data, each.new_first, each.new_last))
    return gone, come


def _with_import(data: bytes, first: int, last: int) -> Iterator[bytes]:
    start, end = lines_of(data, first, last)
    while (at := data.find(b"import", start, end)) >= 0:
        stop = data.find(b"\n", at, end)
        stop = end if stop < 0 else stop
        yield data[data.rfind(b"\n", 0, at) + 1 : stop]
        start = stop


def _imported(memory: Memory, data: bytes, ranges: Sequence[Range]) -> frozenset[str]:
    """The imports of a version, from those before it and its lines that are others; read anew where one may be gone."""
    gone, come = _import_lines(memory.last.data, data, ranges)
    if gone == come:
        return memory.last.imports
    prefilter, table = memory.prefilter, memory.table
    were, are = (_imports(hits_from_imports(prefilter, b"\n".join(sorted(lines))), table) for lines in (gone, come))
    return memory.last.imports | are if were <= are else _imports(hits_from_imports(prefilter, data), table)


def _imports(hits: Iterable[Hit], table: Table) -> frozenset[str]:
    return frozenset([table[number][1] for number, _ in hits if table[number][0] == IMPORT])


def _wanted(memory: Memory, hits: Iterable[Hit], imports: frozenset[str], kind: Kind) -> list[Hit]:
    """The hits that the analysis would look at, in their order."""
    key = imports, kind in CODE
    if key not in memory.gates:
        rows = enumerate(memory.table)
        memory.gates[key] = frozenset(number for number, row in rows if counts(*row, imports, code=kind in CODE))
    gate = memory.gates[key]
    found = [hit for hit in hits if hit[0] in gate]
    found.sort(key=end_of)
    return found
