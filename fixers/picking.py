"""Read one secret of a plan file from only the files that hold it, since each upload asks and a full scan is slow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fixers.drafting import considered, drafts, sorted_out
from fixers.grouping import Draft
from fixers.inverse import blob_id
from fixers.model import Member, PlannedSecret
from fixers.overrides import ACTIONS
from fixers.plan import DEFAULT_ENVIRONMENT
from fixers.plan_tables import SCHEMA, member_table
from fixers.planfile import PlanFile, options_of
from fixers.rewriting import rewriters
from fixers.stores.kinds import KINDS
from fixers.workspace import Workspace, located, open_workspace
from scanner.identity import digest
from scanner.running import Scanned, scan_paths
from scanner.sources import worktree


def picked(file: PlanFile, name: str, named: Path) -> PlannedSecret | None:
    """The secret of that name as planned, with its values read from the tree that contains `named`.

    None if these files alone do not give exactly the plan's members, or if judging it requires making the plan again.
    """
    table = _table(file, name)
    options, root = options_of(file), worktree.root_of(named).folder
    if table is None:
        return None
    blobs = {member["path"]: member.get("blob") for member in table["member"]}
    workspace = open_workspace(root, blobs)
    if not all(_as_planned(workspace, path, blob) for path, blob in blobs.items()):
        return None
    scanned = scan_paths(tuple(located(root, path) for path in workspace.files))
    found = sorted_out(
        considered(scanned.result, options.min_confidence),
        workspace,
        scope=options.scope,
        include_tests=options.include_tests,
        rewritable=frozenset(rewriters()),
    )
    chosen = drafts(
        found.findings,
        found.documents,
        found.refused,
        environment=options.env or DEFAULT_ENVIRONMENT,
        store=str(table["store"]),
        automatic=frozenset(),
        stores=lambda _: None,
    )
    wanted = [_without_blob(member) for member in table["member"]]
    made = (_secret(table, each.draft, scanned) for each in chosen)
    return next((secret for secret in made if _members(secret) == wanted), None)


def _table(file: PlanFile, name: str) -> Mapping[str, Any] | None:
    """The only table of that name, if it is to be uploaded and has the form that we write."""
    found = file.tables.get("secret")
    tables = found if isinstance(found, list) else []
    named = [each for each in tables if isinstance(each, dict) and each.get("name") == name]
    if len(named) != 1 or file.tables.get("schema") != SCHEMA:
        return None
    table = named[0]
    kept = table.get("action") in ACTIONS and table["action"] != "skip"
    members = table.get("member")
    whole = isinstance(members, list) and members != [] and all(_is_place(member) for member in members)
    kind = KINDS.get(str(table.get("store")))
    return table if kept and whole and kind is not None and table.get("type") in kind.types else None


def _is_place(member: object) -> bool:
    return (
        isinstance(member, dict)
        and isinstance(member.get("path"), str)
        and "\0" not in member["path"]
        and (member.get("blob") is None or isinstance(member["blob"], str))
    )


def _secret(table: Mapping[str, Any], draft: Draft, scanned: Scanned) -> PlannedSecret:
    return PlannedSecret(
        name=table["name"],
        store=table["store"],
        type=table["type"],
        tier=table.get("tier"),
        kms_key=table.get("kms_key") or None,
        members=tuple(
            Member(
                key=each.key,
                env="",
                value=each.value,
                digest=digest(scanned.key, each.value),
                findings=each.findings,
            )
            for each in draft.members
        ),
        constants=draft.constants,
        action=table["action"],
        reason="",
        rotation="",
        monthly_cost=0.0,
    )


def _as_planned(workspace: Workspace, path: str, blob: str | None) -> bool:
    """Whether the file exists and, if the plan has its blob id, has not changed since."""
    if workspace.is_linked(path):
        return False
    try:
        raw = workspace.read(path)
    except OSError:
        return False
    return blob is None or blob_id(raw, like=blob) == blob


def _members(secret: PlannedSecret) -> list[dict[str, Any]]:
    return [_without_blob(member_table(member, finding)) for member in secret.members for finding in member.findings]


def _without_blob(member: Mapping[str, Any]) -> dict[str, Any]:
    """The member without its blob id, because a scan of single files does not ask git."""
    return {key: each for key, each in member.items() if key != "blob"}
