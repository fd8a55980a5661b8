"""Values with their paths and places, and trees with their spans, of all structured kinds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Document, Kind, Source
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Node, trees, values
from scanner.text import decode


def document(text: str, kind: Kind) -> Document:
    return decode(Source(path="x", raw=text.encode("utf-8", "surrogatepass")), kind)


@pytest.mark.parametrize(
    ("kind", "text"), [(Kind.YAML, "a: [\n"), (Kind.JSON, '{"a": '), (Kind.TOML, "a =\n"), (Kind.TEXT, "a")]
)
def test_what_does_not_parse_is_told(kind: Kind, text: str) -> None:
    with pytest.raises(Unreadable):
        values(document(text, kind))
    with pytest.raises(Unreadable):
        trees(document(text, kind))


def test_a_container_as_a_key_is_told() -> None:
    with pytest.raises(Unreadable):
        trees(document("? [a]\n: b\n", Kind.YAML))


def test_values_stand_where_their_spans_say() -> None:
    text = 'a: &x\n  b: "c"\n  l: [1, {q: r}]\nz: *x\nq: !Ref Foo\nd: 2026-01-01\n---\nb: |\n  hi\n'
    found = values(document(text, Kind.YAML))
    assert [(each.path, text[each.span.start : each.span.end]) for each in found] == [
        (("a", "b"), '"c"'), (("a", "l", 0), "1"), (("a", "l", 1, "q"), "r"), (("z",), "*x"), (("q",), "Foo"),
        (("d",), "2026-01-01"), (("b",), "|\n  hi"),
    ]  # fmt: skip
    assert [each.is_text for each in found] == [True, False, True, False, True, False, True]
    assert [each.reference for each in found] == [False] * 4 + [True] + [False] * 2
    toml = 'a.b = "x"\n[t]\nc = ["q"]\n'
    assert [each.path for each in values(document(toml, Kind.TOML))] == [("a", "b"), ("t", "c", 0)]
    tables = '[[t]]\na = "1"\n[t.u]\nb = "2"\n[[t.v]]\nc = "3"\n[[t.v]]\n[[t]]\na = "4"\n[[t.v]]\nc = "5"\n'
    assert [each.path for each in values(document(tables, Kind.TOML))] == [
        ("t", 0, "a"), ("t", 0, "u", "b"), ("t", 0, "v", 0, "c"), ("t", 1, "a"), ("t", 1, "v", 0, "c"),
    ]  # fmt: skip
    ini = "[s]\nk = v\n"
    assert [(each.path, each.text) for each in values(document(ini, Kind.INI))] == [(("s", "k"), "v")]


_TREES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(tree=_TREES, indent=st.sampled_from([None, 1]))
def test_a_tree_is_what_was_written(tree: Any, indent: int | None) -> None:
    text = json.dumps(tree, indent=indent)
    (found,) = trees(document(text, Kind.JSON))
    assert _plain(found) == tree
    _check_spans(found, text)


def _plain(node: Node) -> Any:
    if node.value is not None:
        return node.value.text if node.value.string else json.loads(node.value.text)
    if node.keys is None:
        return [_plain(item) for item in node.items]
    return {key.text: _plain(item) for key, item in zip(node.keys, node.items, strict=True)}


def _check_spans(node: Node, text: str) -> None:
    assert json.loads(text[node.span.start : node.span.end]) == _plain(node)
    for item in node.items:
        _check_spans(item, text)
