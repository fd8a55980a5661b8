"""Read the values of references, with as few calls per store as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fixers.stores.forms import Reference
from fixers.stores.kinds import KINDS
from scanner.model import SecretValue


def read_references(wanted: Iterable[Reference], client: Callable[[str], Any]) -> dict[Reference, SecretValue]:
    """The value of each reference. Raises UnreadError for the first that cannot be read."""
    unique = list(dict.fromkeys(wanted))
    found: dict[Reference, SecretValue] = {}
    for kind in KINDS.values():
        own = [each for each in unique if each.store == kind.word]
        if own:
            found.update(kind.read_many(own, client(kind.word)))
    return found
