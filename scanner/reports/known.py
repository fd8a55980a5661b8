"""Known values, and where in a text one of them begins: at each offset only few of them have to be compared."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEAD = 4
"""Characters of the shortest value that is looked for."""


@dataclass(frozen=True, slots=True)
class Values:
    """Values, ignoring case. As secret as the values themselves.

    `ordered` are the values, folded and sorted, `outer` the index of the longest other value that each begins with (-1
    for none), `heads` their beginnings.
    """

    ordered: tuple[str, ...] = field(repr=False)
    outer: tuple[int, ...]
    heads: frozenset[str] = field(repr=False)
    longest: int

    def __bool__(self) -> bool:
        return bool(self.ordered)

    def at(self, folded: str, at: int) -> Iterator[int]:
        """The ends of the values that begin at an offset of a folded text, the longest first."""
        if folded[at : at + HEAD] not in self.heads:
            return
        # All values with which the text continues sort before it, and those between share their beginning.
        number = bisect.bisect_right(self.ordered, folded[at : at + self.longest]) - 1
        while number >= 0:
            value = self.ordered[number]
            if folded.startswith(value, at):
                yield at + len(value)
            number = self.outer[number]


def make_values(values: Iterable[str]) -> Values:
    """Sort values; those that are too short are left out."""
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
    """A text in lower case, character by character, so that offsets stay the same."""
    if text.isascii():
        return text.lower()
    folded = text.lower()
    # `İ` would become two characters, and a final sigma depends on the characters around it.
    if len(folded) == len(text) and "Σ" not in text:
        return folded
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


NONE = make_values(())
"""No values at all."""
