"""Detect literals whose identifier, key or keyword is a credential's name."""

from __future__ import annotations

from collections.abc import Iterator

from rules.model import Names
from scanner.detectors.candidate import HOLDER, NAME, Candidate
from scanner.detectors.name import judge_name
from scanner.model import CredentialKind, Literal, Role

LONGEST = 5_000
# A name alone says nothing of URLs, connection strings and key ids: the password inside is what counts, and other
# detectors see it.
TITLES = {
    CredentialKind.PASSWORD: "Password",
    CredentialKind.API_KEY: "API key or token",
    CredentialKind.SECRET: "Secret",
    CredentialKind.SIGNING_KEY: "Signing or encryption key",
    CredentialKind.PRIVATE_KEY: "Private key",
    CredentialKind.ACCESS_KEY: "Secret access key",
    CredentialKind.CREDENTIALS: "Credentials",
}


def rule_of(kind: CredentialKind) -> str:
    """The id of the rule that reports names of a kind of credential."""
    return f"named-{kind.value}"


def detect(literal: Literal, names: Names) -> Iterator[Candidate]:
    """A candidate if the name's last words denote a credential."""
    text = literal.value.reveal("text")
    if literal.name is None or not text.strip() or len(text) > LONGEST:
        return
    verdict = judge_name(literal.name, names, symbol=literal.symbol)
    if verdict.strength == "none" or verdict.kind is None or verdict.kind not in TITLES:
        return
    # `elif key == "KMSKeyArn"` asks which entry this is.
    if literal.role is Role.COMPARISON and literal.name.rpartition(".")[2].lower() in ("key", "k"):
        return
    kind = verdict.kind
    yield Candidate(
        rank=HOLDER if text.lstrip()[:1] == "{" else NAME,
        rule=rule_of(kind),
        title=f"{TITLES[kind]} by its name",
        kind=kind,
        severity="high" if verdict.strength == "strong" else "medium",
        literal=literal,
        span=literal.source_span(0, len(text)),
        value=literal.value,
        evidence=(f"name-{verdict.strength}",),
    )
