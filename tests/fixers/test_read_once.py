"""Which places read a secret at import, and never again."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixers.read_once import read_at_import
from scanner.sources import worktree

CALL = 'get_secret_value("prod/shop/db", "password", env="DB_PASSWORD")'


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("settings.py", f"PASSWORD = {CALL}\n", id="a constant"),
        pytest.param("settings.py", f"URL = f'postgres://u:{{quote({CALL})}}@h/d'\n", id="inside an f-string"),
        pytest.param("app.py", f"class Settings:\n    password = {CALL}\n", id="in a class"),
        pytest.param("app.py", f"def connect(password={CALL}):\n    pass\n", id="a default"),
        pytest.param("app.py", f"connect = lambda *, p={CALL}: p\n", id="a default of a lambda"),
        pytest.param("app.py", f"@signed({CALL})\ndef connect():\n    pass\n", id="a decorator"),
        pytest.param(
            "app.py", 'P = boto3.client("secretsmanager").get_secret_value(SecretId="prod/shop/db")\n', id="inline"
        ),
    ],
)
def test_what_is_evaluated_at_import_is_named(tmp_path: Path, path: str, source: str) -> None:
    (tmp_path / path).write_text(f"import os\n{source}")
    line = source[: source.index("prod/shop/db")].count("\n") + 2
    assert read_at_import(worktree.root_of(tmp_path), ["prod/shop/db"]) == {"prod/shop/db": (f"{path}:{line}",)}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("app.py", f"def connect():\n    return {CALL}\n", id="in a function"),
        pytest.param("app.py", f"connect = lambda: {CALL}\n", id="in a lambda"),
        pytest.param("app.py", CALL.replace("shop/db", "shop/db-2"), id="another secret"),
        pytest.param("app.py", f"# {CALL}\n", id="a comment"),
        pytest.param("app.py", f"def broken(:\n{CALL}\n", id="no Python"),
        pytest.param("app.py", f"{'(' * 9000}{CALL}{')' * 9000}\n", id="nested too deeply"),
        pytest.param("tests/test_app.py", f"PASSWORD = {CALL}\n", id="a test"),
        pytest.param("README.md", CALL, id="a page"),
    ],
)
def test_what_is_read_later_or_not_at_all_is_not(tmp_path: Path, path: str, source: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(source)
    assert read_at_import(worktree.root_of(tmp_path), ["prod/shop/db"]) == {}
