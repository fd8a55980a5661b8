"""Cache files that only this user can have written, so that their content can be trusted when it is loaded."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def own_folder(folder: Path) -> bool:
    """Whether a folder is ours and nobody else's; it is made if it is not there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a cache file, 0600, whole or not at all. A cache that cannot be written is done without.

    `durable` waits until the disk has it.
    """
    partial = path.with_name(f".{path.name}-{os.urandom(6).hex()}")
    try:
        with suppress(OSError):
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(descriptor)
            partial.replace(path)
    finally:
        # A read-only file system refuses to remove even what is not there.
        with suppress(OSError):
            partial.unlink()


def read_private(path: Path) -> bytes | None:
    """A cache file's content if it is a plain file that only we can write; else None."""
    parts = read_parts(path, 0)
    return None if parts is None else parts[1]


def read_parts(path: Path, first: int) -> tuple[bytes, bytes] | None:
    """A cache file's first bytes, as many as it has of them, and its rest; None where it is not ours.

    Megabytes that are cut from a whole would be copied: that takes longer than to read them.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        foreign = hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022)
        if foreign or not stat.S_ISREG(status.st_mode):
            return None
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.read(first), file.read()
    finally:
        os.close(descriptor)
