"""Read files that a user named, whole and up to a size limit: a device may be endless."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from scanner.errors import UsageError


def read_named(file: Path, most: int) -> bytes:
    """The bytes of a file or pipe. Raises UsageError if it cannot be read, or holds more than `most` bytes."""
    try:
        # A pipe without a writer is not waited for.
        descriptor = os.open(file, os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_BINARY")))
        with open(descriptor, "rb") as stream:
            piped = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
            if piped:
                os.set_blocking(descriptor, True)
            raw = stream.read(most + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from None
    if piped and not raw:
        raise UsageError(f"{file}: a pipe that nobody writes to")
    if len(raw) > most:
        raise UsageError(f"{file}: larger than {most:,} bytes", hint="is it the right file?")
    return raw


def written_by_shell(raw: bytes, name: object, *, hint: str = "save it as UTF-8") -> str:
    """The text of a file that a shell may have written. Raises UsageError unless it is UTF-8 or marked UTF-16.

    PowerShell's `>` writes UTF-16:
    https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
    """
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8", hint=hint) from None


def text_named(file: Path, most: int, *, hint: str = "save it as UTF-8") -> str:
    """Like `read_named`, decoded, without a byte order mark. Raises UsageError also if it is not UTF-8."""
    try:
        return read_named(file, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not in UTF-8", hint=hint) from None
