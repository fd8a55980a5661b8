"""How a scan ends: the exit status, and why (DESIGN.md section 4)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from scanner.errors import Exit
from scanner.model import Finding, ScanResult, Skipped
from scanner.reports.context import ReportContext, count


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The exit status of a scan and the sentence that says how it came about."""

    status: Exit
    because: str


def gaps(result: ScanResult, context: ReportContext) -> list[Skipped]:
    """What was asked for and not seen; with `require_complete` everything that was not seen."""
    return [skipped for skipped in result.coverage.skipped if skipped.gap or context.require_complete]


def failing(result: ScanResult, context: ReportContext) -> list[Finding]:
    """The findings that make a scan fail."""
    if context.fail_on is None:
        return []
    return [
        finding
        for finding in result.findings
        if finding.suppressed is None
        and finding.confidence.rank >= context.fail_on.rank
        and (finding.introduced != "before" or context.fail_on_old)
    ]


def verdict(result: ScanResult, context: ReportContext) -> Verdict:
    """Judge a scan (DESIGN.md section 4): findings go before gaps, gaps before nothing to scan."""
    guilty, missed = failing(result, context), gaps(result, context)
    if guilty:
        also = f"; also {count(len(missed), 'gap')}" if missed else ""
        return Verdict(
            status=Exit.FINDINGS, because=f"{count(len(guilty), 'finding')} at or over {context.fail_on}{also}"
        )
    if missed:
        return Verdict(status=Exit.NOT_SEEN, because=f"{count(len(missed), 'thing')} that should be seen could not be")
    if not result.coverage.files and not result.findings:
        return _nothing(context)
    old = len(failing(result, dataclasses.replace(context, fail_on_old=True)))
    if old:
        there = "that was there before does" if old == 1 else "that were there before do"
        return Verdict(status=Exit.OK, because=f"{count(old, 'finding')} {there} not count (--fail-on-old)")
    if context.fail_on is None:
        return Verdict(status=Exit.OK, because="findings do not fail this scan")
    return Verdict(status=Exit.OK, because=f"no finding at or over {context.fail_on}")


def _nothing(context: ReportContext) -> Verdict:
    if context.nothing_is_fine:
        return Verdict(status=Exit.OK, because="nothing to scan")
    return Verdict(status=Exit.NOT_SEEN, because="nothing was there to scan: check the paths")
