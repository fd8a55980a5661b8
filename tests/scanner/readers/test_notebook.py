from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Role
from scanner.readers.errors import Unreadable


def notebook(*sources: str | list[str], language: str = "python", kind: str = "code") -> dict[str, Any]:
    cells = [{"cell_type": kind, "outputs": [], "source": source} for source in sources]
    return {"cells": cells, "metadata": {"language_info": {"name": language}}, "nbformat": 4}


def dump(content: dict[str, Any], *, ascii_only: bool = True) -> str:
    return json.dumps(content, indent=1, ensure_ascii=ascii_only)


def test_what_is_no_json_is_unreadable(read_everywhere) -> None:
    with pytest.raises(Unreadable) as caught:
        read_everywhere("a.ipynb", '{"cells": [\n hunter')
    assert (caught.value.line, "hunter" in str(caught.value)) == (2, False)


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"cells": []}', '{"cells": [{"source": []}]}', '{"cells": {"a": 1}}', '"a"']
)
def test_what_has_no_cells_is_unreadable(read_everywhere, text: str) -> None:
    with pytest.raises(Unreadable, match="no cells"):
        read_everywhere("a.ipynb", text)


def test_outputs_are_skipped(read_everywhere) -> None:
    content = notebook("a = 1")
    content["cells"][0]["outputs"] = [{"text": ["password = 'abcd'"], "data": {"text/plain": "token = 'abcd'"}}]
    assert read_everywhere("a.ipynb", dump(content)) == []


def test_a_cell_is_read_without_hits_in_others(read_marked, values) -> None:
    text = dump(notebook("a = 'x'", "password = 'ab¦cd'", "b = 'y'"), ascii_only=False)
    assert values(read_marked("a.ipynb", text)) == {"password": "abcd"}


def test_one_cell_imports_what_another_uses(read_marked) -> None:
    cells = ["import psycopg2\n"], ["\n", 'psycopg2.connect("h", password="ab¦cd")']
    (literal,) = [each for each in read_marked("a.ipynb", dump(notebook(*cells), ascii_only=False)) if each.name]
    assert literal.name == "password"
    assert literal.arguments[0].callees[0] == "psycopg2.connect"


def test_places_are_those_in_the_file(read_everywhere) -> None:
    text = dump(notebook(["x = 1\n", 'password = "ab\\"é😀\\tcd"  # é\n', "c(password)"]))
    literal = next(each for each in read_everywhere("a.ipynb", text) if each.name == "password")
    assert literal.value.reveal("text") == 'ab"é😀\tcd'
    assert text[literal.span.start : literal.span.end] == r"\"ab\\\"\u00e9\ud83d\ude00\\tcd\""
    inner = literal.source_span(0, len(literal.value.reveal("text")))
    assert text[inner.start : inner.end] == r"ab\\\"\u00e9\ud83d\ude00\\tcd"


def test_siblings_and_calls_are_placed_in_the_file(read_everywhere) -> None:
    text = dump(notebook("import smtplib\n", "smtplib.SMTP('h').login('u', 'abcd')"))
    literal = next(each for each in read_everywhere("a.ipynb", text) if each.value.reveal("text") == "abcd")
    call = literal.arguments[0].call
    assert text[call.start : call.end] == "smtplib.SMTP('h').login('u', 'abcd')"


MAGICS = ["%matplotlib inline", "!pip install x", "%%time", "len?", "?len", "  %load_ext x", "if x:\n  !ls", "x = !ls",
          "!pip install \\\n  x"]  # fmt: skip


@pytest.mark.parametrize("magic", MAGICS)
def test_magics_are_no_obstacle(read_everywhere, values, magic: str) -> None:
    literals = read_everywhere("a.ipynb", dump(notebook(f"{magic}\npassword = 'abcd'\n")))
    assert values(literals)["password"] == "abcd"
    assert Role.ASSIGNMENT in {literal.role for literal in literals}


@pytest.mark.parametrize(
    "source",
    ["%%bash\nexport TOKEN=ab¦cd\n", "!tool --TOKEN=ab¦cd\nx = 1", "x = !tool TOKEN=ab¦cd", "if:\nTOKEN='ab¦cd'"],
)
def test_what_is_not_python_is_read_as_text(read_marked, values, source: str) -> None:
    literals = read_marked("a.ipynb", dump(notebook(source, "y = 1"), ascii_only=False))
    assert values(literals) == {"TOKEN": "abcd"}
    assert {literal.role for literal in literals} == {Role.TEXT}


def test_a_comment_behind_a_statement_is_read(read_marked, values) -> None:
    literals = read_marked("a.ipynb", dump(notebook("x = 1  # password = 'ab¦cd'"), ascii_only=False))
    assert values(literals) == {"password": "abcd"}


def test_markdown_and_other_languages_are_read_as_text(read_marked, values) -> None:
    markdown = notebook("The password: ab¦cd", kind="markdown")
    assert values(read_marked("a.ipynb", dump(markdown, ascii_only=False))) == {"password": "abcd"}
    scala = notebook('val password = "ab¦cd"', language="scala")
    assert values(read_marked("a.ipynb", dump(scala, ascii_only=False))) == {"password": "abcd"}


def test_format_3_is_read(read_marked, values) -> None:
    content = {
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["password = 'ab¦cd'"], "language": "python"}]}]
    }
    assert values(read_marked("a.ipynb", dump(content, ascii_only=False))) == {"password": "abcd"}


@settings(max_examples=60, deadline=None)
@given(
    value=st.text(alphabet="ab\\\"'\n\t é😀{}#%!", min_size=1, max_size=12),
    ascii_only=st.booleans(),
    as_list=st.booleans(),
)
def test_a_generated_literal_is_found_where_it_stands(
    read_everywhere, value: str, ascii_only: bool, as_list: bool
) -> None:
    source = f"x = 1\npassword = {value!r}\n"
    cell = source.splitlines(keepends=True) if as_list else source
    text = dump(notebook("y = 'z'", cell), ascii_only=ascii_only)
    literal = next(each for each in read_everywhere("a.ipynb", text) if each.name == "password")
    assert (literal.value.reveal("text") == value) is True
    written = json.loads(f'"{text[literal.span.start : literal.span.end]}"')
    assert (written == repr(value)) is True


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="ab='\"(){}:%!\\\n #é", max_size=20), min_size=1, max_size=3))
def test_any_cells_are_read(read_everywhere, sources: list[str]) -> None:
    text = dump(notebook(*sources))
    for literal in read_everywhere("a.ipynb", text):
        assert literal.span.end <= len(text)
