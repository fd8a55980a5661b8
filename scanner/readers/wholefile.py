"""A file that is one value and nothing else: Docker's `secrets/db_password.txt`, Rails' `master.key`, `.vault_pass`.

Its name is all that says what the value is.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from scanner.model import Document, Literal, Role, SecretValue, Span

# For Hyperscan, over the whole file: one run of characters, and the end of its line.
PREFILTER = rb"\A(?:\xef\xbb\xbf)?[^\s]{6,200}[ \t]{0,4}[\r\n]{0,4}\z"

# Not `user:$apr1$...` or `user:{SHA}...`, a row of a file of hashes, and not `NAME=value`: that has a name of its own.
_VALUE = re.compile(r"\ufeff?((?![^\s:]{1,64}:[{$]|[A-Z][A-Z0-9_]{2,63}=[^=\s])\S{6,200})\s*")
_TELLING = re.compile(r"(?i)pass|pwd|secret|token|key|cred")
_NEUTRAL = frozenset(("", ".txt"))
# These are a part of the name: `master.key`.
_NAMING = frozenset((".key", ".token", ".secret", ".password", ".pass", ".passwd", ".pwd"))


def name_of(path: str) -> str | None:
    """What the name of a file at a POSIX path calls its content; None where it is no credential's name."""
    name = PurePosixPath(path).name.lstrip(".")
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}".lower() if stem else ""
    if ending in _NAMING:
        name = f"{stem}_{ending[1:]}"
    elif ending:
        name = stem
    return name if ending in _NEUTRAL | _NAMING and _TELLING.search(name) else None


def is_whole(literal: Literal, path: str) -> bool:
    """Whether a literal of the file at a path is all that is in it."""
    name = name_of(path)
    return name is not None and literal.role is Role.TEXT and literal.span.start <= 1 and literal.name == name


def literal_of(document: Document) -> Literal | None:
    """The value of such a file, by its name."""
    name = name_of(document.path)
    found = _VALUE.fullmatch(document.text) if name is not None else None
    if found is None:
        return None
    return Literal(
        span=Span(*found.span(1)), value=SecretValue(found[1]), role=Role.TEXT, name=name, body=found.start(1)
    )
