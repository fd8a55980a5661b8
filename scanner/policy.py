"""Apply a policy from outside the repository, which nothing inside it can relax.

A policy is a configuration with one more key, `honour`: what the repository may decide. It may always be stricter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scanner.config import SEVERITIES, Config, Loaded, PathSettings, read_table
from scanner.config_check import Where, checked
from scanner.errors import UsageError
from scanner.source import Confidence

_NEVER = len(Confidence)


def under(own: Loaded, path: Path) -> Loaded:
    """A repository's own configuration under the policy in a file. Raises UsageError."""
    table = read_table(path, ())
    if table is None:
        raise UsageError(f"{path}: no such policy", hint="--policy and UNHARDCODE_POLICY name a TOML file")
    where = f"policy {path}"
    values = checked(table, Where(file=where, path=path), policy=True)
    honour: frozenset[str] = values.pop("honour", frozenset())
    if values.get("baseline"):
        values["baseline"] = str(path.absolute().parent / values["baseline"])
    gate = Config(**values)
    theirs = own.config
    merged = _merged(gate, theirs, set(own.origins), set(values), honour)
    origins = {field: _origin(field, merged, gate, theirs, own, values, where) for field in Config._fields}
    return Loaded(config=merged, origins={field: said for field, said in origins.items() if said}, honour=honour)


def _merged(gate: Config, theirs: Config, said: set[str], ruled: set[str], honour: frozenset[str]) -> Config:
    """The stricter of both for what fails, and for the rest what the policy honours."""
    excluding = "exclude" in honour
    return gate._replace(
        min_confidence=_stricter_level(gate, theirs, "min_confidence", said),
        fail_on=_stricter_level(gate, theirs, "fail_on", said),
        fail_on_severity=min(
            gate.fail_on_severity,
            theirs.fail_on_severity if "fail_on_severity" in said else gate.fail_on_severity,
            key=SEVERITIES.index,
        ),
        fail_on_old=gate.fail_on_old or theirs.fail_on_old,
        fail_on_gone=gate.fail_on_gone or (theirs.fail_on_gone if "fail_on_gone" in said else False),
        fail_since=None if gate.fail_since is None else min(gate.fail_since, theirs.fail_since or gate.fail_since),
        include=gate.include if "include" in ruled or not excluding else theirs.include,
        exclude=(*gate.exclude, *(theirs.exclude if excluding else ())),
        max_size=_max_size(gate, theirs, said, excluding=excluding),
        foreign_markers=gate.foreign_markers and "markers" in honour and theirs.foreign_markers,
        own_markers="comments" in honour,
        baseline=_baseline(gate, theirs, ruled, honour),
        allow=(*gate.allow, *(theirs.allow if "allow" in honour else ())),
        stores=theirs.stores,
        paths=(*(theirs.paths if "paths" in honour else _strict(theirs.paths, gate)), *gate.paths),
    )


def rank(level: Confidence | None) -> int:
    """How lax a level is; None (never fail) is the laxest."""
    return _NEVER if level is None else level.rank


def _stricter_level(gate: Config, theirs: Config, field: str, said: set[str]) -> Any:
    levels = [getattr(gate, field), *([getattr(theirs, field)] if field in said else [])]
    return min(levels, key=rank)


def _max_size(gate: Config, theirs: Config, said: set[str], *, excluding: bool) -> int:
    if "max_size" not in said:
        return gate.max_size
    return theirs.max_size if excluding else max(gate.max_size, theirs.max_size)


def _baseline(gate: Config, theirs: Config, ruled: set[str], honour: frozenset[str]) -> str | None:
    if "baseline" in ruled:
        return gate.baseline
    return theirs.baseline if "baseline" in honour else ""


def _strict(rows: tuple[PathSettings, ...], gate: Config) -> tuple[PathSettings, ...]:
    """The repository's settings for paths that are stricter than the policy for all paths."""
    strict = []
    for row in rows:
        fail_on = row.fail_on if row.fail_on not in (None, "never") else None
        if fail_on is not None and Confidence(fail_on).rank < rank(gate.fail_on):
            strict.append(row._replace(min_confidence=None, exclude=False))
    return tuple(strict)


def _origin(
    field: str, merged: Config, gate: Config, theirs: Config, own: Loaded, values: dict[str, Any], where: str
) -> str:
    mine, yours = getattr(gate, field), getattr(theirs, field)
    now = getattr(merged, field)
    if field in own.origins and now == yours and now != mine:
        return own.origins[field]
    if field in values or now != Config._field_defaults[field]:
        return where if field not in own.origins or now == mine else f"{where} and {own.origins[field]}"
    return ""
