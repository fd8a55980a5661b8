"""The records of finding. Imports only the standard library and `scanner.source`.

source -> Document -> (prefilter) -> Literal -> (detectors) -> Finding -> (judge) -> Finding
What comes of a finding is in `fixers.model`.

All offsets are half-open and count code points of one Document's text. Lines and columns exist only in
reports.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import NoReturn, overload

from scanner.source import Commit as Commit
from scanner.source import Confidence as Confidence
from scanner.source import Coverage as Coverage
from scanner.source import Kind as Kind
from scanner.source import ScanResult as ScanResult
from scanner.source import Skipped as Skipped
from scanner.source import Source as Source

MASK = "<secret>"


class SecretValue:
    """A credential's value, masked in all output. `reveal` is the only way to read it; a test lists its callers."""

    __slots__ = ("__value",)

    def __init__(self, value: str | bytes) -> None:
        self.__value = value

    @overload
    def reveal(self) -> str | bytes: ...
    @overload
    def reveal(self, form: OneOf["text"]) -> str: ...
    @overload
    def reveal(self, form: OneOf["bytes"]) -> bytes: ...
    def reveal(self, form: OneOf["text", "bytes"] | None = None) -> str | bytes:
        """The value itself, as the program that holds the literal would see it; or in one form whatever it is.

        "bytes" is UTF-8 (surrogates kept) of text. "text" reads bytes as latin-1, so that offsets agree.
        """
        value = self.__value
        if form is None:
            return value
        if form == "bytes":
            return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        return value.decode("latin-1") if isinstance(value, bytes) else value

    @property
    def is_bytes(self) -> bool:
        """Whether the program sees bytes."""
        return isinstance(self.__value, bytes)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretValue) and self.__value == other.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a SecretValue does not leave its process")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points in one text."""

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        """Whether the other span lies within this one."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: Span) -> bool:
        """Whether the two share text."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A decoded text file. `text` is what all spans count in: no BOM, line ends untouched.

    `utf8` is the same text as UTF-8, without BOM.
    """

    source: Source
    kind: Kind
    text: str = field(repr=False)
    encoding: str
    bom: bool
    utf8: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """Path of the source."""
        return self.source.path


class Role(enum.StrEnum):
    """Where in its text a literal stands."""

    ASSIGNMENT = "assignment"  # NAME = "...", also annotated, class attributes, attribute and subscript targets
    KEYWORD = "keyword"  # f(name="...")
    POSITIONAL = "positional"  # f("...")
    DEFAULT = "default"  # def f(name="...")
    ENTRY = "entry"  # {"name": "..."}; a key of a structured file
    ENV_DEFAULT = "env-default"  # os.getenv("NAME", "...")
    ELEMENT = "element"  # inside a list, tuple or set
    COMPARISON = "comparison"  # name == "..."
    RETURN = "return"
    VARIABLE = "variable"  # NAME=... in a .env file
    TEXT = "text"  # anywhere else: comment, docstring, prose, a shape in a text file


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of one call that a literal reaches, directly or through a name.

    `callees` are the possible qualified names, most specific first: `psycopg2.connect`; for a method on an
    instance whose constructor was seen, `smtplib.SMTP.login`; for one that was not, `.login`.
    `typed` is False for the last form. `index` counts positional arguments from 0, None for a keyword or
    after `*args`. `element` is the index inside a tuple or list argument (`auth=("user", "pw")`: 1), and `key`
    the key inside a dict argument (`headers={"Authorization": ...}`), else None.
    """

    callees: tuple[str, ...]
    index: int | None
    keyword: str | None
    call: Span
    typed: bool = True
    element: int | None = None
    key: str | None = None


MAX_SIBLINGS = 100
"""Siblings of a literal on either side; generated files have mappings of many thousand keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another literal of the same call, dict, class body, module or file: what a credential belongs to.

    `value` is wrapped because a sibling can be a credential itself.
    """

    name: str
    value: SecretValue
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A constant in a document: what a reader yields.

    `span` covers the whole literal as written (prefix, quotes, all parts of an implicit or explicit
    concatenation); `value` is what the program sees. `name` is the nearest name: identifier, attribute,
    keyword, key or variable. `symbol` is the enclosing definition (`Class.method`) or key path, "" at the top.
    `offsets` maps each code point of `value.text` (and its end) to an offset in the document; None where the
    text stands verbatim from `body` on. `parts` counts the string tokens. `dynamic` says that the literal is a
    constant part of something computed (f-string, `+` with a name). `container` is the call, dict, class or
    file that `siblings` are from.
    """

    span: Span
    value: SecretValue
    role: Role
    name: str | None = None
    symbol: str = ""
    body: int = 0
    offsets: tuple[int, ...] | None = None
    parts: int = 1
    dynamic: bool = False
    arguments: tuple[Argument, ...] = ()
    container: Span | None = None
    siblings: tuple[Sibling, ...] = ()

    @property
    def path(self) -> str:
        """The enclosing symbol with the literal's own name, by dots: what stays when lines move."""
        return ".".join(part for part in (self.symbol, self.name) if part)

    def source_span(self, start: int, end: int) -> Span:
        """The document's span of `value.text[start:end]`."""
        if self.offsets is None:
            return Span(self.body + start, self.body + end)
        if start == end:
            return Span(self.offsets[start], self.offsets[start])
        return Span(self.offsets[start], max(self.offsets[end - 1] + 1, self.offsets[end]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One named reason for a finding (weight > 0) or against it (weight < 0). `text` never quotes the value."""

    name: str
    weight: float
    text: str


class CredentialKind(enum.StrEnum):
    """The kind of a credential; rules and sinks use the same words."""

    PASSWORD = "password"
    API_KEY = "api-key"  # api keys and tokens that identify a caller
    SECRET = "secret"  # client secrets, webhook secrets, shared secrets
    SIGNING_KEY = "signing-key"  # symmetric keys: SECRET_KEY, HMAC, Fernet, JWT
    PRIVATE_KEY = "private-key"  # PEM and the like
    ACCESS_KEY = "access-key"  # cloud access key pairs: the secret half
    ACCESS_KEY_ID = "access-key-id"  # their public half: a companion
    URL = "url"  # URL whose user information holds a password
    DSN = "dsn"  # connection string with a password
    CREDENTIALS = "credentials"  # JSON credentials
    CONFIGURATION = "configuration"  # no credential at all: a setting that a plan moves too (--include-config)


class SuppressedBy(enum.StrEnum):
    """What suppresses a finding, in the words that reports use."""

    EVIDENCE = "the evidence against it is stronger"
    COMPANION = "a key id, reported with its secret"
    INLINE = "ignored inline"
    FOREIGN = "another tool's marker"
    ALLOW = "allowed by the configuration"
    GITLEAKSIGNORE = "accepted in .gitleaksignore"
    BASELINE = "accepted in the baseline"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding is suppressed: by what, and the reason that a person gave, "" if there is none."""

    by: SuppressedBy
    reason: str = ""

    @property
    def text(self) -> str:
        """Both in one line, as reports print it."""
        return f"{self.by}: {self.reason}" if self.reason else str(self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A credential in a place.

    `span` is the secret part itself, without quotes (of a URL: the password). `value` is that part, decoded;
    None once the finding has crossed a process. `literal` is what holds it. `fingerprint` and `place` are the
    two identities (`scanner.identity`). `suppressed` is None where it counts.
    `prefix` is the provider's public prefix (`sk_live_`), "" where there is none. `engine` is the database or
    service at a sink (`postgres`), None elsewhere.
    """

    rule: str
    title: str
    kind: CredentialKind
    severity: str
    path: str
    span: Span
    start: tuple[int, int]
    end: tuple[int, int]
    literal: Literal = field(repr=False)
    value: SecretValue | None = None
    evidence: tuple[Evidence, ...] = ()
    score: float = 0.0
    confidence: Confidence = Confidence.LOW
    fingerprint: str = ""
    place: str = ""
    prefix: str = ""
    engine: str | None = None
    provider: str | None = None
    rotate: str | None = None
    env: str | None = None
    suppressed: Suppression | None = None
    tracked: bool | None = None
    blob: str | None = None
    commit: Commit | None = None
    in_head: bool | None = None
    introduced: str | None = None

    @property
    def masked(self) -> str:
        """The public prefix and an ellipsis: never other characters, never the length."""
        return f"{self.prefix}…"
