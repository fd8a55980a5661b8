"""The account's own keys are taken out of calls, for review."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.model import RefusalReason
from fixers.own_keys import removals
from fixers.rewriting import splice
from fixers.workspace import open_workspace
from scanner.model import Span

ID, SECRET = "AKIA" + "X" * 8, "generated" * 3
BOTH = f'aws_access_key_id="{ID}", aws_secret_access_key="{SECRET}"'


def offered(root: Path, text: str, reason: RefusalReason = RefusalReason.OWN_AWS_KEYS) -> str:
    (root / "a.py").write_bytes(text.encode())
    places = [Span(at, at + len(value)) for value in (ID, SECRET) for at in [text.find(value)] if at >= 0]
    refusals = [
        SimpleNamespace(reason=reason, finding=SimpleNamespace(path="a.py", span=span, commit=None)) for span in places
    ]
    plan: Any = SimpleNamespace(refusals=refusals)
    return splice(text, removals(plan, open_workspace(root, ["a.py"]), bytes(32)))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'x = dict(aws_access_key_id="{ID}" + y)\n', id="a value that is computed"),
        pytest.param(f'x = f("{ID}", "{SECRET}")\n', id="positions"),
        pytest.param(f'KEY = "{ID}"\n', id="a name"),
        pytest.param(f'x = f(aws_access_key_id="{ID}",  # why\n  b=1)\n', id="a comment would go"),
        pytest.param(f'x = f(aws_access_key_id="{ID}"\n', id="no Python"),
    ],
)
def test_nothing_is_offered_where_more_than_arguments_would_go(tmp_path: Path, text: str) -> None:
    assert offered(tmp_path, text) == text


def test_nothing_is_offered_for_what_is_refused_for_another_reason(tmp_path: Path) -> None:
    assert BOTH in offered(tmp_path, f"x = f({BOTH})\n", RefusalReason.TEST_FIXTURE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(BOTH)", "f()"),
        ("f(BOTH,)", "f()"),
        ('f("s3", BOTH)', 'f("s3")'),
        ('f("s3", BOTH, region_name="eu")', 'f("s3", region_name="eu")'),
        ('f("s3", BOTH, **more)', 'f("s3", **more)'),
        ('f(\n    "s3",\n    BOTH,\n)', 'f(\n    "s3",\n)'),
        (f'f(aws_access_key_id="{ID}", b=1, aws_secret_access_key="{SECRET}")', "f(b=1)"),
        (f'f(a, aws_secret_access_key="{SECRET}", b=1)', "f(a, b=1)"),
    ],
)
def test_the_arguments_go_and_the_rest_stays(tmp_path: Path, before: str, after: str) -> None:
    text = offered(tmp_path, f"# ä\nx = {before.replace('BOTH', BOTH)}  # b\n")
    assert text == f"# ä\nx = {after}  # b\n"
    ast.parse(text)
