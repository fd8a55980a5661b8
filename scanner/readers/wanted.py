"""What detectors could use, passed to the readers so that they can skip the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

MayBeNamed = Callable[[str], bool]
"""Whether a name says, if weakly, that what it names is a credential."""


def any_name(_name: str) -> bool:
    """Accept any name, and let the detectors judge it."""
    return True


class Wanted(NamedTuple):
    """What the detectors can take; see scanner/detectors/possible.py.

    `is_possible` is asked about a value, its name, its symbol and whether it may be at a sink; `is_named` about a name;
    `is_call` about a call's last word, `takes` about that, a keyword and a position, `is_setting` about an assigned
    name's last word. `keys` are the lower-case keys of dictionary entries that a call takes. `providers` are the
    offsets of the hits of provider formats; `carriers` are the last words of calls and settings whose arguments are
    context for credentials.
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
