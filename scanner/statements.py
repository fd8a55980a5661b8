"""Which lines of a Python file one statement takes up."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator

from scanner.model import Document


def statement_lines(document: Document) -> Callable[[int], tuple[int, int] | None]:
    """A function from a line to the first and last line of the statement around it, None where there is none.

    Of a compound statement that is its header: `with connect(` to the colon. A file that does not parse has none.
    """
    ranges = list(_ranges(document.text))

    def around(line: int) -> tuple[int, int] | None:
        inside = [lines for lines in ranges if lines[0] <= line <= lines[1]]
        return min(inside, key=lambda lines: lines[1] - lines[0], default=None)

    return around


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.end_lineno is not None:
            body = getattr(node, "body", None)
            last = node.end_lineno
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                last = max(node.lineno, body[0].lineno - 1)
            yield node.lineno, last
