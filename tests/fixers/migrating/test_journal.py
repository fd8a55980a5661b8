"""The journal: what cannot be read or written is told; a line that was cut off never happened."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixers import journal
from scanner.errors import FixError, UsageError

Run = Callable[..., tuple[int, str, str]]


def begun(folder: Path, root: str = "/tree") -> journal.Run:
    folder.mkdir(exist_ok=True)
    return journal.begin(folder, {"root": root, "plan": "", "files": [], "secrets": []})


def test_a_journal_of_another_release_is_refused_with_what_to_do(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run.path.write_text(json.dumps({**run.begin, "journal": 99}) + "\n")
    with pytest.raises(UsageError) as raised:
        journal.runs(tmp_path, Path("/tree"))
    assert run.path.name in raised.value.message
    assert "99" in raised.value.message
    assert "release" in raised.value.hint


@pytest.mark.parametrize("text", ["{\n", "[]\n", "{}\n", '{"journal": 1, "step": "begin"}\n{}\n', "\x00\n"])
def test_a_damaged_journal_is_refused(tmp_path: Path, text: str) -> None:
    run = begun(tmp_path)
    run.path.write_text(text)
    with pytest.raises(UsageError, match="damaged"):
        journal.runs(tmp_path, Path("/tree"))


@pytest.mark.parametrize(
    "line",
    [
        '{"step": "stored", "name": "a"}',
        '{"step": "stored", "name": "a", "version": 1}',
        '{"step": "upload", "name": "a"}',
        '{"step": "located", "files": [{"path": "x"}]}',
        '{"step": "located", "files": [{"path": "x", "before": null, "after": "y"}]}',
        '{"step": "proven"}',
        '{"step": ["begin"]}',
        "[1]",
        '"step"',
    ],
)
def test_a_line_that_lacks_what_its_step_needs_is_refused(tmp_path: Path, line: str) -> None:
    run = begun(tmp_path)
    with run.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(UsageError, match="damaged"):
        journal.runs(tmp_path, Path("/tree"))


@pytest.mark.parametrize("fact", ["root", "at", "plan", "files", "secrets"])
def test_a_beginning_that_lacks_something_is_refused(tmp_path: Path, fact: str) -> None:
    run = begun(tmp_path)
    run.path.write_text(json.dumps({name: each for name, each in run.begin.items() if name != fact}) + "\n")
    with pytest.raises(UsageError, match="damaged"):
        journal.runs(tmp_path, Path("/tree"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FixError, match="journal cannot be written"), journal.locked(tmp_path / "file" / "below"):
        pass


def test_a_journal_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "migration-x.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FixError):
        journal.append(tmp_path / "migration-x.jsonl", {"step": "done"})
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "unhardcode").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FixError, match="symbolic link"), journal.locked(tmp_path / "unhardcode"):
        pass
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o755
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_where_no_lock_can_be_held_nothing_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    with pytest.raises(UsageError, match="Linux and macOS only") as raised, journal.locked(tmp_path / "unhardcode"):
        pass
    assert "--rehearse" in raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(FixError, match="cannot be locked") as raised, journal.locked(tmp_path):
        pass
    assert "another unhardcode" not in raised.value.message


def test_a_file_system_that_syncs_no_folders_holds_a_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []

    def fsync(descriptor: int) -> None:
        synced.append(is_folder := stat.S_ISDIR(os.fstat(descriptor).st_mode))
        if is_folder:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", fsync)
    run = begun(tmp_path)
    assert synced == [False, True]
    assert journal.runs(tmp_path, Path("/tree")) == [run]


def test_the_lock_is_for_one_and_goes_with_its_holder(tmp_path: Path) -> None:
    with journal.locked(tmp_path), pytest.raises(UsageError, match="another unhardcode"), journal.locked(tmp_path):
        pass
    with journal.locked(tmp_path):
        pass


def test_a_line_that_was_cut_off_never_happened(tmp_path: Path) -> None:
    run = journal.note(begun(tmp_path), "stored", name="a", version="1")
    whole = run.path.read_bytes()
    with run.path.open("ab") as file:
        file.write(b'{"step": "prov')
    assert [one.state for one in journal.runs(tmp_path, Path("/tree"))] == ["begin"]
    assert run.path.read_bytes() == whole
    run.path.write_bytes(b'{"step": "beg')
    assert journal.runs(tmp_path, Path("/tree")) == []


def test_a_line_that_is_being_written_stays_for_whom_only_reads(tmp_path: Path) -> None:
    """`status` reads journals without the lock: what a migration has half written is not its to remove."""
    run = journal.note(begun(tmp_path), "stored", name="a", version="1")
    with run.path.open("ab") as file:
        file.write(b'{"step": "prov')
        file.flush()
        assert journal.runs(tmp_path, Path("/tree"), mend=False) == [run]
        file.write(b'en", "outcomes": []}\n')
    assert [one.state for one in journal.runs(tmp_path, Path("/tree"))] == ["proven"]


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = begun(tmp_path)
    run = journal.note(run, "stored", name="a", version="1")
    run = journal.note(run, "proven", outcomes=[{"secret": "a"}])
    assert journal.runs(tmp_path, Path("/tree")) == [run]
    assert (run.state, run.versions(), run.outcomes()) == ("proven", {"a": "1"}, [{"secret": "a"}])
    assert journal.note(run, "replace", path="x").state == "proven"


def test_runs_on_another_tree_do_not_count(tmp_path: Path) -> None:
    first, _, third = begun(tmp_path), begun(tmp_path, "/another"), begun(tmp_path)
    assert [run.path for run in journal.runs(tmp_path, Path("/tree"))] == [first.path, third.path]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "unhardcode"
    old = os.umask(0)
    try:
        with journal.locked(folder):
            run = begun(folder)
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("before", ["", "type=str, "])
def test_a_copy_beside_a_default_does_not_get_into_the_journal(
    bare_shop: Any, shop: Any, aws: Any, run: Run, made: Callable[..., str], git: Callable[..., str], before: str
) -> None:
    """The default becomes another one and a `type`: the help between them stays, and is not written down."""
    value = f"Winter{made(4)}!24"
    for each in (shop, bare_shop):
        text = f'import argparse\np = argparse.ArgumentParser()\np.add_argument("--password", {before}'
        (each.folder / "shop/cli.py").write_text(f'{text}help="if not given: {value}", default="{value}")\n')
    git(shop.folder, "add", "--all")
    git(shop.folder, "commit", "--quiet", "--message", "A command")
    state = bare_shop.folder.parent / "state"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_STATE_HOME", str(state))
        for each, folder in ((shop, shop.folder / ".git/unhardcode"), (bare_shop, state / "unhardcode")):
            status, out, err = run(each, "migrate", "--yes")
            assert status == 0, err
            rewritten = "lambda given: given or get_secret_value(" in (each.folder / "shop/cli.py").read_text()
            assert rewritten
            (journal,) = folder.glob("*.jsonl")
            leaked = value in journal.read_text() + out + err
            assert not leaked
            aws.empty()


def test_what_cannot_be_changed_without_copying_a_value_is_refused(
    shop: Any, aws: Any, run: Run, made: Callable[..., str]
) -> None:
    value = made(20)
    source = f'HOST = "db"\nURL = f"postgres://app:{value}@{{HOST}}/app?trace={value.encode().hex()}"\n'
    (shop.folder / "shop/odd.py").write_text(source)
    status, out, err = run(shop, "migrate", "--yes")
    assert status == 0, err
    refused = "the expression around it contains a copy of the value" in out.replace("\n", " ").replace("        ", "")
    assert refused
    kept = (shop.folder / "shop/odd.py").read_text() == source
    assert kept
    (journal,) = (shop.folder / ".git/unhardcode").glob("*.jsonl")
    leaked = value.encode().hex() in journal.read_text()
    assert not leaked
