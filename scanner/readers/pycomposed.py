"""Strings that several tokens make up, and f-strings: LibCST says what they are made of, and where each part stands.

`ast` shows one value of them, and up to Python 3.11 may misplace what an f-string embeds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from scanner.readers.errors import Unreadable
from scanner.readers.pyscope import parse
from scanner.readers.unchecked import unchecked

_NO_MODULE = cst.Module(())
_MAX_DEPTH = 150
_NESTING = (*"([{.+-*/%@&|^~<>=:,!", "not", "lambda", "if", "else", "await", "and", "or", "for", "yield")


class Part(NamedTuple):
    """A part of a string: what is `written` from the offset `at` on.

    It is a token, or of an f-string a text, or an expression with its braces: `field` is where it starts without them,
    and what it is then.
    """

    at: int
    written: str
    is_token: bool = False
    is_raw: bool = False
    field: tuple[int, str] | None = None

    def __repr__(self) -> str:
        return f"Part({self.at}, is_token={self.is_token})"


def parts_of(written: str, line: int) -> list[Part]:
    """The parts of a string expression, in order. Raises Unreadable, with that line, where LibCST cannot tell."""
    if _too_deep(f"({written})"):
        raise Unreadable(line, 1, "nested too deep for LibCST")
    try:
        with unchecked():
            node = cst.parse_expression(f"({written})")
            return list(_parts(node, 0))
    except (cst.ParserSyntaxError, cst.CSTLogicError, RecursionError, TypeError):
        raise Unreadable(line, 1, "LibCST cannot parse this string") from None


def _parts(node: cst.BaseExpression, at: int) -> Iterator[Part]:
    match node:
        case cst.SimpleString(value=written):
            yield Part(at, written, is_token=True)
        case cst.ConcatenatedString(left=left, right=right):
            yield from _parts(left, at)
            yield from _parts(right, at + _length(left) + _length(node.whitespace_between))
        case cst.FormattedString(start=start, parts=parts):
            at += len(start)
            for part in parts:
                written = _NO_MODULE.code_for_node(part)
                if isinstance(part, cst.FormattedStringExpression):
                    before = 1 + _length(part.whitespace_before_expression)
                    field = (at + before, _NO_MODULE.code_for_node(part.expression))
                    yield Part(at, written, field=field)
                else:
                    yield Part(at, written, is_raw="r" in start.lower())
                at += len(written)
        case _:
            raise TypeError("no string")


def _length(node: cst.CSTNode) -> int:
    return len(_NO_MODULE.code_for_node(node))


def _too_deep(text: str) -> bool:
    """Whether an expression is nested so deep that LibCST, which recurses, could fail on it."""
    # Each level takes a bracket, an operator, a dot or a keyword; most texts have too few, and need no parser.
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
