"""Passwords inside URLs and connection strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.detectors import url
from scanner.model import Literal, Role, SecretValue, Span

WORD = "gR4vel-7"
"""Stands for a password in the texts below, written PW there."""


def literal_of(text: str, role: Role = Role.ASSIGNMENT) -> Literal:
    return Literal(span=Span(10, 12 + len(text)), value=SecretValue(text), role=role, body=11)


def found_in(text: str, role: Role = Role.ASSIGNMENT) -> list[url.Candidate]:
    return list(url.detect(literal_of(text.replace("PW", WORD), role)))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://db.internal/shop", id="no user information"),
        pytest.param("https://ana@db.internal/shop", id="a user without a password"),
        pytest.param("https://ana:@db.internal/shop", id="an empty password"),
        pytest.param("https://db.internal:8080/a@b", id="a port, and an @ in the path"),
        pytest.param("https://db.internal/?to=a:b@c", id="an @ in the query"),
        pytest.param("see https://a.b: then mail ana@b.c", id="prose between a URL and an address"),
        pytest.param("git@github.com:shop/shop.git", id="an scp path"),
        pytest.param("password=PW", id="a pair that is no connection string"),
        pytest.param("host=db user=shop password={password}", id="a template's placeholder"),
        pytest.param("host=db user=shop password=${DB_PASSWORD} port=1", id="a variable"),
        pytest.param("host=db user=shop passwordfile=/run/pw", id="another key that begins so"),
        pytest.param("shop/PW@db.internal", id="Oracle's form, which paths have too"),
    ],
)
def test_there_is_no_password_in(text: str) -> None:
    assert found_in(text) == []


def test_a_connection_string_in_prose_is_left_to_the_names() -> None:
    assert found_in("host=db user=shop password=PW", Role.TEXT) == []


@pytest.mark.parametrize(
    ("text", "rule", "engine"),
    [
        pytest.param("postgresql://shop:PW@db.internal/shop", "url-password", "postgres", id="PostgreSQL"),
        pytest.param("postgresql+psycopg2://shop:PW@db/shop", "url-password", "postgres", id="SQLAlchemy's driver"),
        pytest.param("db+mysql://shop:PW@db/shop", "url-password", "mysql", id="Celery's prefix"),
        pytest.param("redis://:PW@cache:6379/0", "url-password", "redis", id="no user"),
        pytest.param("https://shop:PW@api.internal/v1", "url-password", None, id="HTTP"),
        pytest.param("mongodb://a:PW@h1:1,h2:2/shop", "url-password", "mongo", id="several hosts"),
        pytest.param("x 'https://a:PW@b' y", "url-password", None, id="inside other text"),
        pytest.param("host=db user=shop password=PW", "dsn-password", None, id="libpq"),
        pytest.param("host=db user=shop password=PW{", "dsn-password", None, id="before a brace"),
        pytest.param("host=db password='PW' user=shop", "dsn-password", None, id="libpq in quotes"),
        pytest.param("Server=db;Uid=sa;Pwd=PW;", "dsn-password", None, id="ADO"),
        pytest.param("DRIVER={X};SERVER=db;Pwd={PW}", "dsn-password", None, id="ODBC's braces"),
    ],
)
def test_a_password_is_found_with_its_span(text: str, rule: str, engine: str | None) -> None:
    (candidate,) = found_in(text)
    at = text.index("PW") + 11
    assert (candidate.rule, candidate.engine) == (rule, engine)
    assert candidate.value.reveal("text") == WORD
    assert candidate.span == Span(at, at + len(WORD))


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        pytest.param("amqp://shop:PW@localhost:5672//", "url-local", id="this machine"),
        pytest.param("amqp://shop:PW@127.0.0.1", "url-local", id="this machine's address"),
        pytest.param("https://shop:PW@api.example.com/", "url-example-host", id="a host of examples"),
        pytest.param("https://shop:PW@host:80/", "url-example-host", id="a host called host"),
        pytest.param("amqp://guest:guest@rabbit", "url-user-is-password", id="one word for both"),
        pytest.param("mysql://USER:PASSWORD@db", "url-placeholder", id="how manuals write it"),
    ],
)
def test_what_speaks_against_a_url_is_named(text: str, evidence: str) -> None:
    (candidate,) = found_in(text)
    assert evidence in candidate.evidence


@pytest.mark.parametrize("host", ["localhost.internal", "my-localhost", "example.company.net", "hosting.net"])
def test_a_host_that_only_begins_so_is_a_host(host: str) -> None:
    (candidate,) = found_in(f"https://shop:PW@{host}/")
    assert candidate.evidence == ("url-password",)


def test_percent_signs_are_taken_off_the_value_and_stay_in_the_span() -> None:
    (candidate,) = found_in("https://shop:a%40b@api.internal/")
    assert candidate.value.reveal("text") == "a@b"
    assert candidate.span.end - candidate.span.start == len("a%40b")


def test_an_at_sign_that_was_left_as_it_is_belongs_to_the_password() -> None:
    (candidate,) = found_in("https://shop:a@b@api.internal/")
    assert candidate.value.reveal("text") == "a@b"


def test_oracles_form_is_read_where_an_oracle_connection_is_made() -> None:
    (candidate,) = url.detect_oracle(literal_of(f"shop/{WORD}@db.internal:1521/shop"))
    assert candidate.value.reveal("text") == WORD
    assert not list(url.detect_oracle(literal_of("/@alias")))


@given(user=st.text("abcxyz-._", max_size=8), password=st.text("abcxyz0123-._~!$&()*+,;=%", min_size=1, max_size=30))
def test_any_password_of_allowed_characters_is_found_whole(user: str, password: str) -> None:
    text = f"amqp://{user}:{password}@queue.internal/x"
    (candidate,) = [each for each in url.detect(literal_of(text)) if each.rule == "url-password"]
    start = candidate.span.start - 11
    assert text[start : candidate.span.end - 11] == password
