"""Standard input as one document."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from scanner.source import Skipped, Source

STDIN_PATH = "<stdin>"


def sources(name: str | None, max_size: int) -> Iterator[Source | Skipped]:
    """What comes in, under the name that decides how it is read."""
    raw = sys.stdin.buffer.read(max_size + 1)
    if len(raw) > max_size:
        yield Skipped(path=name or STDIN_PATH, reason=f"larger than {max_size:,} bytes", gap=True)
    else:
        yield Source(path=name or STDIN_PATH, raw=raw)
