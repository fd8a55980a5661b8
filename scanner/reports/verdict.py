"""The outcome of a scan: the exit status, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.config import SEVERITIES
from scanner.errors import Exit
from scanner.model import Confidence, Finding, ScanResult, Skipped
from scanner.reports.context import ReportContext, count
from scanner.sources.selection import matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The exit status of a scan, and the reason in one phrase."""

    status: Exit
    because: str


def gaps(result: ScanResult, context: ReportContext) -> list[Skipped]:
    """What was requested and not scanned; with `require_complete` everything that was skipped."""
    return [skipped for skipped in result.coverage.skipped if skipped.gap or context.require_complete]


def failing(result: ScanResult, context: ReportContext) -> list[Finding]:
    """The findings that make a scan fail."""
    return [finding for finding in _counting(result, context) if excuse(finding, context) is None]


def excuse(finding: Finding, context: ReportContext) -> str | None:
    """The reason why a finding of enough confidence does not fail the scan; None if it does."""
    if finding.introduced == "before" and not context.fail_on_old:
        return "already there before (--fail-on-old)"
    if finding.in_head is False and not context.fail_on_gone:
        return "no longer in HEAD"
    if context.fail_since and finding.commit is not None and finding.commit.date[:10] < context.fail_since:
        return f"committed before {context.fail_since}"
    if SEVERITIES.index(finding.severity) < SEVERITIES.index(context.fail_on_severity):
        return f"below {context.fail_on_severity} severity"
    return None


def verdict(result: ScanResult, context: ReportContext) -> Verdict:
    """The verdict of a scan: findings take precedence over gaps, gaps over nothing to scan."""
    guilty, missed = failing(result, context), gaps(result, context)
    if guilty:
        also = f"; also {count(len(missed), 'gap')}" if missed else ""
        return Verdict(status=Exit.FINDINGS, because=f"{count(len(guilty), 'finding')} {_least(context)}{also}")
    if missed:
        return Verdict(status=Exit.NOT_SEEN, because=f"{count(len(missed), 'item')} could not be scanned")
    if not result.coverage.files and not result.findings:
        return _nothing(len(result.coverage.skipped), context)
    excused = Counter(why for finding in _counting(result, context) if (why := excuse(finding, context)))
    if excused:
        return Verdict(status=Exit.OK, because=_excused(excused))
    if context.fail_on is None and not context.paths:
        return Verdict(status=Exit.OK, because="this scan never fails for findings")
    return Verdict(status=Exit.OK, because=f"no finding {_least(context)}")


def _counting(result: ScanResult, context: ReportContext) -> Iterator[Finding]:
    """The unsuppressed findings whose confidence is high enough to fail at their path."""
    for finding in result.findings:
        least = context.fail_on
        for row in context.paths:
            if row.fail_on is not None and any(matches(finding.path, glob) for glob in row.glob):
                least = None if row.fail_on == "never" else Confidence(row.fail_on)
        if finding.suppressed is None and least is not None and finding.confidence.rank >= least.rank:
            yield finding


def _least(context: ReportContext) -> str:
    if context.fail_on is None:
        return "of the confidence that fails at its path"
    return f"of {context.fail_on} confidence" + ("" if context.fail_on is Confidence.HIGH else " or higher")


def _excused(excused: Counter[str]) -> str:
    total = excused.total()
    reasons = ", ".join(f"{number:,} {why}" for why, number in sorted(excused.items()))
    return f"{count(total, 'finding')} {'does' if total == 1 else 'do'} not fail the scan: {reasons}"


def _nothing(skipped: int, context: ReportContext) -> Verdict:
    if context.nothing_is_fine:
        return Verdict(status=Exit.OK, because="nothing to scan")
    why = "every file was skipped" if skipped else f"nothing to scan: {context.nothing}"
    return Verdict(status=Exit.NOT_SEEN, because=why)
