"""The records that rules are read into. Imports only the standard library.

Those with thousands of rows are named tuples: each start makes them all, and a dataclass takes five times as long.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple


class ProviderRule(NamedTuple):
    """The shape of one provider's credential: one `[[rule]]` of providers/*.toml.

    `pattern` is in the common subset of `re` and Hyperscan and has one group `secret`. `prefix` is the public
    part shown in masks. `strength` says what the shape alone is worth: certain (nothing else looks like it),
    strong, weak (needs a name or a sink). `check` names a row of checks.py. `rotation` is automatic where AWS
    rotates this kind by a template, else manual. `env` is the provider's own environment variable. `reach` is how
    many characters before a Hyperscan hit's end a match (context included) can start.
    """

    id: str
    title: str
    provider: str
    kind: str
    pattern: str
    prefix: str
    severity: str
    strength: str
    check: str | None
    rotation: str
    env: str | None
    docs: str
    rotate: str
    reach: int
    match: tuple[str, ...]
    reject: tuple[str, ...]


class Parameter(NamedTuple):
    """One argument of a sink that holds a credential.

    `indexes` are the positions it may have (the current one first, those of older releases after it), `name` its
    keywords. `element` is the index inside a tuple argument, `key` the key inside a dict argument.
    """

    kind: str
    indexes: tuple[int, ...]
    name: tuple[str, ...]
    element: int | None
    key: tuple[str, ...]


class Sink(NamedTuple):
    """Calls whose arguments are credentials: one `[[sink]]` of sinks/*.toml.

    `calls` are public qualified names (`psycopg2.connect`, methods as `smtplib.SMTP.login`). `modules` are the
    import roots without which no call of the file can be meant. `engine` is the word of AWS's rotation templates
    (postgres, mysql, ...) or of the service.
    """

    id: str
    library: str
    calls: tuple[str, ...]
    modules: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    engine: str | None
    docs: str
    match: tuple[str, ...]
    reject: tuple[str, ...]


class Setting(NamedTuple):
    """Assignments that configure a credential: one `[[setting]]` of sinks/*.toml.

    `targets` are qualified attribute or subscript targets (`openai.api_key`, `flask.Flask.config[SECRET_KEY]`).
    `element` is the index inside an assigned tuple. `paths` are key paths of module-level settings, `*` for any one key
    (`DATABASES.*.PASSWORD`), valid in files whose name fits one of `files`.
    """

    id: str
    library: str
    kind: str
    targets: tuple[str, ...]
    paths: tuple[str, ...]
    files: tuple[str, ...]
    modules: tuple[str, ...]
    engine: str | None
    docs: str
    match: tuple[str, ...]
    reject: tuple[str, ...]
    element: int | None = None


class Head(NamedTuple):
    """Words at the end of a name that make it a credential's (`api key`): kind and strength (strong, weak).

    `leads`: in their language the head comes first, and what it belongs to behind it (`senha_banco`).
    """

    words: tuple[str, ...]
    kind: str
    strength: str
    leads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The vocabulary of names: heads that make suspicious, words and phrases that clear."""

    heads: tuple[Head, ...]
    negative_heads: frozenset[str]
    negative_phrases: frozenset[tuple[str, ...]]

    def __hash__(self) -> int:
        return hash((len(self.heads), len(self.negative_heads), len(self.negative_phrases)))  # cheap: it keys caches


class Weight(NamedTuple):
    """One named piece of evidence: `weight` in points, `text` the sentence that `explain` prints."""

    name: str
    weight: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Everything known. `digest` (SHA-256) covers all rule files and names the compiled database."""

    providers: tuple[ProviderRule, ...]
    sinks: tuple[Sink, ...]
    settings: tuple[Setting, ...]
    names: Names
    weights: dict[str, Weight]
    digest: str


class Verdict(enum.Enum):
    """What an offline check says."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, right: bool) -> Verdict:
        """PASS or FAIL, of a check that can tell."""
        return cls.PASS if right else cls.FAIL

    @property
    def text(self) -> str:
        """A sentence for `explain`, the same for every value."""
        return _TEXTS[self]


_TEXTS = {
    Verdict.PASS: "its checksum or inner structure is right for this provider",
    Verdict.FAIL: "its checksum or inner structure is wrong: made up, cut off or a known example",
    Verdict.UNKNOWN: "nothing about it can be checked offline",
}
