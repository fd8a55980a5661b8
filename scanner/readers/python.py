"""Python source: literals with their names, roles and the call arguments that they reach.

LibCST parses the statements around the prefilter's hits, and the ones that bind the names used there. Before, `ast` has
told where they are, which of them hold no string that any detector could take, and what a plain `NAME = "..."` says:
those need no LibCST, and where none is left it is not even imported.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.late import late_methods
from scanner.model import Document, Literal, Role
from scanner.readers.pyplain import literal_of
from scanner.readers.pyregions import Region
from scanner.readers.pyscope import Scope, read_scope
from scanner.readers.pytriage import Triage
from scanner.readers.wanted import Wanted

# What stands before the name of a function or class of this file where it is called.
_BEFORE_CALL = re.compile(r"(?<![\w.])(?:self\.|cls\.)?\Z")


def own_calls(scope: Scope, wanted: Wanted) -> Iterator[int]:
    """Where functions and classes of this file are called that take a credential, which may stand there by place."""
    names = {name for name, parameters in scope.parameters.items() if any(map(wanted.is_named, parameters))}
    for name in names:
        call = f"{name}("
        at = scope.text.find(call)
        while at >= 0:
            if _BEFORE_CALL.search(scope.text, max(0, at - 6), at):
                yield at + len(call)
            at = scope.text.find(call, at + 1)


def read(document: Document, offsets: Sequence[int], wanted: Wanted | None = None) -> Iterator[Literal]:
    """Literals of the statements at `offsets` and of the constants that those statements use by name.

    With `wanted`, of those only that may hold what a detector takes. Raises Unreadable where the file, or a statement
    that is read, is not valid Python.
    """
    scope = read_scope(document.text)
    if wanted is not None:
        offsets = sorted({*offsets, *own_calls(scope, wanted)})
    triage = None if wanted is None else Triage(document=document, scope=scope, offsets=offsets, wanted=wanted)
    comments: list[int] = []
    regions: dict[Region, None] = {}
    for offset in offsets:
        # A hit's offset is the end of a match: the character before it is the last that matched.
        lines = scope.lines_at(bisect.bisect_right(scope.starts, max(offset - 1, 0)))
        if lines is None:
            comments.append(offset)
        elif triage is None or triage.wants(lines):
            regions[scope.region(lines)] = None
    plain = [literal_of(scope, region) for region in regions]
    if None not in plain:
        # No call was read that a name could reach.
        every = [replace(each, arguments=tuple(a for a in each.arguments if a.callees)) for each in plain if each]
        yield from sorted(every, key=lambda literal: literal.span)
    else:
        with late_methods():
            from scanner.readers import pyreading

        hops = None if triage is None else triage.wants_bound
        yield from pyreading.literals_of(document, scope, list(regions), hops)
    if comments:
        from scanner.readers import text

        yield from (replace(literal, role=Role.TEXT) for literal in text.read(document, comments))
