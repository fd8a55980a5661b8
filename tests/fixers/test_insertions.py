"""Import lines that several rewriters want at one place."""

from __future__ import annotations

import ast

import pytest

from fixers.insertions import joined_insertions
from fixers.model import Edit
from fixers.python_imports import Wanted, choose_names, import_edits
from fixers.rewriting import splice
from scanner.model import Span

ONE = Wanted(module="app_secrets", function="get_secret_value")
TWO = Wanted(module="app_secrets", function="get_secret_bytes")
QUOTE = Wanted(module="urllib.parse", function="quote")
GUARDED = Wanted(module="shop.app_secrets", function="get_secret_value", alone="app_secrets")
MORE = Wanted(module="shop.app_secrets", function="get_secret_bytes", alone="app_secrets")
TEXTS = {
    "no imports": "x = 1\n",
    "a docstring": '"""d"""\nx = 1\n',
    "standard imports": "import os\n\nx = 1\n",
    "standard imports and no blank line": "import os\nx = 1\n",
    "imports of others": "import os\nimport boto3\nx = 1\n",
    "code in the import's line": "import os; x = 1\n",
    "no final newline": "import os",
    "CRLF": "import os\r\nx = 1\r\n",
}


def edits(text: str, *wanted: Wanted) -> tuple[Edit, ...]:
    tree = ast.parse(text)
    imported = choose_names(tree, wanted)
    return import_edits("a.py", text, tree, imported.missing, imported, key=bytes(32))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("first", [(ONE,), (QUOTE, ONE), (QUOTE, TWO, ONE), (TWO,)])
def test_joined_lines_are_what_one_rewriter_would_have_written(text: str, first: tuple[Wanted, ...]) -> None:
    rest = (QUOTE, TWO, ONE)
    both = joined_insertions([*edits(text, *first), *edits(text, *rest)])
    assert splice(text, both) == splice(text, joined_insertions(edits(text, *rest)))
    assert joined_insertions(both) == both


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("first", [(GUARDED,), (QUOTE, GUARDED), (MORE,)])
def test_joined_guarded_imports_are_what_one_rewriter_would_have_written(text: str, first: tuple[Wanted, ...]) -> None:
    rest = (QUOTE, MORE, GUARDED)
    both = joined_insertions([*edits(text, *first), *edits(text, *rest)])
    assert splice(text, both) == splice(text, joined_insertions(edits(text, *rest)))
    assert joined_insertions(both) == both
    ast.parse(splice(text, both))


def test_leaves_other_edits_alone() -> None:
    here = [Edit(path="a", span=Span(1, 1), expects="", new="from a import b\n")]
    there = [
        Edit(path="b", span=Span(1, 1), expects="", new="from a import b\n"),
        Edit(path="b", span=Span(3, 4), expects="", new="x"),
    ]
    assert joined_insertions([*here, *there, *here]) == (*here, *there)
    other = Edit(path="a", span=Span(1, 1), expects="", new="boto3\n")
    assert joined_insertions([*here, other]) == (*here, other)


def test_keeps_aliases() -> None:
    news = ["from a import b as c\n\n", "\nfrom a import d\n"]
    (joined,) = joined_insertions(Edit(path="p", span=Span(0, 0), expects="", new=new) for new in news)
    assert joined.new == "\nfrom a import b as c, d\n\n"


def test_a_group_is_not_parted_where_ours_comes_before_its_imports() -> None:
    text = "from .util import x\n\ny = 1\n"
    near = Wanted(module=".app_secrets", function="get_secret_value")
    new = "from urllib.parse import quote\n\nfrom .app_secrets import get_secret_value\n"
    assert splice(text, joined_insertions(edits(text, QUOTE, near))) == new + text
