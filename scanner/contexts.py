"""What a finding at a hit can depend on: the lines around it; in Python its statement and what the names in it mean.

In YAML and the like it is the keys above and beside it as well, however far.

Read without a parser, since history has thousands of versions to compare. A context that is too wide costs an
analysis; one that is too narrow would lose a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.bindings import Bindings, enclosing, follow, reached
from scanner.extent import TAIL, WIDTH, Extent, Range, around, lines_of, statement
from scanner.owncalls import Own, meant_by
from scanner.prefilter import CALL, PROVIDER, Hit, Table
from scanner.source import Kind


class Context(NamedTuple):
    """A hit, a hash of what it depends on, and the offsets of the statements that bind its names."""

    hash: int
    hit: Hit
    reached: tuple[int, ...]


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
        """Whether a hit's context is what it was: what its names mean, and if it is given, what is in this extent."""
        names = self.stood.get(hit)
        return (
            names is not None
            and self.names.isdisjoint(names)
            and not any(low <= hit[1] <= high for low, high in self.moved)
            and (extent is None or not any(each.touches(extent) for each in self.ranges))
        )


def contexts(
    data: bytes,
    hits: Iterable[Hit],
    table: Table,
    kind: Kind,
    bindings: Bindings,
    names: dict[Hit, frozenset[bytes]],
    imports: frozenset[str],
    own: Mapping[bytes, Own],
    change: Change | None = None,
    belonging: Callable[[int], int] | None = None,
) -> Iterator[Context]:
    """The context of each hit that can have a new one; a call that no text in quotes can reach has none.

    Notes the `names` that each call looks for. Which of its libraries are among the `imports` belongs to a call's
    context, and so does how what it calls is defined, where that is one of the file's `own`. `belonging` gives a hash
    of what else belongs to an offset, in a structured text.
    """
    done: set[Hit] = set()
    for hit in hits:
        number, end = hit
        start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
        if hit in done:
            continue
        done.add(hit)
        role = table[number][0]
        code = role == CALL or (kind is Kind.PYTHON and role != PROVIDER)
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
        if role == CALL:
            follow(bindings, data)
            meant, names[hit] = reached(bindings, context, scope_of(data, start), end)
            context = b"\n".join((context, *meant.values()))
            if b'"' not in context and b"'" not in context:
                continue
            if own and (called := meant_by(own, data, end)) is not None:
                context = b"%b\n%d" % (context, called.said)
                meant[called.start] = b""
        imported = imported_of(table[number][1], imports) if role == CALL else None
        beside = None if belonging is None else belonging(end - 1)
        yield Context(hash=hash((number, context, imported, beside)), hit=hit, reached=tuple(meant))


def imported_of(libraries: str, imports: frozenset[str]) -> frozenset[str]:
    """Those of a call's libraries that are imported: what it means depends on each."""
    return imports.intersection(libraries.split(" "))


def scope_of(data: bytes, start: int) -> int:
    """Where the outermost function around a line begins; 0 outside of functions, as far as indentation tells."""
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
