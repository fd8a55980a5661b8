"""Decide which hits of a version must be analysed: those whose context no earlier version of the file had.

A history holds each file many times, and each version changes a few lines of it. Contexts are those of
scanner.history.contexts; only the bytes around a change are matched again (scanner.history.rematching).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.extent import Range, changed, lines_of
from scanner.history import owncalls
from scanner.history.bindings import Bindings, bound_between, follow
from scanner.history.blocks import STRUCTURED, surroundings
from scanner.history.contexts import Change, Context, Version, contexts, imported_of, moves_functions
from scanner.history.rematching import end_of, found_near, last_changed, merged, reach, unchanged
from scanner.prefilter import CALL, IMPORT, Hit, Prefilter, Table, counts, hits_from_imports
from scanner.readers.kinds import CODE
from scanner.readers.wholefile import name_of
from scanner.roles import is_lock_file, role_of
from scanner.source import Kind

_TOP_LEVEL = lazy_pattern(rb"\n(?:def|class|async|@)")


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered of earlier versions; of their contexts only the hashes.

    `prefilter` and `table` belong to the scan, `scope` is the folder below which roles are judged. `clean` holds
    (group, context) pairs that gave no finding in any file of the group; `known` holds (path, whether it is in
    `as_text`, context) that may have given one. `as_text` maps each path whose last version did not parse, and so was
    read as plain text, to the Python 2 line that it failed at (empty: some other error); what was clean in such a
    version need not be clean in others. `path` is the path of the `last` version; `imports` are the libraries imported
    by it or by the versions before it. `gates` caches which expressions count, by (imports, whether the file is code).
    """

    prefilter: Prefilter
    table: Table
    scope: str = ""

    clean: set[tuple[str, int]] = field(default_factory=set)
    known: set[tuple[str, bool, int]] = field(default_factory=set)
    as_text: dict[str, bytes] = field(default_factory=dict, repr=False)
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
            self.known.update((path, path in self.as_text, context) for context in seen)

    def group(self, path: str) -> str:
        """A key that is equal for paths that are read and judged alike: same ending, same role, same reader.

        A file that may be a single value (scanner.readers.wholefile) is judged by its name, so its name is the key.
        """
        if path not in self.groups:
            ending = name_of(path) or path.rpartition("/")[2].rpartition(".")[2]
            self.groups[path] = f"{role_of(path, self.scope)}:{ending}"
        return f"{self.groups[path]}:text" if path in self.as_text else self.groups[path]


class Fresh(NamedTuple):
    """The new contexts of a version. `known`: whether it also repeats a context that may have given a finding."""

    contexts: list[Context]
    known: bool


def new_contexts(memory: Memory, path: str, data: bytes, kind: Kind, *, whole: bool = False) -> Fresh:
    """The contexts that no earlier version of this path had, and no clean file of its group.

    Remembers the version: call it in the order of a path's history. With `whole` all of the file is matched, not only
    what differs from the version before.
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
        if (path, path in memory.as_text, context.hash) in memory.known:
            known = True
        elif (group, context.hash) not in memory.clean:
            fresh.append(context)
    return Fresh(contexts=fresh, known=known)


def _match(memory: Memory, data: bytes, kind: Kind, before: frozenset[str] = frozenset()) -> None:
    """Record all hits of a version; `before` are imports that count besides its own."""
    hits = memory.prefilter.find(data)
    memory.last.imports = _imports(hits, memory.table)
    memory.imports = before | memory.last.imports
    memory.last.hits = _wanted(memory, hits, memory.imports, kind)


def _near_change(memory: Memory, data: bytes, kind: Kind) -> tuple[list[Hit], Change]:
    """The hits whose context the changes may touch, and the changes."""
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
        # Calls far from the changes may now mean something else.
        _match(memory, data, kind, imports)
    owned = last.own
    if _follow_own(memory, data, kind, ranges if no_new_library else None):
        # A library function's alias may also be a name of the file's own.
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
    # A hit far from the change may use a name that is bound in it.
    touched.update(dict.fromkeys(hit for hit in calls if not change.spares(hit)))
    return sorted(touched, key=end_of), change


def _follow_own(memory: Memory, data: bytes, kind: Kind, ranges: Sequence[Range] | None) -> bool:
    """Add the calls of the file's own functions to the hits; returns whether their definitions changed.

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
    """The id for hits that no expression finds (scanner.prefilter.with_own_calls)."""
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
    """The changed lines that contain the word `import`: those of the version before, and those of this one."""
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
    """The imports of a version, updated by its changed lines, or read again if one may have been removed."""
    gone, come = _import_lines(memory.last.data, data, ranges)
    if gone == come:
        return memory.last.imports
    prefilter, table = memory.prefilter, memory.table
    were, are = (_imports(hits_from_imports(prefilter, b"\n".join(sorted(lines))), table) for lines in (gone, come))
    return memory.last.imports | are if were <= are else _imports(hits_from_imports(prefilter, data), table)


def _imports(hits: Iterable[Hit], table: Table) -> frozenset[str]:
    return frozenset([table[number][1] for number, _ in hits if table[number][0] == IMPORT])


def _wanted(memory: Memory, hits: Iterable[Hit], imports: frozenset[str], kind: Kind) -> list[Hit]:
    """The hits that the analysis would read, in order."""
    key = imports, kind in CODE
    if key not in memory.gates:
        rows = enumerate(memory.table)
        memory.gates[key] = frozenset(number for number, row in rows if counts(*row, imports, code=kind in CODE))
    gate = memory.gates[key]
    found = [hit for hit in hits if hit[0] in gate]
    found.sort(key=end_of)
    return found
