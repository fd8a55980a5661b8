"""Rewrite Jupyter notebooks: the Python in their cells, edited in place in the JSON.

All code cells together count as one Python file, as for the reader. A notebook may be opened where no module of the
project exists, so its cells ask AWS directly, in the style `inline`, whatever the plan's style is.
https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import ast
import bisect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixers import manual_steps, python
from fixers.insertions import joined_insertions
from fixers.model import Edit, RefusalReason
from fixers.python_syntax import parse_quietly
from fixers.rewriting import (
    BY_HAND,
    CannotRewriteError,
    Placement,
    Refused,
    RewriteContext,
    Rewritten,
    Style,
    all_refused,
    splice,
    unique_edits,
)
from fixers.spelling import SHORTEST_SEARCHED
from fixers.splicing import NOT_PARSABLE
from scanner.identity import digest
from scanner.model import Document, Kind, Span
from scanner.readers import _json
from scanner.readers._tree import walk
from scanner.readers.errors import Unreadable
from scanner.readers.notebook import Cell, joined, place_of, python_cells

_OPENED = re.compile(r"\[([ \t\r\n]*)\Z")
_STANDS_TOO = "its value is also in an output, or in a cell that is not Python"
_CLEARED = "clear the outputs (jupyter nbconvert --clear-output --inplace NOTEBOOK), then plan again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    """The Python of a notebook: its cells, the offset of each in the joined text, and that text."""

    notebook: str = field(repr=False)
    cells: tuple[Cell, ...]
    bases: tuple[int, ...]
    whole: Cell

    def inside(self, span: Span) -> Span:
        """A span of the notebook as one in the joined text. Raises CannotRewriteError if it is not in Python code."""
        starts, source = self.whole.starts, self.whole.source
        inner = Span(bisect.bisect_left(starts, span.start), bisect.bisect_left(starts, span.end))
        line = range(source.rfind("\n", 0, inner.start) + 1, inner.start)
        # Lines that only IPython understands are read as comments.
        if starts[inner.start : inner.start + 1] != (span.start,) or any(
            source[at] == "#" != self.notebook[starts[at]] for at in line
        ):
            raise CannotRewriteError(
                RefusalReason.KIND_NOT_SUPPORTED, "it stands where a notebook holds no Python", manual_steps.NOTEBOOK
            )
        return inner

    def owner(self, offset: int) -> tuple[Cell, int]:
        """The cell that contains an offset, and the offset in it: 0 to the length of its source."""
        number = bisect.bisect_right(self.bases, offset) - 1
        return self.cells[number], offset - self.bases[number]


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that make each literal of a notebook's cells a call of boto3. Implements `fixers.rewriting.Rewriter`."""
    try:
        code = _code(document.text)
    except Unreadable:
        return all_refused(placements, NOT_PARSABLE)
    if _is_python_2(code):
        return all_refused(placements, (RefusalReason.NOT_PARSABLE, "its kernel is Python 2", BY_HAND))
    refused: dict[int, Refused] = {}
    inner: dict[int, Placement] = {}
    for index, placement in enumerate(placements):
        try:
            inner[index] = _moved(placement, code)
        except CannotRewriteError as error:
            refused[index] = error.refused
    own = replace(context, style=Style(name="inline", prefix_from=context.style.prefix_from), syntaxes={})
    made = python.rewrite(_python(document, code), list(inner.values()), own)
    indexes = list(inner)
    refused |= {indexes[index]: why for index, why in made.refused.items()}
    edits = {indexes[index]: found for index, found in enumerate(made.edits)}
    imports = joined_insertions(_below_magic(edit, code) for edit in made.imports)
    placed = {index: tuple(_placed(edit, code, context.key) for edit in found) for index, found in edits.items()}
    placed_imports = tuple(_placed(edit, code, context.key) for edit in imports)
    before = [edit for found in edits.values() for edit in found] + list(imports)
    after = [edit for found in placed.values() for edit in found] + list(placed_imports)
    if not _is_same(code, before, after):
        wrong = RefusalReason.POSITION_NOT_SUPPORTED, "the notebook would not read as it does", BY_HAND
        return all_refused(placements, wrong, already=refused)
    for index in _still_shown(code, {index: placement for index, placement in inner.items() if index not in refused}):
        refused[index] = RefusalReason.POSITION_NOT_SUPPORTED, _STANDS_TOO, _CLEARED
    proofs = {indexes[index]: found for index, found in enumerate(made.proofs)}
    kept = [index not in refused for index in range(len(placements))]
    return Rewritten(
        edits=tuple(placed[index] if kept[index] else () for index in range(len(placements))),
        proofs=tuple(proofs[index] if kept[index] else () for index in range(len(placements))),
        refused=refused,
        imports=placed_imports,
        notes=made.notes,
    )


def _code(text: str) -> _Code:
    cells = tuple(python_cells(text))
    bases, at = [], 0
    for cell in cells:
        bases.append(at)
        at += len(cell.source) + 1
    return _Code(notebook=text, cells=cells, bases=tuple(bases), whole=joined(cells))


def _python(document: Document, code: _Code) -> Document:
    """All cells as one Python file. The JSON was parsed, so there are no lone surrogates."""
    text = code.whole.source
    raw = text.encode()
    source = document.source._replace(raw=raw)
    return Document(source=source, kind=Kind.PYTHON, text=text, encoding="utf-8", bom=False, utf8=raw)


def _is_python_2(code: _Code) -> bool:
    said = {path: text for path, text, _ in _others(code) if path[:1] == ("metadata",)}
    version = said.get(("metadata", "language_info", "version"), "")
    return version.startswith("2.") or said.get(("metadata", "kernelspec", "name")) == "python2"


def _moved(placement: Placement, code: _Code) -> Placement:
    return replace(placement, finding=replace(placement.finding, span=code.inside(placement.finding.span)))


def _below_magic(edit: Edit, code: _Code) -> Edit:
    """An import line moved below the `%%time` that it would precede, because a cell's magic must be its first line."""
    cell, at = code.owner(edit.span.start)
    if at or not code.notebook.startswith("%%", cell.starts[0]):
        return edit
    below = edit.span.start + cell.source.index("\n") + 1
    return replace(edit, span=Span(below, below))


def _placed(edit: Edit, code: _Code, key: bytes) -> Edit:
    """An edit of the joined text, converted to one of the notebook."""
    text, (cell, start) = code.notebook, code.owner(edit.span.start)
    between = _between(text, cell)
    if edit.span.start < edit.span.end:
        place = place_of(text, cell.starts, Span(start, start + edit.span.end - edit.span.start))
        new = _escaped(edit.new, between)
    elif start == 0 and (before := _import_before(code, edit.span.start)) is not None:
        # The import that it follows is the last line of the cell before.
        place = Span(before.starts[-1], before.starts[-1])
        new = _escaped("\n" + edit.new.rstrip("\n"), _between(text, before))
    else:
        place = Span(cell.starts[start], cell.starts[start])
        new = _escaped(edit.new, between)
        if between and start == len(cell.source) and cell.source.endswith("\n"):
            new = f'"{between}"{_escaped(edit.new.rstrip(chr(10)), between)}\\n'
    return Edit(path=edit.path, span=place, expects=digest(key, text[place.start : place.end]), new=new)


def _import_before(code: _Code, offset: int) -> Cell | None:
    """The cell before the one at an offset, if it ends in an import."""
    number = code.bases.index(offset)
    if not number:
        return None
    before = code.cells[number - 1]
    body = parse_quietly(before.source).body
    ends = bool(body) and isinstance(body[-1], (ast.Import, ast.ImportFrom)) and not before.source.endswith("\n")
    return before if ends and body[-1].end_lineno == before.source.count("\n") + 1 else None


def _between(text: str, cell: Cell) -> str | None:
    """The text between two lines of a source that is a list of lines; None for a source in one string."""
    first = cell.parts[0]
    if len(cell.parts) > 1:
        return text[first.end : cell.parts[1].start]
    opened = _OPENED.search(text, max(0, first.start - 200), first.start)
    return f",{opened[1]}" if opened else None


def _escaped(new: str, between: str | None) -> str:
    """Python as written in a JSON string, each line in a string of its own if the others are."""
    lines = [json.dumps(line, ensure_ascii=False)[1:-1] for line in new.split("\n")]
    return ("\\n" if between is None else f'\\n"{between}"').join(lines)


def _is_same(code: _Code, before: Sequence[Edit], after: Sequence[Edit]) -> bool:
    """Whether the edited notebook is valid JSON, its Python is the edited Python, and nothing else in it differs."""
    changed = splice(code.notebook, unique_edits(after))
    try:
        read = _code(changed)
        wanted, found = (parse_quietly(text) for text in (splice(code.whole.source, before), read.whole.source))
        return ast.dump(wanted) == ast.dump(found) and _others(code) == _others(read)
    except (Unreadable, SyntaxError, ValueError, RecursionError):
        return False


def _others(code: _Code) -> list[tuple[tuple[str | int, ...], str, bool]]:
    """Everything in a notebook except its Python, with the path to each."""
    own = {part.start for cell in code.cells for part in cell.parts}
    found = walk(code.notebook, _json.events(code.notebook))
    return [(path, scalar.text, scalar.string) for path, scalar in found if scalar.start not in own]


def _still_shown(code: _Code, placements: Mapping[int, Placement]) -> Iterator[int]:
    """The placements whose value is also in an output or in a cell that is not Python."""
    others = [text for _, text, string in _others(code) if string]
    for index, placement in placements.items():
        value = placement.finding.value.reveal("text") if placement.finding.value is not None else ""
        if len(value) >= SHORTEST_SEARCHED and any(_holds(text, value) for text in others):
            yield index


def _holds(text: str, value: str) -> bool:
    """Whether a text contains a value as a separate word."""
    at = text.find(value)
    while at >= 0:
        around = text[max(0, at - 1) : at] + text[at + len(value) : at + len(value) + 1]
        if not any(char.isalnum() or char == "_" for char in around):
            return True
        at = text.find(value, at + 1)
    return False
