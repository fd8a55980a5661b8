"""A second scan lists only what is new, and says what a scan of everything says."""

from __future__ import annotations

import functools
import random
import string
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import unhardcode
from scanner.sources import objects

Git = Callable[..., str]
Scan = Callable[..., str]
NAMES = ("a.py", "lib/b.py", "tests/test_c.py", "config.yml", "notes.txt", "d.bin")


@pytest.fixture
def scan(repository: Path, scan_history: Scan) -> Scan:
    """Scan the history in this process and give the JSON."""
    return functools.partial(scan_history, repository)


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commits were asked for what they add, call by call."""
    counts: list[int] = []
    additions = objects.additions

    def counted(folder: Path, commits: Sequence[str]) -> Iterator[object]:
        counts.append(len(commits))
        return additions(folder, commits)

    monkeypatch.setattr(objects, "additions", counted)
    return counts


def _commit(repository: Path, git: Git, name: str, text: str, message: str = "more") -> None:
    (repository / name).parent.mkdir(exist_ok=True)
    (repository / name).write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", message)


def _same(scan: Scan) -> None:
    # Not with assert: pytest would print both.
    if scan() != scan("--no-cache"):
        pytest.fail("a scan with a record says something else")


def test_commits_that_are_known_are_not_listed_again(
    repository: Path, git: Git, scan: Scan, listed: list[int], made: Callable[..., str]
) -> None:
    for number in range(4):
        _commit(repository, git, "a.py", f'PASSWORD = "{made(20)}"\nx = {number}\n')
    scan()
    _commit(repository, git, "b.py", f'API_TOKEN = "{made(32)}"\n')
    listed.clear()
    scan()
    assert listed == [1]
    listed.clear()
    scan()
    assert listed == [0]
    _same(scan)


def test_a_version_that_moves_is_found_at_its_new_path(
    repository: Path, git: Git, scan: Scan, listed: list[int], made: Callable[..., str]
) -> None:
    _commit(repository, git, "a.py", f'PASSWORD = "{made(20)}"\n')
    _commit(repository, git, "c.py", "x = 1\n")
    scan()
    git(repository, "mv", "a.py", "b.py")
    git(repository, "commit", "-qm", "moved")
    assert "b.py" in scan()
    assert max(listed) > 1
    _same(scan)


def test_a_branch_of_old_commits_that_comes_later_changes_who_was_first(
    repository: Path, git: Git, scan: Scan, made: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    value = made(20)
    _commit(repository, git, "other.py", "x = 1\n")
    _commit(repository, git, "a.py", f'PASSWORD = "{value}"\n')
    scan()
    git(repository, "checkout", "-qb", "old", "HEAD~1")
    for variable in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(variable, "2001-01-01T00:00:00Z")
    _commit(repository, git, "a.py", f'# older\nPASSWORD = "{value}"\n')
    _same(scan)


def test_what_was_said_in_messages_is_said_again(
    repository: Path, git: Git, scan: Scan, listed: list[int], made: Callable[..., str]
) -> None:
    _commit(repository, git, "a.py", "x = 1\n", message=f"use\n\npassword = '{made(20)}'")
    git(repository, "tag", "-a", "v1", "-m", f"password = '{made(20)}'")
    first = scan()
    assert first.count('"path": "commit-message/') == 2  # of the finding and of its commit
    _commit(repository, git, "a.py", "x = 2\n", message=f"token\n\napi_token = '{made(32)}'")
    listed.clear()
    assert scan().count('"path": "commit-message/') == 4
    assert listed == [1]
    _same(scan)


def test_what_git_could_not_give_is_asked_for_again(
    repository: Path, git: Git, scan: Scan, capsys: pytest.CaptureFixture[str], made: Callable[..., str]
) -> None:
    _commit(repository, git, "a.py", f'PASSWORD = "{made(20)}"\n')
    _commit(repository, git, "a.py", "x = 1\n")
    oid = git(repository, "rev-parse", "HEAD~1:a.py").strip()
    loose = repository / ".git" / "objects" / oid[:2] / oid[2:]
    kept = loose.read_bytes()
    loose.unlink()
    assert unhardcode.run(["scan", "--history", str(repository)]) == 3
    capsys.readouterr()
    loose.write_bytes(kept)
    assert '"path": "a.py"' in scan()


@pytest.mark.parametrize("seed", range(3))
def test_random_histories_say_the_same_with_a_record(repository: Path, git: Git, scan: Scan, seed: int) -> None:
    source = random.Random(seed)

    def value() -> str:
        return "".join(source.choice(string.ascii_letters + string.digits) for _ in range(24))

    def grow() -> None:
        for _ in range(source.randrange(1, 4)):
            name = source.choice(NAMES)
            lines = [f"x{source.randrange(9)} = {source.randrange(9)}" for _ in range(source.randrange(1, 5))]
            if source.random() < 0.5:
                lines.insert(source.randrange(len(lines) + 1), f'db_password = "{value()}"')
            _commit(repository, git, name, "\n".join(lines) + ("\0" if name == "d.bin" else "\n"))

    def back() -> None:
        git(repository, "checkout", "-q", f"HEAD~{source.randrange(2)}", "--", ".")
        git(repository, "commit", "-qm", "back", "--allow-empty")

    def branch() -> None:
        git(repository, "checkout", "-q", "-B", f"b{source.randrange(2)}", "HEAD~1")

    def amend() -> None:
        git(repository, "commit", "-q", "--amend", "--allow-empty", "-m", f"password = '{value()}'")

    grow()
    grow()
    for _ in range(5):
        source.choice((grow, grow, back, branch, amend))()
        _same(scan)
