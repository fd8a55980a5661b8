"""The error of a reader that cannot parse a document; the analysis then reads it as plain text."""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818 - the field's word, as in the coverage report
    """A document that is not valid in its format. Line and column from 1; `what` never quotes the text."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(f"{what} at line {line}, column {column}")
        self.line = line
        self.column = column
        self.what = what
