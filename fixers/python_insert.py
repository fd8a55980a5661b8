"""The expression that replaces a literal: the call, and the conversion of the stored value to the literal's form.

All generated code is valid from Python 3.8 on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from fixers.model import RefusalReason
from fixers.python_defaults import in_function
from fixers.python_position import Place, is_template, may_wait
from fixers.python_syntax import Syntax
from fixers.rewriting import BY_HAND, CannotRewriteError, Placement, Style
from fixers.styles import CANONICAL, QUOTE, Names, render
from scanner.model import CredentialKind, SecretValue

# Characters that need quoting in `key=value` strings (libpq, ADO.NET, ODBC, Azure), so a value must not contain them.
_DSN_SPECIAL = re.compile(r"[\s'\"\\;{}]")
_URL_BEFORE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/@]*:")
_URL_UNSAFE = re.compile(r"[^!$-&(-\[\]-z|~]")
_ALWAYS_SAFE = re.compile(r"[A-Za-z0-9_.~%-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """The expression for the secret's part of a literal; in a URL the stored value is percent-encoded again.

    `doubled` are characters that a later `%` or `.format` would interpret: they are doubled at run time.
    """

    placement: Placement
    style: Style
    is_bytes: bool
    safe: str | None = None
    waits: bool = False
    doubled: str = ""

    @property
    def needs(self) -> frozenset[str]:
        """The functions and modules that the expression uses."""
        own = render(self.placement, self.style, CANONICAL, '"', is_bytes=self.is_bytes, waits=self.waits).needs
        return own | ({QUOTE} if self.safe is not None else set())

    def render(self, names: Names, mark: str) -> str:
        """The expression with `mark` as its quotation mark; it contains no other quotes and no backslash."""
        call = render(self.placement, self.style, names, mark, is_bytes=self.is_bytes, waits=self.waits).text
        if self.safe is not None:
            call = f"{names[QUOTE]}({call}, safe={mark}{self.safe}{mark})"
            call = f"{call}.encode()" if self.is_bytes else call
        prefix = "b" if self.is_bytes else ""
        for char in self.doubled:
            call += f".replace({prefix}{mark}{char}{mark}, {prefix}{mark}{char * 2}{mark})"
        return call


def insert_of(syntax: Syntax, place: Place, placement: Placement, value: str | bytes, style: Style) -> Insert:
    """The conversion of the stored value to a whole literal. Raises CannotRewriteError if there is none."""
    is_bytes = isinstance(value, bytes)
    return Insert(
        placement=placement,
        style=style,
        is_bytes=is_bytes,
        waits=(
            style.has_module
            and style.awaits
            and not is_bytes
            and may_wait(place.chain)
            and not in_function(syntax, place)
        ),
        doubled=_doubled_later(syntax, place, SecretValue(value).reveal("text")),
    )


def insert_of_part(
    syntax: Syntax, place: Place, placement: Placement, raw: str | bytes, before: str | bytes | None, style: Style
) -> Insert:
    """The conversion of the stored value to a part of a literal that follows `before` (None: not constant).

    Raises CannotRewriteError if there is none.
    """
    insert = insert_of(syntax, place, placement, raw, style)
    kind, text = placement.finding.kind, SecretValue(raw).reveal("text")
    stored = placement.stored.reveal("bytes") if placement.stored is not None else None
    if kind is CredentialKind.CREDENTIALS:
        raise CannotRewriteError(
            RefusalReason.DYNAMIC,
            "credentials in a string of their own format",
            "store the whole text and parse it at run time",
        )
    if _is_url(kind, before) and stored in (None, unquote(text).encode("utf-8", "surrogatepass")):
        # The result of `quote` contains no braces.
        return replace(insert, safe=_safe_for(text), doubled=insert.doubled.strip("{}"))
    if stored not in (None, raw_of(raw)):
        raise CannotRewriteError(
            RefusalReason.DYNAMIC, "the part of the literal is not the value that would be stored", BY_HAND
        )
    if kind is CredentialKind.DSN and _DSN_SPECIAL.search(text):
        raise CannotRewriteError(
            RefusalReason.DYNAMIC,
            "the value needs this connection string's own quoting",
            "pass the password as its own argument",
        )
    return insert


def _doubled_later(syntax: Syntax, place: Place, text: str) -> str:
    """The characters that must be doubled because the literal is formatted afterwards, by `%` or `.format`."""
    marks = is_template(syntax, place)
    if any(mark in text for mark in marks):
        raise CannotRewriteError(
            RefusalReason.DYNAMIC, "the literal is a template that is formatted afterwards", "write it as an f-string"
        )
    return marks


def _is_url(kind: CredentialKind, before: str | bytes | None) -> bool:
    if kind is CredentialKind.URL:
        return True
    return before is not None and _URL_BEFORE.fullmatch(SecretValue(before).reveal("text")) is not None


def _safe_for(text: str) -> str:
    """Characters that `quote` must leave alone to give this spelling: a URL's password may be encoded in part."""
    safe = "".join(sorted({char for char in text if not _ALWAYS_SAFE.match(char)}))
    if _URL_UNSAFE.search(safe) or quote(unquote(text), safe=safe) != text:
        raise CannotRewriteError(
            RefusalReason.DYNAMIC,
            "the URL spells its password in a way that cannot be rebuilt exactly",
            "percent-encode it as urllib.parse.quote does, then plan again",
        )
    return safe


def raw_of(value: str | bytes) -> bytes:
    """A value as bytes."""
    return SecretValue(value).reveal("bytes")
