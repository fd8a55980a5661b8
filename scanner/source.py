"""Records of a scan without findings: sources, skipped files, coverage, settings.

A hook loads this on every commit and mostly finds nothing. Defining a frozen dataclass takes seven times as long as a
NamedTuple (0.62 and 0.09 ms, measured on Python 3.11), so these few are tuples, and the others are not imported.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scanner.model import Finding


class Kind(enum.StrEnum):
    """The type of a document; it decides its reader and its fixer."""

    PYTHON = "python"
    DOTENV = "dotenv"
    YAML = "yaml"
    JSON = "json"
    TOML = "toml"
    INI = "ini"
    NOTEBOOK = "notebook"
    CSV = "csv"
    TEXT = "text"


class Confidence(enum.StrEnum):
    """How sure the judge is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 low, 1 medium, 2 high."""
        return _RANKS[self]


_RANKS = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}


class Commit(NamedTuple):
    """The commit in which history holds a document. `date` is the author date, ISO 8601."""

    id: str
    author: str
    date: str
    path: str


class Source(NamedTuple):
    """The raw bytes of a file with its path, before any scanning.

    `path` is POSIX, from the repository's root in git, else from the working directory, undecodable bytes
    percent-encoded. `tracked` is None without git. `blob` is git's object id if it is known.
    """

    path: str
    raw: bytes
    tracked: bool | None = None
    blob: str | None = None
    commit: Commit | None = None
    in_head: bool | None = None
    introduced: str | None = None

    def __repr__(self) -> str:
        return f"Source(path={self.path!r}, raw=<{len(self.raw)} bytes>)"


class Skipped(NamedTuple):
    """Something that was not scanned, and why. `gap` says that the user asked for it: exit status 3."""

    path: str
    reason: str
    gap: bool = False


class Coverage(NamedTuple):
    """What a scan covered. `bytes` counts what was read. `notes` are files read as plain text, and why.

    `remarks` are suggestions to clean up: unused ignore comments, expired acceptances.
    """

    files: int
    bytes: int
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Skipped, ...] = ()
    remarks: tuple[Skipped, ...] = ()


class ScanResult(NamedTuple):
    """The result of one scan. `findings` are in order of path and span, including suppressed ones, marked as such."""

    findings: tuple[Finding, ...]
    coverage: Coverage


class Settings(NamedTuple):
    """How to scan. `scope` is the named PATH below which a path's role is judged; `key` keys the fingerprints.

    `own_markers` and `foreign_markers` say whether our ignore comments count, and other tools'.
    """

    key: bytes
    scope: str = ""
    foreign_markers: bool = True
    own_markers: bool = True
