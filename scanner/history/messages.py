"""Scan the messages of commits and annotated tags, each as a separate document.

Notes need no handling here: git keeps them as files in commits below refs/notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from scanner import analysis
from scanner.analysis import Knowledge
from scanner.model import Finding, Span
from scanner.source import Commit, ScanResult, Settings, Skipped, Source
from scanner.sources import git, objects

_LARGEST = 1_000_000


def object_of(said: Finding | Skipped) -> str:
    """The commit or tag that contains the message of a finding."""
    return said.path.rpartition("/")[2]


def findings(
    folder: Path, commits: Sequence[str], knowledge: Knowledge, settings: Settings
) -> Iterator[Finding | Skipped]:
    """The findings in the messages of these commits and tag objects."""
    for oid, raw in git.blobs(folder, commits, _LARGEST):
        if raw is None:
            reason = "git cannot read it, or it is too large"
            yield Skipped(path=f"{objects.COMMIT_MESSAGE}/{oid}", reason=reason, gap=True)
            continue
        head, _, message = raw.partition(b"\n\n")
        if not message or not knowledge.prefilter.find(message):
            continue
        is_tag = head.startswith(b"object ")
        path = f"{objects.TAG_MESSAGE if is_tag else objects.COMMIT_MESSAGE}/{oid}"
        commit = None
        if not is_tag:
            author, date = objects.author_of(raw)
            commit = Commit(id=oid, author=author, date=date, path=path)
        source = Source(path=path, raw=message, tracked=True, blob=oid, commit=commit)
        yield from analysis.findings_of(source, knowledge, settings)


def joined(result: ScanResult, said: Sequence[Finding | Skipped]) -> ScanResult:
    """The result with the findings in messages added."""
    taken = [each for each in said if not isinstance(each, Skipped)]
    missed = [each for each in said if isinstance(each, Skipped)]
    coverage = result.coverage._replace(skipped=(*result.coverage.skipped, *missed))
    return ScanResult(findings=tuple(sorted((*result.findings, *taken), key=_place)), coverage=coverage)


def _place(finding: Finding) -> tuple[str, Span, str]:
    return finding.path, finding.span, finding.rule
