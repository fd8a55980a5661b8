"""What is new in a version of a file: history repeats each file many times and changes a few lines of it.

Only hits whose context (scanner.contexts) no version before had are analysed, and only the bytes around a change are
matched again.
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
from scanner.contexts import Change, Context, contexts, imported_of, moves_functions
from scanner.extent import WIDTH, Range, changed, lines_of
from scanner.judge import is_lock_file
from scanner.owncalls import Own
from scanner.prefilter import CALL, IMPORT, Hit, Prefilter, Table, counts, hits_from_imports
from scanner.readers.kinds import CODE
from scanner.readers.wholefile import name_of
from scanner.roles import role_of
from scanner.source import Kind

# A match begins at most this many bytes, the largest `reach` of a rule, or one line before its end.
REACH = 1_300
_LONG_LINE = 4_000
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
_TOP_LEVEL = re.compile(rb"\n(?:def|class|async|@)")
_NONE: frozenset[bytes] = frozenset()


@dataclass(slots=True, kw_only=True)
class Memory:
    """What the versions before held: of contexts no more than their hashes.

    `clean` are (group, context) that gave no finding, in any file of one ending and role; `known` are (path, whether it
    is in `lesser`, context) that may have given one. `lesser` are the paths of which the last version was not read as
    what it is, and the line that it failed at, where that says so by itself: what was clean there need not be so in
    others. `scope` is what roles are judged below. `path`, `data` and `kind` are those of the last version, `hits` what
    the analysis would look at in it, in their order, and `names` what calls among them look for; `imports` are the
    libraries of it and of those before it, `here` its own. `own` are the functions and classes that it defines and that
    take a credential. `gates` are the expressions that count beside some imports, in code or not.
    """

    scope: str = ""

    clean: set[tuple[str, int]] = field(default_factory=set)
    known: set[tuple[str, bool, int]] = field(default_factory=set)
    lesser: dict[str, bytes] = field(default_factory=dict, repr=False)
    groups: dict[str, str] = field(default_factory=dict)
    path: str = ""
    data: bytes = field(default=b"", repr=False)
    kind: Kind = Kind.TEXT
    imports: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    hits: list[Hit] = field(default_factory=list)
    names: dict[Hit, frozenset[bytes]] = field(default_factory=dict)
    own: dict[bytes, Own] = field(default_factory=dict)
    gates: dict[tuple[frozenset[str], bool], frozenset[int]] = field(default_factory=dict)
    bindings: Bindings = field(default_factory=Bindings)

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


def new_contexts(
    memory: Memory, path: str, data: bytes, kind: Kind, prefilter: Prefilter, table: Table, *, whole: bool = False
) -> Fresh:
    """What no version of this path, nor a clean file of its group, had before.

    Remembers the version: call it in the order of a path's history. `whole`: not only its changes are looked at.
    """
    change = None
    structured = kind in STRUCTURED and not is_lock_file(path)
    if whole or structured or memory.path != path or memory.kind is not kind:
        _everywhere(memory, data, kind, prefilter, table)
        _follow_own(memory, data, kind, table, None)
        hits = memory.hits
        memory.names, memory.bindings = {}, Bindings()
    else:
        hits, change = _near_change(memory, data, kind, prefilter, table)
    memory.path, memory.data, memory.kind = path, data, kind
    group = memory.group(path)
    fresh: list[Context] = []
    known = False
    belonging = surroundings(data, kind) if structured and hits else None
    for context in contexts(
        data, hits, table, kind, memory.bindings, memory.names, memory.here, memory.own, change, belonging
    ):
        if (path, path in memory.lesser, context.hash) in memory.known:
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
) -> None:
    """Note all hits of a version; `before` are imports that count beside its own."""
    hits = prefilter.find(data)
    memory.here = _imports(hits, table)
    memory.imports = before | memory.here
    memory.hits = _wanted(memory, hits, memory.imports, table, kind)


def _near_change(
    memory: Memory, data: bytes, kind: Kind, prefilter: Prefilter, table: Table
) -> tuple[list[Hit], Change]:
    """The hits whose context the changes can touch, and the changes."""
    before = memory.data
    ranges = changed(before, data)
    windows = [_window(data, each, prefilter, calls=bool(memory.imports)) for each in ranges]
    imports = memory.imports.union(*(_imports(found, table) for found in windows))
    stood = _stood(memory, ranges)
    were = memory.here
    known = imports == memory.imports
    if known:
        near = [_wanted(memory, found, imports, table, kind) for found in windows]
        memory.hits = _merged(memory.hits, ranges, near)
        gone, come = _import_lines(before, data, ranges)
        if gone != come:
            memory.here = _imported(memory.here, gone, come, data, prefilter, table)
    else:
        # A new library: calls far from the changes can mean something else now.
        _everywhere(memory, data, kind, prefilter, table, imports)
    if _follow_own(memory, data, kind, table, ranges if known else None):
        for hit in [hit for hit in stood if hit[0] == _own_row(table)]:
            del stood[hit]
    calls = [hit for hit in memory.hits if table[hit[0]][0] == CALL]
    if memory.here != were:
        for hit in calls:
            libraries = table[hit[0]][1]
            if imported_of(libraries, memory.here) != imported_of(libraries, were):
                stood.pop(hit, None)
    memory.names = {hit: names for hit, names in stood.items() if names}
    names: set[bytes] = set()
    if calls:
        names = follow(memory.bindings, data, ranges if memory.bindings.data is before else None)
    moved = [_block(data, each) for each in ranges if calls and _moves_functions(before, data, each)]
    names.update(*(bound_between(memory.bindings, *each) for each in moved))
    touched: dict[Hit, None] = {}
    for each in ranges:
        low, high = _around(data, each)
        first, last = bisect.bisect_left(memory.hits, low, key=_end), bisect.bisect_right(memory.hits, high, key=_end)
        touched.update(dict.fromkeys(memory.hits[first:last]))
    change = Change(ranges=ranges, stood=stood, names=names, moved=moved)
    # What the change is far from can use a name that is bound in it.
    touched.update(dict.fromkeys(hit for hit in calls if not change.spares(hit)))
    return sorted(touched, key=_end), change


def _follow_own(memory: Memory, data: bytes, kind: Kind, table: Table, ranges: Sequence[Range] | None) -> bool:
    """Put the calls of the file's own functions among the hits; whether those are defined otherwise than before.

    `ranges` are the changes if the hits far from them are still those of the version before.
    """
    before, memory.own = memory.own, {}
    if kind is Kind.PYTHON:
        memory.own = owncalls.defined(data, memory.hits, table)
    said = {name: own.said for name, own in memory.own.items()}
    same = said == {name: own.said for name, own in before.items()}
    if not said and same:
        return False
    number = _own_row(table)
    if same and ranges is not None:
        spans = [(each.new_first, _last_made(each)) for each in ranges]
    else:
        spans = [(0, len(data))]
        memory.hits = [hit for hit in memory.hits if hit[0] != number]
    memory.hits += {hit: None for span in spans for hit in owncalls.calls(data, memory.own, number, *span)}
    memory.hits.sort(key=_end)
    return not same


def _own_row(table: Table) -> int:
    return len(table) - 1


def _around(data: bytes, change: Range) -> tuple[int, int]:
    """From where to where a hit's context can reach into a change."""
    last = data.find(b"\n", change.new_last)
    low = data.rfind(b"\n", 0, change.new_first) - 2 * WIDTH
    return low, (len(data) if last < 0 else last) + WIDTH


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


def _imported(
    here: frozenset[str], gone: set[bytes], come: set[bytes], data: bytes, prefilter: Prefilter, table: Table
) -> frozenset[str]:
    """The imports of a version, from those before it and its lines that are others; read anew where one may be gone."""
    were, are = (_imports(hits_from_imports(prefilter, b"\n".join(sorted(lines))), table) for lines in (gone, come))
    return here | are if were <= are else _imports(hits_from_imports(prefilter, data), table)


def _window(data: bytes, change: Range, prefilter: Prefilter, *, calls: bool) -> list[Hit]:
    """The hits that a change can have made, and imports before it."""
    first = change.new_first
    start = max(data.rfind(b"\n", 0, max(0, first - REACH)) + 1, first - _LONG_LINE)
    start = min(start, *(_opened(data, start, pair) for pair in _BRACKETS))
    found = prefilter.find(data[start : _last_made(change) + 1], calls=calls)
    return [(number, start + end) for number, end in found]


def _opened(data: bytes, at: int, pair: tuple[bytes, bytes]) -> int:
    """The beginning of the line on which a bracket opens that is still open at an offset; else the offset itself.

    Some expressions go on as far as no bracket closes: a function's parameters, a list of words of a command.
    """
    low = max(0, at - _LONG_LINE)
    opening = data.rfind(pair[0], low, at)
    if opening < 0 or data.rfind(pair[1], opening, at) >= 0:
        return at
    return max(low, data.rfind(b"\n", low, opening) + 1)


def _last_made(change: Range) -> int:
    """Where the last match ends that a change can have made or unmade."""
    return change.new_last + REACH


def _stood(memory: Memory, ranges: Sequence[Range]) -> dict[Hit, frozenset[bytes]]:
    """The hits outside of the changes, at their offsets in the new version, and the names that they look for."""
    stood: dict[Hit, frozenset[bytes]] = {}
    done, longer = -1, 0
    for each in (*ranges, None):
        first = bisect.bisect_right(memory.hits, done, key=_end)
        last = len(memory.hits) if each is None else bisect.bisect_left(memory.hits, each.first, key=_end)
        were = memory.hits[first:last]
        are = _moved(were, longer)
        stood |= dict.fromkeys(are, _NONE)
        stood |= {now: memory.names[was] for was, now in zip(were, are, strict=True) if was in memory.names}
        if each is not None:
            done, longer = each.last, each.new_last - each.last
    return stood


def _merged(old: Sequence[Hit], ranges: Sequence[Range], windows: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of the version before at their offsets in the new one, those near the changes replaced."""
    hits: list[Hit] = []
    done, longer = -1, 0
    for each, found in zip((*ranges, None), (*windows, ()), strict=True):
        first = bisect.bisect_right(old, done, key=_end)
        last = len(old) if each is None else bisect.bisect_left(old, each.first, key=_end)
        hits += _moved(old[first:last], longer)
        if each is not None:
            hits += [hit for hit in found if each.new_first <= hit[1] <= _last_made(each)]
            longer = each.new_last - each.last
            done = _last_made(each) - longer
    return hits


def _moved(hits: Sequence[Hit], longer: int) -> Sequence[Hit]:
    return [(number, end + longer) for number, end in hits] if longer else hits


def _end(hit: Hit) -> int:
    return hit[1]


def _imports(hits: Iterable[Hit], table: Table) -> frozenset[str]:
    return frozenset([table[number][1] for number, _ in hits if table[number][0] == IMPORT])


def _wanted(memory: Memory, hits: Iterable[Hit], imports: frozenset[str], table: Table, kind: Kind) -> list[Hit]:
    """The hits that the analysis would look at, in their order."""
    key = imports, kind in CODE
    if key not in memory.gates:
        rows = enumerate(table)
        memory.gates[key] = frozenset(number for number, row in rows if counts(*row, imports, code=kind in CODE))
    gate = memory.gates[key]
    found = [hit for hit in hits if hit[0] in gate]
    found.sort(key=_end)
    return found
