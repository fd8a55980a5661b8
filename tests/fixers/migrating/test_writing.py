"""Replacing files: refusals before anything is done, then each file old or new and nothing left lying about."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from fixers.workspace import Workspace, open_workspace
from fixers.writing import check_writable, remove_leftovers, replace_all
from scanner.errors import FixError


@pytest.fixture
def tree(tmp_path: Path) -> Workspace:
    (tmp_path / "a.py").write_bytes(b"old a")
    (tmp_path / "b.py").write_bytes(b"old b")
    return open_workspace(tmp_path, ["a.py", "b.py"])


def names(tree: Workspace) -> list[str]:
    return sorted(place.name for place in tree.root.iterdir())


def test_a_link_a_folder_and_a_path_outside_are_refused(tree: Workspace) -> None:
    (tree.root / "link.py").symlink_to("a.py")
    (tree.root / "folder.py").mkdir()
    for path in ("link.py", "folder.py", "../out.py"):
        with pytest.raises(FixError) as raised:
            check_writable(tree, {path: b"new"})
        assert path in raised.value.message


def test_a_file_of_several_names_is_refused(tree: Workspace) -> None:
    os.link(tree.root / "a.py", tree.root / "same.py")
    with pytest.raises(FixError, match="hard links"):
        check_writable(tree, {"a.py": b"new"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_folder_is_refused(tree: Workspace) -> None:
    tree.root.chmod(0o500)
    with pytest.raises(FixError, match="read-only"):
        check_writable(tree, {"a.py": b"new"})
    tree.root.chmod(0o700)


def test_what_no_disk_has_room_for_is_refused(tree: Workspace) -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 1 << 60

    with pytest.raises(FixError, match="disk is full"):
        check_writable(tree, {"a.py": Huge()})


def test_a_failure_while_preparing_changes_nothing(tree: Workspace) -> None:
    announced: list[str] = []
    with pytest.raises(FixError, match=r"absent/c\.py"):
        replace_all(tree, {"a.py": b"new", "absent/c.py": b"new"}, run="r", announce=announced.append)
    assert announced == []
    assert (tree.root / "a.py").read_bytes() == b"old a"
    assert names(tree) == ["a.py", "b.py"]


def test_a_disk_that_fills_up_while_preparing_changes_nothing(tree: Workspace) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(FixError, match=r"b\.py: cannot be written"):
            replace_all(tree, {"a.py": b"new", "b.py": bytes(2000)}, run="r", announce=lambda path: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tree.root / "a.py").read_bytes() == b"old a"
    assert names(tree) == ["a.py", "b.py"]


def test_an_objection_before_a_file_stops_there_and_leaves_no_temporary_file(tree: Workspace) -> None:
    def object_to(path: str) -> None:
        if path == "b.py":
            raise FixError("b.py: changed")

    with pytest.raises(FixError, match=r"b\.py"):
        replace_all(tree, {"a.py": b"new a", "b.py": b"new b"}, run="r", announce=object_to)
    assert ((tree.root / "a.py").read_bytes(), (tree.root / "b.py").read_bytes()) == (b"new a", b"old b")
    assert names(tree) == ["a.py", "b.py"]


def test_files_are_replaced_made_and_removed_in_order_and_keep_their_mode(tree: Workspace) -> None:
    (tree.root / "a.py").chmod(0o751)
    announced: list[str] = []
    replace_all(tree, {"new.py": b"made", "a.py": b"new a", "b.py": None}, run="r", announce=announced.append)
    assert announced == ["new.py", "a.py", "b.py"]
    assert names(tree) == ["a.py", "new.py"]
    assert stat.S_IMODE((tree.root / "a.py").stat().st_mode) == 0o751
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tree.root / "new.py").stat().st_mode) == 0o666 & ~mask
    replace_all(tree, {"b.py": None}, run="r", announce=announced.append)  # what is gone already is no failure


def test_an_interruption_while_a_file_is_written_leaves_nothing_beside_it(
    tree: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an undo the bytes that are written hold the old values: they must not stay where `git add` finds them."""

    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_all(tree, {"a.py": b"new"}, run="r", announce=lambda path: None)
    assert names(tree) == ["a.py", "b.py"]
    assert (tree.root / "a.py").read_bytes() == b"old a"


def test_an_attribute_that_cannot_be_set_keeps_no_other_away(tree: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A label of the system's stands before an access control list, and only root may set it."""
    kept: dict[str, bytes] = {}

    def setxattr(descriptor: int, name: str, value: bytes) -> None:
        if name.startswith("security."):
            raise PermissionError
        kept[name] = value

    monkeypatch.setattr(os, "listxattr", lambda place: ["security.label", "system.posix_acl_access"])
    monkeypatch.setattr(os, "getxattr", lambda place, name: name.encode())
    monkeypatch.setattr(os, "setxattr", setxattr)
    replace_all(tree, {"a.py": b"new"}, run="r", announce=lambda path: None)
    assert kept == {"system.posix_acl_access": b"system.posix_acl_access"}


def test_new_bytes_are_never_readable_for_others_before_they_have_the_files_mode(tree: Workspace) -> None:
    (tree.root / "a.py").chmod(0o600)
    seen: list[int] = []

    def look(path: str) -> None:
        seen.extend(stat.S_IMODE(place.stat().st_mode) for place in tree.root.glob(".unhardcode-*"))

    replace_all(tree, {"a.py": b"new"}, run="r", announce=look)
    assert seen == [0o600]


def test_leftovers_of_this_run_go_and_others_stay(tree: Workspace) -> None:
    (tree.root / ".unhardcode-other-000000000000").write_bytes(b"")
    made: list[str] = []

    def stop(path: str) -> None:
        made.extend(place.name for place in tree.root.glob(".unhardcode-mine-*"))

    replace_all(tree, {"a.py": b"new"}, run="mine", announce=stop)
    (tree.root / made[0]).write_bytes(b"left")
    remove_leftovers(tree, ["a.py"], "mine")
    assert names(tree) == [".unhardcode-other-000000000000", "a.py", "b.py"]
