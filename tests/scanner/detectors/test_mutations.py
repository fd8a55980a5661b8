"""How a statement is written changes no verdict: quotes, line breaks, order, aliases, line ends."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model import Finding

Find = Callable[..., list[Finding]]

# Drawn at random, not by hypothesis: it likes zeros, and zeros over and over are no password.
VALUES = st.builds(
    lambda seed, length: "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length)),
    st.integers(0, 10**9),
    st.integers(16, 30),
)
NAMES = st.sampled_from(
    ["db_password", "dbPassword", "DB_PASSWORD", "database_password", "db_passwd", "DB_PASSWD", "db_pwd", "dbPwd",
     "smtp_pass", "ADMIN_PASS", "user_passphrase", "mot_de_passe", "db_passwort", "DB_PASSWORD_PROD"]
)  # fmt: skip
QUOTES = st.sampled_from(['"', "'", '"""', "'''"])
BREAKS = st.sampled_from([", ", ",\n    ", " ,\n\n    # a comment\n    ", ",\\\n    "])
ENDS = st.sampled_from(["\n", "\r\n"])
IMPORTS = st.sampled_from(
    [
        ("import psycopg2", "psycopg2.connect"),
        ("import psycopg2 as pg", "pg.connect"),
        ("from psycopg2 import connect", "connect"),
        ("from psycopg2 import connect as c", "c"),
    ]
)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def verdicts(find: Find, text: str, value: str) -> list[tuple[str, str]]:
    """Rule and confidence of each finding that holds the value."""
    found = find("shop/db.py", text)
    return sorted(
        (each.rule, each.confidence.value) for each in found if value in text[each.span.start : each.span.end]
    )


@QUICK
@given(value=VALUES, quote=QUOTES, between=BREAKS, end=ENDS, made=IMPORTS, order=st.permutations(range(3)))
def test_a_call_means_the_same_however_it_is_written(
    find: Find,
    value: str,
    quote: str,
    between: str,
    end: str,
    made: tuple[str, str],
    order: list[int],
) -> None:
    plain = f'import psycopg2\npsycopg2.connect(host="db", user="shop", password="{value}")\n'
    arguments = [f"host={quote}db{quote}", f"user={quote}shop{quote}", f"password={quote}{value}{quote}"]
    statement, callee = made
    text = f"{statement}\n{callee}({between.join(arguments[at] for at in order)})\n".replace("\n", end)
    assert verdicts(find, plain, value)
    assert verdicts(find, text, value) == verdicts(find, plain, value)


@QUICK
@given(value=VALUES, name=NAMES, quote=QUOTES, prefix=st.sampled_from(["", "r", "u", "R"]), end=ENDS)
def test_an_assignment_means_the_same_however_it_is_written(
    find: Find, value: str, name: str, quote: str, prefix: str, end: str
) -> None:
    plain = f'db_password = "{value}"\n'
    text = f"x = 1\n\n{name} = {prefix}{quote}{value}{quote}\n".replace("\n", end)
    broken = f"{name} = (\n    {prefix}{quote}{value}{quote}\n)\n".replace("\n", end)
    assert verdicts(find, plain, value)
    assert verdicts(find, text, value) == verdicts(find, plain, value)
    assert verdicts(find, broken, value) == verdicts(find, plain, value)


@QUICK
@given(value=VALUES, name=st.sampled_from(["p", "first", "x9"]), end=ENDS)
def test_a_renamed_variable_on_the_way_to_a_call_changes_nothing(find: Find, value: str, name: str, end: str) -> None:
    direct = f'import psycopg2\n\nvalue = "{value}"\npsycopg2.connect("db", password=value)\n'
    text = f'import psycopg2\n\n{name} = "{value}"\npsycopg2.connect("db", password={name})\n'.replace("\n", end)
    assert verdicts(find, direct, value)
    assert verdicts(find, text, value) == verdicts(find, direct, value)


CALLS = st.sampled_from(
    [
        ("redis", "Redis", ["host={q}cache{q}", "port=6379", "password={q}{v}{q}"]),
        ("pymysql", "connect", ["host={q}db{q}", "user={q}shop{q}", "password={q}{v}{q}", "database={q}shop{q}"]),
        ("requests", "get", ["url={q}https://api.internal/{q}", "timeout=3", "auth=({q}shop{q}, {q}{v}{q})"]),
        (
            "boto3",
            "client",
            ["service_name={q}s3{q}", "aws_secret_access_key={q}{v}{q}", "region_name={q}eu-west-1{q}"],
        ),
        ("openai", "OpenAI", ["api_key={q}{v}{q}", "timeout=3", "max_retries=2"]),
    ]
)


@QUICK
@given(data=st.data(), call=CALLS, value=VALUES, quote=QUOTES, between=BREAKS, end=ENDS)
def test_every_library_s_call_means_the_same_in_any_order_and_under_any_alias(
    find: Find, data: st.DataObject, call: tuple[str, str, list[str]], value: str, quote: str, between: str, end: str
) -> None:
    module, function, templates = call
    plain = ", ".join(template.format(q='"', v=value) for template in templates)
    arguments = data.draw(st.permutations([template.format(q=quote, v=value) for template in templates]))
    statement, callee = data.draw(
        st.sampled_from(
            [
                (f"import {module}", f"{module}.{function}"),
                (f"import {module} as m", f"m.{function}"),
                (f"from {module} import {function}", function),
                (f"from {module} import {function} as f", "f"),
            ]
        )
    )
    straight = f"import {module}\n{module}.{function}({plain})\n"
    text = f"{statement}\nclient = {callee}({between.join(arguments)})\n".replace("\n", end)
    assert verdicts(find, straight, value)
    assert verdicts(find, text, value) == verdicts(find, straight, value)


def in_file(find: Find, path: str, text: str, value: str) -> list[tuple[str, str]]:
    found = find(path, text)
    return sorted(
        (each.rule, each.confidence.value) for each in found if value == text[each.span.start : each.span.end]
    )


@QUICK
@given(value=VALUES, name=NAMES, quote=st.sampled_from(["", '"', "'"]), end=ENDS, first=st.booleans())
def test_an_entry_of_yaml_means_the_same_however_it_is_written(
    find: Find, value: str, name: str, quote: str, end: str, first: bool
) -> None:
    value = "K" + value
    plain = f"database:\n  host: db.internal\n  db_password: {value}\n"
    rows = ["  host: db.internal", f"  {name}: {quote}{value}{quote}"]
    text = end.join(["database:", *(reversed(rows) if first else rows), ""])
    assert in_file(find, "config/app.yml", plain, value)
    assert in_file(find, "config/app.yml", text, value) == in_file(find, "config/app.yml", plain, value)


@QUICK
@given(
    value=VALUES, name=NAMES, quote=st.sampled_from(["", '"', "'"]), end=ENDS, before=st.sampled_from(["", "export "])
)
def test_a_variable_of_an_environment_file_means_the_same_however_it_is_written(
    find: Find, value: str, name: str, quote: str, end: str, before: str
) -> None:
    plain = f"DEBUG=0\nDB_PASSWORD={value}\n"
    text = f"DEBUG=0\n{before}{name}={quote}{value}{quote}\n".replace("\n", end)
    assert in_file(find, ".env", plain, value)
    assert in_file(find, ".env", text, value) == in_file(find, ".env", plain, value)
