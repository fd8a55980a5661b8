"""Read CSV and TSV: the columns whose header names a credential. https://www.rfc-editor.org/rfc/rfc4180

Password managers and browsers export such files, and AWS delivers access keys in one.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Literal, Role, SecretValue, Sibling, Span
from scanner.readers import text as plain
from scanner.readers.wanted import MayBeNamed, any_name

# `pass` next to a user column is a password; next to `fail` it is a count.
_USER = lazy_pattern(r"(?i)(?:.*[\W_])?(?:user(?:name)?|login|e-?mail|account|host)(?:[\W_]name)?")
_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 200
_FIGURE = lazy_pattern(r"[-+]?\d{1,5}|[-+]?\d*\.\d+(?:[eE][-+]?\d+)?|\d+%")


class _Cell(NamedTuple):
    """A cell: `written` with its quotes, and start and end of its content inside them."""

    span: Span
    inner: Span
    text: str
    doubled: bool


def expression(stems: str) -> str:
    """The Hyperscan expression (flag CASELESS) of a header line that contains one of the stems."""
    return rf"^(?:\xef\xbb\xbf)?[^\r\n]*{stems}[^\r\n]*\r?\n"


def read(document: Document, offsets: Sequence[int], may_be_named: MayBeNamed = any_name) -> Iterator[Literal]:
    """Yield the cells of credential columns, and the values at other hits as in plain text."""
    text = document.text
    start = 1 if text.startswith("\ufeff") else 0
    records = _records(text, start)
    header = next(records, [])
    columns = [cell.text.strip() for cell in header]
    wanted = _wanted(columns, may_be_named)
    covered: list[Span] = []
    for record in records if wanted else ():
        if len(record) != len(columns):
            continue
        for number in wanted:
            cell = record[number]
            if not cell.text.strip() or _FIGURE.fullmatch(cell.text):
                continue
            yield _literal(cell, number, record, columns)
            covered.append(cell.span)
    if wanted:
        # The header names the columns and holds no value.
        covered.insert(0, Span(0, header[-1].span.end + 1))
    yield from plain.read(
        document, [hit for hit in offsets if not _is_covered(hit, covered)], may_be_named=may_be_named
    )


def _is_covered(hit: int, spans: Sequence[Span]) -> bool:
    at = bisect.bisect_right(spans, hit, key=lambda span: span.start) - 1
    return at >= 0 and hit <= spans[at].end + 1


def _wanted(columns: Sequence[str], may_be_named: MayBeNamed) -> list[int]:
    users = any(_USER.fullmatch(column) for column in columns)
    return [
        number
        for number, column in enumerate(columns[:_MOST_COLUMNS])
        if may_be_named(column) and (users or column.lower() != "pass")
    ]


def _literal(cell: _Cell, number: int, record: Sequence[_Cell], columns: Sequence[str]) -> Literal:
    offsets = None
    if cell.doubled:
        raw, at, placed = cell.text, cell.inner.start, []
        for character in raw:
            placed.append(at)
            at += 2 if character == '"' else 1
        offsets = (*placed, cell.inner.end)
    siblings = tuple(
        Sibling(name=columns[other], value=SecretValue(each.text), span=each.span)
        for other, each in enumerate(record[:_MOST_COLUMNS])
        if other != number and columns[other] and each.text
    )
    return Literal(
        span=cell.span,
        value=SecretValue(cell.text),
        role=Role.ENTRY,
        name=columns[number],
        body=cell.inner.start,
        offsets=offsets,
        container=Span(record[0].span.start, record[-1].span.end),
        siblings=siblings,
    )


def _records(text: str, start: int) -> Iterator[list[_Cell]]:
    """The records of a text; the delimiter is the one most frequent in the first line."""
    end = text.find("\n", start)
    first = text[start : end if end >= 0 else len(text)]
    delimiter = max(_DELIMITERS, key=first.count)
    if delimiter not in first:
        return
    cell = re.compile(rf'[ ]*"((?:[^"]|"")*+)"[ ]*(?=[{delimiter}\r\n]|\Z)|([^{delimiter}\r\n]*)')
    record: list[_Cell] = []
    at = start
    while at < len(text):
        found = cell.match(text, at)
        if found is None:
            return
        group = 1 if found[1] is not None else 2
        inner = Span(*found.span(group))
        raw = found[group]
        doubled = group == 1 and '"' in raw
        record.append(_Cell(Span(*found.span()), inner, raw.replace('""', '"') if doubled else raw, doubled))
        at = found.end()
        if text.startswith(delimiter, at):
            at += 1
            if at < len(text):
                continue
        yield record
        record = []
        while at < len(text) and text[at] in "\r\n":
            at += 1
