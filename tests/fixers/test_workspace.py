"""What the files of a workspace are read as."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from fixers.workspace import Workspace, open_workspace, overlaid
from scanner.errors import NotSeenError


def test_what_is_gone_or_binary_is_not_seen(tmp_path: Path, making: SimpleNamespace) -> None:
    (tmp_path / "b.bin").write_bytes(b"\0\1\2\3")
    workspace = open_workspace(tmp_path, ["b.bin"])
    for path in ("gone.py", "b.bin"):
        with pytest.raises(NotSeenError):
            workspace.document(path)


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


def test_percent_encoded_paths_are_found_on_disk(tmp_path: Path) -> None:
    (tmp_path / "50%.py").write_text("a")
    (tmp_path / "a b.py").write_text("b")
    workspace = open_workspace(tmp_path, ["50%.py", "a%20b.py"])
    assert (workspace.read("50%.py"), workspace.read("a%20b.py")) == (b"a", b"b")
