"""`unhardcode rotation`: templates that rotate database logins once their values are hardcoded nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fixers.aws_options import check_not_empty
from fixers.connections import connection
from fixers.emit.files import emit_rotation
from fixers.emit.rotation import DAYS, Rotation, rotates
from fixers.ledger import Entry, ledger, plans_option, without_values
from fixers.read_once import read_at_import
from fixers.stores.arns import Account
from fixers.stores.kinds import KINDS
from fixers.stores.model import StoreKind
from scanner.arguments import NamedPath
from scanner.errors import Exit, UsageError
from scanner.reports.masking import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotations:
    """Logins that AWS can rotate, those that it cannot yet (name, reason), manual ones (name, provider's steps)."""

    rotations: tuple[Rotation, ...]
    refused: tuple[tuple[str, str], ...]
    by_hand: tuple[tuple[str, str], ...]


@click.command(short_help="Write templates for AWS's rotation of logins.")
@plans_option
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=NamedPath(file_okay=False),
    help="Directory for rotation.yaml and rotation.tf [that of the plan].",
)
@click.option("--days", type=click.IntRange(1, 1000), default=DAYS, show_default=True, help="Days between rotations.")
@click.option(
    "--alternating",
    multiple=True,
    metavar="NAME",
    help="Alternate two users for this secret, so that a valid password exists at any time; needs a superuser.",
)
@click.option("--region", help="AWS region, which decides the partition of ARNs [AWS_REGION].")
def rotation(
    plans: tuple[Path, ...], output: Path | None, days: int, alternating: tuple[str, ...], region: str | None
) -> int:
    """Write CloudFormation and Terraform that let AWS rotate database logins.

    Only for logins that the code reads from Secrets Manager already. A login that is still hardcoded somewhere is
    refused, with the places; places that read a login only once, at import, are listed. Changes nothing else and calls
    no AWS. Exit status 1 if a login was refused.
    """
    check_not_empty(region, "--region")
    kept = ledger(Path(), plans)
    entries = [entry for entry in kept.entries if entry.name is not None]
    if not entries:
        raise UsageError(
            "no plan was given, and this clone has no record of a migration", hint="give its plan with --plan"
        )
    unknown = set(alternating) - {entry.name for entry in entries}
    if unknown:
        raise UsageError(f"--alternating {min(unknown)}: no secret of the plan has this name")
    found = plan_rotations(entries, frozenset(alternating), days)
    if found.rotations:
        folder = output or (plans[0].parent if plans else Path())
        names = list(dict.fromkeys(str(entry.name) for entry in entries if (kind := _kind(entry)) and kind.terraform))
        account = Account(region=region or os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or "")
        for path in emit_rotation(folder, found.rotations, names, partition=account.partition):
            click.echo(str(path))
    once = read_at_import(kept.root, [each.name for each in found.rotations]) if found.rotations else {}
    for line in _report(found, once):
        click.echo(without_values(printable(line), kept), err=True)
    return int(Exit.FINDINGS if found.refused else Exit.OK)


def plan_rotations(entries: Sequence[Entry], alternating: frozenset[str], days: int) -> Rotations:
    """Sort secrets into those that AWS's functions rotate now, those not yet, and those never."""
    rotations, refused, by_hand = [], [], []
    for name in dict.fromkeys(str(entry.name) for entry in entries):
        own = [entry for entry in entries if entry.name == name]
        engine = next((entry.engine for entry in own if entry.engine), None)
        kind = _kind(own[0])
        if kind is None or not kind.rotates or not rotates(engine):
            by_hand.append((name, _steps(own)))
            continue
        reason = _not_yet(own)
        if reason is not None:
            refused.append((name, reason))
            continue
        assert engine is not None
        kms_key = next((entry.kms_key for entry in own if entry.kms_key), None)
        rotations.append(
            Rotation(name=name, engine=engine, alternating=name in alternating, days=days, kms_key=kms_key)
        )
    return Rotations(rotations=tuple(rotations), refused=tuple(refused), by_hand=tuple(by_hand))


def _kind(entry: Entry) -> StoreKind | None:
    return KINDS.get(entry.store or "")


def _not_yet(own: Sequence[Entry]) -> str | None:
    """The reason why AWS cannot rotate a login yet, as a sentence."""
    places = list(dict.fromkeys(place for entry in own for place in entry.held))
    if places:
        return f"It is still in {', '.join(places)}: whatever reads it there breaks when the password changes"
    if any(entry.value is None for entry in own):
        return "Its value is not known here, so it is unknown whether a place still holds it: run this in a full clone"
    known = {key for entry in own for finding in (*entry.past, *entry.now) for key, _ in connection(finding).constants}
    if "username" not in known:
        return "The user's name was not found beside it, and AWS's function needs it in the secret as username"
    return None


def _steps(own: Sequence[Entry]) -> str:
    steps = dict.fromkeys(
        finding.rotate for entry in own for finding in (*entry.now, *entry.past) if finding.rotate is not None
    )
    return "; ".join(steps) or "make a new value where it is checked, store it, then revoke the old one"


def _report(found: Rotations, once: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for rotation in found.rotations:
        yield f"{rotation.name}: {rotation.type}, every {rotation.days} days ({rotation.application})"
        places = once.get(rotation.name)
        if places:
            # With a single user the old password stops working at once, otherwise at the next rotation.
            until = f"within {rotation.days} days" if rotation.alternating else "at once"
            yield (
                f"  read once, at import, in {', '.join(places)}: after a rotation restart the program {until}, or "
                "read it in a function, with with_refresh"
            )
    for name, reason in found.refused:
        yield f"{name}: not yet. {reason}"
    for name, steps in found.by_hand:
        yield f"{name}: by hand: {steps}"
