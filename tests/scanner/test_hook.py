"""The hook's short way out says the same as the command, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode
from scanner import hook
from scanner.errors import Exit

Git = Callable[..., str]
QUIET = ["scan", "--staged", "-q"]


@pytest.fixture
def clean(repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> Path:
    """The working directory: a repository with something harmless staged, and a baseline."""
    (repository / "a.py").write_text("x = 1\n")
    git(repository, "add", "-A")
    monkeypatch.chdir(repository)
    monkeypatch.delenv("UNHARDCODE_POLICY", raising=False)
    unhardcode.run(["baseline", "create", "-o", "accepted"])
    return repository


@pytest.mark.parametrize(
    "words",
    [
        "--baseline", "--baseline nowhere", "--baseline=", "--fail-on", "--fail-on all", "--fail-on=", "--history",
        "--format json", "-o x", "a.py", "--min-confidence", "--policy p", "--nonsense",
    ],
)  # fmt: skip
def test_whatever_it_does_not_know_goes_to_the_command(clean: Path, words: str) -> None:
    assert not hook.is_clean([*QUIET, *words.split(" ")])


@pytest.mark.parametrize(
    "words",
    ["", "--baseline accepted", "--baseline=accepted", "--fail-on high", "--fail-on=never", "--fail-on-severity high",
     "--min-confidence low", "--no-baseline --no-color", "--show-suppressed"],
)  # fmt: skip
def test_options_that_change_nothing_on_a_clean_commit_keep_it_short(clean: Path, words: str) -> None:
    arguments = [*QUIET, *words.split()]
    assert hook.is_clean(arguments)
    assert unhardcode.cli().main(args=arguments, standalone_mode=False) in (None, 0)


def test_a_configuration_with_a_mistake_or_a_baseline_that_is_gone_is_no_clean_commit(clean: Path) -> None:
    (clean / ".unhardcode.toml").write_text('baseline = "accepted"\n')
    assert hook.is_clean(QUIET)
    (clean / ".unhardcode.toml").write_text('baseline = "gone"\n')
    assert not hook.is_clean(QUIET)
    (clean / ".unhardcode.toml").write_text("bseline = false\n")
    assert not hook.is_clean(QUIET)
    assert unhardcode.run(QUIET) == Exit.USAGE


def test_what_settings_for_paths_exclude_is_not_looked_at(
    clean: Path, made: Callable[..., str], git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clean / "old").mkdir()
    (clean / "old" / "settings.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    git(clean, "add", "old")
    assert not hook.is_clean(QUIET)
    (clean / ".unhardcode.toml").write_text('[[paths]]\nglob = "old/"\nexclude = true\n')
    assert hook.is_clean(QUIET)
    # An outside policy counts here as well.
    (clean.parent / "policy.toml").write_text("")
    monkeypatch.setenv("UNHARDCODE_POLICY", str(clean.parent / "policy.toml"))
    assert not hook.is_clean(QUIET)
    assert unhardcode.run(QUIET) == Exit.FINDINGS
