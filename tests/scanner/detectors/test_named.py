"""A name makes a candidate; what it is worth is the judge's."""

from __future__ import annotations

import pytest

from rules.load import load_rules
from scanner.detectors import named
from scanner.detectors.candidate import Candidate
from scanner.model import Literal, Role, SecretValue, Span

NAMES = load_rules().names


def detected(name: str | None, text: str, symbol: str = "") -> list[Candidate]:
    literal = Literal(
        span=Span(0, len(text) + 2), value=SecretValue(text), role=Role.ASSIGNMENT, name=name, symbol=symbol, body=1
    )
    return list(named.detect(literal, NAMES))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(None, "x1y2", id="there is no name"),
        pytest.param("username", "x1y2", id="the name is no credential's"),
        pytest.param("token_type", "x1y2", id="the name is about a credential"),
        pytest.param("password", " \n", id="the value is blank"),
        pytest.param("password", "x" * 6_000, id="the value is a text"),
        pytest.param("database_url", "x1y2", id="the name is a URL's: the password in it is what counts"),
        pytest.param("aws_access_key_id", "x1y2", id="the name is the public half's"),
    ],
)
def test_nothing_is_found_where(name: str | None, text: str) -> None:
    assert detected(name, text) == []


@pytest.mark.parametrize(
    ("name", "rule", "evidence"),
    [
        pytest.param("db_password", "named-password", "name-strong", id="a password"),
        pytest.param("X-Api-Key", "named-api-key", "name-strong", id="a header"),
        pytest.param("clientSecret", "named-secret", "name-strong", id="a client's secret"),
        pytest.param("SECRET_KEY", "named-signing-key", "name-strong", id="a signing key"),
        pytest.param("key", "named-api-key", "name-weak", id="only perhaps a key"),
    ],
)
def test_a_name_gives_kind_and_strength(name: str, rule: str, evidence: str) -> None:
    (candidate,) = detected(name, "x1y2")
    assert (candidate.rule, candidate.evidence, candidate.span) == (rule, (evidence,), Span(1, 5))


def test_the_key_above_supplies_what_the_name_leaves_open() -> None:
    (candidate,) = detected("value", "x1y2", symbol="mail.password")
    assert candidate.rule == "named-password"
