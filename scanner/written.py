"""Rules that no data file holds, because code says what they look for: names, URLs, key files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scanner import keyfiles
from scanner.detectors import encoded, named
from scanner.model import CredentialKind

if TYPE_CHECKING:
    from rules.model import ProviderRule, RuleSet, Setting, Sink


class WrittenRule(NamedTuple):
    """The id that findings carry, the kind of credential, and what it is, in a few words."""

    id: str
    kind: str
    title: str


RULES = (
    *(WrittenRule(named.rule_of(kind), kind, f"{title} by its name") for kind, title in named.TITLES.items()),
    WrittenRule("url-password", CredentialKind.URL, "Password in a URL"),
    WrittenRule("dsn-password", CredentialKind.DSN, "Password in a connection string"),
    WrittenRule("bearer-token", CredentialKind.API_KEY, "Bearer token"),
    WrittenRule("basic-auth", CredentialKind.PASSWORD, "User and password for HTTP Basic"),
    WrittenRule(encoded.RULE, CredentialKind.CREDENTIALS, "Credentials encoded in base64"),
    *(WrittenRule(known.rule, CredentialKind.PRIVATE_KEY, known.title) for known in keyfiles.KINDS),
)


def rule_ids(known: RuleSet) -> list[str]:
    """The ids of all rules: of the data files, of a repository's own, and of code."""
    of_data: list[ProviderRule | Sink | Setting] = [*known.providers, *known.sinks, *known.settings]
    return [*(rule.id for rule in of_data), *(rule.id for rule in RULES)]
