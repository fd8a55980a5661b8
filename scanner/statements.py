"""The lines that each statement of a Python file occupies."""

from __future__ import annotations

import ast
import bisect
import warnings
from collections.abc import Callable, Iterator

from scanner.model import Document


def statement_lines(document: Document) -> Callable[[int], tuple[int, int] | None]:
    """A function from a line to the first and last line of the statement around it, None if there is none.

    For a compound statement that is its header: `with connect(` to the colon. A file that does not parse has none.
    """
    # They are nested or disjoint: the last that begins before a line and extends to it is the innermost.
    ranges = sorted(set(_ranges(document.text)), key=lambda lines: (lines[0], -lines[1]))
    firsts = [first for first, _ in ranges]
    outer: list[int] = []
    for number, (_, last) in enumerate(ranges):
        before = number - 1
        while before >= 0 and ranges[before][1] < last:
            before = outer[before]
        outer.append(before)

    def around(line: int) -> tuple[int, int] | None:
        number = bisect.bisect_right(firsts, line) - 1
        while number >= 0 and ranges[number][1] < line:
            number = outer[number]
        return ranges[number] if number >= 0 else None

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
