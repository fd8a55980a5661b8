"""Write a report to a file or to standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path


def emit(chunks: Iterable[str], output: Path | None) -> None:
    """Write a report: to a file always as UTF-8, to standard output in its own encoding."""
    if output is not None:
        from scanner.saving import save

        save(output, chunks)
        return
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    for chunk in chunks:
        stream.write(chunk)
    stream.flush()
