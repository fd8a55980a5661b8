"""Notebooks: refusals, where import lines go, and that nothing but the credential's expression changes."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.model import RefusalReason
from fixers.readers_of import find_readers
from fixers.workspace import open_workspace

SECRET = "opensesame"
CALL = (
    'json.loads(boto3.client("secretsmanager").get_secret_value(SecretId="prod/shop/db")["SecretString"])["password"]'
)


def cell(source: str | list[str], kind: str = "code", **more: Any) -> dict[str, Any]:
    outputs = {"execution_count": 1, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, **outputs, "source": source, **more}


def notebook(*cells: dict[str, Any], language: str = "python", indent: int | None = 1) -> str:
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


def printed(text: str) -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": "stdout", "text": [text]}]


ASSIGNED = [f'password = "{SECRET}"']
REFUSED = {
    "a text cell": (notebook(cell([f"password = {SECRET}"], "markdown")), RefusalReason.KIND_NOT_SUPPORTED),
    "a magic": (notebook(cell([f"%env API_TOKEN={SECRET}\n", "x = 1"])), RefusalReason.KIND_NOT_SUPPORTED),
    "a shell line": (notebook(cell([f"!mysql -p{SECRET}\n", "x = 1"])), RefusalReason.KIND_NOT_SUPPORTED),
    "a shell line that goes on": (
        notebook(cell(["!mysql \\\n", f"  -p{SECRET}\n", "x = 1"])),
        RefusalReason.KIND_NOT_SUPPORTED,
    ),
    "a shell cell": (notebook(cell(["%%bash\n", f"mysql -p{SECRET}"])), RefusalReason.KIND_NOT_SUPPORTED),
    "a cell that does not parse": (notebook(cell([*ASSIGNED, " ="])), RefusalReason.KIND_NOT_SUPPORTED),
    "another language": (notebook(cell(ASSIGNED), language="R"), RefusalReason.KIND_NOT_SUPPORTED),
    "a command that a name gets": (notebook(cell([f"x = !mysql -p{SECRET}\n"])), RefusalReason.KIND_NOT_SUPPORTED),
    "Python 2": (
        notebook(cell(ASSIGNED)).replace('"name": "python"', '"name": "python", "version": "2.7.6"'),
        RefusalReason.NOT_PARSABLE,
    ),
    "a comment": (notebook(cell([f"x = 1  # password = {SECRET}"])), RefusalReason.COMMENT),
    "no JSON": (notebook(cell(ASSIGNED)) + "]", RefusalReason.NOT_PARSABLE),
    "half a surrogate pair": (notebook(cell([*ASSIGNED, "\nx = '\ud800'"])), RefusalReason.KIND_NOT_SUPPORTED),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses(text: str, reason: RefusalReason, tried: Callable[..., Any]) -> None:
    run = tried("a.ipynb", text, SECRET)
    assert set(run.refusals) == {reason}
    assert run.after == {"a.ipynb": text}


@pytest.mark.parametrize(
    ("also", "stays"),
    [
        (cell("print(1)", outputs=printed(f"{SECRET}\n")), True),
        (cell("print(1)", outputs=printed(f"postgres://app:{SECRET}@db/shop")), True),
        (cell(["%%bash\n", f"echo {SECRET}"]), True),
        (cell(f"It is {SECRET}.", "markdown"), True),
        (cell("print(1)", outputs=printed(f"{SECRET}s and no{SECRET}")), False),
    ],
)
def test_a_value_that_an_output_shows_is_left_until_that_is_cleared(
    also: dict[str, Any], stays: bool, tried: Callable[..., Any]
) -> None:
    run = tried("a.ipynb", notebook(cell(ASSIGNED), also), SECRET)
    own = [reason for reason in run.refusals if reason is RefusalReason.POSITION_NOT_SUPPORTED]
    assert own == [RefusalReason.POSITION_NOT_SUPPORTED] * stays


def sources(text: str) -> list[Any]:
    return [each["source"] for each in json.loads(text)["cells"]]


IMPORTS = {
    "above all, each line a string of its own": (
        [["x = 1\n", "y = 2"], ASSIGNED],
        [["import json\n", "\n", "import boto3\n", "\n", "x = 1\n", "y = 2"], [f"password = {CALL}"]],
    ),
    "behind the imports that end a cell": (
        [["import os"], ASSIGNED],
        [["import json\n", "import os\n", "\n", "import boto3"], [f"password = {CALL}"]],
    ),
    "behind imports with a line end": (
        [["import os\n"], ASSIGNED],
        [["import json\n", "import os\n", "\n", "import boto3\n"], [f"password = {CALL}"]],
    ),
    "between imports": (
        [["import os\n", "import flask\n", "x = 1"], ASSIGNED],
        [["import json\n", "import os\n", "import flask\n", "import boto3\n", "\n", "x = 1"], [f"password = {CALL}"]],
    ),
    "below a cell's magic": (
        [["%%time\n", *ASSIGNED]],
        [["%%time\n", "import json\n", "\n", "import boto3\n", "\n", f"password = {CALL}"]],
    ),
    "sources that are one string": (
        ["import os", ASSIGNED[0] + "\n"],
        ["import json\nimport os\n\nimport boto3", f"password = {CALL}\n"],
    ),
    "what is imported already": (
        ["import json\nimport boto3", ASSIGNED[0]],
        ["import json\nimport boto3", f"password = {CALL}"],
    ),
}


@pytest.mark.parametrize(("before", "after"), IMPORTS.values(), ids=IMPORTS)
def test_where_import_lines_go(before: list[Any], after: list[Any], tried: Callable[..., Any]) -> None:
    run = tried("a.ipynb", notebook(*map(cell, before)), SECRET)
    assert run.refusals == []
    assert sources(run.after["a.ipynb"]) == after


def test_format_3_has_its_cells_in_worksheets(tried: Callable[..., Any]) -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ASSIGNED, "outputs": []}]}]}
    run = tried("a.ipynb", json.dumps(old), SECRET)
    assert run.refusals == []
    (written,) = json.loads(run.after["a.ipynb"])["worksheets"][0]["cells"]
    assert written["input"][-1] == f"password = {CALL}"


def test_the_rest_of_the_file_is_the_same_bytes(tried: Callable[..., Any]) -> None:
    text = notebook(cell("import json\nimport boto3\n"), cell([*ASSIGNED, "  # caf\xe9 \U0001f600\t"]))
    text = text.replace('"metadata": {}', '"metadata" :\t{ }').replace("\\t", "\\u0009")
    run = tried("a.ipynb", text, SECRET)
    assert run.after["a.ipynb"] == text.replace(f'\\"{SECRET}\\"', CALL.replace('"', '\\"'))


_LINES = st.sampled_from(
    [
        "",
        "# text",
        "import os",
        "import json",
        "from os import path",
        "%matplotlib inline",
        "!pip install x",
        "x = 'caf\xe9 \U0001f600 \\n'",
        "json = 1",
        "def f(a):\n    return a",
        f'password = "{SECRET}"',
        f"f('{SECRET}', b=[\n    1,\n])",
        f"url = f'{{x}}:{SECRET}@h'",
        f"y = ('{SECRET}'\n     '')",
    ]
)
_SOURCES = st.lists(_LINES, min_size=1, max_size=4).map("\n".join)
_ENDS = st.sampled_from(["", "\n"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.tuples(_SOURCES, _ENDS, st.booleans()), min_size=1, max_size=5),
    magic=st.sampled_from(["", "%%time\n"]),
    indent=st.sampled_from([None, 1, 4]),
)
def test_a_notebook_is_the_same_but_for_the_calls(
    cells: list[tuple[str, str, bool]], magic: str, indent: int | None, tried: Callable[..., Any]
) -> None:
    texts = [f"{magic}{source}{end}" for source, end, _ in cells]
    made = [
        text.splitlines(keepends=True) if several else text for text, (*_, several) in zip(texts, cells, strict=True)
    ]
    before = notebook(*map(cell, made), indent=indent)
    after = tried("a.ipynb", before, SECRET).after["a.ipynb"]
    found = ["".join(source) for source in sources(after)]
    assert [isinstance(source, list) for source in sources(after)] == [several for *_, several in cells]
    for old, new in zip(texts, found, strict=True):
        assert SECRET not in new
        assert not magic or new.startswith(magic)
        assert shape(old) == shape(new)


def shape(source: str) -> list[str]:
    """The statements of a cell, what is read from a store and what is imported for that left out."""
    body = ast.parse(re.sub(r"(?m)^[%!].*$", "", source)).body
    called = re.compile(r"_?boto3\.client|_?json\.loads\(_?boto3|quote\(")
    statements = [ast.unparse(node) for node in body]
    return [
        re.sub(r"=.*|\(.*", "", each)
        for each in statements
        if not re.fullmatch(r"import (?:json|boto3)(?: as \w+)?|from urllib\.parse import .*", each)
        if not called.match(each)
    ]


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("x = os.environ['API_KEY']", True),
        ("!curl -H $API_KEY", True),
        ("!curl -H ${API_KEY}", True),
        ("%env API_KEY", True),
        ("class S(BaseSettings):\n    api_key: str", True),
        ("api_key = f(1)", False),
        ("API_KEY = f(1)", False),
        ("# os.environ['API_KEY']", False),
        ("x = os.environ['API_KEY_FILE']", False),
    ],
)
def test_a_notebook_reads_variables_that_it_names(code: str, reads: bool, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(notebook(cell("x = 1\n"), cell(code)))
    found = find_readers(open_workspace(tmp_path, ["a.ipynb"]), ["API_KEY"], ".env")["API_KEY"]
    assert [reader.path for reader in (*found.outside, *found.opaque)] == ["a.ipynb"] * reads
