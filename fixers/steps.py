"""The steps of a real migration; a killed run resumes them from its journal.

begin -> (store, read back) for each secret -> prove -> rewrite -> done. No file is rewritten before every value is in
its store and every new expression has returned it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

from fixers import journal
from fixers.arn_placeholders import arns_of, waiting, with_arns
from fixers.changes import changed, changed_files, edits_by_path
from fixers.inverse import Blobs, culprits, known_blobs, way_back
from fixers.journal import Run
from fixers.journal_lines import Facts, FileLine
from fixers.leaks import leak_search, leaks
from fixers.model import Edit, Outcome, Plan, RefusalReason
from fixers.outcomes import outcomes
from fixers.plan import touched_paths, tree_digest
from fixers.plan_tables import render_plan_file
from fixers.planning import Planned, without_secrets
from fixers.progress import counted
from fixers.proof import ProofResult, prove, users_aws
from fixers.runtime.source import module_source
from fixers.stores.registry import UsersAws
from fixers.storing import Ready, store_secret
from fixers.workspace import Workspace, overlaid
from fixers.writing import check_writable, remove_leftovers, replace_all
from scanner.errors import FixError, StoreError
from scanner.identity import digest
from scanner.model import Span

_PROOF_SECONDS = 120.0

Judge: TypeAlias = Callable[[Sequence[ProofResult]], tuple[ProofResult, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A plan that can be carried out and undone. `facts` make the journal's first line and contain no value."""

    planned: Planned
    facts: Facts


def prepare(planned: Planned, *, stored: bool = True, incident: bool = False) -> Prepared:
    """Decide how each file changes and how that is undone; refuse what cannot be undone.

    `stored` says that an undo may read values from the store. An incident is never undone, because its old values are
    revoked. Raises FixError for a file that changed since it was read, or that could not be replaced.
    """
    repository = planned.scanned.root.repository
    while True:
        workspace = _frozen(planned)
        blobs = known_blobs(repository, workspace, touched_paths(planned.plan))
        files, bad = _files(planned, workspace, blobs, stored=stored)
        leaking = _leaking(planned.plan, files)
        if leaking:
            planned = without_secrets(planned, leaking, _LEAKING)
        elif incident or not bad:
            break
        else:
            planned = without_secrets(planned, bad, _NOT_UNDOABLE)
    return Prepared(planned=planned, facts=_facts(planned, files, incident=incident))


_NOT_UNDOABLE = (
    RefusalReason.NOT_UNDOABLE,
    "neither git nor the store could give the file back as it is",
    "commit the file, then migrate; or move the value by hand",
)
_LEAKING = (
    RefusalReason.DYNAMIC,
    "the expression around it contains a copy of the value, which the journal would hold",
    "delete that copy, then plan again",
)


def resumable(runs: Sequence[Run], prepared: Prepared, where: Callable[[], dict[str, str]]) -> Run | None:
    """The interrupted run that this plan began, if it has stored anything.

    Raises UsageError if that run stored to another region or account than `where()`.
    """
    for run in reversed(runs):
        if run.state == "begin" and run.has_stored() and run.begin["plan"] == prepared.facts["plan"]:
            journal.check_place(run, where)
            return run
    return None


def begin(
    folder: Path,
    runs: Sequence[Run],
    prepared: Prepared,
    found: Run | None,
    where: Callable[[], dict[str, str]] | None,
) -> Run:
    """Resume `found`, or start a new run and abandon any other run that has rewritten nothing.

    `where` is None if no store is used.
    """
    for run in runs:
        if run.state == "begin" and run is not found:
            journal.note(run, "abandoned")
    if found is not None:
        return found
    facts = prepared.facts
    return journal.begin(folder, {**facts, "aws": where()} if where else facts)


def upload(run: Run, ready: Sequence[Ready], target: UsersAws, app: str) -> Run:
    """Store every value and read it back. Raises StoreError, after which the run can be resumed."""
    tokens = {secret["name"]: secret["token"] for secret in run.begin["secrets"]}
    for one in counted(ready, "Storing"):
        name = one.secret.name
        if one.action != "present":
            run = journal.note(run, "upload", name=name, action=one.action)
        version = store_secret(one, target.stores(one.secret.store), app=app, token=tokens[name])
        run = journal.note(run, "stored", name=name, version=version)
    return run


def locate(run: Run, prepared: Prepared, target: UsersAws) -> Run:
    """Journal the files whose edits contain ARNs a second time, now that the secrets exist."""
    planned = prepared.planned
    if not waiting(planned.plan):
        return run
    known = replace(planned, plan=with_arns(planned.plan, arns_of(planned.plan, target.stores)))
    workspace = _frozen(planned)
    blobs = known_blobs(planned.scanned.root.repository, workspace, touched_paths(planned.plan))
    files, _ = _files(known, workspace, blobs, stored=True)
    before = {file["path"]: file for file in run.begin["files"]}
    return journal.note(run, "located", files=[file for file in files if file != before[file["path"]]])


def prove_all(plan: Plan, key: bytes, target: UsersAws, *, judge: Judge = tuple) -> tuple[Outcome, ...]:
    """Evaluate every new expression against the store. `judge` may downgrade outcomes.

    Raises StoreError if the store can no longer be read; the run can then be resumed.
    """
    proofs = [proof for fix in plan.fixes for proof in fix.proofs]
    results = prove(
        proofs,
        users_aws(target.stores, region=target.region, profile=target.profile, credentials=target.credentials()),
        module_source=module_source(plan.style, plan.prefix_from),
        key=key,
        # Each proof makes two requests to the store, which may be far away.
        timeout=_PROOF_SECONDS + 2.0 * len(proofs),
    )
    lost = next((result for result in results if result.unavailable), None)
    if lost is not None:
        raise StoreError(
            f"{lost.proof.path}:{lost.proof.line}: {lost.error}",
            hint="all is stored and no file was changed: remove the cause, then run the same command again",
        )
    return outcomes(plan, {}, judge(results))


def settle_proofs(run: Run, found: Sequence[Outcome]) -> Run:
    """Journal the proofs. A failed one ends the run before any file is rewritten."""
    if any(outcome.status == "failed" for outcome in found):
        return journal.note(run, "abandoned")
    return journal.note(run, "proven", outcomes=[asdict(outcome) for outcome in found])


def rewrite(run: Run, workspace: Workspace, key: bytes) -> Run:
    """Rewrite the journaled files; after an interruption, those that are left.

    Raises FixError, and changes nothing more, if a file matches neither its old nor its new state.
    """
    files = {file["path"]: file for file in run.files()}
    states = {path: state(file, workspace, key) for path, file in files.items()}
    unexpected = [path for path, now in states.items() if now == "other"]
    if unexpected:
        raise changed_since(unexpected, run)
    changes = {path: _new_bytes(files[path], workspace, key) for path, now in states.items() if now == "before"}
    remove_leftovers(workspace, files, run.name)
    check_writable(workspace, changes)

    def announce(path: str) -> None:
        if state(files[path], workspace, key) != "before":
            raise changed_since([path], run)
        journal.append(run.path, {"step": "replace", "path": path})

    replace_all(workspace, changes, run=run.name, announce=announce)
    return journal.note(run, "written")


def state(file: FileLine, workspace: Workspace, key: bytes) -> str:
    """Whether a journaled file is in its old state ("before"), its new state ("after") or neither ("other")."""
    now = current(workspace, file["path"], key)
    return "after" if now == file["after"] else "before" if now == file["before"] else "other"


def current(workspace: Workspace, path: str, key: bytes) -> str | None:
    """Keyed digest of a file's present content; None if there is no such file."""
    try:
        return digest(key, workspace.read(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FixError(f"{path}: cannot be read ({error.strerror})", hint="make it readable, then repeat") from None


def changed_since(paths: Sequence[str], run: Run) -> FixError:
    """The error for files that were changed by somebody else in the meantime."""
    return FixError(
        f"changed since the migration of {run.begin['at']}, and left alone: {', '.join(paths)}",
        hint=f"put them back as they were, then repeat; or give that migration up by moving {run.path} away",
    )


def _frozen(planned: Planned) -> Workspace:
    """A snapshot of the workspace with every touched file, which must be as it was when it was planned for."""
    key, paths = planned.scanned.key, touched_paths(planned.plan)
    try:
        workspace = overlaid(planned.workspace, {path: planned.workspace.read(path) for path in paths})
    except OSError as error:
        raise FixError(f"a file cannot be read any more ({error.strerror})", hint="plan again") from None
    if tree_digest(paths, workspace, key) != planned.plan.tree:
        raise FixError("the files have changed since the plan was made", hint="run the command again")
    return workspace


def _files(planned: Planned, workspace: Workspace, blobs: Blobs, *, stored: bool) -> tuple[list[FileLine], set[str]]:
    """The journal's line for each file, and the names of secrets whose edits could not be undone."""
    plan, key, findings = planned.plan, planned.scanned.key, planned.scanned.result.findings
    after = changed_files(plan, workspace, key)
    check_writable(planned.workspace, after)
    files: list[FileLine] = []
    bad: set[str] = set()
    # New files come first, so that files which import them find them at every moment.
    for new in plan.new_files:
        if workspace.exists(new.path):
            raise FixError(f"{new.path}: a file was made there since the plan", hint="run the command again")
        files.append({"path": new.path, "before": None, "after": digest(key, after[new.path]), "content": new.content})
    for path, edits in edits_by_path(plan).items():
        document = workspace.document(path)
        way = way_back(document, edits, after[path], plan, findings, blobs, stored=stored)
        if way is None:
            bad |= culprits(document, plan, findings)
        before = digest(key, document.source.raw)
        written = [[edit.span.start, edit.span.end, edit.expects, edit.new] for edit in edits]
        files.append({"path": path, "before": before, "after": digest(key, after[path]), "edits": written, "way": way})
    return files, bad


def _leaking(plan: Plan, files: Sequence[FileLine]) -> set[str]:
    """The secrets whose edits would write a value, in any spelling, into the journal."""
    news = {fix.secret: [edit.new for edit in fix.edits] for fix in plan.fixes}
    kept = {file["path"]: [file.get("way"), file.get("edits")] for file in files}
    search = leak_search(plan, [news, list(kept.values())])
    leaking = {name for name, written in news.items() if leaks(search, written)}
    if not leaking:
        paths = {path for path, written in kept.items() if leaks(search, written)}
        leaking = {fix.secret for fix in plan.fixes if paths & {edit.path for edit in fix.edits}}
    return leaking


def _facts(planned: Planned, files: list[FileLine], *, incident: bool) -> Facts:
    plan = planned.plan
    secrets = [
        [one.name, one.store, one.type, one.tier, one.kms_key, one.action, [[m.key, m.digest] for m in one.members]]
        for one in plan.moving
    ]
    made = [[file["path"], file["before"], file["after"]] for file in files]
    facts: Facts = {
        "root": plan.root,
        "app": plan.app,
        "plan": digest(planned.scanned.key, json.dumps([plan.app, secrets, made])),
        "plan_file": render_plan_file(plan, planned.options),
        "files": files,
        "secrets": [{"name": one.name, "store": one.store, "token": str(uuid.uuid4())} for one in plan.moving],
    }
    if incident:
        facts["incident"] = True
    return facts


def _new_bytes(file: FileLine, workspace: Workspace, key: bytes) -> bytes:
    path = file["path"]
    if "content" in file:
        raw = file["content"].encode("utf-8")
    else:
        edits = [
            Edit(path=path, span=Span(start, end), expects=expects, new=new)
            for start, end, expects, new in file["edits"]
        ]
        raw = changed(workspace.document(path), edits, key)
    if digest(key, raw) != file["after"]:
        raise FixError(f"{path}: the edits do not give what was planned", hint="undo, then migrate again")
    return raw


def skipped(found: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes of a run that rewrote nothing because one of its proofs failed."""
    kept = "stored and proven, but nothing was rewritten because another fix failed"
    return tuple(replace(one, status="skipped", detail=kept) if one.status != "failed" else one for one in found)
