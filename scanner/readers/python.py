"""Read Python source: literals with their names, roles and the call arguments that they reach.

`ast` parses the file; only statements with a prefilter hit are walked, and those that bind the names used there. LibCST
takes apart strings of more than one token, and is imported only for those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Literal, Role
from scanner.readers.pybound import read_scope
from scanner.readers.pylines import Lines
from scanner.readers.pyreading import literals_of
from scanner.readers.pyscope import Scope
from scanner.readers.wanted import Wanted

# What precedes the name of a function or class of this file in a call.
_BEFORE_CALL = lazy_pattern(r"(?<![\w.])(?:self\.|cls\.)?\Z")


def own_calls(scope: Scope, wanted: Wanted) -> Iterator[int]:
    """Calls of this file's functions and classes that take a credential by position.

    Also calls of library functions that were imported under another name.
    """
    names = {name for name, parameters in scope.parameters.items() if any(map(wanted.is_named, parameters))}
    for name, meant in scope.imports.items():
        leaf = meant.rpartition(".")[2]
        if leaf != name and wanted.is_call(leaf):
            names.add(name)
    for name in names:
        call = f"{name}("
        at = scope.text.find(call)
        while at >= 0:
            if _BEFORE_CALL.search(scope.text, max(0, at - 6), at):
                yield at + len(call)
            at = scope.text.find(call, at + 1)


def read(document: Document, offsets: Sequence[int], wanted: Wanted | None = None) -> Iterator[Literal]:
    """Literals of the statements at `offsets`, and of the constants that those statements use by name.

    With `wanted`, only those that a detector could take. Raises Unreadable if the file, or a string that is read, is
    not valid Python.
    """
    scope = read_scope(document.text)
    if wanted is not None:
        offsets = sorted({*offsets, *own_calls(scope, wanted)})
    comments: list[int] = []
    statements: dict[Lines, None] = {}
    for offset in offsets:
        # A hit's offset is the end of a match: the character before it is the last that matched.
        lines = scope.lines_at(scope.line_at(max(offset - 1, 0)))
        if lines is None:
            comments.append(offset)
        else:
            statements[lines] = None
    yield from literals_of(scope, statements, offsets, wanted)
    if comments:
        from scanner.readers import text

        yield from (replace(literal, role=Role.TEXT) for literal in text.read(document, comments))
