"""What the Python reader keeps while it reads one document: the texts given to LibCST, and where they came from."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

import libcst as cst

from scanner.model import Argument, Document, Literal, Role, Sibling, Span
from scanner.readers.pypositions import Positions
from scanner.readers.pyregions import Region
from scanner.readers.pyscope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known of the expression that is being read."""

    role: Role = Role.TEXT
    name: str | None = None
    symbol: str = ""
    arguments: tuple[Argument, ...] = ()
    container: Span | None = None
    siblings: tuple[Sibling, ...] = ()
    dynamic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Where one region stands in the text given to LibCST (`start`) and in the document (`source`)."""

    start: int
    source: int
    length: int
    region: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name that reaches arguments: what it is bound to reaches them too. `key` is that of `name["key"]`."""

    symbol: str
    name: str
    line: int
    arguments: tuple[Argument, ...]
    key: str | None = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """The state of reading one document."""

    document: Document
    scope: Scope
    literals: list[Literal] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    positions: Positions = field(default_factory=dict)


def _segment(reading: Reading, offset: int) -> Segment:
    at = bisect.bisect_right(reading.segments, offset, key=lambda segment: segment.start) - 1
    return reading.segments[max(at, 0)]


def span_of(reading: Reading, node: cst.CSTNode) -> Span | None:
    """Where a node stands in the document; None for what was only put around a region."""
    found = reading.positions.get(node)
    if found is None:
        return None
    start, end = found
    segment = _segment(reading, start)
    shift = segment.source - segment.start
    if start < segment.start or start >= segment.start + segment.length:
        return None
    return Span(start + shift, end + shift)


def symbol_of(reading: Reading, node: cst.CSTNode) -> str:
    """The definition that encloses a node's region."""
    found = reading.positions.get(node)
    return "" if found is None else _segment(reading, found[0]).region.symbol
