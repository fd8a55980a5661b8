"""Convert TOML tables to settings, strictly; for an unknown key the error names the nearest known one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.config import HONOURS, SEVERITIES, Allow, PathSettings
from scanner.errors import UsageError
from scanner.source import Confidence

_LEVELS = tuple(level.value for level in Confidence)
# What a message may repeat: words like keys, which cannot be a value.
_WORD = lazy_pattern(r"[a-z][a-z_-]{0,30}")

_MOST_ROWS = 500


class Where(NamedTuple):
    """The position of a setting, for messages: the file as shown, the table in it, a row (name, number), a key.

    The line is looked up only when it is printed.
    """

    file: str
    path: Path
    table: str = ""
    row: tuple[str, int] | None = None
    key: str = ""

    def __str__(self) -> str:
        """File, line, row and key."""
        return f"{self.place()} {self.key}" if self.key else self.place().removesuffix(":")

    def place(self) -> str:
        """File, line and row."""
        words = [f"{self.file}:{self._line()}:", self.table, f"{self.row[0]}, entry {self.row[1]}:" if self.row else ""]
        return " ".join(filter(None, words))

    def source(self) -> str:
        """The table and its file."""
        return f"{self.table} in {self.file}" if self.table else self.file

    def _line(self) -> int:
        """The line (from 1) of the key, or of the table or row that contains it."""
        lines = self.path.read_text("utf-8-sig", "replace").split("\n")  # counted as in TOML
        first, last, key = 0, len(lines), self.key
        if self.table:
            first = next((at for at, line in enumerate(lines) if "unhardcode" in line), 0)
        if self.row:
            name, number = self.row
            head = re.compile(rf"\s*\[\[[\w.\s]*\b{name}\s*\]\]")
            heads = [at for at, line in enumerate(lines) if head.match(line)]
            if len(heads) < number:  # a list of inline tables
                key = name
            else:
                first = heads[number - 1]
                last = next((at for at in range(first + 1, last) if lines[at].lstrip().startswith("[")), last)
        if key:
            named = re.compile(rf"""\s*(?:\[\[?)?(?:[\w.\s]*\.)?\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
            first = next((at for at in range(first, last) if named.match(lines[at])), first)
        return 1 + first


Reader = Callable[[Any, Where], Any]


def checked(table: dict[str, Any], where: Where, *, policy: bool = False) -> dict[str, Any]:
    """The settings of a table by their field in Config; of a `policy` also `honour`. Raises UsageError."""
    # A policy says what may pass; where values are stored is the owners' decision.
    of_policy = {**{key: reader for key, reader in _READERS.items() if key != "stores"}, "honour": _honour}
    readers = of_policy if policy else _READERS
    return {key.replace("-", "_"): value for key, value in _fields(table, where, readers).items()}


def _fields(table: dict[str, Any], where: Where, readers: dict[str, Reader]) -> dict[str, Any]:
    values = {}
    for key, value in table.items():
        if key not in readers:
            raise _unknown(where._replace(key=key), readers)
        values[key] = readers[key](value, where._replace(key=key))
    return values


def _unknown(where: Where, known: Iterable[str]) -> UsageError:
    import difflib

    key = where.key
    near = difflib.get_close_matches(key.lower().replace("_", "-"), known, n=1)
    named = f"unknown key {key}" if near or _WORD.fullmatch(key) else "an unknown key"
    hint = f"did you mean {near[0]}?" if near else "known keys: " + ", ".join(sorted(known))
    if key == "tool" and not where.table:
        hint = f"in {where.file} the keys stand at the top, without [tool.unhardcode]"
    return UsageError(f"{where.place()} {named}", hint=hint)


def _level(value: Any, where: Where) -> Confidence:
    if value in _LEVELS:
        return Confidence(value)
    raise UsageError(f"{where} is one of {', '.join(_LEVELS)}")


def _level_or_never(value: Any, where: Where) -> Confidence | None:
    if value == "never":
        return None
    if value in _LEVELS:
        return Confidence(value)
    raise UsageError(f"{where} is one of {', '.join((*_LEVELS, 'never'))}")


def _severity(value: Any, where: Where) -> str:
    if isinstance(value, str) and value in SEVERITIES:
        return value
    raise UsageError(f"{where} is one of {', '.join(SEVERITIES)}")


def _flag(value: Any, where: Where) -> bool:
    if isinstance(value, bool):
        return value
    raise UsageError(f"{where} is true or false")


def _size(value: Any, where: Where) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise UsageError(f"{where} is a number of bytes, 1 or more")


def _globs(value: Any, where: Where) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(glob, str) and glob for glob in value):
        if any(glob.startswith("!") for glob in value):
            raise UsageError(f"{where}: a glob that begins with ! does not negate", hint="list only what is meant")
        return tuple(value)
    raise UsageError(f"{where} is a list of globs")


def _glob_or_globs(value: Any, where: Where) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else _globs(value, where)


def date(value: Any, where: Where | str) -> str:
    """An ISO 8601 date, given as text or as TOML's own kind. Raises UsageError."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise UsageError(f"{where} is a date like 2026-01-31")


def _baseline(value: Any, where: Where) -> str:
    if value is False:
        return ""
    if isinstance(value, str) and value and value.isprintable():
        return value
    raise UsageError(f"{where} is a path, or false for none")


def _text(value: Any, where: Where) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise UsageError(f"{where} is a text that is not empty")


def _regex(value: Any, where: Where) -> str:
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


def _rows(value: Any, where: Where) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        if len(value) > _MOST_ROWS:
            raise UsageError(f"{where} has more than {_MOST_ROWS} entries", hint="put several globs into one")
        return value
    raise UsageError(f"{where} is a list of tables: write [[{where.key}]]")


def _allow(value: Any, where: Where) -> tuple[Allow, ...]:
    found = []
    for number, row in enumerate(_rows(value, where), 1):
        here = where._replace(row=(where.key, number), key="")
        fields = _fields(row, here, {"paths": _globs, "rules": _globs, "regex": _regex, "reason": _text})
        if "reason" not in fields:
            raise UsageError(f"{here}: no reason", hint='say why: reason = "..."')
        if not any(fields[key] for key in fields.keys() - {"reason"}):
            raise UsageError(f"{here}: it would allow everything", hint="give paths, rules or a regex")
        found.append(Allow(**fields, source=where.source()))
    return tuple(found)


def _paths(value: Any, where: Where) -> tuple[PathSettings, ...]:
    found = []
    for number, row in enumerate(_rows(value, where), 1):
        here = where._replace(row=(where.key, number), key="")
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


def _stores(value: Any, where: Where) -> tuple[tuple[str, str], ...]:
    for pattern, store in value.items() if isinstance(value, dict) else [("", None)]:
        if not pattern.startswith(("rule:", "name:")) or store not in ("secretsmanager", "parameterstore"):
            raise UsageError(
                f'{where} holds lines like "rule:stripe-*" = "secretsmanager"',
                hint="patterns begin with rule: or name:, stores are secretsmanager and parameterstore",
            )
    return tuple(value.items())


def _honour(value: Any, where: Where) -> frozenset[str]:
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
