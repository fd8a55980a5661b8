"""The files of a plan: paths, bytes and documents below one root, with a rehearsal's changes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from scanner.errors import NotSeenError
from scanner.model import Document, Kind, Source
from scanner.readers.kinds import kind_of
from scanner.sources.paths import path_on_disk
from scanner.text import UndecodableError, decode

# The first line of each plan file: a plan in the tree is our own and reads nothing of it.
PLAN_MARK = "# Plan of unhardcode:"
_PYTHON = (".py", ".pyw", ".wsgi")
# Programs whose name does not show their language.
_PROGRAMS = ("", ".cgi", ".fcgi", ".command")
# What a rehearsal would have written: POSIX path relative to the root -> bytes.
Overlay: TypeAlias = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One tree of files. `files` are POSIX paths from `root`, sorted; `read` gives a file's bytes or raises OSError.

    `started` caches the first lines of programs, by path; `kept` what was found out by reading all of it.
    """

    root: Path
    files: tuple[str, ...]
    read: Callable[[str], bytes]
    started: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    kept: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    def exists(self, path: str) -> bool:
        """Whether the tree has this path: as a listed file, in the overlay, or unlisted on disk."""
        if path in self.files or os.path.lexists(located(self.root, path)):
            return True
        try:
            self.read(path)
        except OSError:
            return False
        return True

    def bytes_of(self, path: str) -> bytes:
        """A file's bytes; empty if it cannot be read, which makes no difference to a search for readers."""
        try:
            return self.read(path)
        except OSError:
            return b""

    def shebang(self, path: str) -> bytes:
        """The shebang line of a program whose suffix does not show its language (`#!/bin/sh`); else empty."""
        if PurePosixPath(path).suffix not in _PROGRAMS:
            return b""
        if path not in self.started:
            line = self.bytes_of(path)[:200].removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
            self.started[path] = line if line.startswith(b"#!") else b""
        return self.started[path]

    def is_python(self, path: str) -> bool:
        """Whether a file is Python that can be run or imported: by its suffix, or by its first line."""
        if PurePosixPath(path).suffix in _PYTHON:
            return True
        line = self.shebang(path)
        return line != b"" and kind_of(path, line) is Kind.PYTHON

    def is_linked(self, path: str) -> bool:
        """Whether the path is a symlink, leads through one, or leaves the root."""
        place = located(self.root, path)
        if os.path.isabs(path) or not place.is_relative_to(self.root):
            return True
        parts = place.relative_to(self.root).parts
        if ".." in parts:
            return True
        return any((self.root / Path(*parts[: count + 1])).is_symlink() for count in range(len(parts)))

    def is_writable(self, path: str) -> bool:
        """Whether the file can be replaced: the file and its folder are writable."""
        place = located(self.root, path)
        if not place.exists():
            return True
        return os.access(place, os.W_OK) and os.access(place.parent, os.W_OK)

    def document(self, path: str) -> Document:
        """The decoded file. Raises NotSeenError if it cannot be read or is not text."""
        try:
            raw = self.read(path)
        except OSError as error:
            raise NotSeenError(f"{path}: cannot be read: {error.strerror or type(error).__name__}") from None
        source = Source(path=path, raw=raw)
        try:
            return decode(source, kind_of(path, raw[:4096]))
        except UndecodableError as error:
            raise NotSeenError(f"{path}: {error}") from None


def open_workspace(root: Path, files: Iterable[str]) -> Workspace:
    """A workspace on disk. `files` are POSIX paths from the root."""
    return Workspace(root=root, files=tuple(sorted(set(files))), read=lambda path: _read(located(root, path)))


def _read(place: Path) -> bytes:
    """A regular file's bytes. Raises OSError.

    Does not wait for a pipe: password managers mount `.env` as one, and there may be no writer.
    https://github.com/pydantic/pydantic-settings/pull/776
    """
    if not stat.S_ISREG(place.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    return place.read_bytes()


def overlaid(workspace: Workspace, overlay: Overlay) -> Workspace:
    """The workspace with some files replaced or added in memory; nothing is written."""

    def read(path: str) -> bytes:
        return overlay[path] if path in overlay else workspace.read(path)

    return replace(workspace, files=tuple(sorted({*workspace.files, *overlay})), read=read, kept={})


def located(root: Path, path: str) -> Path:
    """The location on disk of a POSIX path from a report."""
    return root / os.fsdecode(path_on_disk(path)) if "%" in path else root / path
