"""Undo a migration's edits: restore every file byte for byte, or none of them. Stored values stay stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixers import journal
from fixers.inverse import given_back, needed_secrets
from fixers.journal import Run
from fixers.journal_lines import FileLine, FromStore, WayBack
from fixers.payload import field_of
from fixers.spelling import Values
from fixers.steps import changed_since, state
from fixers.stores.model import Stores
from fixers.workspace import Workspace
from fixers.writing import check_writable, remove_leftovers, replace_all
from scanner.errors import FixError, UsageError
from scanner.identity import digest
from scanner.model import SecretValue
from scanner.sources import git


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The result of an undo: the files that it restored, and the run with its last steps."""

    files: tuple[str, ...]
    run: Run


def undoable(runs: Sequence[Run]) -> Run:
    """The last run that has not been undone. Raises UsageError if there is none."""
    left = [run for run in runs if run.state not in ("undone", "abandoned")]
    if not left:
        raise UsageError("there is no migration to undo here", hint="name the PATH that was migrated, in the same tree")
    return left[-1]


def undo(run: Run, workspace: Workspace, repository: git.Repository | None, stores: Stores, key: bytes) -> Undone:
    """Restore the old bytes of every file of a run, and remove the files that it created.

    All old bytes are made and checked before the first file changes. Raises FixError, and changes nothing, if a file
    was changed since, git no longer has a blob, a value was rotated, or the run was an incident.
    """
    files = {file["path"]: file for file in run.files()}
    states = {path: state(file, workspace, key) for path, file in files.items()}
    unexpected = [path for path, now in states.items() if now == "other"]
    if unexpected:
        raise changed_since(unexpected, run)
    there = [
        files[path] for path, now in states.items() if now == "after" and files[path]["before"] != files[path]["after"]
    ]
    if there:
        _check_still_valid(run, stores)
    changes = _old_bytes(run, there, workspace, repository, stores, key)
    remove_leftovers(workspace, files, run.name)
    check_writable(workspace, changes)
    run = journal.note(run, "undo")

    def announce(path: str) -> None:
        if state(files[path], workspace, key) != "after":
            raise changed_since([path], run)
        journal.append(run.path, {"step": "restore", "path": path})

    replace_all(workspace, changes, run=run.name, announce=announce)
    return Undone(files=tuple(changes), run=journal.note(run, "undone"))


def _check_still_valid(run: Run, stores: Stores) -> None:
    """Raise FixError if the old values no longer work: then only the rewritten code does."""
    if run.begin.get("incident"):
        raise FixError(
            "the last migration was for an incident: the old values are revoked",
            hint="keep the rewritten code; nothing was changed",
        )
    words = {secret["name"]: secret["store"] for secret in run.begin["secrets"]}
    for name, version in run.versions().items():
        there = stores(words[name]).describe(name)
        if there is not None and there.version != version:
            raise FixError(
                f"{name}: was changed in the store since the migration (rotated?)",
                hint="the value in the old code is no longer valid: keep the rewritten code; nothing was changed",
            )


def _old_bytes(
    run: Run,
    files: Sequence[FileLine],
    workspace: Workspace,
    repository: git.Repository | None,
    stores: Stores,
    key: bytes,
) -> dict[str, bytes | None]:
    ways = [(file, _way(file)) for file in files if file["before"] is not None]
    blobs = _blobs([way["blob"] for _, way in ways if "blob" in way], repository)
    turned = [way for _, way in ways if "blob" not in way]
    values = _values(run, turned, stores)
    found: dict[str, bytes | None] = {}
    for file, way in ways:
        path = file["path"]
        if "blob" not in way:
            raw = given_back(workspace.read(path), way, values)
        elif (blob := blobs.get(way["blob"])) is not None:
            raw = blob
        else:
            raise FixError(f"{path}: git no longer has blob {way['blob'][:12]}", hint="nothing was changed")
        if digest(key, raw) != file["before"]:
            raise FixError(f"{path}: would not be restored byte for byte", hint="nothing was changed")
        found[path] = raw
    # Created files are removed last: until then the files that import them find them.
    return found | {file["path"]: None for file in files if file["before"] is None}


def _way(file: FileLine) -> WayBack:
    way = file["way"]
    assert way is not None  # only an incident journals none, and it is not undone
    return way


def _blobs(ids: Sequence[str], repository: git.Repository | None) -> Mapping[str, bytes | None]:
    if not ids or repository is None or repository.top is None:
        return {}
    return dict(git.blobs(repository.top, sorted(set(ids))))


def _values(run: Run, ways: Sequence[FromStore], stores: Stores) -> Values:
    """The values that inverse edits need; the caller has checked that they are of this run's versions."""
    names = sorted({name for way in ways for name in needed_secrets(way)})
    words = {secret["name"]: secret["store"] for secret in run.begin["secrets"]}
    found: dict[tuple[str, str | None], SecretValue] = {}
    for name in names:
        store = stores(words[name])
        there = store.describe(name)
        value = store.read(name) if there is not None and there.deletion is None else None
        if value is None:
            raise FixError(
                f"{name}: not in the store, and the files' own text needs it",
                hint="pass the --region and --profile of the migration; nothing was changed",
            )
        found |= _members(name, value, ways)
    return found


def _members(name: str, value: SecretValue, ways: Sequence[FromStore]) -> dict[tuple[str, str | None], SecretValue]:
    parts = [part for way in ways for _, _, parts in way["edits"] for part in parts if not isinstance(part, str)]
    found: dict[tuple[str, str | None], SecretValue] = {}
    for key in {part["key"] for part in parts if part["secret"] == name}:
        member = field_of(value, key)
        if member is None:
            raise FixError(f"{name}: has no key {key} any more", hint="nothing was changed")
        found[name, key] = member
    return found
