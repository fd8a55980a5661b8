"""How a scan ends: the exit status, and why (DESIGN.md section 4)."""

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
    """The exit status of a scan, and the reason in a sentence."""

    status: Exit
    because: str


def gaps(result: ScanResult, context: ReportContext) -> list[Skipped]:
    """What was asked for and not scanned; with `require_complete` everything that was skipped."""
    return [skipped for skipped in result.coverage.skipped if skipped.gap or context.require_complete]


def failing(result: ScanResult, context: ReportContext) -> list[Finding]:
    """The findings that make a scan fail."""
    return [finding for finding in _counting(result, context) if excuse(finding, context) is None]


def excuse(finding: Finding, context: ReportContext) -> str | None:
    """Why a finding of enough confidence does not fail the scan; None if it does."""
    if finding.introduced == "before" and not context.fail_on_old:
        return "there before (--fail-on-old)"
    if finding.in_head is False and not context.fail_on_gone:
        return "gone from HEAD"
    if context.fail_since and finding.commit is not None and finding.commit.date[:10] < context.fail_since:
        return f"committed before {context.fail_since}"
    if SEVERITIES.index(finding.severity) < SEVERITIES.index(context.fail_on_severity):
        return f"below {context.fail_on_severity} severity"
    return None


def verdict(result: ScanResult, context: ReportContext) -> Verdict:
    """The verdict of a scan (DESIGN.md section 4): findings take precedence over gaps, gaps over nothing to scan."""
    guilty, missed = failing(result, context), gaps(result, context)
    if guilty:
        also = f"; also {count(len(missed), 'gap')}" if missed else ""
        return Verdict(
            status=Exit.FINDINGS, because=f"{count(len(guilty), 'finding')} at or over {_least(context)}{also}"
        )
    if missed:
        return Verdict(status=Exit.NOT_SEEN, because=f"{count(len(missed), 'thing')} that should be seen could not be")
    if not result.coverage.files and not result.findings:
        return _nothing(len(result.coverage.skipped), context)
    excused = Counter(why for finding in _counting(result, context) if (why := excuse(finding, context)))
    if excused:
        return Verdict(status=Exit.OK, because=_excused(excused))
    if context.fail_on is None and not context.paths:
        return Verdict(status=Exit.OK, because="findings do not fail this scan")
    return Verdict(status=Exit.OK, because=f"no finding at or over {_least(context)}")


def _counting(result: ScanResult, context: ReportContext) -> Iterator[Finding]:
    """The findings that are sure enough to fail at their path."""
    for finding in result.findings:
        least = context.fail_on
        for row in context.paths:
            if row.fail_on is not None and any(matches(finding.path, glob) for glob in row.glob):
                least = None if row.fail_on == "never" else Confidence(row.fail_on)
        if finding.suppressed is None and least is not None and finding.confidence.rank >= least.rank:
            yield finding


def _least(context: ReportContext) -> str:
    return "what its path says" if context.fail_on is None else str(context.fail_on)


def _excused(excused: Counter[str]) -> str:
    total = excused.total()
    reasons = ", ".join(f"{number:,} {why}" for why, number in sorted(excused.items()))
    return f"{count(total, 'finding')} {'does' if total == 1 else 'do'} not count: {reasons}"


def _nothing(skipped: int, context: ReportContext) -> Verdict:
    if context.nothing_is_fine:
        return Verdict(status=Exit.OK, because="nothing to scan")
    why = "what is there was skipped" if skipped else f"nothing was there to scan: {context.nothing}"
    return Verdict(status=Exit.NOT_SEEN, because=why)
