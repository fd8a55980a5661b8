"""Take apart strings of several tokens and f-strings with LibCST: their parts, and the offset of each.

`ast` gives one value for the whole, and up to Python 3.11 may report wrong positions inside f-strings.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

import libcst as cst

from scanner.readers.errors import Unreadable
from scanner.readers.pyscope import parse
from scanner.readers.unchecked import unchecked

_MAX_DEPTH = 150
_NESTING = (*"([{.+-*/%@&|^~<>=:,!", "not", "lambda", "if", "else", "await", "and", "or", "for", "yield")


class Part(NamedTuple):
    """A part of a string as `written`, at the offset `at`.

    It is a token, or within an f-string either text or an expression with its braces; for an expression, `field` is the
    offset of the expression and its source without the braces.
    """

    at: int
    written: str
    is_token: bool = False
    is_raw: bool = False
    field: tuple[int, str] | None = None

    def __repr__(self) -> str:
        return f"Part({self.at}, is_token={self.is_token})"


def parts_of(written: str, line: int) -> list[Part]:
    """The parts of a string expression, in order. Raises Unreadable at that line if LibCST cannot parse it."""
    if _too_deep(f"({written})"):
        raise Unreadable(line, 1, "nested too deep for LibCST")
    try:
        with unchecked():
            module = cst.parse_module(f"({written})")
            # A node's code depends on the line ends of its module.
            found = list(_parts(_only_expression(module), 0, module.code_for_node))
    except (cst.ParserSyntaxError, cst.CSTLogicError, RecursionError, TypeError):
        raise Unreadable(line, 1, "LibCST cannot parse this string") from None
    if any(not written.startswith(part.written, part.at) for part in found):
        raise Unreadable(line, 1, "LibCST does not give this string back as it was")
    return found


def _only_expression(module: cst.Module) -> cst.BaseExpression:
    match module.body:
        case [cst.SimpleStatementLine(body=[cst.Expr(value=node)])]:
            return node
    raise TypeError("no expression")


def _parts(node: cst.BaseExpression, at: int, code_of: Callable[[cst.CSTNode], str]) -> Iterator[Part]:
    match node:
        case cst.SimpleString(value=written):
            yield Part(at, written, is_token=True)
        case cst.ConcatenatedString(left=left, right=right):
            yield from _parts(left, at, code_of)
            yield from _parts(right, at + len(code_of(left)) + len(code_of(node.whitespace_between)), code_of)
        case cst.FormattedString(start=start, parts=parts):
            at += len(start)
            for part in parts:
                written = code_of(part)
                if isinstance(part, cst.FormattedStringExpression):
                    before = 1 + len(code_of(part.whitespace_before_expression))
                    yield Part(at, written, field=(at + before, code_of(part.expression)))
                else:
                    yield Part(at, written, is_raw="r" in start.lower())
                at += len(written)
        case _:
            raise TypeError("no string")


def _too_deep(text: str) -> bool:
    """Whether an expression is nested so deep that LibCST, which is recursive, could fail."""
    # Each level needs a bracket, an operator, a dot or a keyword; most texts have too few, so no parser is needed.
    if sum(map(text.count, _NESTING)) < _MAX_DEPTH // 2:
        return False
    try:
        tree = parse(text)
    except Unreadable:
        return True
    level: list[ast.AST] = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
