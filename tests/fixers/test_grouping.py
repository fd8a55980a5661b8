from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.connections import Connection, connection, engine_of, is_login
from fixers.grouping import Draft, Form, by_parameter, group, own_key, secret_value
from scanner.model import Argument, CredentialKind, Finding, Kind, Role, SecretValue, Span


def grouped(*findings: Finding, kind: Kind = Kind.PYTHON, env: str = "prod", text: str = "") -> tuple[Draft, ...]:
    return group(findings, environment=lambda _: env, kind=lambda _: kind, text=lambda _: text)


def login(making: SimpleNamespace, path: str, value: str, **beside: str) -> Finding:
    found: Finding = making.finding(
        path,
        value,
        name="password",
        role=Role.KEYWORD,
        engine="postgres",
        literal={"siblings": making.siblings(**beside), "container": Span(0, 100)},
    )
    return found


# --- what stays apart


def test_a_weak_value_for_database_and_mail_is_two_secrets(making: SimpleNamespace) -> None:
    database = login(making, "a.py", "changeme")
    mail = making.finding("b.py", "changeme", name="password", role=Role.POSITIONAL, engine="smtp")
    assert [draft.form for draft in grouped(database, mail)] == [Form.LOGIN, Form.PLAIN]


def test_one_strong_password_on_two_hosts_is_two_secrets(making: SimpleNamespace) -> None:
    value = making.strong("one")
    assert len(grouped(login(making, "a.py", value, host="a"), login(making, "b.py", value, host="b"))) == 2


def test_different_values_are_different_secrets(making: SimpleNamespace) -> None:
    found = [making.finding("a.py", making.strong(str(seed)), name="api_key", at=seed) for seed in range(5)]
    assert len(grouped(*found)) == 5


def test_one_value_in_two_environments_is_two_secrets(making: SimpleNamespace) -> None:
    found = [making.finding(path, making.strong("x"), name="key") for path in ("a.py", "b.py")]
    drafts = group(found, environment=lambda one: one.path[0], kind=lambda _: Kind.PYTHON, text=lambda _: "")
    assert [draft.env for draft in drafts] == ["a", "b"]


def test_a_weak_variable_in_two_folders_is_two_secrets(making: SimpleNamespace) -> None:
    found = [making.finding(path, "changeme", name="DB_PASSWORD", role=Role.VARIABLE) for path in ("a/.env", "b/.env")]
    assert len(grouped(*found, kind=Kind.DOTENV)) == 2


def test_redis_is_no_login(making: SimpleNamespace) -> None:
    assert not is_login(making.finding("a.py", "x", name="password", engine="redis"))
    assert not is_login(making.finding("a.py", "x", name="SMTP_PASSWORD"))
    assert not is_login(making.finding("a.py", "x", name="DB_TOKEN", kind=CredentialKind.API_KEY))


def test_a_finding_without_its_value_cannot_be_stored(making: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="read it again"):
        secret_value(replace(making.finding("a.py", "x"), value=None), Kind.PYTHON)


# --- what belongs together


def test_call_arguments_become_constants_of_one_login(making: SimpleNamespace) -> None:
    found = login(making, "a.py", "hunter2", host="db.internal", user="shop", dbname="orders", port="5432")
    (draft,) = grouped(found)
    assert draft.form is Form.LOGIN
    assert draft.members[0].key == "password"
    assert draft.constants == (
        ("engine", "postgres"),
        ("host", "db.internal"),
        ("username", "shop"),
        ("dbname", "orders"),
        ("port", "5432"),
    )


@pytest.mark.parametrize(("port", "secrets"), [("5432", 1), ("6432", 2)])
def test_an_account_is_one_secret_where_only_one_place_names_the_port(
    making: SimpleNamespace, port: str, secrets: int
) -> None:
    named = login(making, "a.py", "hunter2", host="db.internal", user="shop", port=port)
    unnamed = login(making, "b.py", "hunter2", host="db.internal", user="shop")
    assert len(grouped(named, unnamed)) == secrets


def test_an_account_is_one_secret_where_one_place_tells_neither_engine_nor_port(making: SimpleNamespace) -> None:
    """In Compose the application's variables, and the server's own."""
    siblings = making.siblings(DB_HOST="db.internal", DB_USER="shop")
    unknown = making.finding("a.yml", "hunter2", name="DB_PASS", literal={"siblings": siblings})
    known = login(making, "b.yml", "hunter2", host="db.internal", user="shop")
    assert len(grouped(unknown, known)) == 1


def test_dotenv_prefix_is_a_connection(making: SimpleNamespace) -> None:
    beside = making.siblings(DB_HOST="db", DB_USER="shop", DB_NAME="orders", DB_PORT="3306", SMTP_HOST="mail")
    found = making.finding(".env", "hunter2", name="DB_PASSWORD", role=Role.VARIABLE, literal={"siblings": beside})
    (draft,) = grouped(found, kind=Kind.DOTENV)
    assert dict(draft.constants) == {
        "engine": "mysql", "host": "db", "username": "shop", "dbname": "orders", "port": "3306",
    }  # fmt: skip


def test_django_databases_entry_is_a_connection(making: SimpleNamespace) -> None:
    beside = making.siblings(ENGINE="django.db.backends.postgresql", NAME="orders", USER="shop", HOST="db", PORT="")
    found = making.finding("settings.py", "hunter2", name="PASSWORD", role=Role.ENTRY, literal={"siblings": beside})
    (draft,) = grouped(found)
    assert dict(draft.constants) == {"engine": "postgres", "host": "db", "username": "shop", "dbname": "orders"}


def test_url_gives_its_parts(making: SimpleNamespace) -> None:
    text = 'URL = "postgresql+psycopg2://shop:p%40ss@db.internal:6543/orders?sslmode=require"'
    found = making.finding("a.py", "p@ss", kind=CredentialKind.URL, whole=text[7:-1], name="URL")
    assert connection(found) == Connection(
        engine="postgres", host="db.internal", username="shop", dbname="orders", port="6543", database=True
    )


def test_connection_string_gives_its_parts(making: SimpleNamespace) -> None:
    whole = "host=db user=shop password=hunter2 dbname='orders' port=5432"
    found = making.finding("a.py", "hunter2", kind=CredentialKind.DSN, whole=whole, engine="postgres")
    assert dict(connection(found).constants) == {
        "engine": "postgres", "host": "db", "username": "shop", "dbname": "orders", "port": "5432",
    }  # fmt: skip


def test_a_url_in_dotenv_is_stored_whole(making: SimpleNamespace) -> None:
    whole = "postgres://shop:hunter2@db/orders"
    found = making.finding(
        ".env", "hunter2", kind=CredentialKind.URL, whole=whole, name="DATABASE_URL", role=Role.VARIABLE
    )
    (draft,) = grouped(found, kind=Kind.DOTENV)
    assert draft.form is Form.PLAIN
    assert draft.members[0].value == SecretValue(whole)


@pytest.mark.parametrize(
    ("word", "engine"),
    [
        ("postgresql+psycopg2", "postgres"),
        ("mysql+pymysql", "mysql"),
        ("django.db.backends.postgresql", "postgres"),
        ("mongodb+srv", "mongo"),
        ("mssql+pyodbc", "sqlserver"),
        ("redis", None),
        ("https", None),
    ],
)
def test_engine_words(word: str, engine: str | None) -> None:
    assert engine_of(word) == engine


def test_a_strong_value_in_two_files_is_one_secret(making: SimpleNamespace) -> None:
    value = making.strong("shared")
    (draft,) = grouped(
        making.finding("a.py", value, name="DB_PASSWORD"), login(making, "b.py", value, host="db", user="shop")
    )
    assert draft.form is Form.LOGIN
    assert [found.path for found in draft.findings] == ["a.py", "b.py"]
    assert dict(draft.constants)["host"] == "db"


def test_a_short_value_with_a_providers_prefix_is_one_secret(making: SimpleNamespace) -> None:
    found = [making.finding(path, "xy_" + "1234", name="key", prefix="xy_") for path in ("a.py", "b.py")]
    assert len(grouped(*found)) == 1


def test_a_weak_value_of_one_account_is_one_secret(making: SimpleNamespace) -> None:
    one = login(making, "a.py", "changeme", host="db", user="shop", dbname="orders")
    other = login(making, "b.py", "changeme", host="db", user="shop", dbname="stock")
    (draft,) = grouped(one, other)
    assert "dbname" not in dict(draft.constants)


def signer(making: SimpleNamespace, path: str, callee: str, at: int) -> Finding:
    argument = Argument(callees=(callee,), index=1, keyword=None, call=Span(at, at + 9))
    found: Finding = making.finding(
        path, "changeme", name=None, role=Role.POSITIONAL, kind=CredentialKind.SIGNING_KEY, at=at,
        literal={"arguments": (argument,)},
    )  # fmt: skip
    return found


def test_a_weak_key_that_signs_and_verifies_is_one_secret(making: SimpleNamespace) -> None:
    calls = [("api/login.py", "jwt.encode", 10), ("api/login.py", "jwt.decode", 50), ("api/users.py", "jwt.decode", 10)]
    assert len(grouped(*(signer(making, *call) for call in calls))) == 1


def redis(making: SimpleNamespace, callee: str, at: int, path: str = "a.py", **beside: str) -> Finding:
    argument = Argument(callees=(callee,), index=None, keyword="password", call=Span(at, at + 9))
    found: Finding = making.finding(
        path, "changeme", name="password", role=Role.KEYWORD, engine="redis", at=at,
        literal={"arguments": (argument,), "siblings": making.siblings(**beside), "container": Span(at, at + 9)},
    )  # fmt: skip
    return found


def test_a_weak_password_of_like_calls_in_one_file_is_one_secret(making: SimpleNamespace) -> None:
    calls = [redis(making, callee, at) for at, callee in enumerate((".master_for", ".slave_for"))]
    assert len(grouped(*calls)) == 1


def test_a_weak_password_of_like_calls_in_two_files_is_two_secrets(making: SimpleNamespace) -> None:
    assert len(grouped(redis(making, "redis.Redis", 0), redis(making, "redis.Redis", 0, "b.py"))) == 2


@pytest.mark.parametrize("part", ["user", "host"])
def test_a_weak_password_of_two_accounts_or_hosts_is_two_secrets(making: SimpleNamespace, part: str) -> None:
    assert len(grouped(*(redis(making, "redis.Redis", at, **{part: each}) for at, each in enumerate("ab")))) == 2


@pytest.mark.parametrize(
    ("code", "count"),
    [
        pytest.param("f(HOST, password='changeme')\ng( HOST, password='changeme')\n", 1, id="the same arguments"),
        pytest.param("f(host=ONE, password='changeme')\nf(host=TWO, password='changeme')\n", 2, id="two variables"),
        pytest.param("f('a', password='changeme')\nf('b', password='changeme')\n", 2, id="two without a name"),
        pytest.param("f(password='changeme', user=A)\nf(password='changeme', user=B)\n", 2, id="behind it"),
        pytest.param("s.f(password='changeme')\ns.f(password='changeme')\n", 1, id="one receiver"),
        pytest.param("s.f(password='changeme')\nt.f(password='changeme')\n", 2, id="two receivers"),
        pytest.param(
            "s = S(A)\ns.f(password='changeme')\ns = S(B)\ns.f(password='changeme')\n", 2, id="a receiver bound anew"
        ),
        pytest.param(
            "with S(A) as s:\n s.f(password='changeme')\nwith S(A) as s:\n s.f(password='changeme')\n",
            1,
            id="a receiver bound alike",
        ),
        pytest.param(
            "with S(A) as s:\n s.f(password='changeme')\nwith S(B) as s:\n s.f(password='changeme')\n",
            2,
            id="a receiver of another with",
        ),
    ],
)
def test_a_weak_password_beside_other_arguments_is_another_secret(
    code: str, count: int, making: SimpleNamespace
) -> None:
    found = []
    for line in re.finditer(r"\S*\(.*changeme.*", code):
        at, call = line.start(), Span(*line.span())
        beside = {"arguments": (Argument(callees=(".f",), index=None, keyword="password", call=call),)}
        given = {"name": "password", "role": Role.KEYWORD, "engine": "redis", "literal": beside}
        found.append(making.finding("a.py", "changeme", text=code, at=at, **given))
    assert len(grouped(*found, text=code)) == count


def test_a_weak_signing_key_of_two_programs_is_two_secrets(making: SimpleNamespace) -> None:
    calls = [("api/login.py", "jwt.encode", 10), ("billing/login.py", "jwt.encode", 10)]
    assert len(grouped(*(signer(making, *call) for call in calls))) == 2


def test_a_weak_signing_key_and_a_setting_of_its_value_are_two_secrets(making: SimpleNamespace) -> None:
    setting = making.finding("api/login.py", "changeme", name="SECRET_KEY", kind=CredentialKind.SIGNING_KEY, at=90)
    assert len(grouped(signer(making, "api/login.py", "jwt.encode", 10), setting)) == 2


def test_a_default_in_code_and_its_variable_are_one_secret(making: SimpleNamespace) -> None:
    default = making.finding("a.py", "changeme", name="DB_PASSWORD", role=Role.ENV_DEFAULT)
    variable = making.finding(".env", "changeme", name="DB_PASSWORD", role=Role.VARIABLE)
    assert len(grouped(default, variable)) == 1


@pytest.mark.parametrize("callee", ["argparse.ArgumentParser.add_argument", ".add_argument", "click.option"])
def test_the_default_of_an_option_is_about_no_variable(making: SimpleNamespace, callee: str) -> None:
    argument = Argument(callees=(callee,), index=None, keyword="default", call=Span(0, 9))
    found = making.finding(
        "a.py", "hunter2", name="password", role=Role.ENV_DEFAULT, literal={"arguments": (argument,)}
    )
    assert own_key(found) is None


def test_what_follows_or_is_about_no_variable(making: SimpleNamespace) -> None:
    found = making.finding("a.py", "hunter2", name="password", role=Role.ENV_DEFAULT, literal={"arguments": ()})
    assert own_key(found) is None


def test_the_default_of_getenv_is_about_its_variable(making: SimpleNamespace) -> None:
    assert own_key(making.finding("a.py", "hunter2", name="DB_PASSWORD", role=Role.ENV_DEFAULT)) == "DB_PASSWORD"


@pytest.mark.parametrize(
    ("callee", "name", "owned"),
    [
        ("airflow.models.Variable.get", "crm_token", False),
        ("settings.get", "crm_token", False),
        ("settings.get", "CRM_TOKEN", True),
        ("os.environ.get", "crm_token", True),
        ("os.getenv", "crm_token", True),
    ],
)
def test_a_key_in_small_letters_is_a_variable_of_the_environment_only(
    callee: str, name: str, owned: bool, making: SimpleNamespace
) -> None:
    argument = Argument(callees=(callee,), index=1, keyword=None, call=Span(0, 9))
    found = making.finding("a.py", "hunter2", name=name, role=Role.ENV_DEFAULT, literal={"arguments": (argument,)})
    assert own_key(found) == (name if owned else None)


def test_text_and_bytes_of_one_value_are_one_secret(making: SimpleNamespace) -> None:
    value = making.strong("bytes")
    (draft,) = grouped(making.finding("a.py", value, name="key"), making.finding("b.py", value.encode(), name="key"))
    assert draft.members[0].value == SecretValue(value)


def pair(making: SimpleNamespace, path: str = "a.py", at: int = 0) -> list[Finding]:
    where: dict[str, Any] = {"container": Span(at, at + 100)}
    halves = (("id", "access_key", CredentialKind.ACCESS_KEY_ID), ("key", "secret_key", CredentialKind.ACCESS_KEY))
    return [
        making.finding(path, making.strong(f"{seed}{at}"), name=name, kind=kind, at=at + offset, literal=where)
        for offset, (seed, name, kind) in enumerate(halves)
    ]


def test_a_key_id_and_its_key_are_a_pair(making: SimpleNamespace) -> None:
    (draft,) = grouped(*pair(making))
    assert draft.form is Form.PAIR
    assert [member.key for member in draft.members] == ["aws_access_key_id", "aws_secret_access_key"]


def test_two_pairs_in_one_file_do_not_mix(making: SimpleNamespace) -> None:
    first, second = pair(making), pair(making, at=500)
    drafts = grouped(*first, *second)
    assert [draft.findings for draft in drafts] == [tuple(first), tuple(second)]


def test_for_parameters_each_value_is_its_own(making: SimpleNamespace) -> None:
    (draft,) = grouped(*pair(making))
    assert [part.part for part in by_parameter(draft)] == ["aws_access_key_id", "aws_secret_access_key"]
    assert all(part.form is Form.PLAIN and part.members[0].key is None for part in by_parameter(draft))


VALUES = st.sampled_from(["changeme", "hunter2", "Zx81QkT0pLm49sVbN2cR7yWd", "9f86d081884c7d659a2feaa0c55ad015"])


@given(st.lists(st.tuples(VALUES, st.sampled_from(list(CredentialKind)), st.sampled_from(list(Role))), max_size=12))
def test_every_finding_is_in_exactly_one_draft_and_drafts_hold_one_value_a_key(
    making: SimpleNamespace, rows: list[tuple[str, CredentialKind, Role]]
) -> None:
    found = [
        making.finding(f"{index % 3}.py", value, name="DB_PASSWORD", kind=kind, role=role, at=index * 50)
        for index, (value, kind, role) in enumerate(rows)
    ]
    drafts = grouped(*found)
    assert sorted(id(one) for draft in drafts for one in draft.findings) == sorted(map(id, found))
    for draft in drafts:
        for member in draft.members:
            assert {one.value for one in member.findings} == {member.value}
