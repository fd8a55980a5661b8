"""Rules that are implemented in code, not in data files: names, URLs, key files."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner import keyfiles
from scanner.detectors import encoded, named
from scanner.model import CredentialKind

if TYPE_CHECKING:
    from rules.model import ProviderRule, RuleSet, Setting, Sink

# What a message may repeat: text that looks like an id, and cannot be a value.
_PATTERN = lazy_pattern(r"[a-z*?][a-z0-9*?]{0,14}(?:-[a-z0-9*?]{1,14}){0,5}")


class CodedRule(NamedTuple):
    """The id that findings carry, the kind of credential, and a short title."""

    id: str
    kind: str
    title: str


RULES = (
    *(CodedRule(named.rule_of(kind), kind, f"{title} by its name") for kind, title in named.TITLES.items()),
    CodedRule("url-password", CredentialKind.URL, "Password in a URL"),
    CodedRule("dsn-password", CredentialKind.DSN, "Password in a connection string"),
    CodedRule("bearer-token", CredentialKind.API_KEY, "Bearer token"),
    CodedRule("basic-auth", CredentialKind.PASSWORD, "User and password for HTTP Basic"),
    CodedRule(encoded.RULE, CredentialKind.CREDENTIALS, "Credentials encoded in base64"),
    *(CodedRule(known.rule, CredentialKind.PRIVATE_KEY, known.title) for known in keyfiles.KINDS),
)


def rule_ids(known: RuleSet) -> list[str]:
    """The ids of all rules: from data files, from the repository's own file, and from code."""
    of_data: list[ProviderRule | Sink | Setting] = [*known.providers, *known.sinks, *known.settings]
    return [*(rule.id for rule in of_data), *(rule.id for rule in RULES)]


def no_such_rule(pattern: str, ids: Sequence[str]) -> str | None:
    """The message for a pattern that matches no rule's id, with the nearest id; None if one matches."""
    if fnmatch.filter(ids, pattern):
        return None
    near = difflib.get_close_matches(pattern, ids, n=1)
    hint = f"did you mean {near[0]}?" if near else "unhardcode rules list prints them all"
    named = pattern if _PATTERN.fullmatch(pattern) else "one that is named there"
    return f"no rule is called {named} ({hint})"
