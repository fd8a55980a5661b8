"""A signature of the rule files without reading them; caches made from them are named by it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent
FOLDERS = ("providers", "sinks", "names")


def rules_state(root: Path | None = None) -> bytes:
    """Name the state of all rule files and of the loader without reading them; about 30 KB.

    Made of path, size, modification and change time: the last one also moves when a package manager installs a
    new release with old modification times. It is not hashed: loading a hash costs the hook more than comparing this.
    """
    root = root or ROOT
    parts = [str(root.absolute())]
    for folder in (ROOT, root, *(root / name for name in FOLDERS)):
        parts.append("")
        # One text of all numbers: to format each file's takes longer than to ask for them.
        numbers: list[int] = []
        for entry in _files(folder):
            status = entry.stat()
            parts.append(entry.name)
            numbers += (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        parts.append(str(numbers))
    return os.fsencode("\n".join(parts))


def rules_signature(root: Path | None = None, *, state: bytes | None = None) -> str:
    """`rules_state` as SHA-256, hex; `state` if the caller has it already."""
    import hashlib

    return hashlib.sha256(rules_state(root) if state is None else state).hexdigest()


def _files(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if entry.name.endswith((".toml", ".py"))]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(found, key=lambda entry: entry.name)
