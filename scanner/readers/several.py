"""Collections of credentials by their names: `API_KEYS`, `tokens`, `db_passwords`."""

from __future__ import annotations

import re

from rules.lazy_patterns import lazy_pattern

NAMES_OF_SEVERAL = (
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|credential"
    r"|(?:api|access|auth|secret|private|signing|encryption|license|master)_?key)s"
)
"""What several credentials are called, for `re` and Hyperscan, in any case."""
ADDING = "add|append|appendleft|extend|insert|offer|push|put|update"
"""Methods of collections that take one more, as alternatives of an expression."""
_SEVERAL = lazy_pattern(NAMES_OF_SEVERAL, re.IGNORECASE)
_ADDING = frozenset(ADDING.split("|"))


def is_several(name: str | None) -> bool:
    """Whether a collection of that name holds credentials, judged by the name alone."""
    return name is not None and _SEVERAL.search(name) is not None


def takes_more(method: str, owner: str | None) -> bool:
    """Whether a call adds a credential to a collection: `api_keys.append("...")`."""
    return method in _ADDING and is_several(owner)
