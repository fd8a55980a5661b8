"""The user dialogue of `migrate`, `migrate --undo` and `fix --write`, with their exit statuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import click

from fixers import incident, journal, removal, steps
from fixers.already_stored import not_stored
from fixers.asking import Asked, check_can_ask, consent, typed
from fixers.journal import Run
from fixers.model import Outcome, Plan
from fixers.owner_proof import OwnerProof, raise_levels, words_of
from fixers.plan_report import render_plan, render_proof
from fixers.planning import Planned
from fixers.stores.registry import UsersAws
from fixers.storing import Ready, check
from fixers.undo import undo, undoable
from fixers.workspace import open_workspace
from scanner import session
from scanner.errors import Exit, UsageError
from scanner.reports.masking import printable
from scanner.sources import worktree

_NEXT = "Next: run your tests, commit the rewritten files and deploy them."
_LATER = """\
Then rotate what history still has: `unhardcode status` says what that is. Until then `unhardcode migrate --undo` takes
the edits back."""


def migrate_for_real(asked: Asked, make: Callable[[], Planned]) -> int:
    """Resume an interrupted migration, or plan, ask, store, read back, prove and rewrite. Returns the exit status."""
    for command in asked.commands:
        words_of(command)
    root = worktree.root_of(asked.path)
    folder = journal.folder_of(root.repository)
    with journal.locked(folder):
        runs = journal.runs(folder, root.folder)
        half = _half_done(runs)
        if half is not None:
            return _finish(half, root, asked, asked.target())
        prepared = steps.prepare(make(), incident=asked.incident)
        planned = prepared.planned
        click.echo(render_plan(planned.plan), nl=False)
        if not planned.plan.fixes:
            click.echo("Nothing to migrate.")
            return _proven_again(runs, asked)
        check_can_ask(asked)
        judge: steps.Judge = tuple
        if asked.incident:
            fresh = _renewed(planned)
            prepared = steps.prepare(replace(planned, plan=fresh.plan), incident=True)
            planned, judge = prepared.planned, fresh.judged
        target = asked.target()
        resumed = steps.resumable(runs, prepared, target.where)
        ready = check(planned.plan, target.stores)
        if not asked.yes:
            place = target.place(sorted({secret.store for secret in planned.plan.moving}))
            click.echo(f"To {place}", err=True)
        consent(asked, f"{_counted(ready)} and rewrite {_files(planned.plan)}?")
        with _interruptible():
            run = steps.begin(folder, runs, prepared, resumed, target.where)
            run = steps.upload(run, ready, target, planned.plan.app)
            run = steps.locate(run, prepared, target)
            outcomes = steps.prove_all(planned.plan, planned.scanned.key, target, judge=judge)
            return _rewrite(run, outcomes, root, asked, target)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Say after ^C that the command can be run again: from here on the journal knows what was done."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nNothing is lost: the same command goes on where this one stops.", err=True)
        raise


def fix_for_real(asked: Asked, make: Callable[[], Planned], *, offline: bool) -> int:
    """Rewrite code for values already in the store (`offline`: committed in HEAD). Returns the exit status."""
    root = worktree.root_of(asked.path)
    folder = journal.folder_of(root.repository)
    with journal.locked(folder):
        runs = journal.runs(folder, root.folder)
        half = _half_done(runs)
        if half is not None:
            return _finish(half, root, asked, asked.target())
        first, target = make(), asked.target()
        planned, versions, on_word = not_stored(first, target, offline=offline)
        prepared = steps.prepare(planned, stored=not offline)
        plan = prepared.planned.plan
        click.echo(render_plan(plan), nl=False)
        if on_word:
            click.echo(f"Not looked for in the store; only git has these values: {', '.join(on_word)}", err=True)
        complete = len(plan.fixes) == len(first.plan.fixes)
        if not plan.fixes:
            click.echo("Nothing to rewrite." if complete else "Nothing was rewritten.")
            return int(Exit.OK if complete else Exit.FINDINGS)
        where = None if offline else target.where
        resumed = steps.resumable(runs, prepared, where or dict)
        run = steps.begin(folder, runs, prepared, resumed, where)
        for secret in plan.moving if versions else ():
            run = journal.note(run, "stored", name=secret.name, version=versions[secret.name])
        if not offline:
            run = steps.locate(run, prepared, target)
        if offline:
            outcomes = tuple(_unproven(fix.secret) for fix in plan.fixes)
        else:
            outcomes = steps.prove_all(plan, prepared.planned.scanned.key, target)
        status = _rewrite(run, outcomes, root, asked, target)
        return status if complete else int(Exit.FINDINGS)


def undo_for_real(asked: Asked) -> int:
    """Restore the files of the last migration byte for byte. Returns the exit status."""
    root, target = worktree.root_of(asked.path), asked.target()
    folder = journal.folder_of(root.repository)
    with journal.locked(folder):
        runs = journal.runs(folder, root.folder)
        unfinished = removal.unfinished(runs) if asked.delete_stored else None
        run = unfinished or undoable(runs)
        journal.check_place(run, target.where)
        check_can_ask(asked)
        also = " and delete what it created" if asked.delete_stored else ""
        if unfinished is not None:
            consent(asked, f"Delete what the migration of {run.begin['at']} created?")
        else:
            files = _counted_files(len(run.begin["files"]))
            consent(asked, f"Take back the migration of {run.begin['at']}{also}: {files}?")
            workspace = open_workspace(root.folder, ())
            with _interruptible():
                undone = undo(run, workspace, root.repository, target.stores, session.key_for(root.repository))
            run = undone.run
            for path in undone.files:
                click.echo(f"  as before  {printable(path)}")
            if not undone.files:
                click.echo("No file had been changed.")
        if asked.delete_stored:
            with _interruptible():
                return _delete_stored(run, asked, target)
        if run.versions():
            click.echo(f"What was stored stays stored: {', '.join(run.versions())}")
    return int(Exit.OK)


def _delete_stored(run: Run, asked: Asked, target: UsersAws) -> int:
    stores = target.stores
    left = removal.remaining(run, stores)
    for name in left.gone:
        run = removal.note_deleted(run, name)
    found, kept = left.deletable, dict(left.kept)
    for_good = [one.name for one in found if not one.recoverable]
    if for_good and not typed(for_good):
        found = tuple(one for one in found if one.recoverable)
        kept |= dict.fromkeys(for_good, "a parameter is deleted for good: run this on a terminal to confirm it")
    for one in found:
        run = removal.delete(run, one, stores, days=asked.recovery_days)
        until = f" (restore-secret brings it back for {asked.recovery_days} days)" if one.recoverable else ""
        click.echo(f"  deleted    {one.name}{until}")
    for name, why in kept.items():
        click.echo(f"  kept       {name}: {why}")
    return int(Exit.OK)


def _renewed(planned: Planned) -> incident.Renewed:
    for line in incident.rotate_first(planned.plan):
        click.echo(line, err=True)
    return incident.renewed(planned.plan, incident.ask(planned.plan), planned.scanned.key)


def _half_done(runs: Sequence[Run]) -> Run | None:
    """The run that was interrupted while rewriting or before its last proof, if any."""
    for run in runs:
        if run.state == "undo":
            raise UsageError("an undo was interrupted here", hint="run `unhardcode migrate --undo` again first")
    return next((run for run in reversed(runs) if run.state in ("proven", "written")), None)


def _finish(run: Run, root: worktree.Root, asked: Asked, target: UsersAws) -> int:
    journal.check_place(run, target.where)
    click.echo(f"The migration of {run.begin['at']} was interrupted while it rewrote files.", err=True)
    check_can_ask(asked)
    consent(asked, "Finish it?")
    outcomes = tuple(Outcome(**outcome) for outcome in run.outcomes())
    with _interruptible():
        status = _written(run, outcomes, root, asked, target)
    click.echo("Finished what was interrupted. Run the command again for what is new since then.", err=True)
    return status


def _rewrite(run: Run, outcomes: tuple[Outcome, ...], root: worktree.Root, asked: Asked, target: UsersAws) -> int:
    run = steps.settle_proofs(run, outcomes)
    if run.state == "abandoned":
        click.echo(render_proof(steps.skipped(outcomes)), nl=False)
        click.echo(
            "No file was changed. To migrate the rest, give what failed the action skip in a plan file.", err=True
        )
        return int(Exit.FINDINGS)
    return _written(run, outcomes, root, asked, target)


def _written(run: Run, outcomes: tuple[Outcome, ...], root: worktree.Root, asked: Asked, target: UsersAws) -> int:
    run = steps.rewrite(run, open_workspace(root.folder, ()), session.key_for(root.repository))
    outcomes = raise_levels(outcomes, _owners_proof(asked, target))
    journal.note(run, "done")
    status = _print_outcomes(outcomes)
    if status is Exit.OK:
        # After an incident the values in history are revoked, so no undo can make them work again.
        click.echo(_NEXT if run.begin.get("incident") else f"{_NEXT} {_LATER}", err=True)
    return int(status)


def _print_outcomes(outcomes: Sequence[Outcome]) -> Exit:
    """Print the results of the proofs; return the exit status."""
    click.echo(render_proof(tuple(outcomes)), nl=False)
    return Exit.OK if all(outcome.status == "proven" for outcome in outcomes) else Exit.FINDINGS


def _proven_again(runs: Sequence[Run], asked: Asked) -> int:
    """Run the owner's proof of the last migration again, if one is asked for: it may be what failed."""
    last = next((run for run in reversed(runs) if run.state == "done"), None)
    if last is None or not (asked.modules or asked.commands):
        return int(Exit.OK)
    click.echo(f"Of the migration of {last.begin['at']}:")
    before = tuple(Outcome(**outcome) for outcome in last.outcomes())
    return int(_print_outcomes(raise_levels(before, _owners_proof(asked, asked.target()))))


def _owners_proof(asked: Asked, target: UsersAws) -> OwnerProof:
    return OwnerProof(
        folder=asked.path if asked.path.is_dir() else asked.path.parent,
        modules=asked.modules,
        commands=asked.commands,
        region=asked.region,
        profile=asked.profile,
        credentials=target.credentials,
    )


def _counted(ready: Sequence[Ready]) -> str:
    counts = Counter(one.action for one in ready)
    words = {
        "create": "Store {} new",
        "update": "replace the value of {}",
        "restore": "bring back {} from deletion",
        "present": "leave {} as they are stored",
    }
    said = ", ".join(words[action].format(counts[action]) for action in words if counts[action])
    return said[:1].upper() + said[1:]


def _files(plan: Plan) -> str:
    return _counted_files(len({edit.path for fix in plan.fixes for edit in fix.edits}))


def _counted_files(count: int) -> str:
    return f"{count} file{'s' if count != 1 else ''}"


def _unproven(secret: str) -> Outcome:
    detail = "rewritten without asking the store (--offline)"
    return Outcome(secret=secret, status="unproven", level=None, detail=detail)
