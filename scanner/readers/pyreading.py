"""Statements handed to LibCST: several regions of a file in one text, and what came of them."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from dataclasses import replace

import libcst as cst

from scanner.model import Argument, Document, Literal, Span
from scanner.readers.errors import Unreadable
from scanner.readers.pyplain import literal_of
from scanner.readers.pypositions import Positions, positions_of
from scanner.readers.pyregions import Region
from scanner.readers.pyscope import Scope, too_deep
from scanner.readers.pystate import Context, Reading, Reference, Segment
from scanner.readers.pystatements import statement_of
from scanner.readers.unchecked import unchecked

_MAX_REGION = 200_000
_MAX_HOPS = 3


def literals_of(
    document: Document, scope: Scope, wanted: list[Region], is_wanted: Callable[[Region], bool] | None
) -> list[Literal]:
    """Literals of some regions and of what those use by name, as far as that is wanted, in order.

    Raises Unreadable where LibCST cannot read one of them.
    """
    reading = Reading(document=document, scope=scope)
    done = set(wanted)
    _read_regions(reading, wanted)
    for _ in range(_MAX_HOPS):
        bound = [region for region in _bound_regions(reading, done) if is_wanted is None or is_wanted(region)]
        if not bound:
            break
        _read_regions(reading, bound)
    return sorted(_reached(reading), key=lambda literal: literal.span)


def _bound_regions(reading: Reading, done: set[Region]) -> list[Region]:
    """Regions of what a call's argument named, directly or through other names, and that were not read yet."""
    found: list[Region] = []
    used = {reference.name for reference in reading.references}
    for reference in reading.references:
        if not any(argument.callees or argument.keyword in used for argument in reference.arguments):
            continue
        binding = reading.scope.lookup(reference.symbol, reference.name, reference.line)
        if binding is None:
            continue
        lines = reading.scope.lines_at(binding.first)
        region = None if lines is None else reading.scope.region(lines)
        if region is not None and region not in done:
            done.add(region)
            found.append(region)
    return found


def _reached(reading: Reading) -> Iterator[Literal]:
    """The literals, each with the arguments that it reaches, also through the names it is bound to."""
    uses: dict[tuple[str, int], list[Reference]] = {}
    for reference in reading.references:
        binding = reading.scope.lookup(reference.symbol, reference.name, reference.line)
        if binding is not None:
            uses.setdefault((reference.name, binding.first), []).append(reference)
    seen: set[Span] = set()
    for literal in reading.literals:
        if literal.span in seen:
            continue
        seen.add(literal.span)
        arguments = tuple(dict.fromkeys(_followed(reading, literal.arguments, uses, _MAX_HOPS)))
        yield literal if arguments == literal.arguments else replace(literal, arguments=arguments)


def _followed(
    reading: Reading, arguments: tuple[Argument, ...], uses: dict[tuple[str, int], list[Reference]], hops: int
) -> Iterator[Argument]:
    """Arguments of calls as they are; for one of a binding (see `_bound`) those that the name reaches."""
    for argument in arguments:
        if argument.callees:
            yield argument
        if argument.callees or not hops:
            continue
        line = bisect.bisect_right(reading.scope.starts, argument.call.start)
        for reference in uses.get((argument.keyword or "", line), ()):
            if reference.key is not None and reference.key != argument.key:
                continue
            for use in _followed(reading, reference.arguments, uses, hops - 1):
                key = use.key if reference.key is not None else argument.key or use.key
                yield replace(use, key=key, element=use.element if argument.element is None else argument.element)


def _read_regions(reading: Reading, regions: list[Region]) -> None:
    """Read regions: plain ones as they are, the others by LibCST, all in one text."""
    others: list[Region] = []
    for region in regions:
        plain = literal_of(reading.scope, region)
        if plain is None:
            others.append(region)
        else:
            reading.literals.append(plain)
    if others:
        _parse_regions(reading, others)


def _parse_regions(reading: Reading, regions: list[Region]) -> None:
    text, starts = reading.document.text, reading.scope.starts
    pieces: list[str] = []
    reading.segments.clear()
    length = 0
    for region in sorted(regions, key=lambda region: region.first):
        source = starts[region.first - 1]
        end = starts[region.last] if region.last < len(starts) else len(text)
        lines = text[source:end]
        if len(lines) > _MAX_REGION:
            raise Unreadable(region.first, 1, f"a statement of more than {_MAX_REGION:,} characters")
        after = region.after if lines.endswith(("\n", "\r")) else "\n" + region.after
        pieces.append(f"{region.before}{lines}{after}")
        if too_deep(pieces[-1]):
            raise Unreadable(region.first, 1, "nested too deep for LibCST")
        segment = Segment(start=length + len(region.before), source=source, length=len(lines), region=region)
        reading.segments.append(segment)
        length += len(pieces[-1])
    with unchecked():
        module, reading.positions = _parse("".join(pieces), regions)
        try:
            for statement in module.body:
                statement_of(reading, statement, Context())
        except RecursionError:
            raise Unreadable(regions[0].first, 1, "nested too deep for LibCST") from None


def _parse(text: str, regions: list[Region]) -> tuple[cst.Module, Positions]:
    line = min(region.first for region in regions)
    try:
        module = cst.parse_module(text)
        written, positions = positions_of(module)
    except (cst.ParserSyntaxError, cst.CSTLogicError, RecursionError):
        raise Unreadable(line, 1, "LibCST cannot parse this statement") from None
    if written != text:
        # LibCST drops a form feed before a statement, for one: its positions would be off.
        raise Unreadable(line, 1, "LibCST does not give this text back as it was")
    return module, positions
