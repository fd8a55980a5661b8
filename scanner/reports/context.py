"""What a report needs besides the result: the options in effect, and the texts of files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scanner.config import PathSettings
from scanner.model import Confidence, Finding, ScanResult
from scanner.sources.selection import matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A part of a fix: the text from `start` to `end` (line and column, from 1) becomes `text`, without values."""

    path: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixNote:
    """The planner's result for one finding: its edit and how safe that is, or why there is none.

    `safety` and `refusal` are words of `fixers.model`.
    """

    safety: str | None = None
    refusal: str | None = None
    description: str = ""
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """The options of one scan on which its reports depend.

    `root` is the absolute path to which finding paths are relative, `here` the one in which the next command is run, ""
    for the same. `fail_on` None never fails. `documents` gives the very text that was scanned at a path (not the
    present one on disk), or None if it is not available: context lines are shown only from it. `fixes` are the
    planner's notes by `Finding.place`. `nothing_is_fine` says that having nothing to scan is no error (`--staged`,
    `--range`, file mode), `nothing` gives the likely reason if it is one. `fail_since` is an ISO 8601 date; of `paths`
    the last that matches applies. `started` and `ended` are times in seconds since the epoch.
    """

    root: str
    version: str
    here: str = ""
    min_confidence: Confidence = Confidence.MEDIUM
    fail_on: Confidence | None = Confidence.MEDIUM
    fail_on_old: bool = False
    fail_on_severity: str = "low"
    fail_on_gone: bool = True
    fail_since: str | None = None
    paths: tuple[PathSettings, ...] = ()
    require_complete: bool = False
    nothing_is_fine: bool = False
    nothing: str = "check the paths"
    color: bool = False
    show_suppressed: bool = False
    documents: Callable[[str], str | None] | None = None
    started: float = field(default_factory=time.time)
    ended: Callable[[], float] = time.time
    fixes: Mapping[str, FixNote] = field(default_factory=dict)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in order of path, span, rule and commit, which is the same on every machine."""
    return sorted(findings, key=lambda f: (f.path, f.span, f.rule, f.commit.id if f.commit else "", f.place))


def shown(result: ScanResult, context: ReportContext) -> list[Finding]:
    """The findings that a report prints: those with enough confidence, and on request all suppressed ones."""
    return ordered(finding for finding in result.findings if _is_shown(finding, context))


def count(number: int, noun: str) -> str:
    """A number and its noun, `1 finding` or `2 findings`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def is_sure_enough(finding: Finding, context: ReportContext) -> bool:
    """Whether a finding's confidence is reported at its path."""
    least = context.min_confidence
    for row in context.paths:
        if row.min_confidence is not None and any(matches(finding.path, glob) for glob in row.glob):
            least = row.min_confidence
    return finding.confidence.rank >= least.rank


def _is_shown(finding: Finding, context: ReportContext) -> bool:
    if finding.suppressed is not None:
        return context.show_suppressed
    return is_sure_enough(finding, context)
