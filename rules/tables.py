"""One TOML table and its fields, read strictly: what is wrong is a `RuleError` that says where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class RuleError(ValueError):
    """A rule file that cannot be used: `path`, `where` in it (table and key, or line) and what is wrong."""

    def __init__(self, path: Path, where: str, message: str) -> None:
        super().__init__(f"{path}: {where}: {message}" if where else f"{path}: {message}")
        self.path = path
        self.where = where
        self.message = message


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table with what is needed to say where it is."""

    path: Path
    where: str
    values: dict[str, Any]

    def at(self, key: str) -> str:
        """Name a key of this table for an error."""
        return f"{self.where}.{key}" if self.where else key

    def error(self, key: str, message: str) -> RuleError:
        """Make the error for one key."""
        return RuleError(self.path, self.at(key), message)


def refuse_unknown(table: Table, *keys: str) -> None:
    """Refuse keys that are not in `keys`: a misspelt key would otherwise be ignored in silence."""
    unknown = sorted(set(table.values) - set(keys))
    if unknown:
        raise table.error(unknown[0], f"unknown key; remove it or use one of {', '.join(sorted(keys))}")


def refuse_duplicates(path: Path, places: Iterable[tuple[str, str]], what: str) -> None:
    """Refuse a name that two (name, where) pairs share."""
    seen: dict[str, str] = {}
    for name, where in places:
        if name in seen:
            raise RuleError(path, where, f"{what} {name!r} is also in {seen[name]}: rename or remove one")
        seen[name] = where


def subtables(table: Table, key: str, *, required: bool = False) -> Iterator[Table]:
    """Yield the tables of an array of tables."""
    rows = table.values.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise table.error(key, f"must be tables: write [[{key}]]")
    if required and not rows:
        raise table.error(key, "missing: add at least one")
    for number, row in enumerate(rows, 1):
        name = row.get("id", row.get("words", row.get("name")))
        yield Table(table.path, f"{table.at(key)}[{name if isinstance(name, str) else number}]", row)


def text(table: Table, key: str, default: str | None = None) -> str:
    """Read a text; one without default must be there and not be empty."""
    value = table.values.get(key, default)
    if value is None:
        raise table.error(key, "missing: add it")
    if not isinstance(value, str):
        raise table.error(key, "must be text in quotes")
    if not value and default != "":
        raise table.error(key, "must not be empty")
    return value


def optional(table: Table, key: str) -> str | None:
    """Read a text that may be absent, but not empty."""
    return text(table, key) if key in table.values else None


def variable(table: Table, key: str) -> str | None:
    """The name of a variable of the environment at a key; None where it is missing."""
    found = optional(table, key)
    if found is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", found):
        raise table.error(key, "must be a variable's name: letters, digits, underscores")
    return found


def texts(table: Table, key: str, *, least: int = 0) -> tuple[str, ...]:
    """Read a list of non-empty texts, at least `least` of them."""
    value = table.values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise table.error(key, "must be a list of texts, none empty")
    if len(value) < least:
        raise table.error(key, f"needs at least {least}, has {len(value)}")
    return tuple(value)


def text_or_texts(table: Table, key: str) -> tuple[str, ...]:
    """Read one text or a list of them."""
    return (text(table, key),) if isinstance(table.values.get(key), str) else texts(table, key)


def choice(table: Table, key: str, words: tuple[str, ...], default: str | None = None) -> str:
    """Read one of `words`."""
    value = text(table, key, default)
    if value not in words:
        raise table.error(key, f"must be one of {', '.join(words)}")
    return value


def flag(table: Table, key: str) -> bool:
    """Read true or false; false where it is absent."""
    value = table.values.get(key, False)
    if not isinstance(value, bool):
        raise table.error(key, "must be true or false")
    return value


def url(table: Table, key: str) -> str:
    """Read an https address."""
    value = text(table, key)
    if not value.startswith("https://"):
        raise table.error(key, "must start with https://")
    return value


def number(table: Table, key: str) -> int | None:
    """Read a whole number from 0 that may be absent."""
    value = table.values.get(key)
    if value is not None and not _is_number(value):
        raise table.error(key, "must be a whole number, 0 or more")
    return value


def numbers(table: Table, key: str) -> tuple[int, ...]:
    """Read one whole number or a list of them."""
    value = table.values.get(key, [])
    found = value if isinstance(value, list) else [value]
    if not all(_is_number(item) for item in found):
        raise table.error(key, "must be a whole number, 0 or more, or a list of them")
    return tuple(found)


def points(table: Table, key: str) -> float:
    """Read a weight: any number."""
    value = table.values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise table.error(key, "must be a number")
    return float(value)


def words(table: Table, key: str, value: str) -> tuple[str, ...]:
    """Split the words of a name, which must be lower case and parted by blanks."""
    if not value.strip() or value != value.casefold():
        raise table.error(key, "must be words in lower case, parted by blanks")
    return tuple(value.split())


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
