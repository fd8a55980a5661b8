"""The context of a hit, all that its finding can depend on: the lines around it, in Python what its names mean.

In YAML and the like it is the keys above and beside it as well, however far.

Read without a parser, since history has thousands of versions to compare. A context that is too wide costs an
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
    """A version of a file, with what the contexts in it can depend on.

    `hits` are those that the analysis would read, in order, and `names` the names that calls among them depend on.
    `imports` are the libraries that it imports, `own` the functions and classes that it defines and that take a
    credential: how they are defined belongs to the context of a call of one.
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

    A hit that stood has the context that it had, unless a change reaches into it, or into what a name of it means:
    `stood` has the names that each looks for, `names` are those that are bound otherwise. Between the offsets of
    `moved` functions can begin elsewhere.
    """

    ranges: Sequence[Range]
    stood: Mapping[Hit, frozenset[bytes]]
    names: set[bytes]
    moved: Sequence[tuple[int, int]]

    def spares(self, hit: Hit, extent: Extent | None = None) -> bool:
        """Whether a hit's context is unchanged: the meaning of its names and, if given, what is in this extent."""
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

    Notes the version's `names`. `change` is None where all of it is new. `beside` gives a hash of what else belongs to
    an offset, in a structured text.
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
        # Of a line with thousands of hits only what is near each.
        near = max(start, end - WIDTH)
        extent = statement(data, near, end) if code else around(data, end)
        if role == PROVIDER:
            # The shortest that could be one ends here; the longest (a JWK) goes on.
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
    """Those libraries of a call that are imported: its meaning depends on each."""
    return imports.intersection(libraries.split(" "))


def scope_of(data: bytes, start: int) -> int:
    """The offset of the outermost function around a line by indentation; 0 outside functions."""
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
