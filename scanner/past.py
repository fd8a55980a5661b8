"""`scan --history` and `scan --range`: which commits, what they add, and what of it still stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scanner import analysis, messages, standing, versions
from scanner.source import ScanResult, Settings, Skipped, Source
from scanner.sources import git, history
from scanner.sources import range as commit_range
from scanner.sources.worktree import Selection

if TYPE_CHECKING:
    from rules.model import RuleSet
    from scanner.model import Finding, Span
    from scanner.prefilter import Prefilter


class Past(NamedTuple):
    """What was asked for: a range (`between`), or the whole history. `workers` None: as many as pay."""

    between: str | None = None
    unreachable: bool = False
    since: str | None = None
    workers: int | None = None


def scan(
    repository: git.Repository,
    selection: Selection,
    below: str,
    past: Past,
    *,
    prefilter: Prefilter,
    rules: Callable[[], RuleSet],
    settings: Callable[[], Settings],
) -> ScanResult:
    """Scan a repository's past below a folder (POSIX, "" for all of it)."""
    folder = history.folder_of(repository)
    ends = None if past.between is None else commit_range.ends(repository, past.between)
    if ends is None:
        found = history.listing(repository, selection, below, unreachable=past.unreachable, since=past.since)
    else:
        found = commit_range.listing(repository, selection, below, ends)
    result = versions.scan(folder, found, prefilter, rules, settings, workers=past.workers)
    knowledge = analysis.learn(rules(), prefilter)
    if not below:
        tags = [] if ends is not None or past.since is not None else history.tags(folder)
        said = [
            each
            for each in messages.findings(folder, [*found.commits, *tags], knowledge, settings())
            if selection.takes(each.path)
        ]
        result = _with_messages(result, said)
    if not result.findings:
        return result

    def read(source: Source) -> list[Finding]:
        return versions.findings_of(source, knowledge, settings())

    findings = standing.with_head(folder, result.findings, read, selection.max_size)
    if ends is not None:
        findings = standing.with_age(folder, ends.base, findings, read, selection.max_size)
    return result._replace(findings=findings)


def _with_messages(result: ScanResult, said: Sequence[Finding | Skipped]) -> ScanResult:
    taken = [each for each in said if not isinstance(each, Skipped)]
    missed = [each for each in said if isinstance(each, Skipped)]
    coverage = result.coverage._replace(skipped=(*result.coverage.skipped, *missed))
    return ScanResult(findings=tuple(sorted((*result.findings, *taken), key=_place)), coverage=coverage)


def _place(finding: Finding) -> tuple[str, Span, str]:
    return finding.path, finding.span, finding.rule
