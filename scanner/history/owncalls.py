"""Calls of a Python file's own functions and classes that take a credential, or of imports under another name.

`connect("bob", "...")` has no names beside its values, so no expression finds it: the names are where `connect` is
defined or imported. The Python reader finds such calls in the syntax tree; in a history, of which only changes are
read, this module finds them without a parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.extent import WIDTH, statement
from scanner.history.islands import after_block
from scanner.prefilter import Hit, Table

_DEF = lazy_pattern(rb"([ \t]*+)(?:async[ \t]+)?def[ \t]+(\w++)")
_CLASS = lazy_pattern(rb"([ \t]*+)class[ \t]+(\w++)")
_RENAMED = lazy_pattern(rb"\w+[ \t]+as[ \t]+(\w++)")
_TARGET = lazy_pattern(rb"[ \t]*+(\w++)[ \t]*+(?::[^=\n]*+)?=(?!=)")


# Definitions are searched for only within this distance: a file of thousands is then read once, not once for each.
_FAR, _MOST_CLASSES = 2 * WIDTH, 100
_FEW = 20


class Own(NamedTuple):
    """A function or class that takes a credential: the offset of its definition, and a hash of its parameters."""

    start: int
    said: int


def defined(data: bytes, hits: Iterable[Hit], table: Table) -> dict[bytes, Own]:
    """The functions and classes of a file that take a credential, by name, from the hits of all expressions."""
    found: dict[bytes, Own] = {}
    for number, end in hits:
        ref = table[number][1]
        if ref in _READ and (own := _READ[ref](data, end)) is not None:
            name, start, stop = own
            before = found.get(name, Own(start, 0))
            # Two with the same name show nothing together, but a change of either one counts as new.
            found[name] = Own(before.start, hash((before.said, data[start:stop])))
    return found


def calls(data: bytes, names: Collection[bytes], number: int, first: int, last: int) -> Iterator[Hit]:
    """The calls of these names whose brackets open between two offsets, as hits of the expression `number`."""
    if not names:
        return
    # A few names are found faster by one expression of their own; one that tries thousands at each place never
    # finishes.
    either = b"|".join(sorted(names)) if len(names) <= _FEW else rb"\w++"
    start = max(0, first - 200)
    for match in re.compile(rb"(?<![\w.])(?:(?:self|cls)\.)?(" + either + rb")\(").finditer(data, start, last):
        if match.end() >= first and match[1] in names:
            yield number, match.end()


def meant_by(own: Mapping[bytes, Own], data: bytes, end: int) -> Own | None:
    """The function or class that the bracket before `end` calls; None if it is none of these."""
    start = end - 1
    while start and (data[start - 1 : start].isalnum() or data[start - 1 : start] == b"_"):
        start -= 1
    return own.get(data[start : end - 1])


def _function(data: bytes, end: int) -> tuple[bytes, int, int] | None:
    at = data.rfind(b"def", max(0, end - WIDTH), end)
    start = data.rfind(b"\n", 0, max(at, 0)) + 1
    match = _DEF.match(data, start)
    if match is None:
        return None
    name, stop = match[2], statement(data, start, end).end
    if name == b"__init__":
        around = _class_around(data, start, len(match[1]))
        if around is None:
            return None
        name = around[2]
    return name, start, stop


def _field(data: bytes, end: int) -> tuple[bytes, int, int] | None:
    # The match ends after the line.
    line = data.rfind(b"\n", 0, end - 1) + 1
    row = data[line:end]
    around = _class_around(data, line, len(row) - len(row.lstrip(b" \t")))
    if around is None:
        return None
    # Which field a call's argument fills depends on the fields above and below.
    stop = after_block(len(around[1])).search(data, end - 1, end + WIDTH)
    start = max(around.start(), line - _FAR)
    return around[2], start, stop.start() if stop else min(len(data), end + WIDTH)


def _fields(data: bytes, end: int) -> tuple[bytes, int, int] | None:
    call = data.rfind(b"(", max(0, end - WIDTH), end)
    start = data.rfind(b"\n", 0, max(call, 0)) + 1
    match = _TARGET.match(data, start)
    return None if match is None else (match[1], start, statement(data, start, end).end)


def _renamed(data: bytes, end: int) -> tuple[bytes, int, int] | None:
    line = data.rfind(b"\n", 0, end) + 1
    for match in _RENAMED.finditer(data, max(line, end - WIDTH), end + WIDTH):
        if match.end() >= end:
            # The beginning of the import shows its source; for one on a line of its own that does not matter.
            return match[1], line, match.end()
    return None


# By the names that scanner.detectors.nameshapes gives to the expressions for definitions, and the prefilter to imports.
_READ = {"function": _function, "field": _field, "fields": _fields, "renamed": _renamed}


def _class_around(data: bytes, start: int, indent: int) -> re.Match[bytes] | None:
    """The first line of the class, above a line, whose body has this indentation."""
    for _ in range(_MOST_CLASSES):
        at = data.rfind(b"class", 0, start)
        if at < 0:
            break
        start = data.rfind(b"\n", 0, at) + 1
        match = _CLASS.match(data, start)
        if match is not None and len(match[1]) < indent:
            return match
    return None
