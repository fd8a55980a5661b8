"""Read Jupyter notebooks: the source of their cells, without outputs.

https://nbformat.readthedocs.io/en/latest/format_description.html. All code cells together are read as one Python text,
because one cell imports what another uses; every span is mapped back into the escaped JSON strings.
"""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Kind, Literal, Span
from scanner.readers import _json, parts, python, text
from scanner.readers._escapes import compact
from scanner.readers._tree import Scalar, walk
from scanner.readers.errors import Unreadable
from scanner.readers.wanted import MayBeNamed, any_name

_ESCAPE = lazy_pattern(r"\\(?:u[dD][89abAB]..\\u....|u....|.)", re.DOTALL)
_LONGEST_ESCAPE = 12
# IPython syntax that is not Python: magics, shell commands (also over several lines), help, and their assignments.
# https://ipython.readthedocs.io/en/stable/interactive/reference.html
_LINES = lazy_pattern(r"^([ \t]*)(?:%(?=\S)|!(?!=)|\?).+(?:(?<=\\)\n.*)*", re.MULTILINE)
_HELP = lazy_pattern(r"^[ \t]*[\w.]+\?{1,2}[ \t]*$", re.MULTILINE)
_ASSIGNED = lazy_pattern(r"^([ \t]*[\w.,\[\]\"' \t]+=[ \t]*)[%!](?!=).", re.MULTILINE)
_PYTHON_MAGICS = frozenset(("time", "timeit", "capture", "prun", "debug"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The source of one cell. `starts` maps each of its characters and its end to an offset in the .ipynb text.

    `parts` are the spans of the JSON strings that hold it, quotes included: one, or one for each line.
    """

    code: bool
    source: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    parts: tuple[Span, ...] = ()


def read(document: Document, offsets: Sequence[int], may_be_named: MayBeNamed = any_name) -> Iterator[Literal]:
    """Yield the literals of code cells, and named values at hits in other cells.

    `may_be_named` is asked about SQL columns. Raises Unreadable if it is not JSON, or has no cells: all of it is then
    searched as text.
    """
    cells = _cells(document.text)
    if not cells:
        raise Unreadable(1, 1, "no notebook: it has no cells")
    readable = [_as_python(cell) for cell in cells]
    try:
        found = list(
            _mapped(document, joined([cell for cell in readable if cell.code]), offsets, Kind.PYTHON, may_be_named)
        )
    except Unreadable:
        found, readable = [], [replace(cell, code=False) for cell in cells]
    yield from found
    # Magics are comments by now, which the Python reader reads.
    for cell in readable:
        if not cell.code:
            yield from _mapped(document, cell, offsets, Kind.TEXT, may_be_named)


def python_cells(text: str) -> list[Cell]:
    """The cells that hold Python, in order, IPython's syntax commented out. Raises Unreadable if it is not JSON."""
    return [cell for cell in map(_as_python, _cells(text)) if cell.code]


def joined(cells: Sequence[Cell]) -> Cell:
    """All code as one text, with a line end after each cell that maps to the cell's end."""
    starts = [start for cell in cells for start in cell.starts]
    source = "".join(f"{cell.source}\n" for cell in cells)
    return Cell(code=True, source=source, starts=(*starts, starts[-1] if starts else 0))


def place_of(text: str, starts: Sequence[int], span: Span) -> Span:
    """The span in the notebook's text of a span of a cell's source, including the escape of its last character."""
    if span.start == span.end:
        return Span(starts[span.start], starts[span.start])
    last = starts[span.end - 1]
    escape = _ESCAPE.match(text, last)
    return Span(starts[span.start], escape.end() if escape else last + 1)


def _cells(text: str) -> list[Cell]:
    """The cells with a source, for notebook formats 3 and 4, in order."""
    sources: dict[tuple[str | int, ...], list[Scalar]] = {}
    codes: set[tuple[str | int, ...]] = set()
    language = "python"
    for path, scalar in walk(text, _json.events(text)):
        at = path.index("cells") + 2 if "cells" in path[:3] else len(path)
        cell, rest = path[:at], path[at:]
        if rest[:1] in (("source",), ("input",)) and len(rest) <= 2 and scalar.string:
            sources.setdefault(cell, []).append(scalar)
        elif rest == ("cell_type",) and scalar.text == "code":
            codes.add(cell)
        elif path in (("metadata", "language_info", "name"), ("metadata", "kernelspec", "language")):
            language = scalar.text.lower()
    return [_cell(text, parts, at in codes and language == "python") for at, parts in sources.items()]


def _cell(text: str, parts: Sequence[Scalar], code: bool) -> Cell:
    starts: list[int] = []
    for part in parts:
        placed = _json.starts(text, part) if part.style else range(part.body, part.end)
        starts += placed[:-1]
    return Cell(
        code=code,
        source="".join(part.text for part in parts),
        starts=(*starts, parts[-1].end - 1),
        parts=tuple(Span(part.start, part.end) for part in parts),
    )


def _as_python(cell: Cell) -> Cell:
    """The cell with its magics commented out, same length; its `code` is False if it still is not Python."""
    if not cell.code:
        return cell
    if _parses(cell.source):
        return cell
    magic = re.match(r"%%(\w+)", cell.source)
    if magic is None or magic[1] in _PYTHON_MAGICS:
        for mark in ("#", "0#"):
            commented = _commented(cell.source, mark)
            if _parses(commented):
                return replace(cell, source=commented)
    return replace(cell, code=False)


def _commented(source: str, mark: str) -> str:
    """Replace IPython-only syntax by comments of the same length.

    The mark `0#` makes a statement of an indented line, which may be the only one in its block.
    """
    source = _HELP.sub(lambda found: "#" * len(found[0]), source)
    source = _ASSIGNED.sub(lambda found: f"{found[1]}0#", source)

    def lines(found: re.Match[str]) -> str:
        first, *more = found[0][len(found[1]) :].split("\n")
        own = mark if found[1] else "#"
        return "\n".join([found[1] + own + first[len(own) :], *(f"#{line[1:]}" if line else "" for line in more)])

    return _LINES.sub(lines, source)


def _parses(source: str) -> bool:
    with warnings.catch_warnings():
        # A warning about an escape would print the source line.
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _mapped(
    document: Document, cell: Cell, offsets: Sequence[int], kind: Kind, may_be_named: MayBeNamed
) -> Iterator[Literal]:
    """Read a cell's source with the reader of `kind`, and map the spans to the notebook's text."""
    hits = []
    for offset in offsets:
        at = bisect.bisect_left(cell.starts, offset)
        # Outputs and metadata are between cells: a larger gap than any character's escape.
        if 0 < at < len(cell.starts) and offset - cell.starts[at - 1] <= _LONGEST_ESCAPE:
            hits.append(at)
    if not hits:
        return
    inner = Document(
        source=document.source,
        kind=kind,
        text=cell.source,
        encoding="utf-8",
        bom=False,
        utf8=cell.source.encode("utf-8", "surrogatepass"),
    )
    literals = list(python.read(inner, hits) if kind is Kind.PYTHON else text.read(inner, hits, may_be_named))
    if kind is Kind.PYTHON:
        # Comments after statements, with IPython's syntax among them.
        spans = sorted(literal.span for literal in literals)
        literals += text.read(inner, parts.comment_hits(inner, hits, spans), may_be_named)
    for literal in literals:
        yield _outside(literal, document.text, cell.starts)


def _outside(literal: Literal, text: str, starts: Sequence[int]) -> Literal:
    """The literal with every offset mapped from a cell's source to the notebook's text."""

    def moved(span: Span) -> Span:
        return place_of(text, starts, span)

    length = len(literal.value.reveal("text"))
    placed = literal.offsets or range(literal.body, literal.body + length + 1)
    body, offsets = compact(text, literal.value.reveal("text"), tuple(starts[offset] for offset in placed))
    return replace(
        literal,
        span=moved(literal.span),
        body=body,
        offsets=offsets,
        arguments=tuple(replace(argument, call=moved(argument.call)) for argument in literal.arguments),
        container=None if literal.container is None else moved(literal.container),
        siblings=tuple(replace(sibling, span=moved(sibling.span)) for sibling in literal.siblings),
    )
