"""Positions of the expressions inside an f-string.

CPython up to 3.11 parses them separately and reports some wrong positions
(https://github.com/python/cpython/issues/94869); those come from LibCST.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.readers.errors import Unreadable
from scanner.readers.pyleaf import is_string
from scanner.readers.pyscope import Scope, parse

_BEFORE = "("


def placed_fields(scope: Scope, node: ast.JoinedStr) -> list[ast.expr]:
    """The expressions of an f-string with correct positions. Raises Unreadable if they cannot be determined."""
    fields = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if all(_stands(scope, each) for field in fields for each in ast.walk(field)):
        return fields
    from scanner.readers.pycomposed import parts_of

    span = scope.span(node)
    parts = parts_of(scope.text[span.start : span.end], node.lineno)
    return [_parsed(scope, span.start + part.field[0], part.field[1]) for part in parts if part.field is not None]


def _stands(scope: Scope, node: ast.AST) -> bool:
    """Whether a name or a string is at the position that its node reports."""
    if isinstance(node, ast.Name):
        return scope.written(node) == node.id
    if isinstance(node, ast.expr) and is_string(node):
        written = scope.written(node)
        return len(written) > 1 and written[-1] in "\"'" and written.lstrip("rRbBfFuU")[:1] in ("'", '"')
    return True


def _parsed(scope: Scope, at: int, written: str) -> ast.expr:
    """Parse an expression at an offset of the document, with its positions in the document."""
    line = scope.line_at(at)
    column = len(scope.text[scope.starts[line - 1] : at].encode("utf-8", "surrogatepass")) - len(_BEFORE)
    statement = parse(f"{_BEFORE}{written})").body[0]
    if not isinstance(statement, ast.Expr):
        raise Unreadable(line, 1, "not valid Python")
    for node in _with_places(statement.value):
        node.col_offset += column if node.lineno == 1 else 0
        node.end_col_offset = (node.end_col_offset or 0) + (column if node.end_lineno == 1 else 0)
        node.lineno += line - 1
        node.end_lineno = (node.end_lineno or 1) + line - 1
    return statement.value


def _with_places(node: ast.expr) -> Iterator[ast.expr]:
    return (each for each in ast.walk(node) if isinstance(each, ast.expr))
