"""How the tests of the readers read: a text whose hits are marked, or one that is hit everywhere."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest

from rules.load import load_rules
from scanner.detectors.name import judge_name
from scanner.model import Document, Kind, Literal, Source
from scanner.readers.kinds import kind_of
from scanner.readers.wanted import MayBeNamed
from scanner.text import decode

MARK = "¦"
READERS = {
    Kind.PYTHON: "python",
    Kind.DOTENV: "dotenv",
    Kind.NOTEBOOK: "notebook",
    Kind.TEXT: "text",
    Kind.CSV: "delimited",
}

Read = Callable[[str, str], list[Literal]]


NAMES = load_rules().names


def _may_be_named(name: str) -> bool:
    return judge_name(name, NAMES).strength != "none"


def make_document(path: str, text: str) -> Document:
    raw = text.encode("utf-8", "surrogatepass")
    return decode(Source(path=path, raw=raw), kind_of(path, raw))


def read_document(document: Document, offsets: list[int]) -> list[Literal]:
    reader = importlib.import_module(f"scanner.readers.{READERS.get(document.kind, 'structured')}")
    told = {} if document.kind is Kind.PYTHON else {"may_be_named": _may_be_named}
    literals = list(reader.read(document, offsets, **told))
    for literal in literals:
        check_places(document.text, literal)
    return literals


def check_places(text: str, literal: Literal) -> None:
    """Every place lies in the text, in order; a value without offsets stands there as it is."""
    length = len(literal.value.reveal("text"))
    inner = literal.source_span(0, length)
    assert 0 <= literal.span.start <= inner.start <= inner.end <= literal.span.end + 2 <= len(text) + 2
    assert literal.span.end <= len(text)
    assert inner.end <= len(text)
    if literal.offsets is None:
        assert (text[inner.start : inner.end] == literal.value.reveal("text")) is True
    else:
        assert len(literal.offsets) == length + 1
        assert list(literal.offsets) == sorted(literal.offsets)
    for sibling in literal.siblings:
        assert 0 <= sibling.span.start <= sibling.span.end <= len(text)


@pytest.fixture(scope="session")
def may_be_named() -> MayBeNamed:
    """What a scan tells a reader of names."""
    return _may_be_named


@pytest.fixture(scope="session")
def document() -> Callable[[str, str], Document]:
    """Make a document from a path and a text."""
    return make_document


@pytest.fixture(scope="session")
def read_everywhere() -> Read:
    """Read a text with a hit at every offset."""
    return lambda path, text: read_document(make_document(path, text), list(range(1, len(text) + 1)))


@pytest.fixture(scope="session")
def read_marked() -> Read:
    """Read a text with hits where `¦` stands."""

    def read(path: str, marked: str) -> list[Literal]:
        pieces = marked.split(MARK)
        offsets = [sum(map(len, pieces[: number + 1])) for number in range(len(pieces) - 1)]
        return read_document(make_document(path, "".join(pieces)), offsets)

    return read


@pytest.fixture(scope="session")
def values() -> Callable[[list[Literal]], dict[str | None, str]]:
    """The values of literals by their names."""
    return lambda literals: {literal.name: literal.value.reveal("text") for literal in literals}
