"""Spellings of a value in bytes: what is none of it first, then every way to write it."""

from __future__ import annotations

import base64
import html
import json
import random
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fixers.value_search import BASE64, PIECES, may_stand, search_for, traces
from scanner.model import SecretValue

Made = Callable[..., str]


def stretches(value: str | bytes, raw: bytes) -> list[bytes]:
    return [raw[trace.start : trace.end] for trace in traces(search_for([SecretValue(value)]), raw)]


def test_another_value_with_the_same_beginning_is_none_of_it(made: Made) -> None:
    value = made(20)
    for other in (value[:-1], value[1:], value[:10] + "-" + value[10:], value.swapcase()):
        found = stretches(value, f'password = "{other}"'.encode())
        assert not found


def test_a_long_value_is_found_whole_or_not_at_all(made: Made) -> None:
    value = made(4_000)  # a private key of 4,096 bits has 3,243, and Hyperscan takes 4,000 bytes of a spelling at most
    spelled = ["".join(form % ord(char) for char in value) for form in ("%c", "%02x", "\\x%02x", "\\u%04x")]
    coded = base64.b64encode(value.encode()).decode()
    assert stretches(value, " ".join([*spelled, coded]).encode()) == [text.encode() for text in (*spelled, coded)]
    assert not stretches(value, " ".join(text[:-12] for text in (*spelled, coded)).encode())


def test_a_search_shows_no_value(made: Made) -> None:
    value = made(20)
    assert value[:4] not in repr(search_for([SecretValue(value)]))


def test_a_short_value_is_never_found() -> None:
    assert not stretches("abcd", b'"abcd"')


def test_nothing_is_found_without_values() -> None:
    assert traces(search_for([]), b"anything") == []


PLAIN = "aB3$e/Gh'Jk\"Mn\\Pq+St=é"


@pytest.mark.parametrize(
    ("form", "write"),
    [
        ("as it is", lambda text: text.encode()),
        ("latin-1", lambda text: text.encode("latin-1")),
        ("utf-16", lambda text: text.encode("utf-16-le")),
        ("utf-16, big end first", lambda text: text.encode("utf-16-be")),
        ("JSON", lambda text: json.dumps(text)[1:-1].encode()),
        ("JSON, not ASCII", lambda text: json.dumps(text, ensure_ascii=False)[1:-1].encode()),
        ("JSON in JSON", lambda text: json.dumps(json.dumps(text))[3:-3].encode()),
        ("Python", lambda text: repr(text)[1:-1].encode()),
        ("Python bytes", lambda text: repr(text.encode())[2:-1].encode()),
        ("each character escaped", lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()).encode()),
        ("in YAML's single quotes", lambda text: text.replace("'", "''").encode()),
        ("in the shell's single quotes", lambda text: text.replace("'", "'\\''").encode()),
        ("HTML", lambda text: html.escape(text).encode()),
        ("URL", lambda text: quote(text, safe="").encode()),
        ("URL with slashes", lambda text: quote(text).encode()),
        ("form", lambda text: quote_plus(text).encode()),
        ("hex", lambda text: text.encode().hex().encode()),
        ("base64", lambda text: base64.b64encode(text.encode())),
        ("URL-safe base64", lambda text: base64.urlsafe_b64encode(text.encode())),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_every_spelling_in_one_piece_is_found_whole(form: str, write: Callable[[str], bytes]) -> None:
    written = write(PLAIN)
    raw = b"x: " + written + b" ;"
    assert stretches(PLAIN, raw) == [written], form


@pytest.mark.parametrize("before", range(3))
def test_base64_of_a_text_around_the_value_goes_whole(made: Made, before: int) -> None:
    value = made(17)
    coded = base64.b64encode(b"u" * before + value.encode() + b":tail")
    (trace,) = traces(search_for([SecretValue(value)]), b"Basic " + coded + b"\n")
    assert (trace.start, trace.end, trace.form) == (6, 6 + len(coded), BASE64)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param('" "', id="implicit concatenation"),
        pytest.param('"\n    "', id="over lines"),
        pytest.param('"  # why\n    "', id="with a comment"),
        pytest.param('" + "', id="plus"),
        pytest.param("' + \"", id="other quotes"),
        pytest.param('"\n  f"', id="with a prefix"),
        pytest.param('" \\\n "', id="with a continued line"),
        pytest.param("\\\n", id="a continued line inside"),
    ],
)
def test_a_value_in_pieces_is_found_from_end_to_end(made: Made, between: str) -> None:
    value = made(20)
    written = value[:7] + between + value[7:13] + between + value[13:]
    raw = f'password = "{written}"\n'.encode()
    (trace,) = traces(search_for([SecretValue(value)]), raw)
    assert raw[trace.start : trace.end] == written.encode()
    assert trace.form == PIECES


def test_pieces_with_escaped_characters_are_found(made: Made) -> None:
    value = made(16)
    escaped = f"\\x{ord(value[2]):02x}"
    written = value[:2] + escaped + value[3:9] + f"\\u{ord(value[9]):04x}" + value[10:]
    assert stretches(value, f"'{written}'".encode()) == [written.encode()]


def test_a_key_over_lines_is_found_indented_and_escaped(made: Made) -> None:
    value = "\n".join(["-----BEGIN X-----", *(made(64) for _ in range(4)), "-----END X-----", ""])
    indented = value.rstrip("\n").replace("\n", "\n    ")
    assert stretches(value.rstrip("\n"), f"key: |\n    {indented}\n".encode()) == [indented.encode()]
    assert stretches(value, json.dumps({"key": value}).encode()) == [json.dumps(value)[1:-1].encode()]
    assert stretches(value, value.replace("\n", "\r\n").encode()) == [value.replace("\n", "\r\n").encode()]


@given(st.binary(min_size=5, max_size=40), st.binary(max_size=30), st.binary(max_size=30))
@example(b"aaaaaaaa", b"aaa", b"aaa")
def test_bytes_of_any_kind_are_found_between_bytes_of_any_kind(value: bytes, before: bytes, after: bytes) -> None:
    raw = before + value + after
    found = traces(search_for([SecretValue(value)]), raw)
    assert any(trace.start <= len(before) and trace.end >= len(before) + len(value) for trace in found) or any(
        raw[trace.start : trace.end].find(value) >= 0 for trace in found
    )


@given(st.text(min_size=5, max_size=30), st.integers(1, 4), st.integers(1, 4))
def test_text_of_any_kind_is_found_as_python_writes_it(text: str, one: int, other: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    raw = f"x = {text!r}\n".encode()
    if len(text.encode()) >= 5:
        assert traces(search_for([SecretValue(text)]), raw)


def test_what_may_stand_is_asked_before_a_search_is_compiled() -> None:
    """Of thousands of values only those are looked for of which some spelling may be there."""
    drawn = random.Random("may")
    values = [SecretValue("".join(drawn.choices(string.ascii_letters + string.digits, k=24))) for _ in range(3000)]
    text = values[7].reveal("text")
    coded = base64.b64encode(b"a:" + text.encode()).decode()
    for spelled in (text, text.encode().hex(), coded, text[:9] + '" "' + text[9:]):
        raw = f"# nothing but this: {spelled}\n".encode()
        likely = may_stand(values, raw)
        assert likely == [values[7]]
        assert traces(search_for(likely), raw)
