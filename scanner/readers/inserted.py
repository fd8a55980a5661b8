"""Match the values of SQL's INSERT with their columns: `INSERT INTO users (name, password) VALUES ('bob', '...')`.

For SQL files, SQL in a string of code, and queries whose values are passed as parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.model import Span
from scanner.readers.wanted import MayBeNamed, any_name

PREFILTER = (
    r"\bupdate\s+[^\s()]+\s+set\s[^\"';]{0,300}(?:passw|pwd|passphrase|secret|token|api_?key)\w*[`\"\]]?\s*="
    r"\s*(?:%s|\?|\$\d)",
    r"[(,\n][ \t]*[`\"\[]?\w*(?:passw|pwd|passphrase|secret|token|api_?key|_pass\b|\bpass\b)\w*[`\"\]]?[ \t]+"
    r"(?:n?(?:var)?char|(?:tiny)?text)\b",
)
"""Hyperscan's expressions (flag CASELESS) of columns that are set, and of a table's definition, where types end."""
_LONGEST_HEAD = 5_000
_VALUES = lazy_pattern(r"(?i)\bvalues?\s*\(")
# https://dev.mysql.com/doc/refman/en/create-table.html, of which mysqldump's `INSERT` repeats no columns
_CREATE = lazy_pattern(
    r"(?i)\bcreate\s+(?:temporary\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:[\w`\"\[\]$-]{1,80}\.)?"
    r"[`\"\[]?(?P<name>[\w$-]{1,80})[`\"\]]?\s*\("
)
_WITHOUT_COLUMNS = lazy_pattern(
    r"(?i)\binto\s{1,9}(?:[\w`\"\[\]$-]{1,80}\.)?[`\"\[]?(?P<name>[\w$-]{1,80})[`\"\]]?\s{1,9}values?\s{0,9}\("
)
_COLUMN = lazy_pattern(r"\s*(?:[`\"\[](?P<quoted>[^`\"\]\n]{1,80})|(?P<plain>\w{1,80}))")
_NO_COLUMNS = frozenset("primary key unique constraint index foreign check fulltext spatial exclude like".split())
_TYPES = ("char", "text")
_BEFORE_VALUES = lazy_pattern(r"(?i)\)\s*values?\s*\(\Z")
_TABLE = lazy_pattern(r"(?i)\binto\s+[\w.`\"\[\]$-]{1,120}\s*\Z")
_STRING = r"'(?:[^'\\]|''|\\.)*+'|\"(?:[^\"\\]|\"\"|\\.)*+\"|`[^`]*`"
# One value: a string, or anything up to the next comma, with the brackets of a call.
_FIELD = lazy_pattern(
    rf"\s*(?:[nNeEbBxXuU]?(?P<text>{_STRING})\s*(?=[,)])|(?:[^,()'\"]|{_STRING}|\((?:[^()'\"]|{_STRING}|\([^()]*\))*+\))*+)",
    re.DOTALL,
)
_NEXT_ROW = lazy_pattern(r"\s*,\s*\(")
_PLACE = lazy_pattern(r"%s|\?|\$\d{1,2}\b")
_EQUALS = lazy_pattern(r"(?P<name>[A-Za-z_]\w{0,60})[`\"\]]?\s{0,4}=\s{0,4}\Z")


class Stored(NamedTuple):
    """A string literal of SQL with the column it is stored in: `span` with its quotes, `inner` without."""

    column: str
    span: Span
    inner: Span


class Rows(NamedTuple):
    """The strings of an `INSERT` that go into columns with a credential's name, and the offset where its rows end."""

    strings: list[Stored]
    end: int


def expression(stems: str) -> str:
    """The Hyperscan expression (flag CASELESS) of an `INSERT` up to its values, with a stem among its columns."""
    return rf"\binto\s+[^\s()]+\s*\([^()]*{stems}[^()]*\)\s*values?\s*\("


def rows_at(text: str, offset: int, may_be_named: MayBeNamed = any_name) -> Rows:
    """The rows after the `VALUES (` that ends at an offset; none if no `INSERT` with columns is before it."""
    return _rows(text, offset, _columns(text, offset), may_be_named)


def defines_column(text: str, offset: int) -> bool:
    """Whether a column's type may end at an offset; the prefilter only approximates that."""
    return text[offset - 4 : offset].lower() in _TYPES


def statements_of(text: str) -> dict[str, list[int]]:
    """Where the values of each `INSERT` without a list of columns begin, by table name."""
    found: dict[str, list[int]] = {}
    for statement in _WITHOUT_COLUMNS.finditer(text):
        found.setdefault(statement["name"], []).append(statement.end())
    return found


def rows_of_table(
    text: str, offset: int, statements: dict[str, list[int]], may_be_named: MayBeNamed = any_name
) -> Rows:
    """The rows inserted into the table whose `CREATE TABLE` is around an offset, by the order of its columns.

    They are removed from `statements`, so that another table of that name gets none. The rows are said to end where the
    definition ends, as named values may follow anywhere after it.
    """
    created = list(_CREATE.finditer(text, max(0, offset - _LONGEST_HEAD), offset)) if statements else []
    starts = statements.pop(created[-1]["name"], ()) if created else ()
    if not starts:
        return Rows([], offset)
    columns, end = [], created[-1].end()
    for part in _fields(text, end):
        end = part.end()
        column = _COLUMN.match(part[0])
        name = (column["quoted"] or column["plain"]) if column else ""
        if name.lower() not in _NO_COLUMNS:
            columns.append(name)
    behind = [start for start in starts if start > end]
    return Rows([each for start in behind for each in _rows(text, start, columns, may_be_named).strings], end)


def _rows(text: str, offset: int, columns: Sequence[str], may_be_named: MayBeNamed) -> Rows:
    wanted = {number for number, column in enumerate(columns) if may_be_named(column)}
    found: list[Stored] = []
    at = offset
    while wanted:
        for number, field in enumerate(_fields(text, at)):
            at = field.end()
            if number in wanted and field["text"]:
                start, end = field.span("text")
                found.append(Stored(columns[number], Span(start, end), Span(start + 1, end - 1)))
        following = _NEXT_ROW.match(text, at + 1) if text.startswith(")", at) else None
        if following is None:
            break
        at = following.end()
    return Rows(found, at)


def names_of_places(query: str) -> Mapping[int | str, str]:
    """The column of each parameter of a query, by position: what its `?` and `%s` are stored in."""
    columns: dict[int, str] = {}
    for values in _VALUES.finditer(query):
        known = _columns(query, values.end())
        if known:
            fields = list(_fields(query, values.end()))
            starts = [field.end() - len(field[0].lstrip()) for field in fields]
            columns.update(zip(starts, known, strict=False))
    found: dict[int | str, str] = {}
    for number, place in enumerate(_PLACE.finditer(query)):
        equals = _EQUALS.search(query, max(0, place.start() - 80), place.start())
        name = columns.get(place.start()) or (equals["name"] if equals else None)
        if name is not None:
            found[number] = name
    return found


def _columns(text: str, offset: int) -> list[str]:
    """The columns of the `INSERT` whose `VALUES (` ends at an offset."""
    low = max(0, offset - _LONGEST_HEAD)
    before = _BEFORE_VALUES.search(text, max(low, offset - 60), offset)
    if before is None:
        return []
    opened = text.rfind("(", low, before.start())
    if opened < 0 or _TABLE.search(text, max(low, opened - 160), opened) is None:
        return []
    return [column.strip(" \t\r\n`\"[]'") for column in text[opened + 1 : before.start()].split(",")]


def _fields(text: str, at: int) -> Iterator[re.Match[str]]:
    """The values of the row that begins at an offset; for a value that is one string, the text in its quotes."""
    while True:
        # Longer rows are cut: a malicious text can hold many that never end.
        field = _FIELD.match(text, at, at + _LONGEST_HEAD)
        if field is None:
            return
        yield field
        if not text.startswith(",", field.end()):
            return
        at = field.end() + 1
