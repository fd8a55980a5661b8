"""The context of a hit, all that its finding can depend on: the lines around it, in Python also what its names mean.

In YAML and similar formats also the keys above and beside it, at any distance.

Read without a parser, because a history has thousands of versions to compare. A context that is too wide costs an
analysis; one that is too narrow would lose a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.extent import TAIL, WIDTH, Extent, Range, around, lines_of, statement
from scanner.history.bindings import Bindings, enclosing, follow, reached
from scanner.history.owncalls import Own, meant_by
from scanner.prefilter import CALL, PROVIDER, Hit, Table
from scanner.source import Kind


class Context(NamedTuple):
    """A hit, a hash of all that its finding depends on, and the offsets of the statements that bind its names."""

    hash: int
    hit: Hit
    reached: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Version:
    """A version of a file, with everything on which the contexts in it may depend.

    `hits` are those that the analysis would read, in order, and `names` the names on which calls among them depend.
    `imports` are the libraries that it imports, `own` its functions and classes that take a credential: their
    definitions belong to the context of calls of them.
    """

    data: bytes = field(default=b"", repr=False)
    kind: Kind = Kind.TEXT
    hits: list[Hit] = field(default_factory=list)
    names: dict[Hit, frozenset[bytes]] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    own: dict[bytes, Own] = field(default_factory=dict)
    bindings: Bindings = field(default_factory=Bindings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is new, between the offsets of `ranges`; `stood` are hits that the version before has too.

    Such a hit has the same context as before, unless a change reaches into it, or into the meaning of one of its names:
    `stood` has the names that each depends on, `names` are those whose bindings changed. Between the offsets of `moved`
    functions may begin elsewhere.
    """

    ranges: Sequence[Range]
    stood: Mapping[Hit, frozenset[bytes]]
    names: set[bytes]
    moved: Sequence[tuple[int, int]]

    def spares(self, hit: Hit, extent: Extent | None = None) -> bool:
        """Whether a hit's context is unchanged: the meaning of its names and, if given, the content of this extent."""
        names = self.stood.get(hit)
        return (
            names is not None
            and self.names.isdisjoint(names)
            and not any(low <= hit[1] <= high for low, high in self.moved)
            and (extent is None or not any(each.touches(extent) for each in self.ranges))
        )


def contexts(
    version: Version, hits: Iterable[Hit], table: Table, change: Change | None, beside: Callable[[int], int] | None
) -> Iterator[Context]:
    """The contexts of those hits whose context may be new; a call that no quoted text can reach has none.

    Sets the version's `names`. `change` is None if all of it is new. In a structured text `beside` gives a hash of what
    else belongs to an offset.
    """
    data = version.data
    done: set[Hit] = set()
    for hit in hits:
        number, end = hit
        start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
        if hit in done:
            continue
        done.add(hit)
        role = table[number][0]
        code = role == CALL or (version.kind is Kind.PYTHON and role != PROVIDER)
        # On a line with thousands of hits only the text near each one.
        near = max(start, end - WIDTH)
        extent = statement(data, near, end) if code else around(data, end)
        if role == PROVIDER:
            # The shortest possible value ends here; the longest (a JWK) continues.
            extent = extent._replace(end=max(extent.end, end + TAIL), high=max(extent.high, end + TAIL))
        if change is not None and change.spares(hit, extent):
            continue
        context = data[extent.start : extent.end]
        meant: dict[int, bytes] = {}
        imported = None
        if role == CALL:
            follow(version.bindings, data)
            meant, version.names[hit] = reached(version.bindings, context, scope_of(data, start), end)
            context = b"\n".join((context, *meant.values()))
            if b'"' not in context and b"'" not in context:
                continue
            if version.own and (called := meant_by(version.own, data, end)) is not None:
                context = b"%b\n%d" % (context, called.said)
                meant[called.start] = b""
            imported = imported_of(table[number][1], version.imports)
        around_it = None if beside is None else beside(end - 1)
        yield Context(hash=hash((number, context, imported, around_it)), hit=hit, reached=tuple(meant))


def imported_of(libraries: str, imports: frozenset[str]) -> frozenset[str]:
    """Those of a call's libraries that are imported: its meaning depends on each of them."""
    return imports.intersection(libraries.split(" "))


def scope_of(data: bytes, start: int) -> int:
    """The offset of the outermost function around a line, by indentation; 0 outside functions."""
    found = 0
    for block, is_class in enclosing(data, start):
        if is_class:
            return found or block
        found = block
    return found


def moves_functions(data: bytes, first: int, last: int) -> bool:
    """Whether a function or class begins on one of these lines."""
    start, end = lines_of(data, first, last)
    return data.find(b"def ", start, end) >= 0 or data.find(b"class ", start, end) >= 0
