"""What SECURITY.md claims of whole commands, seen by Python's own audit hooks: what they open, write and connect to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode

ROOT = Path(__file__).parents[1]
# Every process of Python tells what it writes and whom it asks; https://docs.python.org/3/library/audit_events.html.
WATCHED = """
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate")
def tell(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        written = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if written:
            os.write(log, f"write {os.fsdecode(arguments[0])}\\n".encode())
    elif event in CHANGES and not isinstance(arguments[0], int):
        os.write(log, f"{event} {os.fsdecode(arguments[0])}\\n".encode())
    elif event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        os.write(log, f"{event}\\n".encode())
sys.addaudithook(tell)
import unhardcode
sys.exit(unhardcode.run(sys.argv[1:]))
"""


@pytest.fixture
def told(repository: Path, made: Callable[..., str], git: Callable[..., str]) -> Path:
    """A repository with a finding in a commit and one in the index."""
    for name in ("app.py", "new.py"):
        (repository / name).write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
        git(repository, "add", "-A")
        if name == "app.py":
            git(repository, "commit", "-q", "-m", "first")
    return repository


def test_commands_that_look_connect_to_nobody_and_write_nothing_of_the_tree(told: Path, tmp_path: Path) -> None:
    log, temporary = tmp_path / "log", tmp_path / "temporary"
    temporary.mkdir()
    before = {path: path.read_bytes() for path in told.rglob("*") if path.is_file()}
    for words, status in (
        (["scan"], 1),
        (["scan", "--staged"], 1),
        (["scan", "--history"], 1),
        (["explain", "app.py:1"], 0),
        (["rules", "list"], 0),
        (["config", "show"], 0),
        (["plan", "--app", "shop"], 0),
    ):
        command = [sys.executable, "-c", WATCHED, str(log), *words]
        done = subprocess.run(
            command, cwd=told, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(temporary)}
        )
        assert done.returncode == status, done.stderr
    events = [line.partition(" ") for line in log.read_text().splitlines()]
    assert [event for event, _, _ in events if event.startswith("socket")] == []
    own = (
        os.environ["UNHARDCODE_CACHE"],
        os.environ["XDG_STATE_HOME"],
        str(told / ".git" / "unhardcode"),
        str(temporary),  # lists of ids for git
        os.devnull,
        "/dev/shm/",  # the counter that processes share
    )
    written = {os.path.join(told, path) for _, _, path in events}
    assert {path for path in written if "unhardcode" in path}  # the hook does see what is written
    assert {path for path in written if not path.startswith(own) and "__pycache__" not in path} == set()
    assert list(temporary.iterdir()) == []
    after = {path: path.read_bytes() for path in told.rglob("*") if path.is_file()}
    assert {path for path in after if before.get(path) != after[path]} == {
        path for path in after if path.is_relative_to(told / ".git" / "unhardcode")
    }


def test_a_fingerprint_cannot_be_checked_without_the_key_which_is_its_owners(
    told: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(told)

    def fingerprints() -> list[str]:
        assert unhardcode.run(["scan", "--format", "json"]) == 1
        return [finding["fingerprint"] for finding in json.loads(capsys.readouterr().out)["findings"]]

    first = fingerprints()
    (key,) = (path for path in (told / ".git" / "unhardcode").iterdir() if "key" in path.name)
    assert (len(key.read_bytes()), key.stat().st_mode & 0o777) == (32, 0o600)
    assert fingerprints() == first
    key.unlink()
    assert not set(fingerprints()) & set(first)


def test_files_of_the_tree_are_changed_by_one_module_and_each_other_place_that_writes_is_known() -> None:
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for folder in ("rules", "scanner", "fixers")
        for path in (ROOT / folder).rglob("*.py")
    }
    opens = r"\.write_(text|bytes)\(|\bO_(WRONLY|RDWR)\b|\bmkstemp\(|\bNamedTemporaryFile\b|open\([^()\n]*\"[wxa]b?\""
    assert {path for path, text in texts.items() if re.search(opens, text)} == {
        "fixers/journal.py",
        "fixers/writing.py",
        "rules/private.py",  # the cache
        "scanner/hooks_install.py",
        "scanner/identity.py",  # the key
        "scanner/saving.py",  # what somebody named
    }
    assert {path for path, text in texts.items() if re.search(r"from scanner\.saving import|\bsaving\.", text)} == {
        "fixers/commands.py",  # -o
        "fixers/emit/files.py",  # --emit
        "scanner/baseline.py",
        "scanner/commands.py",  # no link says where
        "scanner/printing.py",  # -o and --report
    }
