"""Replace files atomically: write all new bytes to temporary files beside them first, then rename one after the other.

Until the first rename nothing in the tree has changed. After a kill between two renames, the journal tells what the
other files should be.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from fixers.journal import sync_folder
from fixers.workspace import Workspace, located
from scanner.errors import FixError

# Bytes to leave free on a disk besides the files themselves.
_RESERVE = 1 << 20


def check_writable(workspace: Workspace, changes: Mapping[str, bytes | None]) -> None:
    """Raise FixError, before anything is written, for a file that cannot be replaced or a full disk."""
    room: dict[int, tuple[Path, int]] = {}
    for path, raw in changes.items():
        place = located(workspace.root, path)
        _check_place(workspace, path, place)
        folder = _existing(place.parent)
        device = folder.stat().st_dev
        room[device] = (folder, room.get(device, (folder, _RESERVE))[1] + len(raw or b""))
    for folder, needed in room.values():
        if shutil.disk_usage(folder).free < needed:
            raise FixError(f"{folder}: the disk is full", hint=f"make room for {needed:,} bytes; nothing was changed")


def replace_all(
    workspace: Workspace, changes: Mapping[str, bytes | None], *, run: str, announce: Callable[[str], None]
) -> None:
    """Give every path its new bytes (None: no file). `announce` is called with a path just before it changes.

    `run` is part of the temporary files' names. Raises FixError; before the first announcement nothing has changed.
    """
    remove_leftovers(workspace, changes, run)
    prepared: dict[str, Path] = {}
    path = ""
    try:
        for path, raw in changes.items():
            if raw is not None:
                prepared[path] = _prepare(located(workspace.root, path), raw, run)
        for path, raw in changes.items():
            place = located(workspace.root, path)
            announce(path)
            if raw is None:
                place.unlink(missing_ok=True)
            else:
                os.replace(prepared[path], place)
            sync_folder(place.parent)
    except OSError as error:
        raise FixError(
            f"{path}: cannot be written ({error.strerror or type(error).__name__})",
            hint="remove the cause, then run the same command again: it resumes where it stopped",
        ) from None
    finally:
        # Also the file that was being written when somebody pressed Ctrl-C: in an undo it holds the old values.
        remove_leftovers(workspace, changes, run)


def remove_leftovers(workspace: Workspace, paths: Iterable[str], run: str) -> None:
    """Remove temporary files that this run left behind when it was killed."""
    for path in paths:
        with suppress(OSError):
            _temporary(located(workspace.root, path), run).unlink(missing_ok=True)


def _temporary(place: Path, run: str) -> Path:
    # Not based on the file's own name, which may have the maximum length.
    return place.with_name(f".unhardcode-{run}-{hashlib.sha256(os.fsencode(place.name)).hexdigest()[:12]}")


def _prepare(place: Path, raw: bytes, run: str) -> Path:
    """Write the new bytes beside the file with its mode, owner and attributes; returns the temporary file's path."""
    temporary = _temporary(place, run)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        _like(descriptor, place)
        os.fsync(descriptor)
    return temporary


def _like(descriptor: int, place: Path) -> None:
    """Give an open file the owner, attributes and mode of the one it replaces; for a new file the default mode."""
    try:
        before = place.lstat()
    except FileNotFoundError:
        os.fchmod(descriptor, 0o666 & ~_umask())
        return
    now = os.fstat(descriptor)
    if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        os.fchown(descriptor, before.st_uid, before.st_gid)
    for name in _attributes(place):
        with suppress(OSError):  # only root may set the system's attributes; the others are still copied
            os.setxattr(descriptor, name, os.getxattr(place, name))
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _attributes(place: Path) -> Iterable[str]:
    """The names of a file's extended attributes, including access control lists; none where they are not supported."""
    if not hasattr(os, "listxattr"):
        return ()
    try:
        return os.listxattr(place)
    except OSError:
        return ()


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _check_place(workspace: Workspace, path: str, place: Path) -> None:
    if workspace.is_linked(path):
        raise FixError(f"{path}: a symbolic link, or outside of the tree", hint="migrate where the file really is")
    if not workspace.is_writable(path) or not os.access(_existing(place.parent), os.W_OK | os.X_OK):
        raise FixError(f"{path}: the file or its folder is read-only", hint="make it writable; nothing was changed")
    try:
        status = place.lstat()
    except OSError:
        return
    if not stat.S_ISREG(status.st_mode):
        raise FixError(f"{path}: not a regular file", hint="nothing was changed")
    if status.st_nlink > 1:
        raise FixError(
            f"{path}: has {status.st_nlink} hard links, and replacing it would part them",
            hint="make it a file of its own (cp, then mv); nothing was changed",
        )
    if hasattr(os, "geteuid") and os.geteuid() not in (0, status.st_uid):
        raise FixError(f"{path}: belongs to another user", hint="run as its owner; nothing was changed")


def _existing(folder: Path) -> Path:
    while not folder.is_dir():
        folder = folder.parent
    return folder
