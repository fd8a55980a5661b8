"""Tables of TOML to settings: strict, with the nearest known key for one that is not known."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from typing import Any

from scanner.config import HONOURS, SEVERITIES, Allow, PathSettings
from scanner.errors import UsageError
from scanner.source import Confidence

_LEVELS = tuple(level.value for level in Confidence)
# What a message may repeat: words like keys, and nothing that could be a value.
_WORD = re.compile(r"[a-z][a-z_-]{0,30}")

_MOST_ROWS = 500

Reader = Callable[[Any, str], Any]


def checked(table: dict[str, Any], where: str, *, policy: bool = False) -> dict[str, Any]:
    """The settings of a table by their field in Config; of a `policy` also what it honours. Raises UsageError."""
    # A policy says what may pass; where values go is for the owners to say.
    of_policy = {**{key: reader for key, reader in _READERS.items() if key != "stores"}, "honour": _honour}
    readers = of_policy if policy else _READERS
    return {key.replace("-", "_"): value for key, value in _fields(table, where, readers).items()}


def _fields(table: dict[str, Any], where: str, readers: dict[str, Reader]) -> dict[str, Any]:
    values = {}
    for key, value in table.items():
        if key not in readers:
            raise _unknown(key, where, readers)
        values[key] = readers[key](value, f"{where}: {key}")
    return values


def _unknown(key: str, where: str, known: Iterable[str]) -> UsageError:
    import difflib

    near = difflib.get_close_matches(key.lower().replace("_", "-"), known, n=1)
    named = f"unknown key {key}" if near or _WORD.fullmatch(key) else "an unknown key"
    hint = f"did you mean {near[0]}?" if near else "known keys: " + ", ".join(sorted(known))
    return UsageError(f"{where}: {named}", hint=hint)


def _level(value: Any, where: str) -> Confidence:
    if value in _LEVELS:
        return Confidence(value)
    raise UsageError(f"{where} is one of {', '.join(_LEVELS)}")


def _level_or_never(value: Any, where: str) -> Confidence | None:
    if value == "never":
        return None
    if value in _LEVELS:
        return Confidence(value)
    raise UsageError(f"{where} is one of {', '.join((*_LEVELS, 'never'))}")


def _severity(value: Any, where: str) -> str:
    if isinstance(value, str) and value in SEVERITIES:
        return value
    raise UsageError(f"{where} is one of {', '.join(SEVERITIES)}")


def _flag(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise UsageError(f"{where} is true or false")


def _size(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise UsageError(f"{where} is a number of bytes")


def _globs(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(glob, str) and glob for glob in value):
        return tuple(value)
    raise UsageError(f"{where} is a list of globs")


def _glob_or_globs(value: Any, where: str) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else _globs(value, where)


def date(value: Any, where: str) -> str:
    """An ISO 8601 date, given as text or as TOML's own kind. Raises UsageError."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise UsageError(f"{where} is a date like 2026-01-31")


def _baseline(value: Any, where: str) -> str:
    if value is False:
        return ""
    if isinstance(value, str) and value and value.isprintable():
        return value
    raise UsageError(f"{where} is a path, or false for none")


def _text(value: Any, where: str) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise UsageError(f"{where} is a text that is not empty")


def _regex(value: Any, where: str) -> str:
    from rules.searching import fault

    if not isinstance(value, str) or not value:
        raise UsageError(f"{where} is a regular expression")
    if fault(value):
        raise UsageError(
            f"{where} is not a regular expression that runs in linear time",
            hint="it may hold no look-around, no back-references, no more than 500 characters and 50 repeats, and must "
            "not fit the empty text",
        )
    return value


def _rows(value: Any, where: str) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        if len(value) > _MOST_ROWS:
            raise UsageError(f"{where} has more than {_MOST_ROWS} entries", hint="put several globs into one")
        return value
    raise UsageError(f"{where} is a list of tables: write [[{where.rpartition(' ')[2]}]]")


def _allow(value: Any, where: str) -> tuple[Allow, ...]:
    found = []
    for number, row in enumerate(_rows(value, where), 1):
        here = f"{where}, entry {number}"
        fields = _fields(row, here, {"paths": _globs, "rules": _globs, "regex": _regex, "reason": _text})
        if "reason" not in fields:
            raise UsageError(f"{here}: no reason", hint='say why: reason = "..."')
        if not fields.keys() - {"reason"}:
            raise UsageError(f"{here}: it would allow everything", hint="give paths, rules or a regex")
        found.append(Allow(**fields, source=where.partition(": ")[0]))
    return tuple(found)


def _paths(value: Any, where: str) -> tuple[PathSettings, ...]:
    found = []
    for number, row in enumerate(_rows(value, where), 1):
        here = f"{where}, entry {number}"
        readers: dict[str, Reader] = {
            "glob": _glob_or_globs, "min-confidence": _level, "fail-on": _level_or_never, "exclude": _flag
        }  # fmt: skip
        fields = _fields(row, here, readers)
        if "glob" not in fields:
            raise UsageError(f"{here}: no glob", hint='say for which paths: glob = "tests/"')
        level = fields.get("fail-on", "")
        found.append(
            PathSettings(
                glob=fields["glob"],
                min_confidence=fields.get("min-confidence"),
                fail_on=None if level == "" else "never" if level is None else level.value,
                exclude=fields.get("exclude", False),
            )
        )
    return tuple(found)


def _stores(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    for pattern, store in value.items() if isinstance(value, dict) else [("", None)]:
        if not pattern.startswith(("rule:", "name:")) or store not in ("secretsmanager", "parameterstore"):
            raise UsageError(
                f'{where} holds lines like "rule:stripe-*" = "secretsmanager"',
                hint="patterns begin with rule: or name:, stores are secretsmanager and parameterstore",
            )
    return tuple(value.items())


def _honour(value: Any, where: str) -> frozenset[str]:
    if isinstance(value, list) and all(isinstance(word, str) and word in HONOURS for word in value):
        return frozenset(value)
    raise UsageError(f"{where} is a list of {', '.join(HONOURS)}")


_READERS: dict[str, Reader] = {
    "min-confidence": _level,
    "fail-on": _level_or_never,
    "fail-on-severity": _severity,
    "fail-on-old": _flag,
    "fail-on-gone": _flag,
    "fail-since": date,
    "include": _globs,
    "exclude": _globs,
    "max-size": _size,
    "foreign-markers": _flag,
    "baseline": _baseline,
    "allow": _allow,
    "paths": _paths,
    "stores": _stores,
}
