"""Structured files: what makes a line a finding can change far from it; a history holds what its last version does."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.history.blocks import surroundings
from scanner.source import Kind

Git = Callable[..., str]
Tree = dict[str, "str | Tree"]

LABELS = ("labels", "database", "messages", "errors", "data", "shop")
NAMES = ("password", "token", "user", "host", "port", "kind", "db_password", "name", "kty")
COUNT = 12


def _tree(source: random.Random, values: list[str], depth: int = 0) -> Tree:
    tree: Tree = {}
    for _ in range(source.randrange(1, 7)):
        if depth < 3 and source.random() < 0.4:
            tree[source.choice(LABELS)] = _tree(source, values, depth + 1)
        else:
            tree[source.choice(NAMES)] = source.choice(values)
    return tree


def _edited(source: random.Random, tree: Tree, values: list[str]) -> Tree:
    """The tree with a key renamed, a value changed or an entry moved, somewhere."""
    rows = list(tree.items())
    at = source.randrange(len(rows))
    key, held = rows[at]
    way = source.random()
    if isinstance(held, dict) and way < 0.4:
        rows[at] = key, _edited(source, held, values)
    elif way < 0.85:
        rows[at] = source.choice(LABELS if isinstance(held, dict) else NAMES), held
    elif way < 0.92:
        rows.append(rows.pop(at))
    elif isinstance(held, str):
        rows[at] = key, source.choice(values)
    return dict(rows)


def _yaml(tree: Tree, indent: int = 0) -> str:
    return "".join(
        f"{' ' * indent}{key}:\n{_yaml(held, indent + 2)}"
        if isinstance(held, dict)
        else f"{' ' * indent}{key}: {held}\n"
        for key, held in tree.items()
    )


def _sections(tree: Tree, quote: str, path: str = "") -> str:
    """TOML, or INI without quotes: the values of a table, then the tables in it."""
    own = "".join(f"{key} = {quote}{held}{quote}\n" for key, held in tree.items() if not isinstance(held, dict))
    below = (_sections(held, quote, f"{path}.{key}") for key, held in tree.items() if isinstance(held, dict))
    return (f"[{path[1:]}]\n" if path else "") + own + "".join(below)


WRITERS: dict[str, Callable[[Tree], str]] = {
    "a.yml": _yaml,
    "a.json": lambda tree: json.dumps(tree, indent=2),
    "b.json": json.dumps,
    "a.toml": lambda tree: _sections(tree, '"'),
    "a.ini": lambda tree: _sections(tree, ""),
    "a.env": lambda tree: "".join(f"{key}={held}\n" for key, held in tree.items() if not isinstance(held, dict)),
    "a.csv": lambda tree: (
        "user,password\n" + "".join(f"bob,{held}\n" for held in tree.values() if isinstance(held, str))
    ),
}


@pytest.mark.parametrize("seed", range(4))
def test_the_history_holds_what_the_last_version_holds(
    repository: Path, made: Callable[..., str], run: Callable[..., tuple[int, str, str]], git: Git, seed: int
) -> None:
    source = random.Random(seed)
    values = [*(made(source.randrange(8, 24)) for _ in range(60)), "root", "changeme", "Password", "db.internal"]
    trees = {f"{copy}/{name}": _tree(source, values) for name in WRITERS for copy in range(6)}
    out = []
    for turn in range(COUNT):
        out.append(b"commit refs/heads/main\ncommitter b <b@b.invalid> %d +0000\ndata 1\nx\n" % (1_600_000_000 + turn))
        for path, tree in trees.items():
            data = WRITERS[path.partition("/")[2]](tree).encode()
            out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        trees = {path: _edited(source, tree, values) for path, tree in trees.items()}
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=b"".join(out), check=True)
    git(repository, "reset", "-q", "--hard", "main")

    def found(*arguments: str) -> set[tuple[str, str]]:
        words = ("scan", *arguments, "--format", "json", "--fail-on", "never", "--min-confidence", "low")
        rows: list[dict[str, Any]] = json.loads(run(repository, *words)[1])["findings"]
        return {(row["path"], row["masked"]) for row in rows}

    last = found()
    assert len(last) > len(trees) / 3
    assert last - found("--history", "--no-cache", "-j", "1") == set()


@pytest.mark.parametrize("name", ["a.yml", "a.json", "a.toml", "a.ini"])
def test_a_key_far_above_that_says_something_else_now_is_seen(
    repository: Path, value: str, git: Git, scan_history: Callable[..., str], name: str
) -> None:
    for label in ("labels", "database"):
        fields: Tree = {"user": "bob", "host": "db.internal", "port": "5432", "name": "shop", "password": value[:12]}
        (repository / name).write_text(WRITERS[name]({"first": {"a": "b"}, label: fields}))
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", label)
    assert [row["path"] for row in json.loads(scan_history(repository, "--no-cache"))["findings"]] == [name]


@pytest.mark.parametrize("name", ["a.py", "a.txt", "a.json"])
def test_a_shape_of_which_the_end_comes_far_behind_its_beginning_is_seen(
    repository: Path, made: Callable[..., str], git: Git, scan_history: Callable[..., str], name: str
) -> None:
    fields = {"d": made(43), **{f"x{number}": "-" * 40 for number in range(9)}}
    for kind in ("ktx", "kty"):
        text = json.dumps({**fields, kind: "EC"}, indent=2)
        (repository / name).write_text(f"KEY = {text}\n" if name == "a.py" else text)
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", kind)
    found = json.loads(scan_history(repository, "--no-cache"))["findings"]
    assert [row["rule"] for row in found] == ["jwk-private-member-first"]


YAML = b"""\
labels:
  user: bob
  password: v
other:
  - name: a
    value: b
"""


@pytest.mark.parametrize(
    ("was", "is_now", "same"),
    [
        (b"labels:", b"database:", False),
        (b"user: bob", b"user: eve", False),
        (b"value: b", b"value: c", True),
        (b"  password: v\n", b"", False),
    ],
    ids=["a key above", "a key beside", "what another key holds", "the line itself"],
)
def test_what_a_line_means_depends_on_the_lines_above_and_beside_it(was: bytes, is_now: bytes, same: bool) -> None:
    after = YAML.replace(was, is_now)
    places = YAML.index(b"password"), after.find(b"password") if b"password" in after else after.index(b"user")
    assert (surroundings(YAML, Kind.YAML)(places[0]) == surroundings(after, Kind.YAML)(places[1])) is same


def test_thousands_of_levels_are_no_deeper_than_a_loop() -> None:
    lines = [b" " * level + b"a:" for level in range(3_000)]
    at = surroundings(b"\n".join(lines), Kind.YAML)
    changed = surroundings(b"\n".join([b"b:", *lines[1:]]), Kind.YAML)
    last = len(b"\n".join(lines)) - 1
    assert at(last) != changed(last)
