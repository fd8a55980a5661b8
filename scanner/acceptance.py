"""Suppress accepted findings: by the allowlist, other tools' lists, later ignore comments, the baseline."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rules.searching import searcher
from scanner.config import Allow
from scanner.model import Finding, ScanResult, SuppressedBy, Suppression
from scanner.source import Skipped
from scanner.sources.selection import matches

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.current import Current
    from scanner.running import Scanned


def settled(scanned: Scanned, *, whole: bool = False, past: bool = False) -> ScanResult:
    """The result of a scan with a reason on every suppressed finding. Raises UsageError for a bad baseline.

    `whole`: all of the tree was scanned; `past`: a history, a range or a push, in which not all is in a commit.
    """
    allow = scanned.config.allow
    findings = allowed(scanned.result.findings, allow)
    in_history = any(finding.commit is not None for finding in findings)
    if in_history and scanned.current is not None and scanned.config.own_markers:
        # The present version for a history is HEAD: what is not in it has no comment there.
        findings = ignored_since(findings, scanned.current, gone=scanned.at_once)
    if scanned.config.foreign_markers and findings:
        from scanner import gitleaksignore

        findings = gitleaksignore.honoured(scanned.root, findings)
    remarks = [*scanned.result.coverage.remarks, *(_misnamed(allow, scanned.root.folder) if allow else ())]
    coverage = scanned.result.coverage._replace(remarks=tuple(remarks))
    result = scanned.result._replace(findings=tuple(findings), coverage=coverage)
    if scanned.baseline is None:
        return result
    from scanner import baseline, baseline_match

    return baseline_match.accepted(
        result,
        baseline.read_baseline(scanned.baseline),
        None if scanned.at_once else scanned.current,
        today=baseline.today(),
        name=scanned.baseline.name,
        past=past,
        whole=whole,
    )


def _misnamed(allow: Sequence[Allow], root: Path) -> Iterator[Skipped]:
    """A remark for each allowlist pattern that fits no rule's id, as the entry may never have had an effect."""
    patterns = {(entry.source, pattern): None for entry in allow for pattern in entry.rules}
    if not patterns:
        return
    from scanner import coded_rules, session

    ids = coded_rules.rule_ids(session.known_at(root)[1]())
    for source, pattern in patterns:
        said = coded_rules.no_such_rule(pattern, ids)
        if said is not None:
            yield Skipped(path=source, reason=f"allow: {said}")


def allowed(findings: Sequence[Finding], allow: Sequence[Allow]) -> list[Finding]:
    """The findings, with those suppressed that match every field of an allowlist entry.

    A regex is searched in the value; Hyperscan does that in linear time, whoever wrote it.
    """
    if not allow:
        return list(findings)
    search = searcher([entry.regex for entry in allow if entry.regex is not None])
    numbers: dict[int, int] = {}
    for number, entry in enumerate(allow):
        if entry.regex is not None:
            numbers[number] = len(numbers)
    settled = []
    for finding in findings:
        hits = search(finding.value.reveal("bytes")) if finding.value is not None else frozenset()
        for number, entry in enumerate(allow):
            if finding.suppressed is None and _fits(entry, finding, regex_hit=numbers.get(number) in hits):
                finding = replace(finding, suppressed=Suppression(SuppressedBy.ALLOW, entry.reason))
        settled.append(finding)
    return settled


def ignored_since(findings: Sequence[Finding], current: Current, *, gone: bool = False) -> list[Finding]:
    """The findings of commits, with those suppressed whose value has an ignore comment in the file's present version.

    `gone`: findings that are not in HEAD need not be looked up.
    """
    settled = []
    for finding in findings:
        asked = finding.suppressed is None and not (gone and finding.in_head is False)
        if asked and current.may_be_marked(finding.path):
            there = [other for other in current(finding.path) or () if other.value == finding.value]
            if there and all(_is_ignored(other) for other in there):
                finding = replace(finding, suppressed=there[0].suppressed)
        settled.append(finding)
    return settled


def _is_ignored(finding: Finding) -> bool:
    return finding.suppressed is not None and finding.suppressed.by is SuppressedBy.INLINE


def _fits(entry: Allow, finding: Finding, *, regex_hit: bool) -> bool:
    return (
        (not entry.paths or any(matches(finding.path, glob) for glob in entry.paths))
        and (not entry.rules or any(fnmatch.fnmatchcase(finding.rule, rule) for rule in entry.rules))
        and (entry.regex is None or regex_hit)
    )
