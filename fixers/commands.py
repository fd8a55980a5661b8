"""The commands that change: plan, fix, migrate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fixers.plan import PlanOptions, make_plan
from fixers.reports import render_diff, render_plan
from fixers.rewriting import rewriters
from fixers.workspace import Workspace, open_workspace
from scanner import session
from scanner.commands import Scanned, scan_paths
from scanner.errors import Exit, UsageError
from scanner.model import Confidence, Plan
from scanner.sources import worktree


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with what it was made from."""

    plan: Plan
    options: PlanOptions
    workspace: Workspace
    scanned: Scanned


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that plan, fix and migrate share."""
    options = (
        click.argument("path", nargs=-1, type=click.Path(path_type=Path)),
        click.option("--env", help="Environment: the first part of names, where a file does not say its own [prod]."),
        click.option("--app", help="Application: the second part of names [the project's name]."),
        click.option(
            "--store",
            type=click.Choice(["auto", "secretsmanager", "parameterstore"]),
            default="auto",
            show_default=True,
            help="Where values go; auto chooses for each and says why.",
        ),
        click.option("--kms-key", metavar="KEY", help="Encrypt with this KMS key instead of AWS's own."),
        click.option(
            "--min-confidence",
            type=click.Choice([level.value for level in Confidence]),
            default="medium",
            show_default=True,
            help="Plan for findings from this confidence on.",
        ),
        click.option("--include-tests", is_flag=True, help="Also move what stands in tests, examples and docs."),
        click.option("--via-run", is_flag=True, help="Programs are started by `unhardcode run`: readers outside Python stay."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@_shared
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write plan.toml: free of values, to be reviewed and edited.")
def plan(path: tuple[Path, ...], output: Path | None, **chosen: Any) -> int:
    """Say which secrets there will be, where and why, at what cost, and what is refused. Changes nothing."""
    from fixers.planfile import render_plan_file

    planned = _planned(path, chosen)
    if output is not None:
        _write(output, render_plan_file(planned.plan, planned.options))
        click.echo(f"{output}: {len(planned.plan.secrets)} secrets, {len(planned.plan.refusals)} refusals", err=True)
    else:
        click.echo(render_plan(planned.plan), nl=False)
    return int(Exit.OK)


@click.command()
@_shared
def fix(path: tuple[Path, ...], **chosen: Any) -> int:
    """Show the diff that a migration would make, values masked. Exit status 1 if it would change something."""
    planned = _planned(path, chosen)
    click.echo(_diff(planned), nl=False)
    click.echo(_refused_in_one_line(planned.plan), err=True, nl=False)
    return int(Exit.FINDINGS if planned.plan.fixes else Exit.OK)


@click.command()
@_shared
@click.option("--rehearse", is_flag=True, help="Do all of it in memory against an embedded AWS: no account, nothing changes.")
def migrate(path: tuple[Path, ...], rehearse: bool, **chosen: Any) -> int:
    """Plan, upload, read back, rewrite, prove."""
    if not rehearse:
        raise UsageError("only `migrate --rehearse` is there in this release", hint="add --rehearse")
    from fixers.rehearsal import rehearse as rehearse_plan
    from fixers.reports import render_proof

    planned = _planned(path, chosen)
    click.echo(_heading("What was found, and where each value would live"))
    click.echo(render_plan(planned.plan), nl=False)
    click.echo(_heading("The diff"))
    click.echo(_diff(planned) or "Nothing would change.\n", nl=False)
    rehearsed = rehearse_plan(planned.plan, planned.workspace, planned.scanned.key)
    click.echo(_heading("The proof, against an embedded AWS on this machine"))
    click.echo(render_proof(rehearsed.outcomes), nl=False)
    click.echo("Nothing of yours was changed: this was a rehearsal.")
    return int(Exit.OK if rehearsed.succeeded else Exit.FINDINGS)


def _planned(path: tuple[Path, ...], chosen: dict[str, Any]) -> Planned:
    if len(path) > 1:
        raise UsageError("name one PATH", hint="a plan is for one folder or file")
    scanned = scan_paths(path)
    named = path[0] if path else Path()
    below = worktree.relative(scanned.root, Path.cwd() / named)
    options = PlanOptions(
        env=chosen["env"],
        app=chosen["app"],
        store=chosen["store"],
        kms_key=chosen["kms_key"],
        min_confidence=Confidence(chosen["min_confidence"]),
        include_tests=chosen["include_tests"],
        via_run=chosen["via_run"],
        scope="" if below == "." else below,
    )
    workspace = open_workspace(scanned.root.folder, worktree.names(scanned.root, named))
    automatic = frozenset(rule.id for rule in session.load_rules().providers if rule.rotation == "automatic")
    made = make_plan(
        scanned.result, workspace, options, key=scanned.key, rewriters=rewriters(), automatic=automatic
    )
    return Planned(plan=made, options=options, workspace=workspace, scanned=scanned)


def _diff(planned: Planned) -> str:
    return render_diff(planned.plan, planned.workspace, planned.scanned.result.findings)


def _refused_in_one_line(made: Plan) -> str:
    stay = len(made.refusals)
    return f"{stay} place{'s' if stay != 1 else ''} refused: `unhardcode plan` says why\n" if stay else ""


def _heading(text: str) -> str:
    return f"\n== {text} ==\n"


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror})") from None
