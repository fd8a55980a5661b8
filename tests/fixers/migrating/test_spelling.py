"""Recipes of spellings: without the value in them they give the source back exactly, or there is none."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixers.model import Member
from fixers.spelling import recipe, written
from scanner.model import CredentialKind, Document, Finding, Kind, Literal, Role, SecretValue, Source, Span
from scanner.readers.pystring import decode
from scanner.text import decode as decode_text

NAME = "prod/shop/key"
LONG = "generated-Value"


def placed(token: str, *, stored: str | bytes | None = None, part: tuple[int, int] | None = None) -> Any:
    """A document `KEY = <token>` with its finding: the secret is all of the literal, or `part` of its value."""
    text = f"KEY = {token}\n"
    read = decode(token)
    start = text.index(token)
    offsets = None if read.offsets is None else tuple(start + offset for offset in read.offsets)
    literal = Literal(
        span=Span(start, start + len(token)),
        value=SecretValue(read.value),
        role=Role.ASSIGNMENT,
        name="KEY",
        body=start + read.body,
        offsets=offsets,
    )
    first, last = part or (0, len(literal.value.reveal("text")))
    value = literal.value if part is None else SecretValue(literal.value.reveal("text")[first:last])
    finding = Finding(
        rule="r", title="t", kind=CredentialKind.PASSWORD, severity="high", path="a.py",
        span=literal.source_span(first, last), start=(1, 1), end=(1, 1), literal=literal, value=value,
    )  # fmt: skip
    kept = SecretValue(stored) if stored is not None else value
    member = Member(key=None, env="KEY", value=kept, digest="", findings=(finding,))
    document = decode_text(Source(path="a.py", raw=text.encode("utf-8", "surrogatepass")), Kind.PYTHON)
    return document, literal.span, member, finding


def rebuilt(document: Document, span: Span, member: Member, finding: Finding) -> str | None:
    """The source as the recipe gives it, after a journal's JSON and with the value from the store."""
    parts = recipe(document, span, [(NAME, member, finding)], [finding])
    if parts is None:
        return None
    return written(json.loads(json.dumps(parts)), {(NAME, None): member.value})


def test_a_spelling_that_no_form_gives_has_no_recipe() -> None:
    document, span, member, finding = placed(f'"{LONG}\\N{{latin small letter a}}"')
    assert recipe(document, span, [(NAME, member, finding)], [finding]) is None


def test_a_credential_that_is_not_stored_is_never_kept_as_text() -> None:
    document, span, member, finding = placed(f'"{LONG}:{LONG[::-1]}"', part=(0, len(LONG)))
    _, _, _, other = placed(f'"{LONG}:{LONG[::-1]}"', part=(len(LONG) + 1, 2 * len(LONG) + 1))
    assert recipe(document, span, [(NAME, member, finding)], [finding, other]) is None
    assert recipe(document, span, [], [finding]) is None


def test_a_copy_of_the_value_beside_it_is_never_kept_as_text() -> None:
    document, span, member, finding = placed(f'"{LONG}"')
    wide = Span(0, len(document.text))
    text = document.text.replace("KEY", f"{LONG}=KEY")
    assert recipe(document, span, [(NAME, member, finding)], [finding]) is not None
    moved = decode_text(Source(path="a.py", raw=text.encode()), Kind.PYTHON)
    assert recipe(moved, wide, [(NAME, member, finding)], [finding]) is None


@pytest.mark.parametrize(
    "token",
    [
        f'"{LONG}"',
        f"r'{LONG}\\d\\\\'",
        f"'{LONG}\\'\\\"\\\\'",
        f'"""{LONG}\n  two\t\'"\\n"""',
        f'"""{LONG}\r\nlines\rold"""',
        f'"{LONG}\\\ncontinued"',
        f'"{LONG}\\x41\\xe9\\xE9\\u00e9\\U0001F600\\101\\7\\N{{BULLET}}"',
        f"b'{LONG}\\xff\\x00\\''",
        f'"{LONG}\\d\\/"',
        f'"{LONG}\U0001f600é"',
    ],
)
def test_python_spellings_come_back(token: str) -> None:
    document, span, member, finding = placed(token)
    assert rebuilt(document, span, member, finding) == token


def test_a_part_of_a_url_comes_back_with_its_percent_signs() -> None:
    password = "gen/er@ated%41 é"
    for encoded in (quote(password, safe=""), quote(password, safe="").lower()):
        url = f"amqp://shop:{encoded}@mq/shop"
        at = url.index(encoded)
        document, span, member, finding = placed(f'"{url}"', part=(at, at + len(encoded)), stored=password)
        assert rebuilt(document, span, member, finding) == f'"{url}"'
        kept = json.dumps(recipe(document, span, [(NAME, member, finding)], [finding]))
        assert "amqp://shop:" in kept
        assert "ated" not in kept


def test_a_whole_literal_is_stored_where_only_its_password_was_found() -> None:
    url = f"amqp://shop:{LONG}@mq/shop"
    at = url.index(LONG)
    document, span, member, finding = placed(f'"{url}"', part=(at, at + len(LONG)), stored=url)
    assert rebuilt(document, span, member, finding) == f'"{url}"'
    assert "amqp" not in json.dumps(recipe(document, span, [(NAME, member, finding)], [finding]))


def test_a_recipe_tells_neither_value_nor_length() -> None:
    document, span, member, finding = placed(f'"{LONG}"')
    parts = recipe(document, span, [(NAME, member, finding)], [finding])
    assert parts == ['"', {"secret": NAME, "key": None, "bytes": False, "from": 0, "to": None, "as": "as it is"}, '"']


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(text=TEXTS, spell=st.sampled_from([repr, json.dumps, ascii, lambda text: '"' + repr(text)[1:-1] + '"']))
def test_any_value_that_python_reads_comes_back_or_has_no_recipe(text: str, spell: Any) -> None:
    token = spell(text)
    try:
        document, span, member, finding = placed(token)
    except ValueError:
        return
    if document.text != f"KEY = {token}\n" or not member.value.reveal("text"):
        return
    again = rebuilt(document, span, member, finding)
    assert again is None or again == token
    if spell in (repr, ascii):
        assert again == token


@given(value=st.binary(min_size=1, max_size=12))
def test_any_bytes_come_back(value: bytes) -> None:
    document, span, member, finding = placed(repr(value))
    assert rebuilt(document, span, member, finding) == repr(value)
