from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Document, Role, Span
from scanner.readers import dotenv
from scanner.readers.errors import Unreadable

WRITTEN = [
    ("unquoted", "K=ab cd", "ab cd", "ab cd", ""),
    ("with a comment", "K=abcd # why", "abcd", "abcd", ""),
    ("with a hash inside", "K=ab#cd", "ab#cd", "ab#cd", ""),
    ("single-quoted", "K='ab cd' # why", "ab cd", "'ab cd'", "'"),
    ("double-quoted", 'K="ab # cd"', "ab # cd", '"ab # cd"', '"'),
    ("escaped", r'K="a\"b\\c\n"', 'a"b\\c\n', r'"a\"b\\c\n"', '"'),
    ("over several lines", "K='a\nb'\n", "a\nb", "'a\nb'", "'"),
    ("exported", "  export K = abcd  ", "abcd", "abcd", ""),
    ("under a quoted key", "'K'=abcd", "abcd", "abcd", ""),
    ("equal to its key", "K=K", "K", "K", ""),
    ("with CRLF", "K=abcd\r\n", "abcd", "abcd", ""),
    ("empty", "K=", "", "", ""),
    ("empty, with a comment", "K= # why", "", "", ""),
    ("empty in quotes", "K=''", "", "''", "'"),
]


def splice(text: str, span: Span, new: str) -> str:
    return text[: span.start] + new + text[span.end :]


def test_prose_is_unreadable(document: Callable[[str, str], Document]) -> None:
    with pytest.raises(Unreadable) as caught:
        list(dotenv.read(document(".env", "\nhello there world\n"), []))
    assert (caught.value.line, caught.value.column) == (1, 1)
    assert "hello" not in str(caught.value)


def test_an_unreadable_line_spoils_no_other(document) -> None:
    text = "A=1\nthis is no binding\n\nB=2\nnor = 'this\n"
    assert [each.key for each in dotenv.bindings(document(".env", text))] == ["A", "B"]
    assert dotenv.errors(document(".env", text)) == (2, 5)


def test_a_key_alone_has_no_value(document) -> None:
    (binding,) = dotenv.bindings(document(".env", "export K\n"))
    assert (binding.key, binding.value, binding.export) == ("K", None, True)
    assert list(dotenv.read(document(".env", "export K\n"), [])) == []


@pytest.mark.parametrize(
    ("text", "value", "written", "quote"), [pytest.param(*case, id=said) for said, *case in WRITTEN]
)
def test_the_place_of_a_value(document, text: str, value: str, written: str, quote: str) -> None:
    (binding,) = dotenv.bindings(document(".env", text))
    assert binding.value is not None
    assert binding.value.reveal("text") == value
    assert text[binding.span.start : binding.span.end] == written
    assert binding.quote == quote
    changed = splice(text, binding.span, f"{quote}other{quote}")
    assert dotenv_values(stream=io.StringIO(changed)) == {"K": "other"}


def test_lines_and_originals_cover_the_file(document) -> None:
    text = "\n# why\nA=1\n\n\nexport B='x\ny'\nC=3"
    bindings = dotenv.bindings(document(".env", text))
    assert [(each.key, each.line, each.export) for each in bindings] == [
        ("A", 3, False),
        ("B", 6, True),
        ("C", 8, False),
    ]
    assert bindings[1].original == Span(bindings[0].original.end, bindings[2].original.start)


def test_a_second_byte_order_mark_moves_nothing(document) -> None:
    text = "\ufeff\ufeffK=abcd"
    (binding,) = dotenv.bindings(document(".env", text))
    assert binding.span == Span(3, 7)


def test_all_variables_are_read_with_each_other(read_marked, values) -> None:
    literals = read_marked(".env", "DB_HOST=h\nDB_PASSWORD=abcd\nEMPTY=\n")
    assert values(literals) == {"DB_HOST": "h", "DB_PASSWORD": "abcd"}
    assert {literal.role for literal in literals} == {Role.VARIABLE}
    assert [sibling.name for sibling in literals[1].siblings] == ["DB_HOST"]


def test_interpolation_is_not_done(read_marked) -> None:
    (plain, computed) = read_marked(".env", "A=x\nB='${A}y'\n")
    assert (plain.dynamic, computed.dynamic, computed.value.reveal("text")) == (False, True, "${A}y")


def test_a_default_is_a_value_of_its_own(read_marked) -> None:
    default = read_marked(".env", "URL=http://${PW:-abcd}@h\n")[-1]
    assert (default.name, default.value.reveal("text"), default.role) == ("PW", "abcd", Role.ENV_DEFAULT)


def test_what_is_commented_out_is_read_at_hits(read_marked, values) -> None:
    assert values(read_marked(".env", "# TOKEN=ab¦cd\nA=1 # PASSWORD=ef¦gh\n")) == {
        "A": "1",
        "TOKEN": "abcd",
        "PASSWORD": "efgh",
    }


def test_what_does_not_parse_is_read_at_hits(read_marked, values) -> None:
    assert values(read_marked(".envrc", "A=1\nif x; then TOKEN=ab¦cd; fi\n")) == {"A": "1", "TOKEN": "abcd"}


@settings(max_examples=200)
@given(st.text(alphabet="AB=='\"\\# \t\n\r${}:-x\x85é😀\ufeff", max_size=50))
def test_any_text_is_read_or_unreadable(read_everywhere, document, text: str) -> None:
    try:
        read_everywhere(".env", text)
    except Unreadable:
        assert dotenv.errors(document(".env", text))


@settings(max_examples=200)
@given(st.text(alphabet="AB=='\"\\# \t\n\r${}:-x\x85é😀", max_size=50))
def test_every_place_takes_another_value(document, text: str) -> None:
    before = document(".env", text)
    for number, binding in enumerate(dotenv.bindings(before)):
        if binding.value is not None:
            changed = splice(before.text, binding.span, f"{binding.quote}other{binding.quote}")
            again = dotenv.bindings(document(".env", changed))[number]
            assert again.value is not None
            assert (again.key, again.value.reveal("text")) == (binding.key, "other")


@settings(max_examples=100)
@given(value=st.text(alphabet="ab\\\"'#\n$ {}é😀\t", max_size=20), quote=st.sampled_from(["'", '"']))
def test_quoted_values_keep_their_characters_places(document, value: str, quote: str) -> None:
    written = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    text = f"A=1\nK={quote}{written}{quote}\n"
    binding = dotenv.bindings(document(".env", text))[1]
    assert binding.value is not None
    assert (binding.value.reveal("text") == value) is True
    literals = [literal for literal in dotenv.read(document(".env", text), []) if literal.name == "K"]
    for literal in literals:
        span = literal.source_span(0, len(value))
        assert (text[span.start : span.end] == written) is True
