"""YAML, JSON, TOML and INI: which rewriter a file gets, by what it says."""

from __future__ import annotations

from collections.abc import Sequence

from fixers import compose, ecs, manual_steps
from fixers.rewriting import Placement, RewriteContext, Rewritten, all_refused
from scanner.model import Document, Kind, Span
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Value, trees


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
    if ecs.is_task_definition(document, found):
        return ecs.rewrite(document, placements, context)
    return all_refused(placements, manual_steps.by_path(document.path, document.kind))


def environment_entries(document: Document) -> dict[Span, tuple[str, Value]]:
    """The variables that a task definition sets, name and value by where the value stands; else nothing."""
    if document.kind is not Kind.JSON or "containerDefinitions" not in document.text:
        return {}
    try:
        return {value.span: (name, value) for name, value in ecs.variables(document)}
    except Unreadable:
        return {}
