"""From named drafts to edits: ask each file's rewriter, and drop a whole secret if one of its places is refused."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixers.configuration import is_configuration
from fixers.grouping import Draft, own_key, secret_value
from fixers.insertions import joined_insertions
from fixers.model import Edit, NewFile, Proof, RefusalReason
from fixers.refusals import REMAINING
from fixers.rewriting import Placement, Refused, RewriteContext, Rewriter, unique_edits
from fixers.workspace import Workspace
from scanner.model import Document, Finding, Kind

_PRODUCTION = ("prod", "live")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDraft:
    """A draft with the name of its secret and the recorded variable of each member."""

    draft: Draft
    name: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The result of rewriting a draft: edits and proofs, or the refusal. `left` are copies that stay."""

    edits: tuple[Edit, ...] = ()
    proofs: tuple[Proof, ...] = ()
    refused: Mapping[int, Refused] = field(default_factory=dict)
    left: Mapping[int, Refused] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placings:
    """The results of all drafts of one round, in their order, and the edits that belong to files."""

    placed: tuple[Placed, ...]
    imports: tuple[Edit, ...]
    new_files: tuple[NewFile, ...]
    notes: tuple[str, ...]


def place(
    drafts: Sequence[NamedDraft],
    documents: Mapping[str, Document],
    rewriters: Mapping[Kind, Rewriter],
    context: RewriteContext,
) -> Placings:
    """Rewrite each file once for all drafts. `refused` and `left` of a Placed are keyed by `id` of the finding."""
    placements: dict[str, list[tuple[int, Placement]]] = defaultdict(list)
    for index, named in enumerate(drafts):
        for placement in _placements(named, documents):
            placements[placement.finding.path].append((index, placement))
    placed = [Placed() for _ in drafts]
    imports: list[Edit] = []
    new_files: dict[str, NewFile] = {}
    notes: dict[str, None] = {}
    for path, entries in placements.items():
        document = documents[path]
        rewritten = rewriters[document.kind](document, [placement for _, placement in entries], context)
        for position, (index, placement) in enumerate(entries):
            refused = rewritten.refused.get(position)
            if refused is None:
                edits, proofs = rewritten.edits[position], rewritten.proofs[position]
                placed[index] = _with(placed[index], edits=edits, proofs=proofs)
            else:
                blocks = document.kind in (Kind.PYTHON, Kind.DOTENV)
                placed[index] = _refusing(placed[index], placement.finding, refused, blocks=blocks)
        imports.extend(rewritten.imports)
        new_files.update((new.path, new) for new in rewritten.new_files)
        notes.update(dict.fromkeys(rewritten.notes))
    possible = [_changeable(named, one, context.workspace) for named, one in zip(drafts, placed, strict=True)]
    return Placings(
        placed=_without_conflicts(drafts, possible, documents),
        imports=joined_insertions(imports),
        new_files=tuple(new_files[path] for path in sorted(new_files)),
        notes=tuple(notes),
    )


def _placements(named: NamedDraft, documents: Mapping[str, Document]) -> list[Placement]:
    found = []
    for member, variable in zip(named.draft.members, named.variables, strict=True):
        for finding in member.findings:
            value = secret_value(finding, documents[finding.path].kind)
            same = finding.value is not None and finding.value.reveal("bytes") == value.reveal("bytes")
            found.append(
                Placement(
                    finding=finding,
                    name=named.name,
                    key=member.key,
                    env=own_key(finding) or variable,
                    value=None if same else value,
                    plain=is_configuration(finding),
                )
            )
    return found


def _with(placed: Placed, *, edits: tuple[Edit, ...], proofs: tuple[Proof, ...]) -> Placed:
    return replace(placed, edits=unique_edits([*placed.edits, *edits]), proofs=(*placed.proofs, *proofs))


def _refusing(placed: Placed, finding: Finding, refused: Refused, *, blocks: bool = True) -> Placed:
    """The result with a refusal. Without `blocks` it is a copy whose file goes on working: the code is still fixed."""
    if refused[0] in REMAINING or not blocks:
        return replace(placed, left={**placed.left, id(finding): refused})
    return replace(placed, refused={**placed.refused, id(finding): refused})


def _changeable(named: NamedDraft, placed: Placed, workspace: Workspace) -> Placed:
    """The draft's edits, or its refusal if one is in a file that cannot change: that file only reads the value."""
    for path in dict.fromkeys(edit.path for edit in placed.edits):
        if workspace.is_linked(path):
            what = RefusalReason.LINKED, f"{path} has to change with it, and is a symbolic link or outside of the root"
            return _refusing(placed, named.draft.findings[0], (*what, "plan where the file really is"))
        if not workspace.is_writable(path):
            what = RefusalReason.READ_ONLY, f"{path} has to change with it, and cannot be written"
            return _refusing(placed, named.draft.findings[0], (*what, "make it writable, then plan again"))
    return placed


def _without_conflicts(
    drafts: Sequence[NamedDraft], placed: Sequence[Placed], documents: Mapping[str, Document]
) -> tuple[Placed, ...]:
    """Refuse a draft that would change text which an earlier one changes differently.

    Two `.env` files of different environments share the Python that reads them: the first draft's edit serves both,
    because the recorded variable takes precedence and the first part of the name follows SECRETS_ENV. The same holds
    for two programs in folders of their own: the code that both may read gets the name of the nearer one.
    """
    accepted: dict[str, list[tuple[Edit, int]]] = defaultdict(list)
    folders = [_folder(named, documents) for named in drafts]
    results = list(placed)
    # If no variable is set, code reads production's value.
    for index in sorted(range(len(drafts)), key=lambda index: drafts[index].draft.env not in _PRODUCTION):
        named, one = drafts[index], placed[index]
        kept: list[Edit] = []
        taken: list[tuple[Edit, int]] = []
        for edit in () if one.refused else one.edits:
            other = next((pair for pair in accepted[edit.path] if _clash(edit, pair[0])), None)
            if other is None:
                kept.append(edit)
                continue
            first, owner = other
            apart = None not in (folders[index], folders[owner]) and folders[index] != folders[owner]
            if not _is_same_reader(first, drafts[owner], edit, named) or not (
                apart or drafts[owner].draft.env != named.draft.env
            ):
                one = _refusing(one, named.draft.findings[0], _taken(edit, drafts[owner]))
                break
            if drafts[owner].draft.env == named.draft.env and (
                _depth(edit.path, folders[index]) > _depth(edit.path, folders[owner])
            ):
                kept.append(edit)
                taken.append(other)
        if not one.refused:
            one = replace(one, edits=tuple(kept))
            for first, owner in taken:
                before = results[owner]
                results[owner] = replace(before, edits=tuple(edit for edit in before.edits if edit != first))
                accepted[first.path].remove((first, owner))
            for edit in kept:
                accepted[edit.path].append((edit, index))
        results[index] = one
    return tuple(results)


def _clash(one: Edit, other: Edit) -> bool:
    overlap = one.span.start < other.span.end and other.span.start < one.span.end
    return overlap and one != other


def _is_same_reader(first: Edit, owner: NamedDraft, second: Edit, named: NamedDraft) -> bool:
    """Whether the first edit serves the second draft too: it changes the same read, only the secret's name differs."""
    return first.span == second.span and first.new == second.new.replace(named.name, owner.name)


def _folder(named: NamedDraft, documents: Mapping[str, Document]) -> str | None:
    """The folder of the `.env` files that a secret comes from; None if it is in other places too."""
    paths = {finding.path for finding in named.draft.findings}
    folders = {posixpath.dirname(path) for path in paths}
    plain = all(documents[path].kind is Kind.DOTENV for path in paths)
    return folders.pop() if plain and len(folders) == 1 else None


def _depth(path: str, folder: str | None) -> int:
    """The depth of the folder if it contains the file, else -1."""
    return len(folder) if folder is not None and (not folder or path.startswith(f"{folder}/")) else -1


def _taken(edit: Edit, owner: NamedDraft) -> Refused:
    return (
        RefusalReason.READER_NOT_REWRITABLE,
        f"{edit.path} reads it in an expression that already becomes {owner.name}, which holds another value",
        "make the two values one, or let them be read apart, then plan again",
    )
