"""The record of what was clean: it never hides anything, and no result depends on it."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import analysis
from scanner.history import record, share, workers
from scanner.sources.objects import Blob, Place

Git = Callable[..., str]
Scan = Callable[..., str]
COMMAND = [sys.executable, "-I", "-m", "unhardcode", "scan", "--history", "--format", "json", "--fail-on", "never"]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all versions that are looked at, as that happens."""
    paths: list[str] = []

    def look(task, numbers, tick):  # type: ignore[no-untyped-def]
        paths.extend(task.blobs[number].places[0].path for number in numbers)
        return share.scan_share(task, numbers, tick)

    monkeypatch.setattr(workers, "scan_share", look)
    return paths


@pytest.fixture
def scan(past: Path, scan_history: Scan) -> Scan:
    """Scan the history in this process and give the JSON."""
    return functools.partial(scan_history, past)


@pytest.fixture
def commit(past: Path, git: Git) -> Callable[..., None]:
    """Commit a file."""

    def call(name: str, content: str | bytes) -> None:
        (past / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        git(past, "add", "-A")
        git(past, "commit", "-qm", name)

    return call


@pytest.fixture
def past(repository: Path, git: Git, made: Callable[..., str]) -> Path:
    """Six versions of five files, one of them with a password, one packed, one not to be parsed."""
    password = f'DB_PASSWORD = "{made(20)}"\n'
    files = ("import os\n", "import os\nx = 1\n"), (password, password + "x = 1\n"), ('{"password": "changeme",\n',)
    for name, versions in zip(("clean.py", "settings.py", "broken.json"), files, strict=True):
        for text in versions:
            (repository / name).write_text(text)
            git(repository, "add", "-A")
            git(repository, "commit", "-qm", name)
    (repository / "a.zip").write_bytes(b"PK\x03\x04\0\0")
    (repository / "b.bin").write_bytes(b"\0\1")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "packed")
    return repository


def _record(past: Path) -> Path:
    (found,) = (past / ".git" / "unhardcode").glob("history-*")
    return found


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _open_to_others(path: Path) -> None:
    path.chmod(0o666)


def _open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _link(path: Path) -> None:
    path.rename(path.parent / "elsewhere")
    path.symlink_to("elsewhere")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _forge(path: Path) -> None:
    """All that is clean in it now has another state; the digest is of a key that is not this user's."""
    head = len(b"unhardcode history 3\n") + 32
    content = path.read_bytes()
    found = record.Record(file=path, head=content[head - 32 : head], secret=bytes(32))
    body = content[head + 32 :]
    path.write_bytes(content[:head] + record._digest(found, body) + body)


@pytest.mark.parametrize(
    "damage", [_shorten, _flip, _empty, _open_to_others, _open_folder, _link, _folder, _forge], ids=lambda f: f.__name__
)
def test_a_record_that_is_damaged_or_not_ours_is_no_record(
    past: Path, scan: Scan, looked: list[str], damage: Callable[[Path], None]
) -> None:
    whole = scan("--no-cache")
    scan()
    damage(_record(past))
    looked.clear()
    assert scan() == whole
    assert len(looked) == 7


def test_without_a_record_none_is_written(past: Path, scan: Scan, looked: list[str]) -> None:
    scan("--no-cache")
    assert not list((past / ".git" / "unhardcode").glob("history-*"))
    assert len(looked) == 7


def test_a_second_scan_looks_at_nothing_and_says_the_same(past: Path, scan: Scan, looked: list[str]) -> None:
    first = scan()
    looked.clear()
    assert scan() == first
    assert looked == []
    assert "read as plain text" in first
    assert scan("--no-cache") == first
    assert _record(past).stat().st_mode & 0o777 == 0o600


def test_new_commits_are_looked_at_and_the_result_is_that_of_a_whole_scan(
    scan: Scan, looked: list[str], commit: Callable[..., None], made: Callable[..., str]
) -> None:
    scan()
    commit("clean.py", f'import os\nx = 1\nAPI_TOKEN = "{made(24)}"\n')
    commit("new.py", "z = 3\n")
    looked.clear()
    after = scan()
    assert sorted(looked) == ["clean.py", "new.py"]
    assert after == scan("--no-cache")
    assert "clean.py" in after


def test_a_new_version_of_what_was_read_in_a_lesser_way_is_looked_at_beside_it(
    scan: Scan, looked: list[str], commit: Callable[..., None], made: Callable[..., str]
) -> None:
    scan()
    for text in (f'{{"password": "{made(20)}"', f'{{"password": "{made(21)}"}}', '{"password": "changeme",\n\n'):
        commit("broken.json", text)
        looked.clear()
        assert scan() == scan("--no-cache")
        assert looked.count("broken.json") > 1


def test_a_new_version_of_a_file_with_a_finding_is_looked_at_beside_those_that_had_it(
    past: Path, scan: Scan, looked: list[str], commit: Callable[..., None], made: Callable[..., str]
) -> None:
    scan()
    text = (past / "settings.py").read_text()
    commit("settings.py", text + f'API_TOKEN = "{made(30)}"\n')
    looked.clear()
    found = scan()
    assert looked.count("settings.py") == 2  # the one that brought the password, and this one
    assert found == scan("--no-cache")


def test_what_repeats_a_finding_is_looked_at_once_the_version_that_brought_it_is_gone(
    past: Path, scan: Scan, git: Git
) -> None:
    scan()
    git(past, "checkout", "-q", "--orphan", "other")
    git(past, "commit", "-qm", "only the last versions")
    git(past, "branch", "-D", "-q", "main")
    git(past, "reflog", "expire", "--expire=now", "--all")
    after = scan()
    assert "settings.py" in after
    assert after == scan("--no-cache")


def test_a_version_that_stands_at_another_path_too_is_looked_at_again(
    past: Path, scan: Scan, looked: list[str], commit: Callable[..., None]
) -> None:
    scan()
    commit("copy.py", (past / "clean.py").read_bytes())
    looked.clear()
    assert scan() == scan("--no-cache")
    assert "clean.py" in looked


def test_a_repository_that_gets_own_rules_is_looked_at_again(
    past: Path, scan: Scan, commit: Callable[..., None], made: Callable[..., str]
) -> None:
    commit("notes.txt", f"see acme_{made(20)}\n")
    assert "notes.txt" not in scan()
    (past / ".unhardcode.rules.toml").write_text(
        '[[rule]]\nid = "own-acme"\ntitle = "Acme token"\nseverity = "high"\n'
        "pattern = 'acme_(?P<secret>[A-Za-z0-9]{20})'\nmatch = ['acme_{alnum:20}']\nreject = ['acme_']\n"
    )
    after = scan()
    assert "notes.txt" in after
    assert after == scan("--no-cache")


def test_rules_that_changed_are_another_record(scan: Scan, looked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    scan()
    looked.clear()
    monkeypatch.setattr("rules.signature.rules_state", lambda: b"other rules")
    scan()
    assert len(looked) == 7


def test_other_options_have_a_record_of_their_own(past: Path, scan: Scan) -> None:
    assert scan("--exclude", "settings.py") != scan()
    assert scan() == scan("--no-cache")
    assert len(list((past / ".git" / "unhardcode").glob("history-*"))) == 2


def test_a_scan_that_is_killed_while_it_writes_leaves_the_record_as_it_was(
    past: Path, scan: Scan, commit: Callable[..., None]
) -> None:
    scan()
    before = _record(past).read_bytes()
    commit("new.py", "z = 3\n")
    kill = "import os, pathlib; pathlib.Path.replace = lambda *_: os.kill(os.getpid(), 9); import unhardcode; "
    done = subprocess.run(
        [sys.executable, "-c", f"{kill}unhardcode.run(['scan', '--history'])"], cwd=past, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    assert _record(past).read_bytes() == before
    (partial,) = (past / ".git" / "unhardcode").glob(".history-*")
    os.utime(partial, (0, 0))
    assert scan() == scan("--no-cache")
    assert not partial.exists()


def test_two_scans_at_once_agree_and_leave_a_record_that_counts(past: Path, scan: Scan, looked: list[str]) -> None:
    running = [subprocess.Popen(COMMAND, cwd=past, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0] for process in running}
    assert len(said) == 1
    assert scan() == said.pop()
    assert "clean.py" not in looked


def test_nothing_can_be_read_from_a_record(past: Path, scan: Scan) -> None:
    scan()
    content = _record(past).read_bytes()
    for text in (past / "settings.py").read_text().split('"'):
        leaked = text.encode() in content
        assert not leaked
    assert b"settings" not in content


def test_what_repeats_a_finding_counts_only_while_that_is_looked_at(tmp_path: Path) -> None:
    blobs = [Blob(id=f"{n:040x}", size=1, places=(Place(path, None),)) for n, path in enumerate(("a", "a", "b"))]
    kept = record.load(tmp_path, bytes(32), ["options"], b"rules")
    assert kept is not None
    record.keep(kept, blobs, {0: record.FOUND, 1: record.AFTER, 2: record.CLEAN}, {}, {0: "read as plain text"})
    again = record.load(tmp_path, bytes(32), ["options"], b"rules")
    assert record.known(again, blobs) == [record.FOUND, record.AFTER, record.CLEAN]
    assert record.notes_of(again, blobs, record.known(again, blobs)) == {0: "read as plain text"}
    assert record.notes_of(again, blobs, [0, 1, 1]) == {}
    assert record.known(again, blobs[1:]) == [0, record.CLEAN]
    new = blobs[0]._replace(id="f" * 40)
    assert record.known(again, [*blobs, new]) == [0, record.AFTER, record.CLEAN, 0]
    assert record.known(record.load(tmp_path, bytes(32), ["options"], b"other"), blobs) == [0, 0, 0]
    assert record.known(record.load(tmp_path, b"k" * 32, ["options"], b"rules"), blobs) == [0, 0, 0]


def test_a_second_scan_analyses_nothing_that_it_has_serialized(
    past: Path, scan: Scan, commit: Callable[..., None], made: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit("other.py", f'API_TOKEN = "{made(32)}"\n')
    first = scan()
    analysed: list[str] = []
    analyse = analysis.analyse

    def counted(source, *others):  # type: ignore[no-untyped-def]
        analysed.append(source.path)
        return analyse(source, *others)

    monkeypatch.setattr(analysis, "analyse", counted)
    assert scan() == first
    assert analysed == []
    assert scan("--no-cache") == first
    assert {"other.py", "settings.py"} <= set(analysed)
