"""Which lines of YAML and similar text belong together, by indentation: a key depends on those above it.

Read without a parser, like everything that compares versions.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable

from rules.lazy_patterns import lazy_pattern
from scanner.source import Kind

STRUCTURED = frozenset((Kind.YAML, Kind.JSON, Kind.TOML, Kind.INI, Kind.DOTENV, Kind.CSV))
_WITH_SECTIONS = (Kind.TOML, Kind.INI)
# The content of a list item is indented further than its dash.
_INDENT = lazy_pattern(rb"[ \t]*(?:- +)*")
# A record in a list is a block of its own; a list's words are one block.
_RECORD = lazy_pattern(rb"[ \t]*-[ ]+[\w\"'.\-/]+[\"']?:(?:[ \r]|$)")
# Lines of a block on either side: a record has no more, and of thousands of settings each would depend on all others.
_BESIDE = 15
# A longer line is generated, as is the whole document: there only the lines nearby count.
_LONGEST = 4_000


def surroundings(data: bytes, kind: Kind) -> Callable[[int], int]:
    """A function from an offset to a hash of all lines on which its meaning depends.

    These are the nearby lines in its own block, the lines near each key above it, and everything below its own key.
    """
    lines = data.split(b"\n")
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines[:-1])]
    depths = [_depth(number, line, kind) for number, line in enumerate(lines)]
    blocks: list[list[bytes]] = []
    places: list[tuple[int, int]] = []  # for each line its block, and its number in that
    hangs_on: list[int] = []  # for each block the line above it that is indented less
    last: list[int] = []  # for each open block its last line
    for number, (line, depth) in enumerate(zip(lines, depths, strict=True)):
        record = kind is Kind.YAML and _RECORD.match(line) is not None
        while last and (depths[last[-1]] > depth or (record and depths[last[-1]] == depth)):
            last.pop()
        if last and depths[last[-1]] == depth:
            block = places[last[-1]][0]
            last[-1] = number
        else:
            block = len(blocks)
            hangs_on.append(last[-1] if last else -1)
            blocks.append([])
            last.append(number)
        places.append((block, len(blocks[block])))
        blocks[block].append(line if len(line) <= _LONGEST else b"")

    known: dict[int, int] = {}

    def beside(number: int) -> int:
        chain = [number]  # no recursion: untrusted text can be thousands of levels deep
        while chain[-1] not in known and hangs_on[places[chain[-1]][0]] >= 0:
            chain.append(hangs_on[places[chain[-1]][0]])
        found = 0
        for each in reversed(chain):
            block, place = places[each]
            if each not in known:
                here = b"\n".join(blocks[block][max(0, place - _BESIDE) : place + _BESIDE + 1])
                known[each] = hash((here, found))
            found = known[each]
        return found

    def at(offset: int) -> int:
        first = bisect.bisect_right(starts, offset) - 1
        end = first + 1
        while end < len(lines) and depths[end] > depths[first]:
            end += 1
        return hash((beside(first), b"\n".join(lines[first + 1 : end])))

    return at


def _depth(number: int, line: bytes, kind: Kind) -> int:
    if kind is Kind.CSV:
        return min(number, 1)  # all rows belong to the first one
    if kind in _WITH_SECTIONS and line.startswith(b"["):
        return -1
    found = _INDENT.match(line)
    return found.end() if found else 0
