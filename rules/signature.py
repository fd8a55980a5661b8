"""The state of the rule files, without reading them: what names the caches made from them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent
FOLDERS = ("providers", "sinks", "names")


def rules_signature(root: Path | None = None) -> str:
    """Name the state of all rule files and of the loader (SHA-256, hex) without reading them.

    Made of path, size, modification and change time: the last one also moves when a package manager installs a
    new release with old modification times.
    """
    root = root or ROOT
    digest = hashlib.sha256(os.fsencode(root.absolute()))
    for folder in (ROOT, root, *(root / name for name in FOLDERS)):
        for name, status in sorted(_files(folder)):
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0".encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".toml", ".py")):
                    yield entry.name.encode("utf-8", "backslashreplace").decode(), entry.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
