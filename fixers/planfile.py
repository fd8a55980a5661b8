"""plan.toml: a plan to read, review and edit. It holds no value; a person's changes are checked on the way back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fixers.overrides import ChangeError, Override
from fixers.plan import PlanOptions
from fixers.workspace import PLAN_MARK
from scanner.errors import UsageError
from scanner.model import Confidence, Finding, Member, Plan, PlannedSecret, Refusal, RefusalReason

SCHEMA = 1
DIGEST_DIGITS = 20
EDITABLE = ("name", "store", "type", "tier", "kms_key", "env", "action")
_HEAD = f"""\
{PLAN_MARK} where each credential will live. No value stands in this file; it can be committed.
# In a [[secret]], name, store, type, tier, kms_key, env and action (create, update, adopt,
# restore, skip) may be edited.
# Then: unhardcode migrate --plan FILE
"""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"[ \t]*\[\[?[ \t]*([A-Za-z0-9_.\-]+)[ \t]*\]\]?[ \t]*(?:#.*)?")
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan.toml as read: its path for messages, its text for lines, its tables."""

    path: str
    text: str
    tables: Mapping[str, Any]


def render_plan_file(plan: Plan, options: PlanOptions) -> str:
    """The plan as TOML. The environment stands in the first line that is not a comment."""
    return _HEAD + "\n".join(_lines(_tables(plan) | {"made_with": _made_with(options)}))


def read_plan_file(text: str, path: str = "plan.toml") -> PlanFile:
    """Parse a plan file. Raises UsageError with path and place; tomllib's own message can quote the text."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        raise UsageError(
            f"{path}: not valid TOML at {place[1] if place else 'some line'}",
            hint="make the plan again, or mend it there",
        ) from None
    if not tables.keys() & {"schema", "tree", "made_with", "secret"}:
        raise UsageError(f"{path}: not a plan of unhardcode", hint="`unhardcode plan -o plan.toml` makes one")
    return PlanFile(path=path, text=text, tables=tables)


def options_of(file: PlanFile) -> PlanOptions:
    """The options that a plan was made with: with them the same tree gives the same plan."""
    stands = file.tables.get("made_with")
    known = _made_with(PlanOptions())
    _same_keys(file, known, {} if stands is None else stands, table="made_with")
    assert isinstance(stands, dict)
    for key, ours in (*known.items(), ("env", ""), ("app", "")):
        if type(stands.get(key, file.tables.get(key))) is not type(ours):
            raise _refused(file, None, 0, "made_with" if key in known else key, f"{key} cannot be used")
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
    """What a person changed, by the place of a secret's first finding.

    `plan_now` is the plan of the tree as it is, made with the options of the file. Raises UsageError for any other
    difference, naming file, line, table and key.
    """
    now = _tables(plan_now)
    for key in ("schema", "env", "app"):
        if file.tables.get(key, now[key]) != now[key]:
            raise _refused(file, None, 0, key, "must stay as it was written")
    # Before the tables are compared: after a migration there is none to compare with.
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
    """The plan as the person edited it. `remake` makes the plan again with overrides: names stand in the edits."""
    changed = overrides(plan_now, file)
    try:
        return remake(changed) if changed else plan_now
    except ChangeError as error:
        tables = enumerate(file.tables.get("secret", ()))
        number = next((at for at, one in tables for member in one["member"] if member["place"] == error.place), 0)
        line = _line(file.text, "secret", number, "name")
        raise UsageError(f"{file.path}:{line}: {error.message}", hint=error.hint) from None


def _tables(plan: Plan) -> dict[str, Any]:
    """What the file holds, in its order."""
    tables: dict[str, Any] = {"env": plan.env, "app": plan.app, "schema": SCHEMA, "tree": plan.tree}
    if plan.secrets:
        tables["secret"] = [_secret(secret) for secret in plan.secrets]
    for table, refusals in _refusals(plan).items():
        if refusals:
            tables[table] = [_refusal(refusal) for refusal in refusals]
    return tables


def _made_with(options: PlanOptions) -> dict[str, Any]:
    return {
        "scope": options.scope,
        "store": options.store,
        "style": options.style,
        "prefix_from": options.prefix_from or "",
        "kms_key": options.kms_key or "",
        "min_confidence": str(options.min_confidence),
        "include_tests": options.include_tests,
        "via_run": options.via_run,
        "include_config": options.include_config,
    }


def _refusals(plan: Plan) -> dict[str, list[Refusal]]:
    """What stays, by table. What a person skips is said by its secret's action."""
    stays = [refusal for refusal in plan.refusals if refusal.reason is not RefusalReason.SKIPPED]
    history = [refusal for refusal in stays if refusal.reason is RefusalReason.HISTORY_ONLY]
    return {"rotate_only": history, "refusal": [refusal for refusal in stays if refusal not in history]}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    finding = refusal.finding
    table = {"fingerprint": finding.fingerprint, "path": _visible(finding.path), "line": finding.start[0]}
    table |= {"reason": str(refusal.reason)}
    return table | ({"commit": finding.commit.id} if finding.commit else {})


def _secret(secret: PlannedSecret) -> dict[str, Any]:
    table: dict[str, Any] = {"name": secret.name, "store": secret.store, "type": secret.type}
    if secret.tier is not None:
        table["tier"] = secret.tier
    table["kms_key"] = secret.kms_key or ""
    table["env"] = _env(secret)
    table["action"] = secret.action
    table["member"] = [member_table(member, finding) for member in secret.members for finding in member.findings]
    return table


def _env(secret: PlannedSecret) -> str | dict[str, str]:
    if len(secret.members) == 1:
        return secret.members[0].env
    return {member.key or "": member.env for member in secret.members}


def member_table(member: Member, finding: Finding) -> dict[str, Any]:
    """What the file says of one place of one value."""
    table: dict[str, Any] = {} if member.key is None else {"key": member.key}
    table |= {
        "path": _visible(finding.path),
        "line": finding.start[0],
        "place": finding.place,
        "span": [finding.span.start, finding.span.end],
        "digest": member.digest[:DIGEST_DIGITS],
    }
    # A blob id is a plain hash of the file: of an untracked file it would let a weak value be guessed.
    return table | ({"blob": finding.blob} if finding.blob and finding.tracked else {})


def _visible(path: str) -> str:
    """A path without characters that act on a terminal or cannot be written as UTF-8."""
    return _NOT_PLAIN.sub(lambda found: f"%{ord(found[0]) & 0xFF:02X}", path)


def _lines(tables: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in tables.items():
        if not _is_array_of_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        if _is_array_of_tables(value):
            for table in value:
                yield ""
                yield f"[[{prefix}{key}]]"
                yield from _lines(table, f"{prefix}{key}.")
    if not prefix:
        yield ""


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    """A TOML value. https://toml.io/en/v1.0.0#string"""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + _NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04X}", escaped) + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value).lower()


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
    """Variables in the members' order, from a text (one member) or a table by key."""
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
    """The line, from 1, of a key in the `index`-th table of that name; the table's header without the key."""
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
