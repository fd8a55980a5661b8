"""Read `.gitleaksignore`: positions of findings that gitleaks users have accepted.

https://github.com/gitleaks/gitleaks#gitleaksignore: `file:rule:line`, or `commit:file:rule:line`. The second form
identifies a value: the one on that line in that commit. The first accepts whatever is on that line now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner import session
from scanner.ignore import has_valid_checksum
from scanner.model import Finding, SecretValue, Source, SuppressedBy, Suppression
from scanner.source import Settings
from scanner.sources import git
from scanner.sources.worktree import Root

FILE = ".gitleaksignore"
_COMMIT = lazy_pattern(r"[0-9a-f]{7,64}")
_MOST = 5_000_000


class Position(NamedTuple):
    """A line of a file, in a commit or (None) in the present version."""

    path: str
    line: int
    commit: str | None


def honoured(root: Root, findings: Sequence[Finding]) -> list[Finding]:
    """The findings; those in the root's `.gitleaksignore` are suppressed unless their checksum is valid."""
    positions = read_positions(root.folder / FILE)
    if not positions:
        return list(findings)
    lines = {(position.path, position.line) for position in positions if position.commit is None}
    paths = {finding.path for finding in findings}
    wanted = [position for position in positions if position.path in paths]
    values = {(position.path, value) for position, there in values_at(root, wanted).items() for value in there}
    settled = []
    for finding in findings:
        here = {(finding.path, line) for line in range(finding.start[0], finding.end[0] + 1)}
        known = (finding.path, finding.value) in values or (finding.commit is None and not here.isdisjoint(lines))
        if known and finding.suppressed is None and not has_valid_checksum(finding):
            finding = replace(finding, suppressed=Suppression(SuppressedBy.GITLEAKSIGNORE))
        settled.append(finding)
    return settled


def read_positions(path: Path) -> list[Position]:
    """The positions in a file, none if it does not exist. Invalid lines are ignored, as gitleaks does."""
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > _MOST:
            return []
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return []
    found = (parse_position(line) for line in text.split("\n"))
    return [position for position in found if position is not None]


def parse_position(line: str) -> Position | None:
    """The position in a line of the file, or in a report's fingerprint; None if it is neither."""
    line = line.strip()
    if line.startswith("#"):
        return None
    where, _, number = line.rpartition(":")
    where, _, rule = where.rpartition(":")
    if not where or not rule or not re.fullmatch(r"[0-9]{1,9}", number):
        return None
    commit, _, path = where.partition(":")
    if not (path and _COMMIT.fullmatch(commit)):
        commit, path = "", where
    return Position(path=path.replace("\\", "/"), line=int(number), commit=commit or None)


def values_at(root: Root, positions: Iterable[Position]) -> dict[Position, list[SecretValue]]:
    """The values on each line of a file in a commit; none if git lacks the commit, or none is named."""
    files: dict[tuple[str, str], list[Position]] = {}
    for position in positions:
        if position.commit is not None:
            files.setdefault((position.commit, position.path), []).append(position)
    found: dict[Position, list[SecretValue]] = {}
    for (commit, path), group in files.items():
        there = _findings_at(root, commit, path)
        for position in group:
            on_line = (finding for finding in there if finding.start[0] <= position.line <= finding.end[0])
            found[position] = [finding.value for finding in on_line if finding.value is not None]
    return found


def _findings_at(root: Root, commit: str, path: str) -> list[Finding]:
    if root.repository is None:
        return []
    status, out, _ = git.attempt(root.folder, "ls-tree", "-z", "--full-tree", commit, "--", path)
    blobs = [entry.split(b"\t")[0].split()[2].decode() for entry in git.listed(out) if b" blob " in entry]
    if status or len(blobs) != 1:
        return []
    from scanner import analysis

    raw = next(raw for _, raw in git.blobs(root.folder, blobs))
    return analysis.findings_of(
        Source(path=path, raw=raw or b""), session.knowledge_at(root.folder), Settings(key=bytes(32))
    )
