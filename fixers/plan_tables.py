"""Write plan.toml: the tables of a plan as TOML, without any value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fixers.model import Member, Plan, PlannedSecret, Refusal, RefusalReason
from fixers.plan import PlanOptions
from fixers.workspace import PLAN_MARK
from scanner.model import Finding

SCHEMA = 1
DIGEST_DIGITS = 20
HEAD = f"""\
{PLAN_MARK} where each credential will live. This file contains no values and can be committed.
# In a [[secret]], name, store, type, tier, kms_key, env and action (create, update, adopt,
# restore, skip) may be edited.
# Then: unhardcode migrate --plan FILE
"""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def render_plan_file(plan: Plan, options: PlanOptions) -> str:
    """The plan as TOML. The first line that is not a comment names the environment."""
    return HEAD + "\n".join(_lines(plan_tables(plan) | {"made_with": made_with(options)}))


def plan_tables(plan: Plan) -> dict[str, Any]:
    """The content of the file, in its order."""
    tables: dict[str, Any] = {"env": plan.env, "app": plan.app, "schema": SCHEMA, "tree": plan.tree}
    if plan.secrets:
        tables["secret"] = [_secret(secret) for secret in plan.secrets]
    for table, refusals in _refusals(plan).items():
        if refusals:
            tables[table] = [_refusal(refusal) for refusal in refusals]
    return tables


def made_with(options: PlanOptions) -> dict[str, Any]:
    """The options that the plan depends on, as its table holds them."""
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
    """The refusals, by table. A secret that the user skips is shown by its action instead."""
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
    """The table for one place of one value."""
    table: dict[str, Any] = {} if member.key is None else {"key": member.key}
    table |= {
        "path": _visible(finding.path),
        "line": finding.start[0],
        "place": finding.place,
        "span": [finding.span.start, finding.span.end],
        "digest": member.digest[:DIGEST_DIGITS],
    }
    # A blob id is an unkeyed hash of the file: for an untracked file it would let a weak value be guessed.
    return table | ({"blob": finding.blob} if finding.blob and finding.tracked else {})


def _visible(path: str) -> str:
    """A path without characters that control a terminal or cannot be written as UTF-8."""
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
