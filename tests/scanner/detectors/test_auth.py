"""Credentials of HTTP: Basic, Bearer, and what is about to be encoded as Basic."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.detectors.auth import pair_of

ALNUM = string.ascii_letters + string.digits


def drawn(length: int, seed: int = 0) -> str:
    source = random.Random(f"auth{length}{seed}")
    return "".join(source.choice(ALNUM) for _ in range(length))


def basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('title = "Basic understanding of tokens"', id="prose that starts with Basic"),
        pytest.param('x = "Basic authentication"', id="the name of the scheme"),
        pytest.param(f'x = "Basic {base64.b64encode(b"no colon here").decode()}"', id="base64 of something else"),
        pytest.param('x = "Bearer authentication-required"', id="prose that starts with Bearer"),
        pytest.param('header = "Bearer {token}"', id="a field"),
        pytest.param('header = f"Bearer {token}"', id="an f-string"),
        pytest.param('x = "Basic " + base64.b64encode(user + b":" + password)', id="two variables"),
        pytest.param("x = base64.b64encode(b'https://host/path')", id="a URL that is encoded"),
    ],
)
def test_no_http_credential(find, text: str) -> None:
    assert not [each for each in find("a.py", text + "\n") if each.rule in ("basic-auth", "bearer-token")]


@pytest.mark.parametrize("inside", ["changeme", "{{ password }}", "your-password"])
def test_a_placeholder_inside_basic_is_not_reported_at_medium(find, inside: str) -> None:
    text = f'headers = {{"X": "Basic {basic("admin", inside)}"}}\n'
    assert all(each.confidence == "low" for each in find("a.py", text, rule="basic-auth"))


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param("a.py", 'headers = {"Authorization": "Basic ', '"}\n', id="a header in Python"),
        pytest.param("a.py", 'assert request.headers["X"] == b"Basic ', '"\n', id="a comparison with bytes"),
        pytest.param("a.yml", "headers:\n  Authorization:\n  - Basic ", "\n", id="a recorded request in YAML"),
        pytest.param("a.json", '{"Authorization": "Basic ', '"}\n', id="a header in JSON"),
        pytest.param("a.sh", 'curl -H "Authorization: Basic ', '" https://host\n', id="curl"),
    ],
)
def test_basic_with_a_password_is_found_at_its_place(find, spans, path: str, before: str, after: str) -> None:
    token = basic("admin", drawn(12))
    text = before + token + after
    found = find(path, text, rule="basic-auth")
    assert spans(text, found) == [token]
    assert all(each.confidence != "low" for each in found)


def test_user_and_password_on_their_way_into_base64_are_found(find, spans) -> None:
    pair = f"robot:{drawn(10)}"
    text = f'import base64\nauth_ = base64.b64encode(b"{pair}").decode("ascii")\n'
    found = find("a.py", text, rule="basic-auth")
    assert (spans(text, found) == [pair]) is True


def test_a_bearer_token_needs_no_name(find, spans) -> None:
    token = drawn(40)
    text = f'call("/v1", "Bearer {token}")\n'
    assert (spans(text, find("a.py", text, rule="bearer-token")) == [token]) is True


@given(user=st.text(ALNUM, min_size=1, max_size=20), password=st.text(ALNUM + "!:@#", min_size=1, max_size=30))
def test_a_pair_is_read_back_padded_or_not(user: str, password: str) -> None:
    token = basic(user, password)
    assert (pair_of(token) == (user, password) == pair_of(token.rstrip("="))) is True


@given(st.text(ALNUM + "+/=", max_size=60))
def test_any_token_is_a_pair_or_none(token: str) -> None:
    pair = pair_of(token)
    assert pair is None or (":" not in pair[0] and len(pair[1]) > 0)


def test_a_basic_token_with_letters_of_another_alphabet_is_none():
    assert pair_of("passwordé") is None
    assert pair_of("password¹") is None
