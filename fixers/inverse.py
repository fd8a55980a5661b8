"""Decide how an undo will restore a file's old bytes, before anything is uploaded.

In this order: git's blob in HEAD, if the file equals it; inverted edits with values from the store; git's blob in the
index, which git keeps only for a while. A file for which none of these works is not undoable.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixers.journal_lines import FromStore, WayBack
from fixers.model import Edit, Member, Plan
from fixers.spelling import Part, Values, needed, recipe, written
from fixers.workspace import Workspace, located
from scanner.errors import FixError, NotSeenError
from scanner.model import Document, Finding
from scanner.sources import git
from scanner.text import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Blobs:
    """Git's blob ids by path, in HEAD and in the index."""

    head: Mapping[str, str]
    index: Mapping[str, str]


def known_blobs(repository: git.Repository | None, workspace: Workspace, paths: Sequence[str]) -> Blobs:
    """The blobs in HEAD and in the index that equal these files byte for byte."""
    if repository is None or repository.top is None:
        return Blobs(head={}, index={})
    names = {path: os.fsencode(located(workspace.root, path).relative_to(workspace.root)) for path in paths}
    staged = _listed(git.read(repository.top, "ls-files", "-z", "--stage"), field=1)
    try:
        head = _listed(git.read(repository.top, "ls-tree", "-r", "-z", "--full-tree", "HEAD"), field=2)
    except NotSeenError:
        head = {}  # a repository without commits

    def equal(listed: Mapping[bytes, str]) -> dict[str, str]:
        return {
            path: blob
            for path, name in names.items()
            if (blob := listed.get(name)) is not None and blob_id(workspace.read(path), like=blob) == blob
        }

    return Blobs(head=equal(head), index=equal(staged))


def blob_id(raw: bytes, *, like: str) -> str:
    """Git's id of these bytes, by the hash of `like`. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    content = b"blob %d\0" % len(raw) + raw
    if len(like) == 64:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(content).hexdigest()  # noqa: S324 - git's own


def way_back(
    document: Document,
    edits: Sequence[Edit],
    after: bytes,
    plan: Plan,
    findings: Sequence[Finding],
    blobs: Blobs,
    *,
    stored: bool = True,
) -> WayBack | None:
    """What the journal needs to undo these edits: {"blob": id} or {"edits": ...}; None if there is no way to undo them.

    `stored` says that the store can be asked for values.
    """
    if document.path in blobs.head:
        return {"blob": blobs.head[document.path]}
    turned = _turned_round(document, edits, plan, findings)
    if turned is not None and (stored or not needed_secrets(turned)):
        try:
            if given_back(after, turned, _planned_values(plan)) == document.source.raw:
                return turned
        except (FixError, KeyError, ValueError):
            pass  # it would not be restored byte for byte
    return {"blob": blobs.index[document.path]} if document.path in blobs.index else None


def culprits(document: Document, plan: Plan, findings: Sequence[Finding]) -> set[str]:
    """The secrets that prevent a file's undo; all secrets in the file if no single one does."""
    holders = _holders(plan, document.path)
    own = {fix.secret: [edit for edit in fix.edits if edit.path == document.path] for fix in plan.fixes}
    bad = {
        name
        for name, edits in own.items()
        if any(recipe(document, edit.span, holders, findings) is None for edit in edits)
    }
    return bad or {name for name, edits in own.items() if edits}


def given_back(after: bytes, way: FromStore, values: Values) -> bytes:
    """The old bytes, from the new ones by inverted edits. Raises FixError if `after` is not the edited text."""
    mark = "\ufeff" if way["mark"] else ""
    try:
        text = after.decode(way["encoding"]).removeprefix(mark)
        for start, end, parts in reversed(way["edits"]):
            text = text[:start] + written(parts, values) + text[end:]
        return (mark + text).encode(way["encoding"])
    except UnicodeError:
        raise FixError("the text no longer has the encoding that it had") from None


def needed_secrets(way: FromStore) -> set[str]:
    """The names of the secrets whose values an undo reads from the store."""
    return {name for _, _, parts in way["edits"] for name in needed(parts)}


def _turned_round(
    document: Document, edits: Sequence[Edit], plan: Plan, findings: Sequence[Finding]
) -> FromStore | None:
    holders = _holders(plan, document.path)
    turned: list[tuple[int, int, list[Part]]] = []
    moved = 0
    for edit in edits:
        parts = recipe(document, edit.span, holders, findings)
        if parts is None:
            return None
        start = edit.span.start + moved
        turned.append((start, start + len(edit.new), parts))
        moved += len(edit.new) - (edit.span.end - edit.span.start)
    encoding = document.encoding
    if encoding in ("utf-16", "utf-32"):
        encoding += "-le" if document.source.raw[:1] == b"\xff" else "-be"
    return {"edits": turned, "encoding": encoding, "mark": encode(document, "") != b""}


def _holders(plan: Plan, path: str) -> list[tuple[str, Member, Finding]]:
    fixed = {fix.secret for fix in plan.fixes}
    return [
        (secret.name, member, finding)
        for secret in plan.secrets
        if secret.name in fixed
        for member in secret.members
        for finding in member.findings
        if finding.path == path
    ]


def _planned_values(plan: Plan) -> Values:
    return {(secret.name, member.key): member.value for secret in plan.secrets for member in secret.members}


def _listed(out: bytes, *, field: int) -> dict[bytes, str]:
    """Paths and blob ids of regular files in the output of `ls-files --stage` and `ls-tree`."""
    found = {}
    for line in git.listed(out):
        facts, _, name = line.partition(b"\t")
        words = facts.split()
        if words[0] in (b"100644", b"100755"):
            found[name] = words[field].decode("ascii")
    return found
