"""YAML, JSON, TOML and INI: which rewriter a file gets, by what it says."""

from __future__ import annotations

from collections.abc import Sequence

from fixers import compose, manual_steps
from fixers.rewriting import Placement, RewriteContext, Rewritten, all_refused
from scanner.model import Document, Kind
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import trees


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits by what the file is. Implements `fixers.rewriting.Rewriter`."""
    found = []
    if document.kind in (Kind.YAML, Kind.JSON):
        try:
            found = trees(document)
        except Unreadable:
            found = []
    if compose.is_compose(document, found):
        return compose.rewrite(document, placements, context)
    return all_refused(placements, manual_steps.by_path(document.path, document.kind))
