"""Read a file that consists of one value: Docker's `secrets/db_password.txt`, Rails' `master.key`, `.vault_pass`.

Only the file's name says what the value is.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Literal, Role, SecretValue, Span

# For Hyperscan, over the whole file: one run of characters, and the end of its line.
PREFILTER = rb"\A(?:\xef\xbb\xbf)?[^\s]{6,200}[ \t]{0,4}[\r\n]{0,4}\z"

# Excludes `user:$apr1$...` and `user:{SHA}...`, rows of a password file, and `NAME=value`, which has its own name.
_VALUE = lazy_pattern(r"\ufeff?((?![^\s:]{1,64}:[{$]|[A-Z][A-Z0-9_]{2,63}=[^=\s])\S{6,200})\s*")
_TELLING = lazy_pattern(r"(?i)pass|pwd|secret|token|key|cred")
_NEUTRAL = frozenset(("", ".txt"))
# Suffixes that are part of the name: `master.key`.
_NAMING = frozenset((".key", ".token", ".secret", ".password", ".pass", ".passwd", ".pwd"))


def name_of(path: str) -> str | None:
    """The name of the value in a file at a POSIX path; None if the file's name is not a credential's."""
    name = PurePosixPath(path).name.lstrip(".")
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}".lower() if stem else ""
    if ending in _NAMING:
        name = f"{stem}_{ending[1:]}"
    elif ending:
        name = stem
    return name if ending in _NEUTRAL | _NAMING and _TELLING.search(name) else None


def is_whole(literal: Literal, path: str) -> bool:
    """Whether a literal is the whole content of the file at a path."""
    name = name_of(path)
    return name is not None and literal.role is Role.TEXT and literal.span.start <= 1 and literal.name == name


def literal_of(document: Document) -> Literal | None:
    """The value of such a file, named after the file."""
    name = name_of(document.path)
    found = _VALUE.fullmatch(document.text) if name is not None else None
    if found is None:
        return None
    return Literal(
        span=Span(*found.span(1)), value=SecretValue(found[1]), role=Role.TEXT, name=name, body=found.start(1)
    )
