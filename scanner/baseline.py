"""The baseline file: the findings that a repository has accepted, one per line.

The first line holds the salt of the digests, every other line one object. Lines are sorted and have no creation date:
two branches that accept different findings merge line by line (`.unhardcode.baseline merge=union` in .gitattributes),
and if both created a baseline, both salts stay and both count. A row holds the position of a finding and 20 bits of a
keyed digest of its value: enough to notice another value, too little to confirm a guess.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.lazy_patterns import lazy_pattern
from scanner import identity
from scanner.errors import UsageError
from scanner.model import SecretValue
from scanner.named_files import written_by_shell
from scanner.saving import save

SCHEMA = 1
HEADER = "unhardcode-baseline"
_DIGEST = 5
_FIELDS: dict[str, type] = {
    "path": str, "symbol": str, "kind": str, "ordinal": int, "rule": str, "digest": str,
    "reason": str, "owner": str, "expires": str, "accepted": bool, "history": bool,
}  # fmt: skip
_KINDS = {str: "a text", int: "a whole number", bool: "true or false"}
_DAMAGED = "take the line from an older commit, or delete it and run unhardcode baseline update"
_NEEDED = ("path", "kind", "digest")
_HEX = lazy_pattern(r"[0-9a-f]{5}")
_UNPRINTABLE = lazy_pattern("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CONFLICT = lazy_pattern(r"(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)( |$)")
_MOST = 50_000_000
_OTHERS = "another tool's? unhardcode baseline import takes it over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding that somebody has decided about.

    `digest` is 5 hex digits. `expires` is an ISO 8601 date, the last day on which the row counts, "" for none.
    `accepted` is False for a credential that is to be fixed. `history` rows are for findings that only the history
    holds.
    """

    path: str
    kind: str
    digest: str
    symbol: str = ""
    ordinal: int = 0
    rule: str = ""
    reason: str = ""
    owner: str = ""
    expires: str = ""
    accepted: bool = True
    history: bool = False

    @property
    def name(self) -> str:
        """The last word of its symbol, which stays when code moves to another class or file."""
        return self.symbol.rpartition(".")[2]

    @property
    def identity(self) -> tuple[str, str, str, int, str, bool]:
        """The fields that are equal in two rows for the same finding."""
        return self.path, self.symbol, self.kind, self.ordinal, self.digest, self.history

    def has_expired(self, today: str) -> bool:
        """Whether the row no longer counts on a day (ISO 8601)."""
        return bool(self.expires) and self.expires < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The keys of its digests (the first is used for new rows), and its rows."""

    keys: tuple[bytes, ...]
    rows: tuple[Row, ...] = ()


def fresh() -> Baseline:
    """An empty baseline with a key of its own."""
    return Baseline(keys=(secrets.token_bytes(identity.KEY_BYTES),))


def short_digest(key: bytes, value: SecretValue) -> str:
    """20 bits of the keyed digest of a value, as 5 hex digits; equal for text and bytes with the same octets."""
    return identity.digest(key, value.reveal("bytes"))[:_DIGEST]


def read_baseline(path: Path) -> Baseline:
    """Read a baseline. Raises UsageError with the number of a bad line, never with its content."""
    try:
        if path.stat().st_size > _MOST:
            raise UsageError(f"{path}: larger than {_MOST:,} bytes", hint="is it the right file?")
        raw = path.read_bytes() if path.is_file() else None
    except FileNotFoundError:
        raw = None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: not readable ({getattr(error, 'strerror', None) or 'not a path'})") from None
    if raw is None and os.path.exists(path):
        raise UsageError(f"{path}: not a regular file", hint="a baseline is a file of the repository")
    if raw is None:
        raise UsageError(f"{path}: no such baseline", hint="unhardcode baseline create makes one")
    return parse_baseline(raw, str(path))


def parse_baseline(raw: bytes, name: str) -> Baseline:
    """The baseline in a file's bytes: UTF-8, or UTF-16 where a shell has rewritten it. Raises UsageError."""
    keys: dict[bytes, None] = {}
    rows: dict[tuple[str, str, str, int, str, bool], Row] = {}
    text = written_by_shell(raw, name, hint="unhardcode writes it itself: -o FILE instead of > FILE")
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip("\r \t")
        if not line:
            continue
        where = f"{name}:{number}"
        if _CONFLICT.match(line):
            hint = (
                "keep the lines of both sides, remove the three marks; merge=union in .gitattributes does so by itself"
            )
            raise UsageError(f"{where}: a merge conflict", hint=hint)
        entry = _object(line, where)
        if HEADER in entry:
            keys[_key(entry, where)] = None
            continue
        row = _row(entry, where)
        rows.setdefault(row.identity, row)
    if not keys:
        raise UsageError(
            f"{name}: not a baseline of unhardcode: its first line is missing",
            hint=_OTHERS,
        )
    return Baseline(keys=tuple(keys), rows=tuple(rows.values()))


def render(baseline: Baseline) -> str:
    """The file's text, deterministic for the same rows."""
    heads = [{HEADER: SCHEMA, "salt": _grouped(key)} for key in baseline.keys]
    rows = sorted({row.identity: row for row in baseline.rows}.values(), key=lambda row: row.identity)
    return "".join(f"{_dumps(entry)}\n" for entry in (*heads, *map(_entry, rows)))


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline atomically, in UTF-8. Raises UsageError."""
    if os.path.islink(path):
        raise UsageError(f"{path}: a symbolic link", hint="name the file itself with -o")
    save(path, [render(baseline)])


def checked_date(text: str, what: str) -> str:
    """An ISO 8601 date, or a number of days from today as `90d`, not before today. Raises UsageError."""
    days = re.fullmatch(r"(\d{1,5})d", text, re.ASCII)
    try:
        if days:
            return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=int(days[1]))).isoformat()
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            day = datetime.date.fromisoformat(text).isoformat()
            if day < today():
                raise UsageError(f"{what}: is in the past", hint="the acceptance would end at once")
            return day
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{what}: not a date", hint="write 2027-01-31, or 90d for 90 days from today")


def today() -> str:
    """The day in UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError(f"{where}: not a line of a baseline", hint="one JSON object a line") from None
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: not a line of a baseline", hint="one JSON object a line")
    return entry


def _key(entry: dict[str, Any], where: str) -> bytes:
    if entry[HEADER] != SCHEMA:
        raise UsageError(f"{where}: written by another release", hint=f"this one reads schema {SCHEMA}")
    salt = entry.get("salt")
    try:
        key = bytes.fromhex(salt) if isinstance(salt, str) else b""
    except ValueError:
        key = b""
    if len(key) != identity.KEY_BYTES or len(entry) != 2:
        raise UsageError(f"{where}: the salt is damaged", hint="take the line from an older commit")
    return key


def _row(entry: dict[str, Any], where: str) -> Row:
    for field, value in entry.items():
        kind = _FIELDS.get(field)
        if kind is None:
            import difflib

            near = difflib.get_close_matches(field, _FIELDS, n=1)
            if len(entry.keys() & _FIELDS.keys()) < 2:
                # One line of JSON that is not ours: a whole report, or another tool's baseline.
                raise UsageError(f"{where}: not a line of a baseline of unhardcode", hint=_OTHERS)
            hint = f"did you mean {near[0]}?" if near else f"fields: {', '.join(_FIELDS)}"
            raise UsageError(f"{where}: an unknown field", hint=hint)
        if not isinstance(value, kind) or (kind is int and not _is_number(value)):
            raise UsageError(f"{where}: {field} must be {_KINDS[kind]}", hint=_DAMAGED)
    missing = [field for field in _NEEDED if field not in entry]
    if missing:
        raise UsageError(f"{where}: without {missing[0]}", hint=_DAMAGED)
    if not _HEX.fullmatch(entry["digest"]):
        raise UsageError(f"{where}: digest must be 5 hexadecimal digits", hint=_DAMAGED)
    if entry.get("expires"):
        entry["expires"] = _expiry(entry["expires"], where)
    return Row(**entry)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31


def _expiry(text: str, where: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{where}: expires is a date like 2027-01-31") from None


def _entry(row: Row) -> dict[str, Any]:
    """A row's fields as written: defaults are left out, except the reason."""
    entry: dict[str, Any] = {"path": row.path, "symbol": row.symbol, "kind": row.kind}
    if row.ordinal:
        entry["ordinal"] = row.ordinal
    entry |= {"rule": row.rule, "digest": row.digest, "reason": row.reason}
    extra = {"owner": row.owner, "expires": row.expires}
    entry |= {field: value for field, value in extra.items() if value}
    if not row.accepted:
        entry["accepted"] = False
    if row.history:
        entry["history"] = True
    return entry


def _grouped(key: bytes) -> str:
    # In groups, so that neither we nor another scanner takes it for a credential.
    return key.hex(" ", 4)


def _dumps(entry: dict[str, Any]) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(entry, ensure_ascii=False))


def rows_by_digest(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows by their digest."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.digest, []).append(row)
    return found
