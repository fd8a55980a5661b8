"""Replace values of structured files in place, and check the result by reading it again.

The reader locates a value and a splice changes it; the spliced document must read as the old one with only those values
changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from fixers.model import Edit, Proof, RefusalReason
from fixers.references import reference_proof
from fixers.rewriting import (
    BY_HAND,
    CannotRewriteError,
    Placement,
    Refused,
    RewriteContext,
    Rewritten,
    splice,
    unique_edits,
)
from scanner.identity import digest
from scanner.model import Document, Finding, SecretValue, Span
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Value, values

if TYPE_CHECKING:
    from fixers.python import PythonFile

NOT_PARSABLE: Refused = (RefusalReason.NOT_PARSABLE, "the file does not parse as what its name says", BY_HAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """One replacement inside one value: `new` is written over `span`, which contains `old` in the value's text.

    `reads` is the parsed form of the new part, if it differs from its source text.
    """

    span: Span
    new: str
    old: str = field(repr=False)
    reads: str = ""

    @property
    def read(self) -> str:
        """The parsed form of the new part."""
        return self.reads or self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A swap with the edits of the value's readers and the variable that takes precedence over the store.

    `needs` are the names of the module that these edits use, by the reader's path, beside those of all switches.
    """

    swap: Swap
    variable: str
    edits: tuple[Edit, ...] = ()
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Gathered:
    """The results for the placements of one document, by their index."""

    edits: dict[int, tuple[Edit, ...]] = field(default_factory=dict)
    proofs: dict[int, tuple[Proof, ...]] = field(default_factory=dict)
    refused: dict[int, Refused] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def of(self, count: int) -> tuple[tuple[tuple[Edit, ...], ...], tuple[tuple[Proof, ...], ...]]:
        """Edits and proofs as a Rewritten has them, empty for refused placements."""
        kept = [index not in self.refused for index in range(count)]
        return (
            tuple(self.edits.get(index, ()) if kept[index] else () for index in range(count)),
            tuple(self.proofs.get(index, ()) if kept[index] else () for index in range(count)),
        )


def switched(
    document: Document,
    before: Sequence[Value],
    placements: Sequence[Placement],
    context: RewriteContext,
    switch: Callable[[Value, Placement], Switch],
    *,
    files: Mapping[str, PythonFile],
    needs: frozenset[str],
) -> Rewritten:
    """The result of applying `switch` to each value separately; it refuses one by CannotRewriteError.

    `files` are the readers' files that `switch` has opened, `needs` the names of the module that their edits use.
    """
    work = Gathered()
    made: dict[int, Switch] = {}
    for index, placement in enumerate(placements):
        try:
            made[index] = switch(owner(before, placement.finding), placement)
        except CannotRewriteError as error:
            work.refused[index] = error.refused
    wanted: dict[str, frozenset[str]] = defaultdict(lambda: needs)
    for index in kept_swaps(document, before, {index: one.swap for index, one in made.items()}, work):
        one, placement = made[index], placements[index]
        for path, names in one.needs.items():
            wanted[path] |= names
        work.edits[index] = (swapped_edit(document, one.swap, context.key), *one.edits)
        line, stored = placement.finding.start[0], SecretValue(stored_text(placement))
        work.proofs[index] = (reference_proof(document.path, line, placement, one.variable, stored, context.key),)
        work.notes.update(dict.fromkeys(one.notes))
    touched = {edit.path for edits in work.edits.values() for edit in edits}
    opened = [files[path] for path in sorted(files) if path in touched]
    return rewritten(work, len(placements), opened, wanted)


def stands_in(finding: Finding, span: Span) -> bool:
    """Whether a value's span contains a finding, or its literal: a block scalar's last line end is outside the span."""
    return span.contains(finding.span) or span.contains(finding.literal.span)


def owner(found: Sequence[Value], finding: Finding) -> Value:
    """The value that contains a finding. Raises CannotRewriteError for a comment or a key."""
    for value in found:
        if stands_in(finding, value.span):
            return value
    raise CannotRewriteError(RefusalReason.COMMENT, "a copy in a comment", "delete it by hand")


def swapped_edit(document: Document, swap: Swap, key: bytes) -> Edit:
    """The swap as an edit that fails on any other text."""
    there = document.text[swap.span.start : swap.span.end]
    return Edit(path=document.path, span=swap.span, expects=digest(key, there), new=swap.new)


def reads_alike(document: Document, before: Sequence[Value], swaps: Sequence[Swap]) -> bool:
    """Whether the document with these swaps reads as before, except for the swapped values."""
    edits = unique_edits(Edit(path="", span=swap.span, expects="", new=swap.new) for swap in swaps)
    try:
        after = values(respliced(document, splice(document.text, edits)))
    except Unreadable:
        return False
    if len(before) != len(after):
        return False
    return all(_alike(old, new, swaps) for old, new in zip(before, after, strict=True))


def respliced(document: Document, text: str) -> Document:
    """The same file with other text."""
    return replace(document, text=text, utf8=text.encode("utf-8", "surrogatepass"))


def accepted(
    document: Document, before: Sequence[Value], swaps: Mapping[int, Swap]
) -> tuple[dict[int, Swap], frozenset[int]]:
    """The possible swaps, and the placements whose swap would change more than its value or overlap another."""
    spans = sorted({swap.span for swap in swaps.values()}, key=lambda span: span.start)
    apart = len(set(swaps.values())) == len(spans) and all(one.end <= other.start for one, other in pairwise(spans))
    if apart and reads_alike(document, before, list(dict.fromkeys(swaps.values()))):
        return dict(swaps), frozenset()
    kept: dict[int, Swap] = {}
    bad: set[int] = set()
    for index, swap in swaps.items():
        meets = any(
            other != swap and other.span.start < swap.span.end and swap.span.start < other.span.end
            for other in kept.values()
        )
        if meets or not reads_alike(document, before, [swap]):
            bad.add(index)
        else:
            kept[index] = swap
    if kept and not reads_alike(document, before, list(dict.fromkeys(kept.values()))):
        return {}, frozenset(swaps)
    return kept, frozenset(bad)


def kept_swaps(
    document: Document, before: Sequence[Value], swaps: Mapping[int, Swap], work: Gathered, what: str = "a reference"
) -> dict[int, Swap]:
    """The possible swaps; the others are refused in `work`. `what` is written in place of the values."""
    kept, bad = accepted(document, before, swaps)
    why = f"with {what} in its place the file would not parse"
    work.refused |= dict.fromkeys(bad, (RefusalReason.POSITION_NOT_SUPPORTED, why, BY_HAND))
    return kept


def rewritten(
    work: Gathered, count: int, files: Iterable[PythonFile], needs: Mapping[str, frozenset[str]]
) -> Rewritten:
    """The results for `count` placements, with the imports and the module of the Python that reads the file."""
    edits, proofs = work.of(count)
    opened = list(files)
    added = [file.new_files() for file in opened]
    return Rewritten(
        edits=edits,
        proofs=proofs,
        refused=work.refused,
        imports=tuple(edit for file in opened for edit in file.imports(needs[file.syntax.path])),
        new_files=tuple(dict.fromkeys(new for news, _ in added for new in news)),
        notes=tuple(dict.fromkeys([*work.notes, *(note for _, notes in added for note in notes)])),
    )


def stored_text(placement: Placement) -> str:
    """The text that the store will hold for a placement. Raises CannotRewriteError for bytes."""
    stored = placement.stored
    if stored is None or stored.is_bytes:
        raise CannotRewriteError(RefusalReason.VALUE_NOT_STORABLE, "the value is no text", BY_HAND)
    return stored.reveal("text")


def _alike(old: Value, new: Value, swaps: Sequence[Swap]) -> bool:
    if (old.path, old.reference) != (new.path, new.reference):
        return False
    inside = [swap for swap in dict.fromkeys(swaps) if old.span.contains(swap.span)]
    if not inside:
        return (old.text, old.string) == (new.text, new.string)
    text = new.text
    for swap in inside:
        if text.count(swap.read) < 1:
            return False
        text = text.replace(swap.read, swap.old)
    return text == old.text
