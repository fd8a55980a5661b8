"""Values that stand together without names of their own: what says which of them is a credential."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.readers.together import key_name, names_in, names_of, password_of, pieces

TOKEN = "Zk3" + "pQ9xV7" * 3


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param("people", ["bob", "hunter22!", "admin"], id="the list is not called as users are"),
        pytest.param("users", ["bob", "hunter22!"], id="pairs are looked at elsewhere"),
        pytest.param("users", ["bob", "Berlin", "admin"], id="nothing looks like a password"),
        pytest.param("users", ["Jean-Luc", "Picard1987", "Enterprise"], id="a name with a year"),
        pytest.param("users", ["bob", "hunter22!", "other33!"], id="two could be it"),
        pytest.param("users", [None, "hunter22!", "admin"], id="what stands before is computed"),
        pytest.param("users", ["hunter22!", "bob", "x"], id="the first of a row is whose it is"),
        pytest.param("users", ["bob", "bob@shop1.internal", "admin"], id="a mail address"),
        pytest.param("users", ["a"] * 8 + ["hunter22!"], id="a long row is a record"),
    ],
)
def test_no_element_of_a_row_is_a_password(name: str, row: list[str | None]) -> None:
    assert password_of(name, row) is None


def test_the_password_of_a_row_is_found_beside_a_user_and_a_role() -> None:
    assert password_of("USERS", ["bob", "hunter22", "admin"]) == 1
    assert password_of("test_accounts", [None, "bob", "hunter22!"]) == 2
    assert password_of("logins", ["bob", TOKEN, "Berlin"]) == 1


def test_names_without_a_credential_among_them_name_nothing() -> None:
    assert names_in(["id", "count"]) == ()
    assert names_in(["password", None]) == ()
    assert names_in(["password", "two words"]) == ()
    assert names_of(["i", "value"]) == ()
    assert names_of(["spawn", "x"]) == ()


def test_fields_and_targets_name_by_place() -> None:
    assert names_in(["user", "password"]) == ("user", "password")
    assert names_of(["user", None, "db_pw"]) == ("user", "", "db_pw")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("CACHE", TOKEN, id="the mapping is not called so"),
        pytest.param(None, TOKEN, id="it has no name"),
        pytest.param("TOKENS", "PLUS", id="a short word"),
        pytest.param("TOKENS", "double_quoted_string", id="no digit"),
        pytest.param("TOKENS", "a path/with some 1", id="characters that no token has"),
        pytest.param("TOKENS", None, id="a key that is computed"),
        pytest.param("token_types", TOKEN, id="types of tokens"),
    ],
)
def test_a_key_is_no_token(name: str | None, key: str | None) -> None:
    assert key_name(name, key) is None


def test_a_key_is_called_as_its_mapping_without_what_it_leads_to() -> None:
    assert key_name("fake_tokens_db", TOKEN) == "fake_tokens"
    assert key_name("TOKEN_TO_USER", TOKEN) == "TOKEN"
    assert key_name("API_KEYS", TOKEN) == "API_KEYS"


def test_a_string_is_not_taken_apart_where_the_parts_and_the_names_differ() -> None:
    assert list(pieces("a:b:c", "split", ":", -1, ["user", "password"], None)) == []
    assert list(pieces("a:b", "split", "", -1, ["user", "password"], None)) == []
    assert list(pieces("a:hunter22", "replace", ":", -1, ["user", "password"], None)) == []
    assert list(pieces("a hunter22", "split", None, -1, [], "words")) == []


def test_the_second_part_of_a_login_is_a_password() -> None:
    assert [(each.name, each.start, each.end) for each in pieces("a hunter22", "split", None, -1, [], "auth")] == [
        ("password", 2, 10)
    ]
    found = list(pieces("a:b:c", "partition", ":", -1, ["user", None, "password"], None))
    assert [(each.name, each.start, each.end) for each in found] == [("user", 0, 1), ("password", 2, 5)]


@given(
    parts=st.lists(st.text("ab :", max_size=4), min_size=1, max_size=5),
    method=st.sampled_from(["split", "rsplit"]),
    separator=st.sampled_from([None, ":", " ", "ab"]),
    most=st.integers(-1, 3),
)
def test_each_piece_is_what_python_gives_the_name(
    parts: list[str], method: str, separator: str | None, most: int
) -> None:
    text = ":".join(parts)
    expected = getattr(text, method)(separator, most)
    found = list(pieces(text, method, separator, most, [f"n{number}" for number in range(len(expected))], None))
    assert {each.name: text[each.start : each.end] for each in found} == {
        f"n{number}": part for number, part in enumerate(expected) if part
    }
