"""Standard input as one document."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from scanner.errors import NotSeenError
from scanner.source import Skipped, Source

STDIN_PATH = "<stdin>"
_CHUNK = 1 << 20


def sources(name: str | None, max_size: int) -> Iterator[Source | Skipped]:
    """Standard input as a source, with a name that decides how it is read. Raises NotSeenError if it cannot be read."""
    raw = read(max_size)
    if len(raw) > max_size:
        yield Skipped(path=name or STDIN_PATH, reason=f"larger than {max_size:,} bytes", gap=True)
    else:
        yield Source(path=name or STDIN_PATH, raw=raw)


def read(most: int | None = None) -> bytes:
    """All of standard input, or enough of it to show that it is longer than `most` bytes. Raises NotSeenError."""
    if (
        getattr(sys.stdin, "name", None) == os.devnull
    ):  # the program's entry point has replaced a closed standard input by this
        raise NotSeenError("standard input is closed", hint="give it a pipe or a file")
    raw = bytearray()
    try:
        while (most is None or len(raw) <= most) and (chunk := sys.stdin.buffer.read(_CHUNK)):
            raw += chunk
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotSeenError(f"standard input cannot be read ({reason})", hint="give it a pipe or a file") from None
    return bytes(raw)
