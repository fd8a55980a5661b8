"""The installed hook under every way in which git makes a commit: what is staged counts, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unhardcode

Made = Callable[..., str]
Git = Callable[..., str]
Started = Callable[..., Any]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> Path:
    """A guarded repository with a few commits, at a path with blanks and letters of more than a byte."""
    folder = tmp_path / "a shop ü"
    (folder / "deep" / "er").mkdir(parents=True)
    git(folder, "init", "-q")
    for name, value in (("user.name", "Test"), ("user.email", "test@test.invalid"), ("commit.gpgsign", "false")):
        git(folder, "config", name, value)
    plant(folder / "settings.py", "")
    (folder / "app.py").write_text("import os\n")
    (folder / "deep" / "er" / "kept.py").write_text("import os\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "commit", "-q", "--allow-empty", "-m", "second")
    monkeypatch.chdir(folder)
    assert unhardcode.run(["hook", "install"]) == 0
    return folder


def plant(path: Path, value: str) -> None:
    path.write_text(f'ADMIN_PASSWORD = "{value}"\n')


def stopped(done: Any, value: str, place: str = "settings.py:1:19") -> bool:
    assert value not in done.printed, "the value was printed"
    assert done.status == 1, done.printed
    assert place in done.printed, done.printed
    return True


def passed(done: Any) -> bool:
    assert done.status == 0, done.printed
    return True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "words", "environment"),
    [
        pytest.param(".", "commit -m x", {}, id="what was added"),
        pytest.param(".", "commit -a -m x", {}, id="all that changed"),
        pytest.param(".", "commit -m x settings.py", {}, id="a named file, in an index of its own"),
        pytest.param(".", "commit -m x --include app.py", {}, id="a named file beside what was added"),
        pytest.param(".", "commit -v --amend --no-edit", {}, id="in place of the last commit"),
        pytest.param("deep/er", "commit -m x", {}, id="from a folder below"),
        pytest.param("deep/er", "commit -m x ../../settings.py", {}, id="a named file, from a folder below"),
        pytest.param(".", "-c core.quotePath=true commit -m x", {"LC_ALL": "C"}, id="in a plain locale"),
        pytest.param(".", "commit -m x", {"GIT_DIR": ".git"}, id="with GIT_DIR set"),
        pytest.param(".", "commit -m x", {"PYTHONPATH": ".", "PYTHONIOENCODING": "ascii"}, id="with Python's own"),
    ],
)
def test_a_staged_secret_is_stopped_however_it_is_committed(
    at: Path, made: Made, git: Git, attempt: Started, folder: str, words: str, environment: dict[str, str]
) -> None:
    value = made(24)
    for name in ("scanner", "click"):
        (at / f"{name}.py").write_text("raise SystemExit(0)\n")
    plant(at / "settings.py", value)
    if "-a" not in words.split() and "settings.py" not in words:
        git(at, "add", "settings.py")
    assert stopped(attempt(at / folder, *words.split(), **environment), value)

    (at / "settings.py").write_text("import json\n")
    git(at, "add", "settings.py")
    assert passed(attempt(at / folder, *words.split(), **environment))


@pytest.mark.slow
def test_names_of_files_stop_nothing_from_being_seen(at: Path, made: Made, git: Git, attempt: Started) -> None:
    value = made(24)
    for name, shown in (
        ("new\nline.py", "new\\x0aline.py"),
        ("-q.py", "-q.py"),
        ("--fail-on=never.py", "--fail-on=never.py"),
        (":(exclude)x.py", "./:(exclude)x.py"),
        ("ü ü.py", "ü ü.py"),
        (os.fsdecode(b"\xff.py"), "%FF.py"),
    ):
        plant(at / name, value)
        git(at, "add", "-A")
        assert stopped(attempt(at, "commit", "-m", "x"), value, f"{shown}:1:19")
        git(at, "rm", "-qf", "--", f":(literal){name}" if name.startswith(":") else name)


def test_only_what_is_taken_counts(at: Path, made: Made, git: Git, attempt: Started, start: Started) -> None:
    value = made(24)
    # A named file goes in alone, whatever else is staged.
    plant(at / "other.py", value)
    git(at, "add", "other.py")
    (at / "app.py").write_text("import sys\n")
    assert passed(attempt(at, "commit", "-m", "x", "app.py"))
    git(at, "rm", "-qf", "other.py")
    # Of one file with two changes, only the one that was chosen.
    (at / "lines.py").write_text("\n".join(f"line_{n} = {n}" for n in range(30)) + "\n")
    git(at, "add", "lines.py")
    git(at, "commit", "-q", "-m", "lines", "--no-verify")
    text = (at / "lines.py").read_text()
    (at / "lines.py").write_text(f'ADMIN_PASSWORD = "{value}"\n{text}last = 1\n')
    assert passed(start(at, "sh", "-c", "printf 'n\\ny\\n' | git commit -p -m x >/dev/null"))
    assert git(at, "show", "HEAD:lines.py").endswith("last = 1\n")
    assert stopped(start(at, "sh", "-c", "printf 'y\\n' | git commit -p -m x | grep -v '^+'; git commit -aqm x"), value,
                   "lines.py:1:19")  # fmt: skip
    git(at, "checkout", "-q", "lines.py")
    # The staged version, not that of the working tree; a name that is only announced is none yet.
    plant(at / "settings.py", value)
    git(at, "add", "settings.py")
    plant(at / "settings.py", "")
    assert stopped(attempt(at, "commit", "-m", "x"), value)
    git(at, "add", "settings.py")
    plant(at / "new.py", value)
    git(at, "add", "-N", "new.py")
    assert passed(attempt(at, "commit", "-m", "x", "--allow-empty"))
    assert stopped(attempt(at, "commit", "-a", "-m", "x"), value, "new.py:1:19")


def test_merges_and_picks_that_stop_are_looked_at_when_they_go_on(
    at: Path, made: Made, git: Git, attempt: Started
) -> None:
    value = made(24)
    git(at, "branch", "side")
    for branch, text in (("main", "here = 1\n"), ("side", "there = 1\n")):
        git(at, "checkout", "-q", branch)
        (at / "both.py").write_text(text)
        git(at, "add", "-A")
        git(at, "commit", "-q", "--no-verify", "-m", branch)
    git(at, "checkout", "-q", "main")
    for start, go_on in (("merge", "commit"), ("cherry-pick", "cherry-pick")):
        assert attempt(at, start, "side").status == 1
        plant(at / "both.py", value)
        git(at, "add", "both.py")
        words = ("commit", "--no-edit") if go_on == "commit" else (go_on, "--continue")
        assert stopped(attempt(at, *words, GIT_EDITOR="true"), value, "both.py:1:19")
        (at / "both.py").write_text(f"{go_on.replace('-', '_')} = 1\n")
        git(at, "add", "both.py")
        assert passed(attempt(at, *words, GIT_EDITOR="true"))
        git(at, "reset", "-q", "--hard", "main~1" if start == "merge" else "main")
    # All that a squashed branch brings is new here; a merge of it brings what its branch answered for.
    git(at, "checkout", "-q", "-B", "bad", "main~1")
    plant(at / "settings.py", value)
    git(at, "commit", "-q", "--no-verify", "-am", "bad")
    git(at, "checkout", "-q", "-B", "clean", "main~1")
    git(at, "commit", "-q", "--allow-empty", "-m", "beside it")
    git(at, "merge", "--squash", "-q", "bad")
    assert stopped(attempt(at, "commit", "-m", "x"), value)
    git(at, "reset", "-q", "--hard")
    assert passed(attempt(at, "merge", "--no-ff", "--no-edit", "bad"))


@pytest.mark.slow
def test_what_git_commits_without_asking_the_hook_is_stopped_at_the_push(
    at: Path, made: Made, git: Git, attempt: Started, tmp_path: Path
) -> None:
    value = made(24)
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(at, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(at, "push", "-q", "origin", "main")
    git(at, "checkout", "-q", "-b", "bad")
    plant(at / "settings.py", value)
    git(at, "commit", "-q", "--no-verify", "-am", "bad")
    patch = git(at, "format-patch", "-1", "--stdout")
    (tmp_path / "bad.patch").write_text(patch)
    for words in (("cherry-pick", "bad"), ("am", "-q", str(tmp_path / "bad.patch")), ("rebase", "-q", "main", "bad")):
        git(at, "checkout", "-q", "-B", "work", "main")
        assert passed(attempt(at, *words))
        assert stopped(attempt(at, "push", "origin", "HEAD:refs/heads/work"), value)


@pytest.mark.slow
def test_linked_worktrees_and_submodules_are_guarded_as_well(
    at: Path, made: Made, git: Git, attempt: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = made(24)
    linked = tmp_path / "linked"
    git(at, "worktree", "add", "-q", "-b", "linked", str(linked))
    plant(linked / "settings.py", value)
    assert stopped(attempt(linked, "commit", "-a", "-m", "x"), value)
    assert stopped(attempt(at, "-C", str(linked), "commit", "-m", "x", "settings.py"), value)
    assert passed(attempt(at, "commit", "--allow-empty", "-m", "the other one's secret is not here"))

    git(tmp_path, "init", "-q", "library")
    git(tmp_path / "library", "commit", "-q", "--allow-empty", "-m", "first")
    git(at, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "library"), "lib")
    assert passed(attempt(at, "commit", "-m", "a submodule"))
    monkeypatch.chdir(at / "lib")
    assert unhardcode.run(["hook", "install"]) == 0
    plant(at / "lib" / "keys.py", value)
    git(at / "lib", "add", "-A")
    assert stopped(attempt(at / "lib", "commit", "-m", "x"), value, "keys.py:1:19")
    assert passed(attempt(at, "commit", "--allow-empty", "-m", "what is staged in there is staged there"))
