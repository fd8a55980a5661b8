"""unhardcode works in a repository that has folders of its own names, and with PYTHONPATH pointing at them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).with_name("unhardcode")


@pytest.fixture
def theirs(repository: Path, made: Callable[..., str], git: Callable[..., str]) -> Path:
    """A repository with packages called scanner, rules and fixers, and modules of ours, all of which explode."""
    for package in ("scanner", "rules", "fixers"):
        (repository / package).mkdir()
        (repository / package / "__init__.py").write_text("raise SystemExit('theirs was imported')\n")
        (repository / package / "model.py").write_text("raise SystemExit('theirs was imported')\n")
    (repository / "pyproject.toml").write_text('[project]\nname = "theirs"\n')
    (repository / "app.py").write_text(f'API_KEY = "{made(32)}"\n')
    git(repository, "add", "-A")
    return repository


@pytest.mark.parametrize(
    "start",
    [[str(SCRIPT)], [sys.executable, "-I", "-m", "unhardcode"], [sys.executable, "-m", "unhardcode"]],
    ids=["the script", "python -I -m", "python -m"],
)
@pytest.mark.parametrize("on_path", [False, True], ids=["", "with PYTHONPATH"])
def test_their_packages_do_not_get_in(theirs: Path, start: list[str], on_path: bool) -> None:
    environment = {**os.environ, "PYTHONPATH": str(theirs)} if on_path else dict(os.environ)
    for arguments, status in (
        (["scan", "--format", "json"], 1),
        (["scan", "--staged", "--format", "json"], 1),
        (["plan"], 0),
    ):
        done = subprocess.run([*start, *arguments], cwd=theirs, capture_output=True, text=True, env=environment)
        assert done.returncode == status, done.stderr
        if "json" in arguments:
            assert [found["path"] for found in json.loads(done.stdout)["findings"]] == ["app.py"]


@pytest.mark.parametrize("command", ["scan", "plan"])
def test_modules_named_like_those_that_we_import_do_not_get_in(theirs: Path, command: str) -> None:
    """`python -m` puts the working directory first: what we import before we have removed it would be theirs."""
    ours = ("click", "hyperscan", "libcst", "boto3", "platformdirs")
    for module in {*sys.stdlib_module_names, *ours}.difference(sys.builtin_module_names):
        (theirs / f"{module}.py").write_text("raise SystemExit('theirs was imported')\n")
    done = subprocess.run(
        [sys.executable, "-m", "unhardcode", command], cwd=theirs, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == (1 if command == "scan" else 0), done.stderr


def test_a_rehearsal_works_there_too(theirs: Path) -> None:
    done = subprocess.run(
        [str(SCRIPT), "migrate", "--rehearse"],
        cwd=theirs,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(theirs)},
    )
    assert done.returncode == 0, done.stderr
    assert "1 proven" in done.stdout
