"""Scan sources: run the prefilter on each, analyse those with hits, collect findings and coverage."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from scanner import keyfiles
from scanner.content import may_be_marked, scan_bytes, skip_reason
from scanner.lazy_dataclasses import lazy_dataclasses
from scanner.prefilter import Hit, Prefilter
from scanner.source import Coverage, ScanResult, Settings, Skipped, Source

if TYPE_CHECKING:
    from rules.model import RuleSet
    from scanner.analysis import Knowledge
    from scanner.model import Finding
    from scanner.sharing import Outcome

# Bytes of documents with hits that are collected before they are analysed together.
_HELD = 32_000_000


class Setup(NamedTuple):
    """What a scan needs. `rules` and `settings` are called only after a hit.

    `jobs` is the number of processes, None for as many as are worth starting.
    """

    prefilter: Prefilter
    rules: Callable[[], RuleSet]
    settings: Callable[[], Settings]
    jobs: int | None = None

    def knowledge(self) -> Knowledge:
        """The rules, indexed for the detectors."""
        with lazy_dataclasses():
            from scanner import analysis

        return analysis.learn(self.rules(), self.prefilter)


def scan(sources: Iterable[Source | Skipped], setup: Setup, texts: dict[str, str] | None = None) -> ScanResult:
    """Scan all sources.

    `texts` receives the text of every document with a finding, by path: reports show masked lines of it.
    """
    results = _Results(texts)
    waiting: list[tuple[int, Source, list[Hit]]] = []
    held = 0
    knowledge = functools.cache(setup.knowledge)

    def analyse_waiting() -> None:
        with lazy_dataclasses():
            from scanner import sharing

        tasks = [sharing.Task(source, hits) for _, source, hits in waiting]
        outcomes = sharing.analysed(tasks, knowledge(), setup.settings, processes=setup.jobs)
        for (place, source, _), outcome in zip(waiting, outcomes, strict=True):
            results.add(place, source, outcome)
        waiting.clear()

    for place, source in enumerate(sources):
        if isinstance(source, Skipped):
            results.skipped.append((place, source))
            continue
        if keyfiles.identify(source.raw) is not None:
            results.count(source)
            results.findings += keyfiles.find(source, setup.rules().weights, setup.settings())
            continue
        reason = skip_reason(source.raw)
        if reason is not None:
            results.skipped.append((place, Skipped(path=source.path, reason=reason)))
            continue
        results.count(source)
        hits = setup.prefilter.find(scan_bytes(source.raw))
        if not hits:
            results.remarks += ((place, each) for each in _remarks(source, []))
            continue
        waiting.append((place, source, hits))
        held += len(source.raw)
        if held > _HELD:
            analyse_waiting()
            held = 0
    if waiting:
        analyse_waiting()
    return results.result()


class _Results:
    """Collects the results of all sources. `place` is a source's number: reports keep that order."""

    def __init__(self, texts: dict[str, str] | None) -> None:
        self.texts = texts
        self.findings: list[Finding] = []
        self.skipped: list[tuple[int, Skipped]] = []
        self.notes: list[tuple[int, Skipped]] = []
        self.remarks: list[tuple[int, Skipped]] = []
        self.files = self.size = 0

    def count(self, source: Source) -> None:
        """Count a source as scanned."""
        self.files += 1
        self.size += len(source.raw)

    def add(self, place: int, source: Source, outcome: Outcome) -> None:
        """Add the result of analysing a source with hits."""
        if outcome.undecodable is not None:
            self.skipped.append((place, Skipped(path=source.path, reason=outcome.undecodable)))
            self.files -= 1
            return
        self.findings += outcome.findings
        self.remarks += ((place, each) for each in _remarks(source, outcome.findings))
        if outcome.findings and self.texts is not None:
            self.texts[source.path] = outcome.text
        if outcome.note is not None:
            self.notes.append((place, Skipped(path=source.path, reason=outcome.note)))

    def result(self) -> ScanResult:
        """The whole result, in order."""
        self.findings.sort(key=lambda finding: (finding.path, finding.span, finding.rule))
        skipped, notes, remarks = (
            tuple(each for _, each in sorted(one, key=operator.itemgetter(0)))
            for one in (self.skipped, self.notes, self.remarks)
        )
        coverage = Coverage(files=self.files, bytes=self.size, skipped=skipped, notes=notes, remarks=remarks)
        return ScanResult(findings=tuple(self.findings), coverage=coverage)


def _remarks(source: Source, found: list[Finding]) -> Iterable[Skipped]:
    if not may_be_marked(source.raw):
        return ()
    from scanner import ignore

    return ignore.remarks(source, found)
