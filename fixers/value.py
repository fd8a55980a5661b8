"""`unhardcode value`: write the exact value to upload for one name of a plan into a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from fixers.model import PlannedSecret
from fixers.payload import payload
from fixers.picking import picked
from fixers.planfile import PlanFile, open_plan_file, options_of
from fixers.planning import planned_from
from fixers.stores.kinds import KINDS
from fixers.storing import holds
from scanner.arguments import NamedPath
from scanner.errors import Exit, NotSeenError, StoreError, UsageError
from scanner.model import SecretValue
from scanner.running import scan_paths
from scanner.sources import stdin, worktree

# An answer holds at most 64 KB, each byte as at most six characters of JSON, plus a few hundred bytes.
_LONGEST_ANSWER = 1_000_000


@click.command(short_help="Write one planned value into a pipe.")
@click.argument("name")
@click.option(
    "--plan",
    "plan_path",
    required=True,
    metavar="FILE",
    type=NamedPath(dir_okay=False),
    help="The plan.toml that has NAME, made from this tree.",
)
@click.option("--key", metavar="KEY", help="Only this field of the secret's JSON.")
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing: compare with the output of `aws ... --output json` on standard input. "
    "Exit status 0 if the values are equal, 1 if not.",
)
def value(name: str, plan_path: Path, key: str | None, check: bool) -> int:
    """Write exactly the value to upload under NAME, without a newline added, to a pipe or a file.

    The value is read from the working tree, at the places that the plan names. Exit status 3 if it is
    not there.
    """
    if check and key is not None:
        raise UsageError("--check compares the whole value", hint="leave out --key")
    if not check and sys.stdout.isatty():
        raise UsageError(
            "a value is never written to a terminal", hint="send it into a pipe: unhardcode value ... | aws ..."
        )
    # Read first: a program that writes into our standard input must not find it closed.
    answer = stdin.read(_LONGEST_ANSWER) if check else b""
    secret = planned_secret(plan_path, name)
    if check:
        return int(Exit.OK if holds(secret, stored_value(answer)) else Exit.FINDINGS)
    sys.stdout.buffer.write(_field(secret, key).reveal("bytes"))
    sys.stdout.buffer.flush()
    return int(Exit.OK)


def planned_secret(plan_path: Path, name: str) -> PlannedSecret:
    """The secret of that name in a plan file, with its values, from the tree around the working directory.

    Raises UsageError for a plan that cannot be used here, NotSeenError if the value is no longer in the tree.
    """
    alone = picked(open_plan_file(plan_path), name, Path())
    if alone is not None:
        return alone
    try:
        planned = planned_from(plan_path, Path())
    except UsageError as error:
        raise _gone(plan_path, name) or error from None
    found = [secret for secret in planned.plan.secrets if secret.name == name]
    if not found:
        raise UsageError(f"{plan_path}: no secret has the name {name}", hint="names are in its [[secret]] tables")
    if found[0].action == "skip":
        raise UsageError(f"{plan_path}: {name} has the action skip", hint="nothing of it is to be uploaded")
    return found[0]


def stored_value(answer: bytes) -> SecretValue:
    """The value in the JSON printed by `aws secretsmanager get-secret-value` or `aws ssm get-parameter`.

    Raises StoreError for anything else, without quoting it.
    """
    if len(answer) > _LONGEST_ANSWER:
        raise StoreError("standard input is too long for an answer of AWS", hint="pipe one answer, with --output json")
    try:
        tables = json.loads(answer)
        values = (kind.commands.value_in(tables) for kind in KINDS.values())
        found = next(value for value in values if value is not None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, StopIteration):
        raise StoreError(
            f"standard input holds no answer of {' or '.join(kind.commands.reading for kind in KINDS.values())}",
            hint="see what aws said above; its output must be JSON: --output json, without --query",
        ) from None
    if not isinstance(found, str | bytes):
        raise StoreError("the answer of AWS on standard input holds no text", hint="pipe it as aws prints it")
    return SecretValue(found)


def _gone(plan_path: Path, name: str) -> NotSeenError | None:
    """The error for a plan whose value has left the tree: the code was rewritten, so there is nothing to upload."""
    try:
        file = open_plan_file(plan_path)
        scope = options_of(file).scope
    except UsageError:
        return None
    scanned = scan_paths((worktree.root_of(Path()).folder / scope,))
    places = {finding.place for finding in scanned.result.findings}
    for member in _members(file, name):
        if str(member.get("place")) not in places:
            return NotSeenError(
                f"{member.get('path')}:{member.get('line')}: the value of {name} no longer stands there",
                hint=f"if the code was rewritten, the store holds it; else make {plan_path} again, in this tree",
            )
    return None


def _members(file: PlanFile, name: str) -> Iterator[Mapping[str, Any]]:
    secrets = file.tables.get("secret")
    for table in secrets if isinstance(secrets, list) else ():
        if isinstance(table, dict) and table.get("name") == name and isinstance(table.get("member"), list):
            yield from (member for member in table["member"] if isinstance(member, dict))


def _field(secret: PlannedSecret, key: str | None) -> SecretValue:
    if key is None:
        return payload(secret)
    fields = {name: SecretValue(text) for name, text in secret.constants}
    fields |= {member.key: member.value for member in secret.members if member.key is not None}
    if key not in fields:
        known = ", ".join(fields) or "it has none"
        raise UsageError(f"{secret.name} has no key {key}", hint=f"keys: {known}")
    return fields[key]
