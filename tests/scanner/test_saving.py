"""Files that somebody named are written whole or not at all, and no link of a scanned tree says where."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.saving import replace_with, save


def _stops() -> Iterator[str]:
    yield "half"
    raise KeyboardInterrupt


def test_who_stops_in_the_middle_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("old")
    for write in (save, replace_with):
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path / "report", _stops())
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path / "new", _stops())
    assert os.listdir(tmp_path) == ["report"]
    assert (tmp_path / "report").read_text() == "old"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param(["plan", "-o", "kept"], 2, id="a plan"),
        pytest.param(["fix", "-o", "kept"], 2, id="a diff"),
        pytest.param(["scan", "-o", "kept"], 2, id="a report"),
        pytest.param(["scan", "--report", "sarif=kept"], 2, id="a report beside"),
        pytest.param(["baseline", "update", "-o", "kept"], 2, id="a baseline"),
    ],
)
def test_a_disk_that_takes_no_more_leaves_the_file_that_was_there(
    repository: Path, made: Callable[..., str], words: list[str], status: int
) -> None:
    def run(*more: str, limit: int = -1) -> subprocess.CompletedProcess[str]:
        bound = (limit, limit)  # beyond it a write fails, as on a full disk
        return subprocess.run(
            [sys.executable, "-I", "-m", "unhardcode", *more],
            cwd=repository,
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, bound),
        )

    (repository / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (repository / "a.py").write_text("".join(f'DB{n}_PASSWORD = "{made(24)}"\n' for n in range(20)))
    run("baseline", "create", "-o", "kept") if words[0] == "baseline" else run(*words)
    before = (repository / "kept").read_bytes()
    files = sorted(os.listdir(repository))
    (repository / "a.py").write_text("".join(f'DB{n}_PASSWORD = "{made(24)}"\n' for n in range(30)))
    done = run(*words, limit=40)
    assert (done.returncode, done.stdout) == (status, "")
    assert f"kept: cannot be written ({os.strerror(errno.EFBIG)})" in done.stderr
    assert (repository / "kept").read_bytes() == before
    assert sorted(os.listdir(repository)) == files


def test_a_plan_and_a_diff_follow_no_link_of_the_tree(
    repository: Path, made: Callable[..., str], tmp_path: Path, start: Callable[..., tuple[int, str]]
) -> None:
    (repository / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (repository / "a.py").write_text(f'DB_PASSWORD = "{made(24)}"\n')
    (repository / "plan.toml").symlink_to(tmp_path / "elsewhere")
    for command in ("plan", "fix"):
        status, printed = start(repository, sys.executable, "-I", "-m", "unhardcode", command, "-o", "plan.toml")
        assert (status, "plan.toml: a symbolic link redirects it" in printed) == (2, True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_is_protected_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "report").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path / "report", ["new"])
    assert (tmp_path / "report").read_text() == "old"


def test_a_file_keeps_its_mode_and_a_link_to_it_stays_one(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("old")
    (tmp_path / "report").chmod(0o640)
    (tmp_path / "link").symlink_to("report")
    save(tmp_path / "link", ["ne", "w\n"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report").read_text() == "new\n"
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o640
    replace_with(tmp_path / "link", ["newer"], mode=0o755)
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "link").stat().st_mode & 0o777 == 0o755 & ~_umask()
    assert (tmp_path / "report").read_text() == "new\n"


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    save(tmp_path / "pipe", ["a report"])
    reader.join(10)
    assert read == ["a report"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("call", ["open", "replace"])
def test_a_file_whose_folder_takes_no_other_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    whole = getattr(os, call)

    def refused(path: str | Path, *rest: object) -> object:
        if ".unhardcode-" in str(path):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return whole(path, *rest)

    (tmp_path / "report").write_text("old, and longer")
    monkeypatch.setattr(os, call, refused)
    save(tmp_path / "report", ["new"])
    assert (tmp_path / "report").read_text() == "new"
    assert os.listdir(tmp_path) == ["report"]
    with pytest.raises(UsageError):
        save(tmp_path / "another", ["new"])


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
