"""What the files of a workspace are read as."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixers.workspace import Workspace, open_workspace, overlaid
from scanner.errors import NotSeenError
from scanner.sources.paths import path_on_disk, shown


def test_what_is_gone_or_binary_is_not_seen(tmp_path: Path, making: SimpleNamespace) -> None:
    (tmp_path / "b.bin").write_bytes(b"\0\1\2\3")
    workspace = open_workspace(tmp_path, ["b.bin"])
    for path in ("gone.py", "b.bin"):
        with pytest.raises(NotSeenError):
            workspace.document(path)


@pytest.mark.parametrize("name", [".env", "setup.cfg", "tool"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    workspace = open_workspace(tmp_path, [name])
    assert (workspace.exists(name), workspace.bytes_of(name), workspace.is_python(name)) == (True, b"", False)
    with pytest.raises(NotSeenError, match="not a regular file"):
        workspace.document(name)


def test_paths_that_leave_the_root_count_as_linked(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, ())
    assert workspace.is_linked("../a.py")
    assert workspace.is_linked("/etc/passwd")
    assert not workspace.is_linked("a/b.py")


def test_an_overlay_is_read_first_and_writes_nothing(tmp_path: Path, making: SimpleNamespace) -> None:
    base: Workspace = making.tree(tmp_path, {"a.py": "old\n"})
    over = overlaid(base, {"a.py": b"new\n", "b.py": b"added\n"})
    assert (over.read("a.py"), over.read("b.py"), over.exists("b.py")) == (b"new\n", b"added\n", True)
    assert base.read("a.py") == b"old\n"
    assert not base.exists("b.py")


def test_a_path_of_a_report_is_the_one_file_that_it_was_made_from(tmp_path: Path) -> None:
    names = (b"50%.py", b"a%20b.py", b"bad\xff.py", b"bad%FF.py", b"bad%25FF.py", b"%2E%2E%2Fa.py")
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    workspace = open_workspace(tmp_path, [shown(name) for name in names])
    assert {workspace.read(path) for path in workspace.files} == set(names)
    assert [path_on_disk(shown(name)) for name in names] == list(names)
