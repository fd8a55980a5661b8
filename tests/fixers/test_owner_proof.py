"""Proofs that run the owner's code: it gets the AWS of the migration, also where that asked for a code (MFA)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fixers.model import Outcome
from fixers.owner_proof import OwnerProof, raise_levels, words_of
from scanner.errors import UsageError

PROVEN = Outcome(secret="prod/shop/db", status="proven", level="expression", detail="")


@pytest.mark.parametrize("command", ["", "  ", "echo 'open"])
def test_what_is_no_command_is_refused(command: str) -> None:
    with pytest.raises(UsageError, match="not a command"):
        words_of(command)


@pytest.mark.parametrize("profile", [None, "coded"])
def test_its_process_has_the_credentials_of_the_migration_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str | None
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of somebody else")
    ours = {"AWS_ACCESS_KEY_ID": "ours", "AWS_SECRET_ACCESS_KEY": "ours", "AWS_SESSION_TOKEN": ""}
    check = """sh -c 'test "$AWS_ACCESS_KEY_ID:$AWS_SESSION_TOKEN:$AWS_REGION" = "ours::eu-west-1"'"""
    asked = OwnerProof(
        folder=tmp_path, commands=(check,), region="eu-west-1", profile=profile, credentials=lambda: ours
    )
    assert [one.level for one in raise_levels((PROVEN,), asked)] == ["command"]


def test_a_module_is_imported_by_the_interpreter_of_a_folder_that_was_named_from_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub/.venv/bin").mkdir(parents=True)
    (tmp_path / "sub/.venv/bin/python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    found = raise_levels((PROVEN,), OwnerProof(folder=Path("sub"), modules=("json",)))
    assert [(one.status, one.level, one.detail) for one in found] == [("proven", "module", "")]
