"""Text of programming languages that are not read: what has no quotes there is no text; words in a row are no pair."""

from __future__ import annotations

import pytest

from scanner.model import Document, Kind, Source
from scanner.readers import text
from scanner.text import decode

MARK = "m4rk-3d"


def read(path: str, source: str) -> dict[str | None, str]:
    """Names and values of what stands where MARK does."""
    content = source.replace("MARK", MARK)
    document: Document = decode(Source(path=path, raw=content.encode()), Kind.TEXT)
    offsets = [at + 2 for at in range(len(content)) if content.startswith(MARK, at)]
    return {literal.name: literal.value.reveal("text") for literal in text.read(document, offsets)}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("a.js", "e.pass=MARK;", id="a variable that is assigned"),
        pytest.param("a.ts", "const o = {password: MARK}", id="a variable in an object"),
        pytest.param("a.go", "token := MARK()", id="a call"),
        pytest.param("a.js", 'x = ["pwd", "MARK", "y"]', id="words in a row"),
        pytest.param("a.js", 'change("password", "MARK", "other")', id="arguments in a row"),
        pytest.param("a.rb", '%w"token", "MARK", 1', id="a list without an end"),
    ],
)
def test_no_name_is_given_to(path: str, source: str) -> None:
    assert set(read(path, source)) <= {None}


@pytest.mark.parametrize(
    ("path", "source", "name"),
    [
        pytest.param("a.js", "const o = {password: 'MARK'}", "password", id="quotes"),
        pytest.param("a.go", 'dsn := "host=db password=MARK"', "password", id="a pair inside quotes"),
        pytest.param("a.go", 'os.Setenv("DB_TOKEN", "MARK")', "DB_TOKEN", id="a setter's pair"),
        pytest.param("a.js", 'h = [["token", "MARK"]]', "token", id="a list of two"),
        pytest.param("a.java", 'set("host", "password", "MARK")', "password", id="the last pair of a call"),
        pytest.param("a.sh", "export PASSWORD=MARK", "PASSWORD", id="a shell needs no quotes"),
        pytest.param("a.conf", "password = MARK", "password", id="nor does a configuration"),
        pytest.param("a.js", 'h = {"Authorization": "Bearer MARK"}', "Authorization", id="a scheme inside quotes"),
    ],
)
def test_a_name_is_given_to(path: str, source: str, name: str) -> None:
    assert read(path, source) == {name: MARK}
