"""The kinds of store, each from the module that implements it."""

from __future__ import annotations

from fixers.stores import parameterstore, secretsmanager
from fixers.stores.model import StoreKind

# By the word used in plans and on the command line.
KINDS: dict[str, StoreKind] = {kind.word: kind for kind in (secretsmanager.KIND, parameterstore.KIND)}


def kind_of(name: str) -> StoreKind:
    """The kind of store that a name belongs to, by its beginning, as in rewritten code."""
    fitting = (kind for kind in KINDS.values() if name.startswith(kind.references.prefix))
    return max(fitting, key=lambda kind: len(kind.references.prefix))
