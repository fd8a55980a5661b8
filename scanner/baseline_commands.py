"""`unhardcode baseline`: create, update, prune, audit and import the list of accepted findings."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from scanner import baseline as the_file
from scanner import gitleaksignore
from scanner.arguments import NamedPath
from scanner.baseline import Baseline, Row
from scanner.baseline_findings import (
    Acceptable,
    counts,
    default_file,
    find_acceptable,
    history_rows,
    kept_history,
    unaccepted_past,
    with_rows,
    without_history,
)
from scanner.baseline_match import match, rows_of, unneeded
from scanner.config import DEFAULT_BASELINE
from scanner.errors import Exit, UsageError
from scanner.sources import worktree


@click.group(short_help="Accept existing findings; fail only for new ones.")
def baseline() -> None:
    """Accept existing findings, each with a reason, so that a scan fails only for new ones.

    The baseline is .unhardcode.baseline at the root unless -o or the configuration names another; `scan` uses it by
    default. Commit it, and write `.unhardcode.baseline merge=union` into .gitattributes.
    """


def _file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-o",
        "--output",
        "file",
        type=NamedPath(dir_okay=False),
        metavar="FILE",
        help=f"The baseline's file [default: {DEFAULT_BASELINE} at the root].",
    )(command)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--history", is_flag=True, help="Also findings that are only in the history."),
        click.option("--expires", metavar="DATE", help="Date on which the acceptance ends: 2027-01-31, or 90d."),
        click.option("--owner", default="", help="Who is responsible for it."),
        click.option("--reason", default="", help="Why it is accepted; audit asks about findings without a reason."),
        _file_option,
    ):
        command = option(command)
    return command


@baseline.command()
@_options
def create(file: Path | None, reason: str, owner: str, expires: str | None, history: bool) -> int:
    """Write a baseline that accepts every present finding."""
    default = _row(reason, owner, expires)
    there = file or default_file(worktree.root_of(Path()))
    if os.path.lexists(there):
        raise UsageError(f"{there}: exists already", hint="unhardcode baseline update adds to it")
    acceptable = find_acceptable(file, history=history)
    empty = the_file.fresh()
    sure = [finding for finding in acceptable.findings if counts(finding, acceptable.floor)]
    rows = rows_of(sure, empty, [None] * len(sure), default)
    rows += history_rows(unaccepted_past(acceptable), replace(empty, rows=tuple(rows)), default)
    the_file.write_baseline(acceptable.file, replace(empty, rows=tuple(rows)))
    _say(f"{acceptable.file}: {_accepted(rows)}")
    _say_more(acceptable, rows)
    _say(f"  commit it, and write `{acceptable.file.name} merge=union` into .gitattributes")
    return int(Exit.OK)


@baseline.command(short_help="Accept new findings; follow moved ones.")
@_options
def update(file: Path | None, reason: str, owner: str, expires: str | None, history: bool) -> int:
    """Accept new findings, follow those that moved, and renew expired ones (with --expires)."""
    default = _row(reason, owner, expires)
    acceptable = find_acceptable(file, history=history)
    known = the_file.read_baseline(acceptable.file)
    day = the_file.today()
    pairs = with_rows(acceptable, known)
    likes = [_renewed(row, default, day) for _, row in pairs]
    rows = rows_of([finding for finding, _ in pairs], known, likes, default)
    idle = unneeded(without_history(known).rows, [finding for finding, _ in pairs], [row for _, row in pairs], known)
    left = [*idle, *(row for row in known.rows if row.history)]
    rows += history_rows(unaccepted_past(acceptable), replace(known, rows=tuple(rows + left)), default)
    rows += left
    # A second key is only needed for rows that were not rewritten.
    keys = known.keys if left else known.keys[:1]
    the_file.write_baseline(acceptable.file, Baseline(keys=keys, rows=tuple(rows)))
    new = sum(row is None for _, row in pairs)
    expired = sum(row is not None and row.has_expired(day) for row in likes)
    _say(f"{acceptable.file}: {_accepted(rows)}, {new:,} of them new")
    if expired:
        _say(f"  {expired:,} expired: renew them with --expires, or unhardcode baseline audit --again")
    if idle:
        _say(f"  {len(idle):,} stand for nothing in the tree now: unhardcode baseline prune drops them")
    _say_more(acceptable, rows)
    return int(Exit.OK)


@baseline.command(short_help="Drop rows without a finding.")
@click.option("--history", is_flag=True, help="Also drop rows of the history that no longer match anything.")
@_file_option
def prune(file: Path | None, history: bool) -> int:
    """Drop rows that no finding matches any more; rows of files that could not be read are kept."""
    acceptable = find_acceptable(file, history=history)
    known = the_file.read_baseline(acceptable.file)
    matched = match(acceptable.findings, without_history(known), acceptable.scanned.current)
    rows = rows_of(acceptable.findings, known, matched, Row(path="", kind="", digest=""))
    rows = [row for row, like in zip(rows, matched, strict=True) if like is not None]
    unseen = {one.path for one in acceptable.scanned.result.coverage.skipped if one.reason != worktree.DELETED}
    kept = [row for row in known.rows if not row.history and row not in matched and row.path in unseen]
    kept += kept_history(acceptable, known)
    gone = len(known.rows) - len({row.identity for row in matched if row is not None}) - len(kept)
    keys = known.keys if kept else known.keys[:1]
    the_file.write_baseline(acceptable.file, Baseline(keys=keys, rows=tuple(rows + kept)))
    _say(f"{acceptable.file}: {max(gone, 0):,} dropped, {_count(len(rows) + len(kept))} kept")
    if acceptable.past_gaps:
        _say("  a part of the history could not be looked at (unhardcode scan --history names it): its rows are kept")
    return int(Exit.OK)


@baseline.command(short_help="Go through the findings one by one.")
@click.option("--again", is_flag=True, help="Ask about all findings, including those with a reason.")
@click.option("--owner", default="", help="Who is responsible for what is accepted.")
@_file_option
def audit(file: Path | None, again: bool, owner: str) -> int:
    """Go through the findings one by one: accept with a reason, or say that it is a credential.

    Each answer is written at once; run it again to continue.
    """
    from scanner import baseline_audit

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("audit needs a terminal to ask on", hint="run it in a terminal")
    acceptable = find_acceptable(file, history=False)
    known = the_file.read_baseline(acceptable.file) if os.path.exists(acceptable.file) else the_file.fresh()
    pairs = with_rows(acceptable, known)
    findings, likes = [finding for finding, _ in pairs], [row for _, row in pairs]
    if not baseline_audit.undecided(likes, again=again):
        _say(f"nothing to decide: each of {_count(len(findings))} has a reason (--again asks once more)")
        return int(Exit.OK)
    baseline_audit.audit(
        findings,
        likes,
        known,
        acceptable.scanned.texts.get,
        acceptable.scanned.result.findings,
        again=again,
        owner=owner,
        ask=lambda question: str(click.prompt(question, default="", show_default=False)),
        say=click.echo,
        save=lambda changed: the_file.write_baseline(acceptable.file, changed),
    )
    return int(Exit.OK)


@baseline.command("import", short_help="Import what another tool has accepted.")
@click.argument("other", metavar="FILE", type=NamedPath(dir_okay=False, exists=True))
@click.option(
    "--from",
    "form",
    type=click.Choice(["detect-secrets", "gitleaks", "trufflehog"]),
    help="The tool that wrote FILE [default: detected by content].",
)
@click.option("--history", is_flag=True, help="Also findings that are only in the history.")
@click.option("--owner", default="", help="Who is responsible for it.")
@_file_option
def import_(other: Path, form: str | None, history: bool, owner: str, file: Path | None) -> int:
    """Import what another tool has accepted: its baseline, its ignore file, its JSON report."""
    from scanner import baseline_import

    known_there = baseline_import.read_known(other, form)
    acceptable = find_acceptable(file, history=history)
    known = the_file.read_baseline(acceptable.file) if os.path.exists(acceptable.file) else the_file.fresh()
    everything = [*acceptable.findings, *(acceptable.past or ())]
    taken = baseline_import.taken(known_there, everything, acceptable.scanned.texts, acceptable.scanned.root)
    matched = match(acceptable.findings, without_history(known), acceptable.scanned.current)
    new = [number for number, row in enumerate(matched) if row is None and number in taken.reasons]
    like = Row(path="", kind="", digest="", owner=owner)
    likes = [replace(like, reason=taken.reasons[number]) for number in new]
    rows = [*known.rows, *rows_of([acceptable.findings[number] for number in new], known, likes, like)]
    past = [f for number, f in enumerate(acceptable.past or (), len(acceptable.findings)) if number in taken.reasons]
    so_far = replace(known, rows=tuple(rows))
    rows += history_rows(past, so_far, replace(like, reason=f"from {other}"))
    the_file.write_baseline(acceptable.file, replace(known, rows=tuple(rows)))
    _say(f"{acceptable.file}: {len(rows) - len(known.rows):,} taken over from {other}, {_accepted(rows)}")
    if any(one.values for one in known_there):
        _say(f"  {other} holds the values themselves: delete it when you are done")
    if other.name == gitleaksignore.FILE:
        _say(f"  {other} is of no use to unhardcode now: it names lines, which move")
    if taken.unused:
        also = "" if history else "; what only history holds is taken over with --history"
        _say(f"  {taken.unused:,} of its entries stand for nothing that unhardcode finds{also}")
    return int(Exit.OK)


def _row(reason: str, owner: str, expires: str | None) -> Row:
    """The template for new rows."""
    until = the_file.checked_date(expires, f"--expires {expires}") if expires is not None else ""
    return Row(path="", kind="", digest="", reason=reason.strip(), owner=owner.strip(), expires=until)


def _renewed(row: Row | None, default: Row, day: str) -> Row | None:
    if row is None or not row.has_expired(day) or not default.expires:
        return row
    return replace(row, expires=default.expires, reason=default.reason or row.reason, owner=default.owner or row.owner)


def _say_more(acceptable: Acceptable, rows: Sequence[Row]) -> None:
    without = sum(not row.reason for row in rows)
    if without:
        _say(f"  {without:,} without a reason yet: unhardcode baseline audit asks for it")
    if acceptable.gaps:
        names = "unhardcode scan --history" if acceptable.past_gaps == acceptable.gaps else "unhardcode scan"
        _say(f"  {acceptable.gaps:,} could not be looked at ({names} names them): what they hold will count as new")
    if acceptable.untracked:
        _say(f"  {_count(acceptable.untracked)} left out: git does not track the file, and a clone will not have it")


def _accepted(rows: Sequence[Row]) -> str:
    return f"{_count(sum(row.accepted for row in rows))} accepted"


def _count(number: int) -> str:
    return f"{number:,} finding" if number == 1 else f"{number:,} findings"


def _say(text: str) -> None:
    click.echo(text)
