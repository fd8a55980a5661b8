"""Files that are not Python, migrated by the command itself and given back byte for byte, with git and without."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_cases import Case, read_cases
from lab_run import written

from fixers.emulator import embedded_aws
from fixers.stores.model import Endpoint

KINDS = ("compose", "ecs", "settings", "cloudformation", "notebooks")
# How the lines of a block scalar were written is kept by git alone: without it they stay, not undoable.
ONLY_IN_GIT = ("settings/yaml-block-scalars", "settings/yaml-pem")
CASES = [case for case in read_cases() if case.kind in KINDS and case.expect == "fixed" and not case.options]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as running:
        yield running


def _migrate(folder: Path, endpoint: Endpoint, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_STATE_HOME", "UNHARDCODE_CACHE")} | {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
    }
    return subprocess.run(
        [sys.executable, "-I", "-m", "unhardcode", "migrate", "--yes", *words],
        cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("committed", [False, True], ids=["no git", "in HEAD"])
def test_all_kinds_migrate_in_one_run_and_come_back_byte_for_byte(
    committed: bool, endpoint: Endpoint, tmp_path: Path
) -> None:
    folder = tmp_path / "tree"
    for number, case in enumerate(CASES):
        written(case, folder / f"p{number:02}", git=False)
    if committed:
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "before"]):
            who = ["-c", "user.name=t", "-c", "user.email=t@t.invalid"]
            subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)
    before = _files(folder)
    app = "with-git" if committed else "without-git"
    done = _migrate(folder, endpoint, "--app", app)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    after = _files(folder)
    assert [name for name in _left(CASES, after) if committed or name not in ONLY_IN_GIT] == []
    assert not any(b"??????" in raw for raw in after.values())
    done = _migrate(folder, endpoint, "--undo")
    assert done.returncode == 0, done.stderr[-2000:]
    assert [path for path, raw in _files(folder).items() if before.get(path) != raw] == []
    assert sorted(_files(folder)) == sorted(before)


def _left(cases: list[Case], files: dict[str, bytes]) -> list[str]:
    """The cases whose values stand in a file of theirs still."""
    return [
        case.name
        for number, case in enumerate(cases)
        for path, raw in files.items()
        if path.startswith(f"p{number:02}/")
        and any(len(value) >= 6 and value.encode() in raw for value in case.hidden())
    ]
