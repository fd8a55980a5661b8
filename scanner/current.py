"""The findings that a path has now, in the working tree, the index or a commit: to see if one moved or is gone."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scanner import session
from scanner.content import may_be_marked
from scanner.source import Settings, Source
from scanner.sources import git, worktree
from scanner.sources.selection import DEFAULT_MAX_SIZE

if TYPE_CHECKING:
    from scanner.model import Finding


class Current:
    """The findings that are at a path below `folder` now; `read` gives a file's bytes, or None if it does not exist."""

    def __init__(self, folder: Path, read: Callable[[str], bytes | None], settings: Callable[[], Settings]) -> None:
        self._folder = folder
        self._read = functools.cache(read)
        self._settings = settings
        self._known: dict[str, list[Finding] | None] = {}

    def __call__(self, path: str) -> list[Finding] | None:
        """The findings at a path, empty if it has none; None if there is no such file."""
        if path not in self._known:
            raw = self._read(path)
            self._known[path] = None if raw is None else self._findings(Source(path=path, raw=raw))
        return self._known[path]

    def _findings(self, source: Source) -> list[Finding]:
        # Few scans need to know what moved where.
        from scanner import analysis

        return analysis.findings_of(source, session.knowledge_at(self._folder), self._settings())

    def may_be_marked(self, path: str) -> bool:
        """Whether a path may contain an ignore comment of ours, without looking for findings."""
        raw = self._read(path)
        return raw is not None and may_be_marked(raw)


def of_worktree(folder: Path, settings: Callable[[], Settings]) -> Current:
    """The files on disk below a folder."""

    def read(path: str) -> bytes | None:
        if not os.path.lexists(folder / path):
            return None
        found = worktree.read_file(str(folder / path), path, None, None, DEFAULT_MAX_SIZE, named=False)
        return found.raw if isinstance(found, Source) else b""

    return Current(folder, read, settings)


def of_index(folder: Path, settings: Callable[[], Settings]) -> Current:
    """The staged files."""

    def read(path: str) -> bytes | None:
        out = git.read(folder, "ls-files", "--stage", "-z", "--", path, extra=git.hook_index())
        entries = [entry.split(b"\t")[0].split() for entry in git.listed(out) if entry.endswith(b"\t" + path.encode())]
        return _blob(folder, entries[0][1].decode()) if entries else None

    return Current(folder, read, settings)


def of_commit(folder: Path, commit: str, settings: Callable[[], Settings]) -> Current:
    """The files of a commit."""
    from scanner.sources import objects

    files: dict[str, str] = {}

    def read(path: str) -> bytes | None:
        if not files:
            files.update(objects.tree(folder, commit))
        return _blob(folder, files[path]) if path in files else None

    return Current(folder, read, settings)


def _blob(folder: Path, oid: str) -> bytes:
    return next(raw for _, raw in git.blobs(folder, [oid])) or b""
