"""Parse AWS's notation of references. The generated module has the same grammar.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

from fixers.stores.forms import Reference
from fixers.stores.kinds import KINDS


def begins_as_reference(text: str) -> bool:
    """Whether a text begins as a reference: with braces, or without as in a Lambda function's environment."""
    return text.startswith(("{{resolve:", *(begin for kind in KINDS.values() for begin in kind.references.begins)))


def parsed(text: str) -> Reference | None:
    """The reference in a text, with braces or without; None if the text is not one."""
    bare = text[2:-2] if text.startswith("{{") and text.endswith("}}") else text
    found = (kind.references.parsed(bare) for kind in KINDS.values())
    return next((reference for reference in found if reference is not None), None)
