"""What stands in the message of a commit or a tag: no file holds it, so that no hint sends anybody to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode
from scanner.errors import Exit


@pytest.fixture
def said(repository: Path, git: Callable[..., str], made: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository with a value in the message of a commit, and another in that of a tag."""
    (repository / "app.py").write_text("import os\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", f"first\n\napi_key = {made(32)}")
    git(repository, "tag", "-a", "v1", "-m", f"password = {made(24)}")
    monkeypatch.chdir(repository)
    return repository


def test_the_hints_for_a_message_are_those_of_a_message(
    said: Path, git: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    commit, tag = git(said, "rev-parse", "HEAD", "v1").split()
    for form in ("text", "gitlab", "github", "junit", "github-summary", "sarif"):
        assert unhardcode.run(["scan", "--history", "--format", form]) == Exit.FINDINGS
        printed = capsys.readouterr().out
        assert ("# unhardcode: ignore" in printed) == (form == "sarif")  # of the rule, wherever it finds something
        assert "explain tag-message" not in printed
        if form in ("text", "gitlab"):
            assert f"git rebase -i {commit[:12]}^, then reword" in printed
            assert f"recreate tag {tag[:12]}: git tag -f -a NAME" in printed
            assert "unhardcode migrate" not in printed
            assert "unhardcode plan" not in printed


def test_what_the_hints_say_can_be_done(
    said: Path, git: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    tag = git(said, "rev-parse", "v1").strip()
    name = git(said, "for-each-ref", "--format=%(refname:short)", "--points-at", tag[:12]).strip()
    assert name == "v1"
    git(said, "tag", "-f", "-a", "-m", "the first", name, f"{name}^{{}}")
    git(said, "commit", "-q", "--amend", "-m", "first")
    assert unhardcode.run(["scan", "--history"]) == Exit.FINDINGS  # the reflog has the old commit
    assert "tag-message" not in capsys.readouterr().out
    assert unhardcode.run(["baseline", "update", "--history", "--reason", "public", "-o", "new"]) == Exit.USAGE
    assert unhardcode.run(["baseline", "create", "--history", "--reason", "public"]) == Exit.OK
    assert unhardcode.run(["scan", "--history"]) == Exit.OK
