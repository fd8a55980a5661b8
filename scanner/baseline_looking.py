"""What a baseline can accept: the findings of the tree and of the history, and the rows that stand for them."""

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


class Looked(NamedTuple):
    """The findings of the tree that can be accepted, how many stand in files that git does not track, and history's.

    Those that `.gitleaksignore` accepts are among them, suppressed: rows may stand for them, and `import` makes them
    rows. `floor` is the confidence from which on findings are accepted unless somebody says so; `gaps` is how many
    things that should have been looked at could not be, `past_gaps` how many of them in the history.
    """

    scanned: Scanned
    file: Path
    floor: Confidence
    findings: tuple[Finding, ...]
    untracked: int
    gaps: int
    past: tuple[Finding, ...] | None
    past_gaps: int


def look(file: Path | None, *, history: bool) -> Looked:
    """What can be accepted: of the tree, and of the history where that was asked for."""
    root = worktree.root_of(Path()).folder  # all of it, from whichever folder the command is given
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
    return Looked(
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
    """Whether a row may stand for a finding: it counts, or does not only because gitleaks' list names it."""
    return finding.suppressed is None or finding.suppressed.by is SuppressedBy.GITLEAKSIGNORE


def _is_sure(finding: Finding, floor: Confidence) -> bool:
    return finding.confidence.rank >= floor.rank


def counts(finding: Finding, floor: Confidence) -> bool:
    """Whether a finding is accepted though nobody said so: nothing else speaks for it, and it is sure enough."""
    return finding.suppressed is None and _is_sure(finding, floor)


def past_that_counts(looked: Looked) -> list[Finding]:
    """What the history holds, without what `.gitleaksignore` accepts; nothing where it was not asked for."""
    return [finding for finding in looked.past or () if finding.suppressed is None]


def of_concern(looked: Looked, known: Baseline) -> list[tuple[Finding, Row | None]]:
    """The findings that have a row, with it, and those that are sure enough to need one."""
    matched = match(looked.findings, without_history(known), looked.scanned.current)
    return [
        (finding, row)
        for finding, row in zip(looked.findings, matched, strict=True)
        if row is not None or counts(finding, looked.floor)
    ]


def default_file(root: worktree.Root, config: Config | None = None) -> Path:
    """Where the baseline is that no option names; the configuration is read if it was not yet."""
    config = config or configuration(root.folder, OWNERS).config
    return root.folder / (config.baseline or DEFAULT_BASELINE)


def without_history(known: Baseline) -> Baseline:
    """The baseline's rows for the tree."""
    return replace(known, rows=tuple(row for row in known.rows if not row.history))


def history_rows(past: Sequence[Finding], known: Baseline, default: Row) -> list[Row]:
    """Rows for what only the history holds and nothing stands for yet."""
    matched = match(past, known, None)
    new = [finding for finding, row in zip(past, matched, strict=True) if row is None]
    return rows_of(new, known, [None] * len(new), replace(default, history=True))


def kept_history(looked: Looked, known: Baseline) -> list[Row]:
    """The rows for history that stay: all where it was not looked at as a whole."""
    rows = [row for row in known.rows if row.history]
    if looked.past is None:
        return rows
    matched = match(looked.past, replace(known, rows=tuple(rows)), None)
    return [row for row in rows if looked.past_gaps or row in matched]
