"""Collect what a baseline can accept: the findings of the tree and of the history, and the rows that match them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scanner.baseline import Baseline, Row
from scanner.baseline_match import match, rows_of
from scanner.config import DEFAULT_BASELINE, Config
from scanner.model import Confidence, Finding, SuppressedBy
from scanner.running import OWNERS, Mode, Scanned, configuration, run
from scanner.sources import worktree


class Acceptable(NamedTuple):
    """The acceptable findings of the tree and of the history, and how many are in files that git does not track.

    Findings that `.gitleaksignore` accepts are included, suppressed: rows may accept them too, and `import` makes
    them rows. `floor` is the lowest confidence that is accepted by default; `gaps` is how many requested things could
    not be scanned, `past_gaps` how many of them in the history.
    """

    scanned: Scanned
    file: Path
    floor: Confidence
    findings: tuple[Finding, ...]
    untracked: int
    gaps: int
    past: tuple[Finding, ...] | None
    past_gaps: int


def find_acceptable(file: Path | None, *, history: bool) -> Acceptable:
    """Scan the tree, and the history if requested, for findings that can be accepted."""
    root = worktree.root_of(Path()).folder  # the whole tree, from whichever folder the command is started
    scanned = run((root,), Mode(), OWNERS)
    config = scanned.config
    live = [finding for finding in scanned.result.findings if _is_acceptable(finding)]
    floor = min(config.min_confidence, config.fail_on or Confidence.HIGH, key=lambda level: level.rank)
    past, gaps, past_gaps = None, _gaps(scanned), 0
    if history:
        from scanner.history.scan import HistoryRequest

        seen = run((root,), Mode(past=HistoryRequest()), OWNERS)
        past = tuple(f for f in seen.result.findings if _is_acceptable(f) and _is_sure(f, floor))
        past_gaps = _gaps(seen)
    return Acceptable(
        scanned=scanned,
        file=file or default_file(scanned.root, config),
        floor=floor,
        findings=tuple(finding for finding in live if finding.tracked is not False),
        untracked=sum(f.tracked is False and counts(f, floor) for f in live),
        gaps=gaps + past_gaps,
        past=past,
        past_gaps=past_gaps,
    )


def _gaps(scanned: Scanned) -> int:
    return sum(one.gap for one in scanned.result.coverage.skipped)


def _is_acceptable(finding: Finding) -> bool:
    """Whether a row may accept a finding: it is not suppressed, or only by gitleaks' list."""
    return finding.suppressed is None or finding.suppressed.by is SuppressedBy.GITLEAKSIGNORE


def _is_sure(finding: Finding, floor: Confidence) -> bool:
    return finding.confidence.rank >= floor.rank


def counts(finding: Finding, floor: Confidence) -> bool:
    """Whether a finding is accepted by default: nothing suppresses it, and its confidence is high enough."""
    return finding.suppressed is None and _is_sure(finding, floor)


def unaccepted_past(acceptable: Acceptable) -> list[Finding]:
    """The history's findings without those that `.gitleaksignore` accepts; empty if it was not scanned."""
    return [finding for finding in acceptable.past or () if finding.suppressed is None]


def with_rows(acceptable: Acceptable, known: Baseline) -> list[tuple[Finding, Row | None]]:
    """The findings that have a row, with the row, and those with enough confidence to need one."""
    matched = match(acceptable.findings, without_history(known), acceptable.scanned.current)
    return [
        (finding, row)
        for finding, row in zip(acceptable.findings, matched, strict=True)
        if row is not None or counts(finding, acceptable.floor)
    ]


def default_file(root: worktree.Root, config: Config | None = None) -> Path:
    """The baseline's path if no option names one; reads the configuration unless it is passed."""
    config = config or configuration(root.folder, OWNERS).config
    return root.folder / (config.baseline or DEFAULT_BASELINE)


def without_history(known: Baseline) -> Baseline:
    """The baseline's rows for the tree."""
    return replace(known, rows=tuple(row for row in known.rows if not row.history))


def history_rows(past: Sequence[Finding], known: Baseline, default: Row) -> list[Row]:
    """Rows for findings that only the history holds and that no row matches yet."""
    matched = match(past, known, None)
    new = [finding for finding, row in zip(past, matched, strict=True) if row is None]
    return rows_of(new, known, [None] * len(new), replace(default, history=True))


def kept_history(acceptable: Acceptable, known: Baseline) -> list[Row]:
    """The history's rows to keep: all of them unless the whole history was scanned."""
    rows = [row for row in known.rows if row.history]
    if acceptable.past is None:
        return rows
    matched = match(acceptable.past, replace(known, rows=tuple(rows)), None)
    return [row for row in rows if acceptable.past_gaps or row in matched]
