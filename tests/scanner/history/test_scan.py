"""Whatever git still holds is found, or named as not looked at; of a value no copy gets out."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unhardcode
from scanner.errors import Exit

Git = Callable[..., str]

PLACES = (
    "deleted in the next commit", "renamed", "merge resolution", "stash", "staged part of a stash",
    "untracked part of a stash", "reflog only", "commit message", "tag message", "note", "utf-16", "tag of a blob",
    "unmerged branch", "another working tree",
)  # fmt: skip
LOST = ("dropped branch", "unreachable object")


def _value(place: str) -> str:
    source = random.Random(place)
    return "".join(source.choice(string.ascii_letters + string.digits) for _ in range(24))


def _text(place: str) -> str:
    return f'api_key = "{_value(place)}"\n'


def scan(folder: Path, *arguments: str, status: int | None = None) -> dict[str, Any]:
    """What `scan` says as JSON; its exit status is asserted if one is given."""
    words = [sys.executable, "-I", "-m", "unhardcode", "scan", "--format", "json", *arguments]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=dict(os.environ))
    assert status is None or done.returncode == status, (done.returncode, done.stderr)
    for place in (*PLACES, *LOST):
        assert _value(place) not in done.stdout + done.stderr, place
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def hiding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one value in each hiding place, none of them in HEAD."""
    folder = tmp_path_factory.mktemp("hiding") / "repository"
    folder.mkdir()

    def git(*arguments: str, where: Path = folder, feed: str | None = None) -> str:
        words = [
            "git",
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@t.invalid",
            "-c",
            "init.defaultBranch=main",
            *arguments,
        ]
        done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=True, input=feed)
        return done.stdout.strip()

    def put(name: str, text: str, where: Path = folder) -> None:
        (where / name).write_text(text, encoding="utf-8")
        git("add", "-A", where=where)

    def commit(message: str = "work", where: Path = folder) -> None:
        git("commit", "-q", "--allow-empty", "-m", message, where=where)

    git("init", "-q")
    put("app.py", "x = 1\n")
    commit()
    put("gone.py", _text("deleted in the next commit"))
    commit()
    git("rm", "-q", "gone.py")
    put("old.py", _text("renamed"))
    commit()
    git("mv", "old.py", "new.py")
    commit()
    git("rm", "-q", "new.py")
    (folder / "wide.py").write_bytes(_text("utf-16").encode("utf-16"))
    git("add", "-A")
    commit()
    git("rm", "-q", "wide.py")
    commit(f"use it\n\napi_key = {_value('commit message')}")
    # A merge whose resolution is in neither parent.
    git("checkout", "-q", "-b", "side")
    put("both.py", "x = 2\n")
    commit()
    git("checkout", "-q", "main")
    put("both.py", "x = 3\n")
    commit()
    subprocess.run(["git", "merge", "-q", "side"], cwd=folder, capture_output=True)
    put("both.py", _text("merge resolution"))
    commit("merge")
    put("both.py", "x = 4\n")
    commit()
    git("checkout", "-q", "-b", "unmerged")
    put("branch.py", _text("unmerged branch"))
    commit()
    git("checkout", "-q", "main")
    # A stash of three parts.
    put("staged.py", _text("staged part of a stash"))
    (folder / "app.py").write_text(_text("stash"), encoding="utf-8")
    (folder / "untracked.py").write_text(_text("untracked part of a stash"), encoding="utf-8")
    git("stash", "-q", "-u")
    put("reflog.py", _text("reflog only"))
    commit()
    git("reset", "-q", "--hard", "HEAD~1")
    git("tag", "-a", "v1", "-m", f"api_key = {_value('tag message')}")
    git("notes", "add", "-m", f"api_key = {_value('note')}", "HEAD")
    blob = git("hash-object", "-w", "--stdin", feed=_text("tag of a blob"))
    git("tag", "blob", blob)
    other = folder.parent / "other"
    git("worktree", "add", "-q", "--detach", str(other))
    put("there.py", _text("another working tree"), where=other)
    commit(where=other)
    # What nothing reaches any more, not even a reflog.
    git("checkout", "-q", "--orphan", "dropped")
    put("dropped.py", _text("dropped branch"))
    commit()
    lost = git("rev-parse", "HEAD")
    git("checkout", "-q", "-f", "main")
    git("branch", "-q", "-D", "dropped")
    head = folder / ".git" / "logs" / "HEAD"
    lines = head.read_text(encoding="utf-8").splitlines(keepends=True)
    head.write_text("".join(line for line in lines if lost not in line), encoding="utf-8")
    git("hash-object", "-w", "--stdin", feed=_text("unreachable object"))
    return folder


def _where(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["path"]: finding for finding in report["findings"]}


def test_a_revision_that_does_not_exist_is_not_seen(hiding: Path) -> None:
    words = [sys.executable, "-I", "-m", "unhardcode", "scan", "--range", "nowhere..HEAD"]
    done = subprocess.run(words, cwd=hiding, capture_output=True, text=True)
    assert done.returncode == 3
    assert "nowhere: git knows no such commit here" in done.stderr


def test_a_shallow_clone_says_where_it_ends(hiding: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", "--no-tags", f"file://{hiding}", str(clone)], check=True)
    report = scan(clone, "--history", status=3)
    assert "this clone is shallow" in report["coverage"]["skipped"][0]["reason"]


def test_a_blob_that_is_not_here_is_named_and_never_fetched(hiding: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=hiding, check=True)
    clone = tmp_path / "clone"
    command = ["git", "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{hiding}", str(clone)]
    subprocess.run(command, check=True)
    before = sorted(each.name for each in (clone / ".git" / "objects" / "pack").iterdir())
    report = scan(clone, "--history")
    assert any("git has no object" in each["reason"] for each in report["coverage"]["skipped"])
    assert sorted(each.name for each in (clone / ".git" / "objects" / "pack").iterdir()) == before


def test_what_nothing_reaches_is_looked_at_only_when_asked_for(hiding: Path) -> None:
    usual, lost = _where(scan(hiding, "--history")), _where(scan(hiding, "--history", "--unreachable"))
    assert "dropped.py" not in usual
    assert "dropped.py" in lost
    assert len([path for path in lost if path.startswith("unreachable/")]) == 1
    alone = _where(scan(hiding, "--history", "--unreachable", "--include", "unreachable/"))
    assert list(alone) == [path for path in lost if path.startswith("unreachable/")]


def test_of_what_no_file_holds_is_not_said_how_to_move_it(hiding: Path) -> None:
    words = [sys.executable, "-I", "-m", "unhardcode", "scan", "--history", "--unreachable"]
    said = subprocess.run(words, cwd=hiding, capture_output=True, text=True).stdout.split("\n\n")
    for kind, step in (("tag/", "git tag -d NAME"), ("unreachable/", "git prune --expire=now")):
        (block,) = (each for each in said if each.startswith(kind))
        assert step in block
        assert not any(words in block for words in ("unhardcode migrate", "unhardcode plan", "# unhardcode: ignore"))
    assert not any(f"unhardcode explain {kind}" in said[-1] for kind in ("tag/", "unreachable/"))


def test_without_a_commit_that_is_said_and_on_a_day_without_one_all_is_well(
    tmp_path: Path, git: Git, run: Callable[..., tuple[int, str, str]]
) -> None:
    git(tmp_path, "init", "-q")
    status, said, _ = run(tmp_path, "scan", "--history")
    assert (status, "no commit has a file there, or there is none yet" in said) == (Exit.NOT_SEEN, True)
    (tmp_path / "a.py").write_text("x = 1\n")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-q", "-m", "x", GIT_COMMITTER_DATE="2026-01-31T00:00:00Z")
    assert run(tmp_path, "scan", "--history", "--since", "1 hour ago")[0] == Exit.OK


def test_each_hiding_place_is_found_with_the_commit_that_brought_it(hiding: Path) -> None:
    found = _where(scan(hiding, "--history", status=1))
    files = ("gone.py", "old.py", "wide.py", "both.py", "branch.py", "app.py", "staged.py", "untracked.py",
             "reflog.py", "there.py")  # fmt: skip
    for path in files:
        assert found[path]["commit"]["path"] == path
        assert found[path]["in_head"] is False
    for prefix in ("commit-message/", "tag-message/", "tag/"):
        assert len([path for path in found if path.startswith(prefix)]) == 1, prefix
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hiding, capture_output=True, text=True).stdout.strip()
    assert head in found  # a note's file is named by what it is about
    assert len(found) == len(PLACES) + 1  # and the renamed file by its other name


def test_the_number_of_workers_changes_nothing(hiding: Path) -> None:
    assert scan(hiding, "--history", "-j", "1") == scan(hiding, "--history", "-j", "3")


def test_a_history_is_read_where_no_process_forks_and_no_memory_is_bounded(
    hiding: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.chdir(hiding)
    assert unhardcode.run(["scan", "--history", "--no-cache", "-j", "3", "--format", "json"]) == Exit.FINDINGS
    assert json.loads(capsys.readouterr().out)["findings"] == scan(hiding, "--history")["findings"]


def test_an_old_secret_in_a_file_that_a_range_touches_is_marked_as_older(repository: Path, git: Git) -> None:
    text = _text("renamed")
    for number, lines in enumerate((text, text + "y = 2\n", text + "y = 2\n" + _text("stash"))):
        (repository / "app.py").write_text(lines, encoding="utf-8")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", str(number))
    old = scan(repository, "--range", "HEAD~2..HEAD~1", status=0)["findings"]
    assert [finding["introduced"] for finding in old] == ["before"]
    both = scan(repository, "--range", "HEAD~2..HEAD", status=1)["findings"]
    assert [finding["introduced"] for finding in both] == ["before", "range"]


def test_a_message_of_a_range_is_looked_at_and_one_before_it_is_not(repository: Path, git: Git) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", f"api_key = {_value('note')}")
    git(repository, "commit", "-q", "--allow-empty", "-m", "first")
    git(repository, "commit", "-q", "--allow-empty", "-m", f"api_key = {_value('stash')}")
    found = scan(repository, "--range", "HEAD~2..HEAD", status=1)["findings"]
    assert [finding["introduced"] for finding in found] == ["range"]
    assert found[0]["path"] == f"commit-message/{git(repository, 'rev-parse', 'HEAD').strip()}"


@pytest.mark.parametrize(
    ("name", "before", "new"),
    [
        # In Python an unquoted word is a name.
        ("settings.py", "API_KEY = ", "settings.env"),
        # What is alone in a file is called by the file's name.
        ("notes.txt", "", "db_password.txt"),
    ],
)
def test_a_file_that_is_renamed_is_read_as_what_its_new_name_says(
    repository: Path, git: Git, name: str, before: str, new: str
) -> None:
    (repository / name).write_text(f"{before}{_value('renamed')}\n", encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "first")
    assert not scan(repository, "--history", status=0)["findings"]
    git(repository, "mv", name, new)
    git(repository, "commit", "-qm", "second")
    for _ in range(2):  # the second time by the record
        found = scan(repository, "--history", status=1)["findings"]
        assert [finding["path"] for finding in found] == [new]
        assert found[0]["commit"]["id"] == git(repository, "rev-parse", "HEAD").strip()
        assert found[0]["in_head"]


def test_the_second_of_two_on_a_line_is_seen_where_the_first_is_nothing(repository: Path, git: Git) -> None:
    line = f"# token: changeme, the other token: {_value('note')}\n"
    (repository / "notes.txt").write_text(line, encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "first")
    assert len(scan(repository, "--history", status=1)["findings"]) == 1


@pytest.mark.parametrize(
    ("bound", "used"),
    [
        ("first = SECOND = {0}\n", "first"),
        ("first = given() or {0}\n", "first"),
        ("first = given() if given else {0}\n", "first"),
        ("class Settings:\n    first: str = {0}\n", "Settings.first"),
        ("class Settings:\n    first = {0}\n", "Settings.first"),
    ],
)
def test_a_value_that_stood_far_from_its_call_for_a_while_is_found(
    repository: Path, git: Git, bound: str, used: str
) -> None:
    filler = "".join(f"x{number} = {number}\n" for number in range(500))
    for number, value in enumerate(("given()", f'"{_value("stash")}"', "given()")):
        text = f"import psycopg2\n\n{bound.format(value)}\n{filler}\npsycopg2.connect(password={used})\n"
        (repository / "app.py").write_text(text, encoding="utf-8")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", str(number))
    assert [finding["path"] for finding in scan(repository, "--history", status=1)["findings"]] == ["app.py"]


def test_a_call_of_an_own_function_by_place_is_seen_when_it_is_added(repository: Path, git: Git) -> None:
    filler = "".join(f"x{number} = {number}\n" for number in range(2_000))
    head = f"def connect(user, password):\n    return user\n\n\n{filler}"
    for number, call in enumerate(("", f'\n\ndef late():\n    return connect("bob", "{_value("stash")}")\n')):
        (repository / "app.py").write_text(head + call, encoding="utf-8")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", str(number))
    found = scan(repository, "--history", status=1)["findings"]
    assert [finding["start_line"] for finding in found] == [2_008]
