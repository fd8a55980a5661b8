"""`unhardcode value`: exactly what is to be uploaded under one name of a plan, into a pipe."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from pathlib import Path
from typing import Any

import click

from fixers.payload import payload
from fixers.plan import make_plan
from fixers.planfile import PlanFile, apply_overrides, options_of, read_plan_file
from fixers.rewriting import rewriters
from fixers.workspace import open_workspace
from scanner import session
from scanner.commands import scan_paths
from scanner.errors import Exit, NotSeenError, StoreError, UsageError
from scanner.model import Plan, PlannedSecret, SecretValue
from scanner.sources import worktree

# An answer holds at most 64 KB, each byte as six characters of JSON at most, and a few hundred bytes around it.
_LONGEST_ANSWER = 1_000_000


@click.command()
@click.argument("name")
@click.option(
    "--plan",
    "plan_path",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The plan.toml that names it, made of this tree.",
)
@click.option("--key", metavar="KEY", help="Only this field of the secret's JSON.")
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing: compare with what `aws ... --output json` printed, from standard input. "
    "Exit status 0 if it is equal, 1 if it is another value.",
)
def value(name: str, plan_path: Path, key: str | None, check: bool) -> int:
    """Write exactly what is to be uploaded under NAME, no newline added, into a pipe or a file.

    The value is read from the working tree, at the places that the plan names. Exit status 3 if it is not there.
    """
    if check and key is not None:
        raise UsageError("--check compares the whole value", hint="leave out --key")
    if not check and sys.stdout.isatty():
        raise UsageError(
            "a value is never written to a terminal", hint="send it into a pipe: unhardcode value ... | aws ..."
        )
    # Read first: whoever writes into our standard input must not find it closed.
    answer = sys.stdin.buffer.read(_LONGEST_ANSWER + 1) if check else b""
    secret = planned_secret(plan_path, name)
    if check:
        return int(Exit.OK if stored_value(answer) == payload(secret) else Exit.FINDINGS)
    sys.stdout.buffer.write(_field(secret, key).raw)
    sys.stdout.buffer.flush()
    return int(Exit.OK)


def planned_secret(plan_path: Path, name: str) -> PlannedSecret:
    """The secret of that name in a plan file, with its values, from the tree as it is below the working directory.

    Raises UsageError for a plan that cannot be used here, NotSeenError where the value is no longer in the tree.
    """
    file = _read(plan_path)
    secrets = file.tables.get("secret", [])
    named = [table for table in secrets if isinstance(table, dict) and table.get("name") == name]
    if not named:
        raise UsageError(f"{file.path}: no secret has the name {name}", hint="names stand in its [[secret]] tables")
    if named[0].get("action") == "skip":
        raise UsageError(f"{file.path}: {name} has the action skip", hint="nothing of it is to be uploaded")
    planned = _planned_again(file, named[0])
    return next(secret for secret in planned.secrets if secret.name == name)


def stored_value(answer: bytes) -> SecretValue:
    """The value in the JSON that `aws secretsmanager get-secret-value` or `aws ssm get-parameter` prints.

    Raises StoreError for anything else, and quotes nothing of it.
    """
    if len(answer) > _LONGEST_ANSWER:
        raise StoreError("standard input is too long for an answer of AWS", hint="pipe one answer, with --output json")
    try:
        tables = json.loads(answer)
        found = tables["Parameter"]["Value"] if "Parameter" in tables else tables.get("SecretString")
        if found is None:
            found = base64.b64decode(tables["SecretBinary"], validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise StoreError(
            "standard input holds no answer of get-secret-value or get-parameter",
            hint="see what aws said above; its output must be JSON: --output json, without --query",
        ) from None
    if not isinstance(found, str | bytes):
        raise StoreError("the answer of AWS on standard input holds no text", hint="pipe it as aws prints it")
    return SecretValue(found)


def _read(plan_path: Path) -> PlanFile:
    try:
        return read_plan_file(plan_path.read_text(encoding="utf-8"), str(plan_path))
    except OSError as error:
        raise UsageError(f"{plan_path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UsageError(f"{plan_path}: not in UTF-8", hint="make the plan again") from None


def _planned_again(file: PlanFile, table: dict[str, Any]) -> Plan:
    options = options_of(file)
    root = worktree.root_of(Path()).folder
    named = root / options.scope
    scanned = scan_paths((named,))
    _assert_there(file, table, {finding.place for finding in scanned.result.findings})
    workspace = open_workspace(scanned.root.folder, worktree.names(scanned.root, named))
    automatic = frozenset(rule.id for rule in session.load_rules().providers if rule.rotation == "automatic")

    def plan(overrides: Any = None) -> Plan:
        return make_plan(
            scanned.result,
            workspace,
            options,
            key=scanned.key,
            rewriters=rewriters(),
            automatic=automatic,
            overrides=overrides,
        )

    return apply_overrides(plan(), file, plan)


def _assert_there(file: PlanFile, table: dict[str, Any], places: set[str]) -> None:
    """Say it plainly where a value is gone: after the rewriting there is nothing left to upload."""
    for member in table.get("member", []):
        if isinstance(member, dict) and member.get("place") not in places:
            raise NotSeenError(
                f"{member.get('path')}:{member.get('line')}: the value of {table['name']} no longer stands there",
                hint=f"if the code was rewritten, the store holds it; else make {file.path} again, in this tree",
            )


def _field(secret: PlannedSecret, key: str | None) -> SecretValue:
    if key is None:
        return payload(secret)
    fields = {name: SecretValue(text) for name, text in secret.constants}
    fields |= {member.key: member.value for member in secret.members if member.key is not None}
    if key not in fields:
        known = ", ".join(fields) or "it has none"
        raise UsageError(f"{secret.name} has no key {key}", hint=f"keys: {known}")
    return fields[key]
