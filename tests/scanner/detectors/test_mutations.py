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
NAMES = st.sampled_from(["db_password", "dbPassword", "DB_PASSWORD", "database_password"])
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
