"""Histories that somebody made to hide a secret, or to cost time and memory: each is seen, or named as not seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Git = Callable[..., str]
# What an honest file of this size takes is a fraction of a second; what grows faster than its input takes hours.
_SECONDS = 60


# Between us and the scan: the peak of a process counts what the one that started it had.
_MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stderr=subprocess.STDOUT).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
sys.exit(status)
"""


def scan(folder: Path, *arguments: str) -> tuple[int, str, int]:
    """Exit status, output and peak memory in MB of `scan --history`, in bounded time."""
    peak = folder.parent / "peak"
    words = [sys.executable, "-I", "-c", _MEASURE, str(peak)]
    words += [sys.executable, "-I", "-m", "unhardcode", "scan", "--history", *arguments]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    text = out.decode()
    assert "Traceback" not in text
    return process.returncode, text, int(peak.read_text())


@pytest.fixture
def commit(repository: Path, git: Git) -> Callable[[dict[str | bytes, bytes]], None]:
    """Commit files by name."""

    def call(files: dict[str | bytes, bytes]) -> None:
        for name, content in files.items():
            path = os.path.join(os.fsencode(repository), os.fsencode(name))
            with open(path, "wb") as file:
                file.write(content)
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "work")

    return call


@pytest.fixture
def line(made: Callable[..., str]) -> bytes:
    """A line with a password."""
    return f'DB_PASSWORD = "{made(20)}"\n'.encode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", b"password = " + b"[" * 100_000 + b'"x"' + b"]" * 100_000 + b"\n"),
        ("a.py", b"".join(b" " * n + b"if password:\n" for n in range(1_000)) + b" " * 1_000 + b"x = 1\n"),
        ("a.py", b"password = " + b"-" * 100_000 + b"x\n"),
        ("a.json", b'{"password":' * 20_000 + b"1" + b"}" * 20_000),
        ("a.yml", b"password: " + b"[" * 50_000),
        ("a.toml", b"password" + b".a" * 20_000 + b' = "x"\n'),
    ],
    ids=["brackets", "blocks", "operators", "json", "yaml", "toml"],
)  # fmt: skip
def test_a_file_made_to_cost_time_costs_little_and_hides_nothing(
    repository: Path, commit: Callable[[dict[str | bytes, bytes]], None], line: bytes, name: str, text: bytes
) -> None:
    commit({name: text, "settings.py": line})
    commit({name: text + b"\n", "settings.py": b"x = 1\n"})
    status, out, memory = scan(repository)
    assert status == 1
    assert "settings.py" in out
    assert memory < 1_500


@pytest.mark.slow
def test_a_huge_object_is_never_inflated(
    repository: Path, git: Git, commit: Callable[[dict[str | bytes, bytes]], None], line: bytes
) -> None:
    with (repository / "huge.txt").open("wb") as file:
        file.truncate(200_000_000)
    commit({"settings.py": line})
    (repository / "huge.txt").unlink()
    status, out, memory = scan(repository)
    assert status == 1
    assert "larger than 5,000,000 bytes" in out
    assert memory < 200


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of another process")
def test_trees_that_stand_for_more_files_than_there_is_memory_are_a_gap(
    repository: Path, git: Git, commit: Callable[[dict[str | bytes, bytes]], None], line: bytes
) -> None:
    commit({"settings.py": line})
    blob = git(repository, "rev-parse", "HEAD:settings.py").strip()
    entry = f"100644 blob {blob}"
    for _ in range(8):
        feed = "".join(f"{entry}\t{n:02}\n" for n in range(16))
        done = subprocess.run(["git", "mktree"], cwd=repository, input=feed, capture_output=True, text=True, check=True)
        entry = f"040000 tree {done.stdout.strip()}"
    # Git itself holds the whole list of a commit before it writes any of it.
    bomb = git(repository, "commit-tree", "-m", "bomb", "-p", "HEAD", entry.split()[2]).strip()
    git(repository, "update-ref", "refs/heads/main", bomb)
    status, out, memory = scan(repository, "--fail-on", "never")
    assert status == 3
    assert f"git cannot read commit {bomb[:12]}" in out
    assert "settings.py" in out
    assert memory < 1_500


def test_names_with_newlines_and_invalid_utf8_are_kept_apart(
    repository: Path, commit: Callable[[dict[str | bytes, bytes]], None], line: bytes
) -> None:
    commit({"a\n:100644 b.py": line, b"c\xff.py": line})
    status, out, _ = scan(repository)
    assert status == 1
    assert "c%FF.py" in out
    assert r"a\x0a:100644 b.py" in out


def test_a_replaced_object_is_seen_as_it_was_committed(
    repository: Path, git: Git, commit: Callable[[dict[str | bytes, bytes]], None], line: bytes
) -> None:
    commit({"settings.py": line})
    commit({"settings.py": b"x = 1\n"})
    git(repository, "replace", "HEAD~1:settings.py", "HEAD:settings.py")
    status, out, _ = scan(repository)
    assert status == 1
    assert "settings.py" in out


def test_of_a_repository_elsewhere_that_lends_its_objects_nothing_is_told(
    repository: Path, git: Git, commit: Callable[[dict[str | bytes, bytes]], None], line: bytes, tmp_path: Path
) -> None:
    commit({"settings.py": line})
    other = tmp_path / "borrower"
    git(tmp_path, "init", "-q", str(other))
    (other / "a.py").write_text("x = 1\n")
    git(other, "add", "-A")
    git(other, "commit", "-qm", "first")
    (other / ".git/objects/info").mkdir(exist_ok=True)
    (other / ".git/objects/info/alternates").write_text(f"{repository / '.git/objects'}\n")
    status, out, _ = scan(other)
    assert status == 0
    assert "settings.py" not in out
