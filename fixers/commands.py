"""The commands `plan`, `fix` and `migrate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from fixers.aws_options import aws, check_not_empty
from fixers.masked_diff import render_diff
from fixers.model import Fix, Safety
from fixers.options import check_only_from_plan, from_file, one_path, plan_options, refuse, shared
from fixers.plan_report import render_plan
from fixers.planning import Planned, planned, planned_from, without_values_as_names
from fixers.workspace import PLAN_MARK
from scanner.arguments import NamedPath
from scanner.errors import Exit, UsageError
from scanner.reports.context import count
from scanner.reports.masking import printable
from scanner.saving import refuse_links, save


@click.command(short_help="Show which secrets a migration would create.")
@shared
@click.option(
    "-o",
    "--output",
    type=NamedPath(dir_okay=False),
    help="Write the plan to FILE, without values, for review and editing.",
)
def plan(path: tuple[Path, ...], output: Path | None, **chosen: Any) -> int:
    """Show which secrets a migration would create, where, why and at what cost, and what it refuses. Changes nothing.

    PATH is one folder or file [the current folder]. With -o the plan is written to a file for review
    and editing, and `migrate --plan` follows it. Exit status 0, even if everything is refused.
    """
    from fixers.plan_tables import render_plan_file

    if output is not None:
        _check_replaceable(output)
    made = _planned(path, None, chosen)
    if output is not None:
        refuse_links([output], made.scanned.root.folder)
        save(output, [render_plan_file(made.plan, made.options)])
        click.echo(
            f"{output}: {count(len(made.plan.secrets), 'secret')}, {count(len(made.plan.refusals), 'refusal')}",
            err=True,
        )
    else:
        click.echo(render_plan(made.plan), nl=False)
    return int(Exit.OK)


@click.command(short_help="Show the diff that a migration would make.")
@shared
@from_file
@click.option("--write", is_flag=True, help="Rewrite what is stored already; the rest is refused as not-stored.")
@click.option("--offline", is_flag=True, help="With --write: do not ask the store; rewrite what HEAD has committed.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["diff", "json", "sarif"]),
    default="diff",
    show_default=True,
    help="Without --write: the diff, or each finding with its edits or its refusal.",
)
@click.option("-o", "--output", type=NamedPath(dir_okay=False), help="Write the report to a file.")
@aws
@click.option("--yes", is_flag=True, hidden=True)
def fix(
    path: tuple[Path, ...],
    plan_file: Path | None,
    write: bool,
    offline: bool,
    form: str,
    output: Path | None,
    **chosen: Any,
) -> int:
    """Show the diff that a migration would make, values masked. Exit status 1 if it would change something.

    --write applies it to what is stored already (by `migrate`, or by hand under the planned name). Exit status then: 0
    all was applied and proven, 1 something was not, 3 a store failed.
    """
    if write:
        if form != "diff" or output is not None:
            raise UsageError("--format and -o show a fix, --write makes it: use one of the two")
        if offline:
            refuse("--offline asks no AWS", "region", "profile")
        from fixers.asking import asked_from
        from fixers.migrate import fix_for_real

        asked = asked_from(one_path(path), {**chosen, "yes": True})  # --write is the confirmation
        return fix_for_real(asked, lambda: _planned(path, plan_file, chosen), offline=offline)
    if offline:
        raise UsageError("--offline goes with --write")
    refuse("without --write no AWS is asked", "region", "profile")
    made = _planned(path, plan_file, chosen)
    text = diff(made) if form == "diff" else _findings(made, form)
    if output is not None:
        refuse_links([output], made.scanned.root.folder)
        save(output, [text])
    else:
        click.echo(text, nl=False)
    click.echo(_for_review(made), err=True, nl=False)
    click.echo(_refused_in_one_line(made), err=True, nl=False)
    return int(Exit.FINDINGS if made.plan.fixes else Exit.OK)


@click.command(short_help="Upload, verify, rewrite; try --rehearse first.")
@shared
@from_file
@click.option(
    "--rehearse",
    is_flag=True,
    help="Run all steps in memory against an embedded AWS: needs no account, changes nothing.",
)
@click.option(
    "--emit",
    type=NamedPath(file_okay=False),
    metavar="DIR",
    help="Change nothing: write AWS CLI commands, policies, CloudFormation, Terraform and a runbook, without values.",
)
@click.option("--reader", metavar="ARN", help="With --emit: also write policies for this role of another account.")
@click.option("--undo", "undoing", is_flag=True, help="Undo the edits of the last migration; stored values stay.")
@click.option("--delete-stored", is_flag=True, help="With --undo: also delete what that migration created.")
@click.option(
    "--recovery-days",
    type=click.IntRange(7, 30),
    default=30,
    show_default=True,
    help="With --delete-stored: days in which a deleted secret can be restored.",
)
@click.option(
    "--incident",
    is_flag=True,
    help="The values have leaked and are revoked: ask for the new ones, or read them from standard input as lines "
    "NAME=VALUE or NAME:KEY=VALUE (NAME:=JSON-STRING for several lines), and store those.",
)
@click.option(
    "--prove", "commands", multiple=True, metavar="COMMAND", help="Afterwards run this in PATH, e.g. 'pytest -q'."
)
@click.option(
    "--prove-import", "modules", multiple=True, metavar="MODULE", help="Afterwards import this module in PATH."
)
@aws
@click.option("--yes", is_flag=True, help="Do not ask for confirmation, for scripts.")
def migrate(
    path: tuple[Path, ...],
    plan_file: Path | None,
    rehearse: bool,
    emit: Path | None,
    reader: str | None,
    **chosen: Any,
) -> int:
    """Upload credentials, read them back, prove that the new code reads them, and rewrite it. Asks first.

    Try `migrate --rehearse` first. An interrupted migration resumes when it is run again. Exit status: 0 all was
    applied and proven (or rehearsed), 1 something failed or is unproven, 2 no terminal to ask on and no --yes, 3 a
    store failed.
    """
    _check_together(chosen, rehearse=rehearse, emit=emit, reader=reader)
    if rehearse:
        return _rehearse(_planned(path, plan_file, chosen))
    if emit is not None:
        check_not_empty(chosen["region"], "--region")
        return _emit(_planned(path, plan_file, chosen), emit, chosen["region"], reader)
    from fixers.asking import asked_from
    from fixers.migrate import migrate_for_real, undo_for_real

    asked = asked_from(one_path(path), chosen)
    if asked.undoing:
        return undo_for_real(asked)
    return migrate_for_real(asked, lambda: _planned(path, plan_file, chosen))


def _check_together(chosen: Mapping[str, Any], *, rehearse: bool, emit: Path | None, reader: str | None) -> None:
    """Raise UsageError for options of `migrate` that exclude each other, or that need another one."""
    if reader is not None and emit is None:
        raise UsageError("--reader goes with --emit")
    if chosen["delete_stored"] and not chosen["undoing"]:
        raise UsageError("--delete-stored goes with --undo")
    if not chosen["delete_stored"]:
        refuse("without --delete-stored nothing is deleted", "recovery_days")
    if chosen["incident"] and (chosen["undoing"] or rehearse or emit):
        raise UsageError(
            "--incident stores new values and cannot be taken back: leave out --undo, --rehearse and --emit",
            hint="for a preview: unhardcode plan",
        )
    if rehearse:
        refuse(
            "--rehearse changes nothing, asks no AWS of yours and runs none of your code",
            "emit", "undoing", "commands", "modules", "region", "profile",
        )  # fmt: skip
    elif emit is not None:
        refuse("--emit only writes files, and upload.sh finds AWS by AWS_PROFILE", "undoing", "commands", "modules",
               "profile", "yes")  # fmt: skip
    elif chosen["undoing"]:
        refuse("--undo takes back what the last migration did", "plan_file", "commands", "modules", plans=True)


def _rehearse(made: Planned) -> int:
    from fixers.plan_report import render_proof
    from fixers.rehearsal import rehearse

    click.echo(_heading("What was found, and where each value would live"))
    click.echo(render_plan(made.plan), nl=False)
    click.echo(_heading("The diff"))
    click.echo(diff(made) or "Nothing would change.\n", nl=False)
    click.echo(_for_review(made), nl=False)
    rehearsed = rehearse(made.plan, made.workspace, made.scanned.key)
    click.echo(_heading("The proof, against an embedded AWS on this machine"))
    click.echo(render_proof(rehearsed.outcomes), nl=False)
    click.echo("Nothing of yours was changed: this was a rehearsal.")
    return int(Exit.OK if rehearsed.succeeded else Exit.FINDINGS)


def _emit(made: Planned, folder: Path, region: str | None, reader: str | None) -> int:
    from fixers.emit.files import emit
    from fixers.plan_tables import HEAD, render_plan_file

    if not made.plan.fixes:
        click.echo("Nothing to migrate.")
        return int(Exit.OK)
    # An edited plan is passed on as it is: made again, it would hold the edits and no longer what they changed.
    text = made.file or render_plan_file(made.plan, made.options)
    if not text.startswith(PLAN_MARK):
        text = HEAD + text  # the mark by which a later emit recognises its own file
    written = emit(made.plan, folder, plan_file=text, repository=made.plan.app, region=region, reader=reader)
    for path in written:
        click.echo(str(path))
    click.echo(f"Read {folder / 'MIGRATION.md'}, then run {folder / 'upload.sh'}.", err=True)
    return int(Exit.OK)


def _findings(made: Planned, form: str) -> str:
    from fixers.fix_report import render_findings
    from unhardcode import VERSION

    return "".join(render_findings(made, form, VERSION))


def _planned(path: tuple[Path, ...], plan_file: Path | None, chosen: dict[str, Any]) -> Planned:
    named = one_path(path)
    if plan_file is not None:
        check_only_from_plan()
    made = planned(named, plan_options(chosen)) if plan_file is None else planned_from(plan_file, named)
    for remark in made.remarks:
        click.echo(printable(remark), err=True)
    return replace(made, plan=without_values_as_names(made.plan))


def diff(made: Planned) -> str:
    """The diff of a plan, with every known value masked."""
    return render_diff(made.plan, made.workspace, made.scanned.result.findings)


def _for_review(made: Planned) -> str:
    """The diff that removes the account's own keys from calls, for review: a role must exist first."""
    from fixers.own_keys import removals

    offered = removals(made.plan, made.workspace, made.scanned.key)
    if not offered:
        return ""
    fix = Fix(secret="", title="", safety=Safety.REVIEW, findings=(), edits=offered, proofs=())
    plan = replace(made.plan, fixes=(fix,), imports=(), new_files=())
    shown = render_diff(plan, made.workspace, made.scanned.result.findings)
    return f"{_heading('For review, not applied: the account needs no key of its own in the code')}\n{shown}"


def _refused_in_one_line(made: Planned) -> str:
    stay, unseen = len(made.plan.refusals), sum(one.gap for one in made.scanned.result.coverage.skipped)
    said = [f"{stay} place{'s' if stay != 1 else ''} refused"] if stay else []
    said += [f"{unseen} file{'s' if unseen != 1 else ''} not looked at"] if unseen else []
    return f"{', '.join(said)}: `unhardcode plan` says why\n" if said else ""


def _heading(text: str) -> str:
    return f"\n== {text} ==\n"


def _check_replaceable(output: Path) -> None:
    """Raise UsageError if a plan would overwrite a file that is not a plan."""
    try:
        begin = output.read_bytes()[: len(PLAN_MARK)] if output.is_file() else b""
    except OSError:
        return  # the write itself reports what is wrong
    if begin not in (b"", PLAN_MARK.encode()):
        raise UsageError(f"{output}: exists, and is not a plan", hint="choose another name, or remove it")
