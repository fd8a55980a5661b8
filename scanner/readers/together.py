"""Credentials that stand together without names of their own: rows of accounts, split strings, keys of a mapping.

What is found here is judged like anything else that is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanner.readers.pywords import follows_login, holds_login, is_listing, is_made_up
from scanner.readers.several import is_several

_CREDENTIAL = re.compile(r"(?i)passw|pwd|\bpw\b|(?<![a-z])pw(?![a-z])|passphrase|secret|token|api_?key")
# Nobody's name, account or host: capitals inside with digits, or a mark that only passwords have.
_PASSWORD = re.compile(
    r"(?=.*[A-Za-z])(?:(?=.*[a-z])(?=.*[a-z\d].*[A-Z])(?=.*\d)[^\s/@:]{10,40}|(?=.*[!#$%^&*+=?~])[^\s/@:<>{}()]{6,40})"
)
_WITH_DIGIT = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[^\s/@:]{6,40}")
_PARTS_OF_USERS = frozenset(
    "admin administrator superuser root owner manager staff editor author operator moderator reader viewer guest user"
    " member customer developer dev".split()
)
_LONGEST_ROW = 8
_LONGEST_PASSWORD = 40
# What a program makes: no word, no path, no name of a model or a host.
_TOKEN = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[\w\-.+=~]{16,200}")
_KEYED = re.compile(
    r"(?i)(?P<name>(?:.*_)?(?:tokens|api_?keys|auth_?keys|access_?keys|secrets))(?:_(?:db|map|dict|store|table|users?))?"
    r"|(?P<one>(?:.*_)?(?:token|api_?key))_?(?:to_\w+|users?|owners?|map|dict|db)"
)
# A number of a password's length, under a name that nothing else has: pins of boards have two digits, postal codes six.
_NUMBERED = re.compile(
    r"(?i)(?:.*_)?(?:password|passwd|pwd|passcode|(?:card|sim|atm|door|alarm|unlock|security|secret)_?pin)(?:_?\d)?"
)
_NUMBER = re.compile(r"[1-9]\d{3,11}")
_CUTTING = frozenset(("split", "rsplit", "partition", "rpartition"))


class Piece(NamedTuple):
    """A part of a string's value with the name that it is given."""

    name: str
    start: int
    end: int


def password_of(name: str | None, row: Sequence[str | None]) -> int | None:
    """Which element of a row of three and more is a password: `users = [("root", "...", "admin")]`.

    Only one that must be it: the row may hold anything else of a person.
    """
    if not 3 <= len(row) <= _LONGEST_ROW or name is None or not is_listing(name):
        return None
    shape = _WITH_DIGIT if any((text or "").lower() in _PARTS_OF_USERS for text in row[1:]) else _PASSWORD
    found = [
        number
        for number, text in enumerate(row)
        if number and text and len(text) <= _LONGEST_PASSWORD and shape.fullmatch(text)
    ]
    return found[0] if len(found) == 1 and row[found[0] - 1] is not None else None


def stands_behind_login(row: Sequence[str | None], number: int) -> bool:
    """Whether one is an administrator's password: `("10.0.0.1", "root", "...")`. Of two, both may be anything."""
    return number > 1 and len(row) <= _LONGEST_ROW and follows_login(row[number - 1], row[number])


def names_in(texts: Sequence[str | None]) -> tuple[str, ...]:
    """The names that a list of fields gives to a list of values: `zip(("user", "password"), ("admin", "..."))`."""
    names = tuple(text for text in texts if text is not None and text.replace("-", "_").isidentifier())
    return names if len(names) == len(texts) and any(map(_CREDENTIAL.search, names)) else ()


def names_of(targets: Sequence[str | None]) -> tuple[str, ...]:
    """The names of the targets that take a row apart; none where no name is a credential's."""
    names = tuple(target or "" for target in targets)
    return names if any(map(_CREDENTIAL.search, names)) else ()


def key_name(name: str | None, key: str | None) -> str | None:
    """What a key of a mapping is, where tokens are looked up by themselves: `TOKENS = {"...": "alice"}`."""
    if not name or not key or not _TOKEN.fullmatch(key):
        return None
    found = _KEYED.fullmatch(name)
    return (found["name"] or found["one"]) if found else None


def is_machine_made(text: str | None) -> bool:
    """Whether a text is no word, path or name: of what a test tries out, most passwords are nobody's."""
    return _TOKEN.fullmatch(text or "") is not None


def is_numbered(name: str | None, number: str) -> bool:
    """Whether a number without quotes may be a password: `card_pin = 4829`."""
    return name is not None and _NUMBER.fullmatch(number) is not None and _NUMBERED.fullmatch(name) is not None


def pieces(
    text: str, method: str, separator: str | None, most: int, names: Sequence[str | None], name: str | None
) -> Iterator[Piece]:
    """The parts of a string that is taken apart at once, by the names that they get: `user, pw = "a:b".split(":")`.

    Without `names`, of a `name` that is a login, or several credentials: `auth = "user password".split()`.
    """
    if method not in _CUTTING or separator == "":
        return
    parts: Sequence[str]
    if "partition" in method:
        parts = (text.partition if method == "partition" else text.rpartition)(separator or "\n")
    else:
        parts = text.split(separator, most) if method == "split" else text.rsplit(separator, most)
    if not names and len(parts) == 2 and holds_login(name, parts[1]):
        names = (None, "password")
    elif not names and is_several(name) and all(map(is_made_up, parts)):
        names = (name,) * len(parts)
    if len(parts) != len(names):
        return
    at = 0
    for part, called in zip(parts, names, strict=True):
        at = text.index(part, at)
        if called and part:
            yield Piece(called, at, at + len(part))
        at += len(part)
