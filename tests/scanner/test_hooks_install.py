"""Hooks of plain git: beside what is there, honest about what they stopped, and gone without a trace."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unhardcode
from scanner.errors import Exit
from scanner.hooks_install import STAGES, block, script

Made = Callable[..., str]
Git = Callable[..., str]
Started = Callable[..., Any]
OTHER = b"#!/bin/sh\r\n\necho 'before us' \xff\n"


@pytest.fixture
def at(repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git, tmp_path: Path) -> Path:
    """The working directory: a repository with one commit, and a bare one as its origin."""
    (repository / "app.py").write_text("import os\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    git(tmp_path, "init", "-q", "--bare", "origin.git")
    git(repository, "remote", "add", "origin", str(tmp_path / "origin.git"))
    monkeypatch.chdir(repository)
    return repository


def run(*words: str) -> int:
    return unhardcode.run(["hook", *words])


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir() if path.is_file()}


def plant(folder: Path, value: str) -> None:
    (folder / "settings.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')


def test_outside_a_repository_there_is_nothing_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("install") == Exit.NOT_SEEN


def test_in_a_bare_repository_git_runs_none_of_them(at: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "origin.git")
    assert run("install") == Exit.USAGE
    assert not (tmp_path / "origin.git/hooks/pre-commit").exists()


def test_a_folder_that_other_repositories_use_is_left_alone(
    at: Path, git: Git, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "everywhere").mkdir()
    git(at, "config", "core.hooksPath", str(tmp_path / "everywhere"))
    assert run("install") == Exit.USAGE
    assert "hooks there run in every repository" in capsys.readouterr().err
    assert list((tmp_path / "everywhere").iterdir()) == []
    assert run("install", "--shared") == Exit.OK
    assert sorted(path.name for path in (tmp_path / "everywhere").iterdir()) == sorted(STAGES)
    assert run("uninstall", "--shared") == Exit.OK
    assert list((tmp_path / "everywhere").iterdir()) == []


def test_an_empty_folder_of_hooks_is_the_root_of_the_file_system_to_git(
    at: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    git(at, "config", "core.hooksPath", "")
    before = sorted(at.iterdir())
    for words in (("install",), ("install", "--shared"), ("uninstall",)):
        assert run(*words) == Exit.USAGE
        assert "core.hooksPath is empty" in capsys.readouterr().err
    assert sorted(at.iterdir()) == before
    git(at, "config", "core.hooksPath", ".")  # to git that is the root of the repository
    assert run("install", "--stage", "pre-commit") == Exit.OK
    assert (at / "pre-commit").exists()
    assert run("uninstall") == Exit.OK
    assert sorted(at.iterdir()) == before


def test_a_hook_that_somebody_changed_is_not_removed(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install", "--stage", "pre-commit") == Exit.OK
    hook = at / ".git" / "hooks" / "pre-commit"
    hook.write_text(hook.read_text() + "echo mine\n")
    assert run("uninstall") == Exit.USAGE
    assert "was changed after the install" in capsys.readouterr().err
    assert hook.exists()


def test_a_disk_that_takes_nothing_leaves_the_hook_that_was_there(
    at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    hook = at / ".git" / "hooks" / "pre-commit"
    hook.write_bytes(OTHER)
    before = snapshot(hook.parent)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert run("install") == Exit.USAGE
    assert snapshot(hook.parent) == before
    assert run("install") == Exit.OK
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        patch.setattr(Path, "unlink", full)
        assert run("uninstall") == Exit.USAGE
    assert "bug" not in capsys.readouterr().err
    assert run("uninstall") == Exit.OK
    assert snapshot(hook.parent) == before


def test_what_was_there_comes_back_byte_for_byte(at: Path) -> None:
    hooks = at / ".git" / "hooks"
    (hooks / "pre-commit").write_bytes(OTHER)
    (hooks / "pre-commit").chmod(0o755)
    (hooks / "pre-push").write_bytes(OTHER)  # not executable: git does not run it
    (at / "real").write_bytes(b"#!/bin/sh\nexit 0\n")
    (hooks / "pre-merge-commit").symlink_to("../../real")
    before = snapshot(hooks)
    assert run("install") == Exit.OK
    assert run("install") == Exit.OK  # once more changes nothing
    assert snapshot(hooks) != before
    assert run("uninstall") == Exit.OK
    assert snapshot(hooks) == before
    assert (hooks / "pre-merge-commit").is_symlink()
    assert run("uninstall") == Exit.OK


def test_a_hook_of_a_tracked_folder_names_no_place_of_this_machine(at: Path, git: Git) -> None:
    (at / ".githooks").mkdir()
    git(at, "config", "core.hooksPath", ".githooks")
    assert run("install") == Exit.OK
    for stage in STAGES:
        text = (at / ".githooks" / stage).read_text()
        assert sys.executable not in text
        assert "command -v unhardcode" in text


def test_a_hook_that_will_not_find_us_says_so_when_it_is_installed(
    at: Path, git: Git, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert shutil.which("unhardcode") is None
    assert run("install") == Exit.OK
    assert capsys.readouterr().err == ""  # it has the very Python that installed it
    git(at, "config", "core.hooksPath", "hooks")
    assert run("install") == Exit.OK
    assert "unhardcode is not on PATH" in capsys.readouterr().err


def test_the_block_for_husky_goes_and_comes_with_any_file(at: Path, git: Git) -> None:
    husky = at / ".husky"
    (husky / "_").mkdir(parents=True)
    git(at, "config", "core.hooksPath", ".husky/_")
    for text in (None, b"npm test\n", b"npm test", b"#!/bin/sh\nnpm test\r\n", b"#!/bin/sh", b"\n", b""):
        for stage in STAGES:
            if text is not None:
                (husky / stage).write_bytes(text)
        assert run("install") == Exit.OK
        assert run("install") == Exit.OK
        for stage in STAGES:
            there = (husky / stage).read_bytes()
            assert there.count(b"# unhardcode: begin") == 1
            assert there.startswith(b"#!") == bool(text and text.startswith(b"#!"))
        assert run("uninstall") == Exit.OK
        for stage in STAGES:
            found = (husky / stage).read_bytes() if (husky / stage).exists() else b""
            assert found == (text or b"")
            (husky / stage).unlink(missing_ok=True)


@pytest.mark.parametrize("stage", STAGES)
def test_every_hook_is_a_script_that_a_shell_takes(stage: str, tmp_path: Path, start: Started) -> None:
    for text in (script(stage, None), script(stage, "/a folder/it's/python"), block(stage)):
        (tmp_path / "hook").write_text(text)
        for shell in ("sh", "bash"):
            if shutil.which(shell):
                assert start(tmp_path, shell, "-n", "hook").status == 0


def test_a_missing_program_stops_the_commit_and_says_why(at: Path, git: Git, attempt: Started) -> None:
    (at / ".githooks").mkdir()
    git(at, "config", "core.hooksPath", ".githooks")
    assert run("install") == Exit.OK
    (at / "a.txt").write_text("a\n")
    git(at, "add", "a.txt")
    tools = at.parent / "tools"
    tools.mkdir()
    for name in ("git", "sh", "cat", "dirname", "env"):
        found = shutil.which(name)
        if found:
            (tools / name).symlink_to(found)
    done = attempt(at, "commit", "-m", "x", PATH=str(tools))
    assert done.status == 1
    assert "unhardcode is not installed here, so nothing was looked at" in done.printed


def test_a_commit_and_a_push_are_stopped_and_go_through_once_it_is_fixed(
    at: Path, made: Made, git: Git, attempt: Started
) -> None:
    value = made(24)
    hooks = at / ".git" / "hooks"
    for stage in ("pre-commit", "pre-push"):
        (hooks / stage).write_text("#!/bin/sh\necho first: $1\ncat\n")
        (hooks / stage).chmod(0o755)
    assert run("install") == Exit.OK
    plant(at, value)
    git(at, "add", "-A")
    done = attempt(at, "commit", "-m", "x")
    assert done.status == 1
    assert "first:" in done.printed
    for said in (
        "settings.py:1:19",
        "why",
        "unhardcode migrate settings.py",
        "# unhardcode: ignore[named-password] reason",
    ):
        assert said in done.printed
    assert value not in done.printed

    assert attempt(at, "commit", "--no-verify", "-m", "x").status == 0
    done = attempt(at, "push", "origin", "main")
    assert done.status == 1
    assert "first: origin" in done.printed
    assert "refs/heads/main" in done.printed  # the hook before ours is told what goes up as well
    for said in ("settings.py:1:19", "The push was stopped before anything was sent", "git commit --amend"):
        assert said in done.printed
    assert value not in done.printed
    assert git(at.parent / "origin.git", "for-each-ref") == ""

    # A later commit that takes the value out does not take it out of the earlier one.
    plant(at, "")
    git(at, "add", "-A")
    assert attempt(at, "commit", "-m", "fixed").status == 0
    assert attempt(at, "push", "origin", "main").status == 1
    git(at, "reset", "-q", "--soft", "HEAD~2")
    assert attempt(at, "commit", "-m", "in one").status == 0
    assert attempt(at, "push", "origin", "main").status == 0


def test_a_push_goes_through_with_a_reasoned_ignore_or_a_baseline(
    at: Path, made: Made, git: Git, attempt: Started
) -> None:
    assert run("install", "--stage", "pre-push") == Exit.OK
    plant(at, made(24))
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "x")
    assert attempt(at, "push", "origin", "main").status == 1
    text = (at / "settings.py").read_text()
    (at / "settings.py").write_text(text.rstrip("\n") + "  # unhardcode: ignore[named-password] the vendor's sandbox\n")
    git(at, "commit", "-q", "-a", "-m", "reason")
    assert attempt(at, "push", "origin", "main").status == 0
    (at / "other.py").write_text(f'API_TOKEN = "{made(32)}"\n')
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "y")
    assert attempt(at, "push", "origin", "main").status == 1
    assert unhardcode.run(["baseline", "create", "--reason", "expires tomorrow"]) == Exit.OK
    assert attempt(at, "push", "origin", "main").status == 0


def test_what_the_remote_has_already_does_not_stop_a_push(at: Path, made: Made, git: Git, attempt: Started) -> None:
    plant(at, made(24))
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "an old mistake")
    git(at, "push", "-q", "origin", "main")
    assert run("install", "--stage", "pre-push") == Exit.OK
    git(at, "checkout", "-q", "-b", "side")
    (at / "settings.py").write_text((at / "settings.py").read_text() + "DEBUG = True\n")
    git(at, "commit", "-q", "-a", "-m", "a change beside it")
    assert attempt(at, "push", "origin", "side").status == 0
    # A forced push of something else, a deletion, a tag, several at once.
    git(at, "commit", "-q", "--amend", "-m", "said otherwise")
    assert attempt(at, "push", "--force", "origin", "side").status == 0
    git(at, "tag", "-a", "v1", "-m", "one")
    assert attempt(at, "push", "origin", "v1").status == 0
    assert attempt(at, "push", "origin", ":side").status == 0
    (at / "new.py").write_text(f'API_TOKEN = "{made(32)}"\n')
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "a new mistake")
    git(at, "branch", "-q", "clean", "main")
    done = attempt(at, "push", "origin", "clean", "side")
    assert done.status == 1
    assert "new.py:1" in done.printed
    git(at, "tag", "blob", git(at, "rev-parse", "HEAD:app.py").strip())
    assert attempt(at, "push", "origin", "blob").status == 0


def test_messages_of_commits_and_tags_go_up_too(at: Path, made: Made, git: Git, attempt: Started) -> None:
    value = made(24)
    assert run("install", "--stage", "pre-push") == Exit.OK
    git(at, "commit", "-q", "--allow-empty", "-m", f'Use password = "{value}" from now on')
    commit = git(at, "rev-parse", "HEAD").strip()
    done = attempt(at, "push", "origin", "main")
    assert value not in done.printed
    assert (done.status, f"commit-message/{commit}:1:" in done.printed) == (1, True)
    git(at, "commit", "-q", "--amend", "-m", "said otherwise", "--allow-empty")
    assert attempt(at, "push", "origin", "main").status == 0
    # The remote has the commit: the tag brings nothing but its message.
    git(at, "tag", "-a", "v1", "-m", f'The password = "{value}"')
    tag = git(at, "rev-parse", "v1").strip()
    done = attempt(at, "push", "origin", "v1")
    assert value not in done.printed
    assert (done.status, f"tag-message/{tag}:1:" in done.printed) == (1, True)
    git(at, "tag", "-f", "-a", "v1", "-m", "one")
    assert attempt(at, "push", "origin", "v1").status == 0


def test_what_a_tag_names_without_a_commit_goes_up_too(at: Path, made: Made, git: Git, attempt: Started) -> None:
    value = made(24)
    assert run("install", "--stage", "pre-push") == Exit.OK
    assert attempt(at, "push", "origin", "main").status == 0
    plant(at, value)
    blob = git(at, "hash-object", "-w", "settings.py").strip()
    git(at, "add", "settings.py")
    tree = git(at, "write-tree").strip()
    git(at, "tag", "blob", blob)
    git(at, "tag", "tree", tree)
    git(at, "tag", "-a", "-m", "about a blob", "annotated", blob)
    for tag, path in (("blob", f"tag/{blob}"), ("tree", "settings.py"), ("annotated", f"tag/{blob}")):
        done = attempt(at, "push", "origin", tag)
        assert value not in done.printed
        assert (done.status, f"{path}:1:" in done.printed) == (1, True)
    assert "git tag -d NAME" in done.printed
    assert "unhardcode migrate tag/" not in done.printed
    git(at, "rm", "-q", "-f", "--cached", "settings.py")
    (at / "settings.py").unlink()
    assert unhardcode.run(["baseline", "create", "--history", "--reason", "rotated"]) == Exit.OK
    assert attempt(at, "push", "origin", "blob").status == 0
    # The remote has the value already.
    (at / ".unhardcode.baseline").unlink()
    plant(at, value)
    git(at, "add", "settings.py")
    git(at, "commit", "-q", "-m", "an old mistake")
    git(at, "push", "-q", "--no-verify", "origin", "main")
    git(at, "fetch", "-q", "origin")
    assert attempt(at, "push", "origin", "annotated").status == 0


def test_a_ref_whose_name_would_end_a_line_elsewhere_is_looked_at(
    at: Path, made: Made, git: Git, attempt: Started
) -> None:
    assert run("install", "--stage", "pre-push") == Exit.OK
    name = "side\u2028\x85line"
    git(at, "checkout", "-q", "-b", name)
    assert attempt(at, "push", "origin", name).status == 0
    plant(at, made(24))
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "x")
    done = attempt(at, "push", "origin", name)
    assert (done.status, "settings.py:1:" in done.printed) == (1, True)


def test_nothing_of_a_repository_that_stands_elsewhere_passes_unseen(
    at: Path, tmp_path: Path, made: Made, git: Git, attempt: Started
) -> None:
    """Its working tree is that of another repository, in which git starts the hooks."""
    apart = (f"--git-dir={tmp_path / 'apart'}", "--work-tree=.")
    git(tmp_path, "init", "-q", "--bare", "apart")
    git(at, *apart, "config", "core.bare", "false")
    for stage in ("pre-commit", "pre-push"):
        (tmp_path / "apart" / "hooks" / stage).write_text(script(stage, sys.executable))
        (tmp_path / "apart" / "hooks" / stage).chmod(0o755)
    plant(at, made(24))
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", "the other one has it already")
    git(at, *apart, "add", "settings.py")
    done = attempt(at, *apart, "commit", "-q", "-m", "x")
    assert (done.status, "GIT_DIR names" in done.printed) == (1, True)
    git(at, *apart, "commit", "-q", "--no-verify", "-m", "x")
    done = attempt(at, *apart, "push", str(tmp_path / "origin.git"), "HEAD:refs/heads/apart")
    assert (done.status, "GIT_DIR names" in done.printed) == (1, True)
    assert "apart" not in git(tmp_path / "origin.git", "branch", "--list")


def test_a_push_to_a_bare_url_and_from_a_linked_worktree_is_looked_at(
    at: Path, made: Made, git: Git, attempt: Started
) -> None:
    assert run("install", "--stage", "pre-push") == Exit.OK
    linked = at.parent / "linked"
    git(at, "worktree", "add", "-q", "-b", "linked", str(linked))
    plant(linked, made(24))
    git(linked, "add", "-A")
    git(linked, "commit", "-q", "-m", "x")
    assert attempt(linked, "push", str(at.parent / "origin.git"), "linked").status == 1
    assert attempt(at, "push", str(at.parent / "origin.git"), "main").status == 0


def test_nonsense_on_standard_input_is_a_mistake(at: Path) -> None:
    words = [sys.executable, "-m", "unhardcode", "scan", "--push=origin"]
    done = subprocess.run(words, cwd=at, input="nonsense\n", capture_output=True, text=True)
    assert done.returncode == Exit.USAGE
    assert "standard input is not what git tells a pre-push hook" in done.stderr
    done = subprocess.run(words, cwd=at, input="", capture_output=True, text=True)
    assert done.returncode == Exit.OK


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm")
def test_the_real_husky_runs_our_hooks(at: Path, made: Made, git: Git, attempt: Started, start: Started) -> None:
    (at / "package.json").write_text('{"name": "shop", "private": true, "scripts": {"prepare": "husky"}}\n')
    (at / ".gitignore").write_text("node_modules/\npackage-lock.json\n")
    installed = start(at, "npm", "install", "--no-audit", "--no-fund", "--save-dev", "husky@9")
    assert installed.status == 0, installed.printed
    assert start(at, "npm", "run", "prepare").status == 0
    assert git(at, "config", "core.hooksPath").strip() == ".husky/_"
    (at / ".husky" / "pre-commit").write_text("echo theirs\n")
    (at / ".husky" / "pre-push").write_text("echo theirs; cat\n")
    before = snapshot(at / ".husky")
    assert run("install") == Exit.OK
    # husky makes its own folder anew at every install.
    assert start(at, "npm", "run", "prepare").status == 0
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plant(at, made(24))
    git(at, "add", "-A")
    done = attempt(at, "commit", "-m", "x", PATH=path)
    assert done.status != 0
    assert "settings.py:1:19" in done.printed
    assert "theirs" not in done.printed
    assert attempt(at, "commit", "--no-verify", "-m", "x").status == 0
    assert attempt(at, "push", "origin", "main", PATH=path).status != 0
    plant(at, "")
    git(at, "commit", "-q", "-a", "--amend", "--no-verify", "-m", "y")
    done = attempt(at, "push", "origin", "main", PATH=path)
    assert done.status == 0
    assert "theirs" in done.printed
    assert "refs/heads/main" in done.printed
    assert run("uninstall") == Exit.OK
    assert snapshot(at / ".husky") == before
