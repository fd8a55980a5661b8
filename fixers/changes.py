"""The new bytes of files after a plan: edits spliced into the text for which they were made."""

from __future__ import annotations

from collections.abc import Sequence

from fixers.insertions import joined_insertions
from fixers.model import Edit, Plan
from fixers.rewriting import overlapping, splice, unique_edits
from fixers.workspace import Workspace
from scanner.errors import FixError
from scanner.identity import digest
from scanner.model import Document
from scanner.text import encode


def edits_by_path(plan: Plan) -> dict[str, tuple[Edit, ...]]:
    """The edits of each file that a fix changes, including import lines, in order and without overlap."""
    edits = unique_edits(edit for fix in plan.fixes for edit in fix.edits)
    touched = sorted({edit.path for edit in edits})
    every = joined_insertions([*edits, *(edit for edit in plan.imports if edit.path in touched)])
    found = {path: unique_edits(edit for edit in every if edit.path == path) for path in touched}
    for path, own in found.items():
        if overlapping(own) is not None:
            raise FixError(f"{path}: two edits overlap", hint="this is a bug: please report it")
    return found


def changed(document: Document, edits: Sequence[Edit], key: bytes) -> bytes:
    """The file's bytes with these edits. Raises FixError for a stale edit.

    An edit is stale if the text to be replaced no longer has its digest, because the file changed since the plan was
    made.
    """
    for edit in edits:
        if digest(key, document.text[edit.span.start : edit.span.end]) != edit.expects:
            raise FixError(f"{document.path}: changed since the plan was made", hint="make the plan again")
    return encode(document, splice(document.text, edits))


def changed_files(plan: Plan, workspace: Workspace, key: bytes) -> dict[str, bytes]:
    """New bytes by path, of changed and of new files. Raises FixError for a stale edit; then nothing is changed."""
    files = {path: changed(workspace.document(path), own, key) for path, own in edits_by_path(plan).items()}
    return files | {new.path: new.content.encode("utf-8") for new in plan.new_files}
