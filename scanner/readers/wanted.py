"""What detectors could use, told to the readers so that they can leave out the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

MayBeNamed = Callable[[str], bool]
"""Whether a name says, if weakly, that what it names is a credential."""


def any_name(_name: str) -> bool:
    """Leave it to the detectors what a name says."""
    return True


class Wanted(NamedTuple):
    """What the detectors can take; see scanner/detectors/possible.py.

    `is_possible` is asked of a value, its name, its symbol and whether it may stand at a sink; `is_named` of a name;
    `is_call` of a call's last word, `takes` of that, a keyword and a position, `is_setting` of an assigned name's last
    word. `keys` are those, in small letters, of a dictionary's entries that a call takes. `providers` are the offsets
    of the hits of provider shapes, `carriers` the last words of calls and settings that say something of a value that
    others take.
    """

    is_possible: Callable[[str, str | None, str, bool], bool]
    is_named: Callable[[str], bool]
    is_call: Callable[[str], bool]
    takes: Callable[[str, str | None, int | None], bool]
    keys: frozenset[str]
    is_setting: Callable[[str | None], bool]
    has_provider_shape: Callable[[bytes], bool]
    providers: Sequence[int]
    carriers: frozenset[str]
