"""Strings that several tokens make up, and f-strings: LibCST says what they are made of, and where each part stands.

`ast` shows one value of them, and up to Python 3.11 may misplace what an f-string embeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from scanner.readers.errors import Unreadable
from scanner.readers.unchecked import unchecked

_NO_MODULE = cst.Module(())


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
