"""Known values, and where in a text one of them begins: however many they are, a place asks for few of them."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEAD = 4
"""Characters of the shortest value that is looked for."""


@dataclass(frozen=True, slots=True)
class Values:
    """Values without regard to case. As radioactive as what it holds.

    `ordered` are the values, folded and sorted, `outer` the index of the longest other one that each begins with (-1
    for none), `heads` how they begin.
    """

    ordered: tuple[str, ...] = field(repr=False)
    outer: tuple[int, ...]
    heads: frozenset[str] = field(repr=False)
    longest: int

    def __bool__(self) -> bool:
        return bool(self.ordered)

    def at(self, folded: str, at: int) -> Iterator[int]:
        """Where the values end that begin at an offset of a folded text, the longest first."""
        if folded[at : at + HEAD] not in self.heads:
            return
        # All that the text goes on with sort before it, and what sorts between them begins with the same.
        number = bisect.bisect_right(self.ordered, folded[at : at + self.longest]) - 1
        while number >= 0:
            value = self.ordered[number]
            if folded.startswith(value, at):
                yield at + len(value)
            number = self.outer[number]


def make_values(values: Iterable[str]) -> Values:
    """Put values in order; those that are too short are left out."""
    ordered = sorted({fold(value) for value in values if len(value) >= HEAD})
    outer: list[int] = []
    for number, value in enumerate(ordered):
        before = number - 1
        while before >= 0 and not value.startswith(ordered[before]):
            before = outer[before]
        outer.append(before)
    return Values(
        ordered=tuple(ordered),
        outer=tuple(outer),
        heads=frozenset(value[:HEAD] for value in ordered),
        longest=max(map(len, ordered), default=0),
    )


def fold(text: str) -> str:
    """A text in small letters, each character by itself and as one: offsets stay what they are."""
    if text.isascii():
        return text.lower()
    folded = text.lower()
    # `İ` becomes two, and what a final sigma becomes depends on what stands around it.
    if len(folded) == len(text) and "Σ" not in text:
        return folded
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


NONE = make_values(())
"""No values at all."""
