"""What is decoded and what is not; what the prefilter must see in an encoded text."""

from __future__ import annotations

import base64
import random
import re
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import decoding
from scanner.decoding import LONGEST, decoded, stems

TEXTS = st.text(alphabet=string.ascii_letters + string.digits + " :/@{}\"'=-_.\n", min_size=9, max_size=200)
WRAPPED = "the quick brown fox jumps over the lazy dog, and does it again and again and again"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "password",
        "anIdentifierOfAProgram",
        "/usr/local/share/ca-certificates",
        "0123456789abcdef0123456789abcdef",
        "d41d8cd98f00b204e9800998ecf8427e",
        "one two three four",
        "50%25 off",
        "https://shop.internal/a%20b?c=%3Fd",
        "A" * 40,
        encoded("short"),
        encoded("plain text here") + "!",
        encoded("x" * LONGEST),
    ],
)
def test_what_is_not_plainly_encoded_stays_as_it_is(text: str) -> None:
    assert decoded(text) is None


def test_random_values_and_random_bytes_are_hardly_ever_text() -> None:
    source = random.Random(20261125)
    values = [encoded("".join(map(chr, source.randbytes(24)))) for _ in range(2_000)]
    values += ["".join(source.choices(string.ascii_letters + string.digits, k=32)) for _ in range(2_000)]
    values += [source.randbytes(16).hex() for _ in range(2_000)]
    assert sum(decoded(value) is not None for value in values) <= 1


@given(TEXTS)
def test_base_64_and_hexadecimal_of_a_text_give_the_text(text: str) -> None:
    assert decoded(encoded(text)) == text
    assert decoded(base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")) == text
    assert decoded(text.encode().hex()) in (text, None if len(text) < 9 else text)


def test_lines_of_base_64_are_one_text() -> None:
    assert decoded(re.sub("(.{20})", r"\1\n", encoded(WRAPPED))) == WRAPPED


def test_a_percent_encoded_url_with_a_password_is_decoded() -> None:
    url = "https://shop:wordofmouth@git.internal/repo"
    assert decoded(quote(url, safe="")) == url


def test_the_data_of_a_secret_is_decoded_however_short() -> None:
    assert decoded(encoded("abc"), surely=True) == "abc"
    assert decoded(encoded("abc")) is None


@given(st.text(alphabet=string.printable, max_size=40), st.text(alphabet=string.printable, max_size=40))
def test_a_text_that_holds_a_word_holds_one_of_its_stems_when_encoded(before: str, after: str) -> None:
    whole = base64.b64encode(f"{before}password{after}".encode())
    assert any(stem in whole for stem in stems("password"))


@given(st.text(max_size=300), st.booleans())
def test_decoding_never_raises(text: str, surely: bool) -> None:
    decoded(text, surely=surely)


def test_the_expressions_are_few_and_short() -> None:
    assert sum(map(len, decoding.expressions())) < 2_000
