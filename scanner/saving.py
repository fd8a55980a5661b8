"""Write a file that a user named, atomically: whole or not at all.

After a kill or on a full disk the old file is still there.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from scanner.errors import UsageError
from scanner.sources.paths import path_on_disk

# A file can be writable in a folder that is not: a single file mounted into a container.
_ONLY_IN_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)


def save(path: Path, chunks: Iterable[str]) -> None:
    """Make a file hold the text, in UTF-8, keeping its mode. Raises UsageError; the file is then unchanged.

    A link is followed to the file, which is replaced. A pipe, a device, or a file in a folder that does not accept new
    files is written directly.
    """
    try:
        place = Path(os.path.realpath(path))
        before = place.stat() if place.exists() else None
        if before is not None and not stat.S_ISREG(before.st_mode):
            _fill(os.open(place, os.O_WRONLY), chunks)
        elif before is None:
            replace_with(place, chunks)
        elif not os.access(place, os.W_OK):  # it is write-protected, even if its folder would allow replacing it
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            _replace(place, chunks, stat.S_IMODE(before.st_mode))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def replace_with(place: Path, chunks: Iterable[str], *, mode: int = 0o666) -> None:
    """Replace whatever is at a path, also a link, by a new file with `mode` less the umask. Raises OSError."""
    partial = _beside(place)
    try:
        _fill(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), chunks)
        os.replace(partial, place)
    finally:
        partial.unlink(missing_ok=True)


def refuse_links(files: Iterable[Path], root: Path) -> None:
    """Raise UsageError for an output file that a link of the scanned tree would redirect.

    A pull request can bring `unhardcode.sarif -> .git/config`, and CI writes its report into the checkout.
    """
    for file in files:
        named = Path(os.path.abspath(file))
        # Below / everything is "scanned", and /dev/stdout is a link.
        if named.is_relative_to("/dev") or not named.is_relative_to(root):
            continue
        if os.path.realpath(file) != os.path.join(os.path.realpath(root), named.relative_to(root)):
            raise UsageError(f"{file}: a symbolic link redirects it", hint="name the file itself")


def refuse_found(files: Iterable[Path], root: Path, paths: Iterable[str]) -> None:
    """Raise UsageError for an output file in which the scan has a finding.

    `scan -o settings.py` by somebody who knows grep's -o would overwrite the program with the report. `paths` are as
    reports show them.
    """
    found = {os.path.realpath(root / os.fsdecode(path_on_disk(path))) for path in paths}
    for file in files:
        if os.path.realpath(file) in found:
            raise UsageError(f"{file}: has findings, and would be overwritten", hint="name another file for the report")


def _replace(place: Path, chunks: Iterable[str], mode: int) -> None:
    """Replace a file by one of the same mode; if that is impossible, overwrite it."""
    partial = _beside(place)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        if error.errno not in _ONLY_IN_PLACE:
            raise
        _fill(os.open(place, os.O_WRONLY | os.O_TRUNC), chunks)
        return
    try:
        _fill(descriptor, chunks)
        partial.chmod(mode)
        os.replace(partial, place)
    except OSError as error:
        if error.errno not in _ONLY_IN_PLACE:
            raise
        shutil.copyfile(partial, place)
    finally:
        partial.unlink(missing_ok=True)


def _fill(descriptor: int, chunks: Iterable[str]) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(chunks)


def _beside(place: Path) -> Path:
    # Not derived from the file's own name, which can be as long as a name may be.
    return place.with_name(f".unhardcode-{secrets.token_hex(8)}")
