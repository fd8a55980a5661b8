"""What files will hold once a plan is applied: edits spliced into the very text they were made for."""

from __future__ import annotations

from fixers.insertions import joined_insertions
from fixers.rewriting import overlapping, splice, unique_edits
from fixers.workspace import Workspace
from scanner.errors import FixError
from scanner.identity import digest
from scanner.model import Plan
from scanner.text import encode


def changed_files(plan: Plan, workspace: Workspace, key: bytes) -> dict[str, bytes]:
    """New bytes by path, of changed and of new files. Raises FixError for a stale edit; nothing is changed then.

    An edit holds a digest of the text that it replaces: where anything else stands there now, the file was changed
    since the plan was made.
    """
    edits = unique_edits(edit for fix in plan.fixes for edit in fix.edits)
    touched = {edit.path for edit in edits}
    every = joined_insertions([*edits, *(edit for edit in plan.imports if edit.path in touched)])
    changed: dict[str, bytes] = {}
    for path in sorted(touched):
        own = unique_edits(edit for edit in every if edit.path == path)
        document = workspace.document(path)
        for edit in own:
            if digest(key, document.text[edit.span.start : edit.span.end]) != edit.expects:
                raise FixError(f"{path}: changed since the plan was made", hint="make the plan anew")
        if overlapping(own) is not None:
            raise FixError(f"{path}: two edits overlap", hint="this is a bug: please report it")
        changed[path] = encode(document, splice(document.text, own))
    for new in plan.new_files:
        changed[new.path] = new.content.encode("utf-8")
    return changed
