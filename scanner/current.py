"""What stands at a path now, for what moved there or is gone: in the working tree, the index, or a commit."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scanner import session
from scanner.source import Settings, Source
from scanner.sources import git, worktree

if TYPE_CHECKING:
    from scanner.model import Finding

Current = Callable[[str], "list[Finding] | None"]
"""The findings at a path, empty where it holds none; None where there is no such file."""


def of_worktree(folder: Path, settings: Callable[[], Settings]) -> Current:
    """What stands on disk below a folder."""

    def read(path: str) -> bytes | None:
        if not os.path.lexists(folder / path):
            return None
        found = worktree.read_file(str(folder / path), path, None, None, worktree.DEFAULT_MAX_SIZE, named=False)
        return found.raw if isinstance(found, Source) else b""

    return _remembered(read, settings)


def of_index(folder: Path, settings: Callable[[], Settings]) -> Current:
    """What is staged."""

    def read(path: str) -> bytes | None:
        out = git.read(folder, "ls-files", "--stage", "-z", "--", path, extra=git.hook_index())
        entries = [entry.split(b"\t")[0].split() for entry in git.listed(out) if entry.endswith(b"\t" + path.encode())]
        return _blob(folder, entries[0][1].decode()) if entries else None

    return _remembered(read, settings)


def of_commit(folder: Path, commit: str, settings: Callable[[], Settings]) -> Current:
    """What a commit holds."""
    from scanner.sources import objects

    files: dict[str, str] = {}

    def read(path: str) -> bytes | None:
        if not files:
            files.update(objects.tree(folder, commit))
        return _blob(folder, files[path]) if path in files else None

    return _remembered(read, settings)


def _blob(folder: Path, oid: str) -> bytes:
    return next(raw for _, raw in git.blobs(folder, [oid])) or b""


def _remembered(read: Callable[[str], bytes | None], settings: Callable[[], Settings]) -> Current:
    known: dict[str, list[Finding] | None] = {}

    def current(path: str) -> list[Finding] | None:
        if path not in known:
            raw = read(path)
            known[path] = None if raw is None else _findings(Source(path=path, raw=raw), settings())
        return known[path]

    return current


def _findings(source: Source, settings: Settings) -> list[Finding]:
    # Few scans ask what moved where.
    from scanner import looking

    return looking.findings_of(source, session.knowledge(), settings)
