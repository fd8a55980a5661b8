"""Sources in, judged findings out: prefilter, reader, detectors, judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from scanner import keyfiles
from scanner.late import late_methods
from scanner.prefilter import Prefilter
from scanner.raw import ARCHIVES, archive_of, looks_binary, scan_bytes
from scanner.source import Coverage, ScanResult, Settings, Skipped, Source

if TYPE_CHECKING:
    from rules.model import RuleSet
    from scanner.analysis import Knowledge
    from scanner.model import Finding

_LFS = b"version https://git-lfs.github.com/spec/"
_POINTER, _BINARY = "Git LFS pointer", "binary"
# All reasons of `policy`.
REASONS = (_POINTER, _BINARY, *(f"archive ({name})" for name in ARCHIVES))


def scan(
    sources: Iterable[Source | Skipped],
    prefilter: Prefilter,
    rules: Callable[[], RuleSet],
    settings: Callable[[], Settings],
    texts: dict[str, str] | None = None,
) -> ScanResult:
    """Scan everything. `rules` and `settings` are asked for only when something is hit.

    `texts` receives the text of every document that holds a finding, by path: reports show lines of it, masked.
    """
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    notes: list[Skipped] = []
    remarks: list[Skipped] = []
    files = size = 0
    knowledge: Knowledge | None = None
    for source in sources:
        if isinstance(source, Skipped):
            skipped.append(source)
            continue
        if keyfiles.identify(source.raw) is not None:
            findings += keyfiles.find(source, rules().weights, settings())
            files += 1
            size += len(source.raw)
            continue
        reason = policy(source)
        if reason is not None:
            skipped.append(Skipped(path=source.path, reason=reason))
            continue
        files += 1
        size += len(source.raw)
        hits = prefilter.find(scan_bytes(source.raw))
        if not hits:
            remarks += _remarks(source, [])
            continue
        with late_methods():
            from scanner import analysis
        from scanner.text import UndecodableError

        if knowledge is None:
            knowledge = analysis.learn(rules(), prefilter)
        try:
            found, note, text = analysis.analyse(source, hits, knowledge, settings())
        except UndecodableError as error:
            skipped.append(Skipped(path=source.path, reason=str(error)))
            files -= 1
            continue
        findings += found
        remarks += _remarks(source, found)
        if found and texts is not None:
            texts[source.path] = text
        if note is not None:
            notes.append(Skipped(path=source.path, reason=note))
    findings.sort(key=lambda finding: (finding.path, finding.span, finding.rule))
    coverage = Coverage(files=files, bytes=size, skipped=tuple(skipped), notes=tuple(notes), remarks=tuple(remarks))
    return ScanResult(findings=tuple(findings), coverage=coverage)


def _remarks(source: Source, found: list[Finding]) -> Iterable[Skipped]:
    if b"nhardcode:" not in source.raw and b"NHARDCODE:" not in source.raw:
        return ()
    from scanner import ignore

    return ignore.remarks(source, found)


def policy(source: Source) -> str | None:
    """Why a source is not looked into, or None."""
    if source.raw.startswith(_LFS):
        return _POINTER
    if not looks_binary(source.raw):
        return None
    name = archive_of(source.raw)
    return _BINARY if name is None else f"archive ({name})"
