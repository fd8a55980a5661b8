"""SQL's rows: a string is called by the column that it is for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Kind, Source
from scanner.readers import text as plain
from scanner.readers.inserted import names_of_places, rows_at
from scanner.readers.wanted import MayBeNamed
from scanner.text import decode

Growth = Callable[[Callable[[int], object], int], float]


def stored(query: str, may_be_named: MayBeNamed) -> list[tuple[str, str]]:
    """Columns and texts of what stands behind the last `(` that a mark follows."""
    text = query.replace("¦", "", 1)
    found = rows_at(text, query.index("¦"), may_be_named).strings
    for each in found:
        assert text[each.span.start] == text[each.span.end - 1]
    return [(each.column, text[each.inner.start : each.inner.end]) for each in found]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("INSERT INTO users VALUES (¦'bob', 'x')", id="no columns"),
        pytest.param("INSERT INTO pages (slug, title) VALUES (¦'password', 'x')", id="columns of other things"),
        pytest.param("INSERT INTO rides (passenger, passed) VALUES (¦'bob', 'x')", id="words that only begin so"),
        pytest.param("SELECT f(a, password) VALUES (¦'bob', 'x')", id="no INSERT"),
        pytest.param("INSERT INTO users (name, password) VALUES (¦'bob', NULL)", id="nothing"),
        pytest.param("INSERT INTO users (name, password) VALUES (¦'bob', md5('x'))", id="a function's result"),
        pytest.param("INSERT INTO users (name, password) VALUES (¦'bob', ?)", id="a place"),
        pytest.param("INSERT INTO users (name, password) VALUES (¦'bob', 'x", id="a string without an end"),
        pytest.param("INSERT INTO users (name, password) VALUES (¦'bob', 'x' || y)", id="a computed text"),
        pytest.param("INSERT INTO users (name, password) VALUES (¦'bob'), ('ann')", id="rows that are too short"),
    ],
)
def test_nothing_is_stored(query: str, may_be_named: MayBeNamed) -> None:
    assert stored(query, may_be_named) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("insert into u(a,password)values(¦1,'x')", ["x"], id="small letters without blanks"),
        pytest.param("INSERT INTO s.u (\"id\", `password`) VALUES (¦f(1, 'y,'), 'x')", ["x"], id="a call before"),
        pytest.param("REPLACE INTO u (id, password)\nVALUES\n(¦1, 'x'),\n(2, 'y') ;", ["x", "y"], id="several rows"),
        pytest.param("INSERT INTO u (id, password) VALUES (¦'it''s, (', 'x''y')", ["x''y"], id="doubled quotes"),
        pytest.param("INSERT INTO u (id, password) VALUES (¦'a\\', (', N'x')", ["x"], id="a backslash, SQL Server's N"),
        pytest.param("INSERT INTO u (password, id) VALUES (¦\"x\", 1), (NULL, 2), ('z', 3)", ["x", "z"], id="a gap"),
    ],
)
def test_what_a_credentials_column_gets_is_found(query: str, expected: list[str], may_be_named: MayBeNamed) -> None:
    assert stored(query, may_be_named) == [("password", each) for each in expected]


def test_places_without_a_name_have_none() -> None:
    assert names_of_places("SELECT * FROM users") == {}
    assert names_of_places("SELECT f(?, ?)") == {}


def test_places_are_called_by_their_columns() -> None:
    assert names_of_places("INSERT INTO u (id, name, password) VALUES (1, ?, ?)") == {0: "name", 1: "password"}
    assert names_of_places("UPDATE u SET `password` = %s WHERE name=%s") == {0: "password", 1: "name"}
    assert names_of_places("INSERT INTO u (password) VALUES ($1)") == {0: "password"}


@given(st.lists(st.sampled_from(["'", '"', "(", ")", ",", "\\", "a", " ", "NULL"]), max_size=40))
def test_whatever_follows_is_read_to_an_end(rest: list[str]) -> None:
    text = "INSERT INTO u (id, password) VALUES (" + "".join(rest)
    rows = rows_at(text, 37)
    assert 37 <= rows.end <= len(text)
    for each in rows.strings:
        assert 37 <= each.span.start < each.inner.end < each.span.end <= rows.end


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("insert into a (password) values ('(", id="strings and brackets that do not end"),
        pytest.param("('into a (password) values (',1),", id="statements in the strings of a row"),
        pytest.param("into a (password) values (1,(", id="brackets alone"),
    ],
)
def test_hostile_rows_cost_no_more_than_their_length(piece: str, growth: Growth) -> None:
    def read(count: int) -> None:
        content = "insert into a (password) values (1)," + piece * count
        document = decode(Source(path="a.sql", raw=content.encode()), Kind.TEXT)
        list(plain.read(document, [found.end() for found in re.finditer(r"values \(", content)]))

    assert growth(read, 1_250) < 8
