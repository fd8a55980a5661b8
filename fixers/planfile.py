"""Read a plan.toml that the user may have edited, and check every change in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fixers.app_name import segment
from fixers.model import Plan, PlannedSecret
from fixers.overrides import ChangeError, Override
from fixers.plan import PlanOptions
from fixers.plan_tables import made_with, plan_tables
from scanner import toml
from scanner.errors import UsageError
from scanner.model import Confidence
from scanner.named_files import text_named

_MOST = 100_000_000
EDITABLE = ("name", "store", "type", "tier", "kms_key", "env", "action")
_HEADER = re.compile(r"[ \t]*\[\[?[ \t]*([A-Za-z0-9_.\-]+)[ \t]*\]\]?[ \t]*(?:#.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan.toml as read: its path for messages, its text for line numbers, its tables."""

    path: str
    text: str
    tables: Mapping[str, Any]


def open_plan_file(file: Path) -> PlanFile:
    """Read a plan file. Raises UsageError if it cannot be read."""
    return read_plan_file(text_named(file, _MOST, hint="make the plan again"), str(file))


def read_plan_file(text: str, path: str = "plan.toml") -> PlanFile:
    """Parse a plan file. Raises UsageError with path and place; tomllib's own message could quote the text."""
    try:
        tables = toml.loads(text)
    except ValueError as error:
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        raise UsageError(
            f"{path}: {toml.trouble(error)} at {place[1] if place else 'some line'}",
            hint="make the plan again, or correct it there",
        ) from None
    if not tables.keys() & {"schema", "tree", "made_with", "secret"}:
        raise UsageError(f"{path}: not a plan of unhardcode", hint="`unhardcode plan -o plan.toml` makes one")
    return PlanFile(path=path, text=text, tables=tables)


def options_of(file: PlanFile) -> PlanOptions:
    """The options that a plan was made with: with them the same tree gives the same plan."""
    stands = file.tables.get("made_with")
    known = made_with(PlanOptions())
    _same_keys(file, known, {} if stands is None else stands, table="made_with")
    assert isinstance(stands, dict)
    for key, ours in (*known.items(), ("env", ""), ("app", "")):
        if type(stands.get(key, file.tables.get(key))) is not type(ours):
            raise _refused(file, None, 0, "made_with" if key in known else key, f"{key} cannot be used")
    for key in ("env", "app"):
        if file.tables[key]:
            segment(file.tables[key], f"{file.path}:{_line(file.text, None, 0, key)}: {key}")
    scope = PurePosixPath(stands["scope"])
    if scope.is_absolute() or ".." in scope.parts or "\0" in stands["scope"]:
        raise _refused(file, None, 0, "made_with", "scope is a path in the tree")
    try:
        confidence = Confidence(stands["min_confidence"])
    except ValueError:
        raise _refused(file, None, 0, "made_with", "min_confidence is low, medium or high") from None
    return PlanOptions(
        **{
            **stands,
            "min_confidence": confidence,
            "kms_key": stands["kms_key"] or None,
            "prefix_from": stands["prefix_from"] or None,
        },
        env=file.tables["env"],
        app=file.tables["app"] or None,
    )


def overrides(plan_now: Plan, file: PlanFile) -> dict[str, Override]:
    """The user's changes, by the place of a secret's first finding.

    `plan_now` is the plan of the present tree, made with the file's options. Raises UsageError for any other
    difference, naming file, line, table and key.
    """
    now = plan_tables(plan_now)
    for key in ("schema", "env", "app"):
        if file.tables.get(key, now[key]) != now[key]:
            raise _refused(file, None, 0, key, "must stay as it was written")
    # Checked before the tables are compared: after a migration there is none to compare with.
    if file.tables.get("tree", now["tree"]) != now["tree"]:
        raise UsageError(
            f"{file.path}:{_line(file.text, None, 0, 'tree')}: the files have changed since this plan was made",
            hint="make the plan again and repeat your edits",
        )
    _same_keys(file, now | {"made_with": {}}, file.tables, table=None)
    for table in ("refusal", "rotate_only"):
        if file.tables.get(table, []) != now.get(table, []):
            raise _refused(file, table, 0, None, "edited, or the files have changed since this plan was made")
    secrets = file.tables.get("secret", [])
    if not isinstance(secrets, list) or len(secrets) != len(now.get("secret", [])):
        raise _refused(file, "secret", 0, None, "none can be added or removed; set action to skip instead")
    found: dict[str, Override] = {}
    for index, (secret, ours) in enumerate(zip(plan_now.secrets, now.get("secret", []), strict=True)):
        override = _override(file, index, secret, ours)
        if override is not None:
            found[secret.members[0].findings[0].place] = override
    return found


def apply_overrides(plan_now: Plan, file: PlanFile, remake: Callable[[Mapping[str, Override]], Plan]) -> Plan:
    """The plan as edited. `remake` makes the plan again with overrides, because edits contain names."""
    changed = overrides(plan_now, file)
    try:
        return remake(changed) if changed else plan_now
    except ChangeError as error:
        tables = enumerate(file.tables.get("secret", ()))
        number = next((at for at, one in tables for member in one["member"] if member["place"] == error.place), 0)
        line = _line(file.text, "secret", number, "name")
        raise UsageError(f"{file.path}:{line}: {error.message}", hint=error.hint) from None


def _override(file: PlanFile, index: int, secret: PlannedSecret, ours: Mapping[str, Any]) -> Override | None:
    theirs = file.tables["secret"][index]
    _same_keys(file, {**dict.fromkeys(EDITABLE), **ours}, theirs, table="secret", index=index, optional=EDITABLE)
    if theirs.get("member") != ours["member"]:
        raise _refused(file, "secret.member", _members_before(file, index), None, "members cannot be edited")
    changed: dict[str, Any] = {}
    for key in EDITABLE:
        if key not in theirs or theirs[key] == ours.get(key):
            continue
        if key == "env":
            changed["variables"] = _variables(file, index, secret, theirs[key])
        elif isinstance(theirs[key], str):
            changed[key] = theirs[key]
        else:
            raise _refused(file, "secret", index, key, "must be text")
    return Override(**changed) if changed else None


def _variables(file: PlanFile, index: int, secret: PlannedSecret, env: object) -> tuple[str, ...]:
    """Variables in the members' order, from a string (one member) or a table by key."""
    keys = [member.key or "" for member in secret.members]
    if len(keys) == 1 and isinstance(env, str):
        return (env,)
    if isinstance(env, dict) and set(env) == set(keys) and all(isinstance(name, str) for name in env.values()):
        return tuple(env[key] for key in keys)
    raise _refused(file, "secret", index, "env", "must name one variable for each member")


def _members_before(file: PlanFile, index: int) -> int:
    return sum(len(secret.get("member", ())) for secret in file.tables["secret"][:index])


def _same_keys(
    file: PlanFile,
    ours: Mapping[str, Any],
    theirs: object,
    *,
    table: str | None,
    index: int = 0,
    optional: tuple[str, ...] = (),
) -> None:
    if not isinstance(theirs, Mapping):
        raise _refused(file, table, index, None, "must be a table")
    for key in theirs:
        if key not in ours:
            raise _refused(file, table, index, key, "is not known here")
    for key in ours:
        if key not in theirs and key not in optional:
            raise _refused(file, table, index, key, "is missing")


def _refused(file: PlanFile, table: str | None, index: int, key: str | None, what: str) -> UsageError:
    line = _line(file.text, table, index, key)
    where = " ".join(part for part in (f"[[{table}]]" if table else "", key or "") if part)
    return UsageError(
        f"{file.path}:{line}: {where or 'the plan'}: {what}",
        hint=f"only {', '.join(EDITABLE)} of a [[secret]] can be edited; make the plan again for anything else",
    )


def _line(text: str, table: str | None, index: int, key: str | None) -> int:
    """The line, from 1, of a key in the `index`-th table of that name; without a key that of the table's header."""
    seen, header, inside = -1, 1, table is None
    for number, line in enumerate(text.split("\n"), 1):
        found = _HEADER.fullmatch(line.rstrip("\r"))
        if found:
            seen += found[1] == table
            inside = found[1] == table and seen == index
            header = number if inside else header
        elif inside and key is not None and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return header
