"""Sources in, judged findings out: prefilter, reader, detectors, judge."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.model import Coverage, Document, Finding, Kind, Literal, ScanResult, Skipped, Source
from scanner.prefilter import BARE, CALL, IMPORT, PROVIDER, QUOTED, URL, Prefilter, read_table
from scanner.text import UndecodableError, looks_binary, scan_bytes

if TYPE_CHECKING:
    from rules.model import ProviderRule, RuleSet
    from scanner.detectors.candidate import Candidate
    from scanner.detectors.sink import SinkIndex

_LFS = b"version https://git-lfs.github.com/spec/"
_READERS = {
    Kind.PYTHON: "python",
    Kind.DOTENV: "dotenv",
    Kind.YAML: "structured",
    Kind.JSON: "structured",
    Kind.TOML: "structured",
    Kind.INI: "structured",
    Kind.NOTEBOOK: "notebook",
    Kind.TEXT: "text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is needed once something was hit; loading it costs more than a clean scan."""

    rules: RuleSet
    providers: dict[str, ProviderRule]
    sinks: SinkIndex
    table: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to scan. `scope` is the named PATH below which a path's role is judged; `key` keys the fingerprints."""

    key: bytes
    scope: str = ""
    foreign_markers: bool = True


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
    files = size = 0
    knowledge: Knowledge | None = None
    for source in sources:
        if isinstance(source, Skipped):
            skipped.append(source)
            continue
        reason = policy(source)
        if reason is not None:
            skipped.append(Skipped(path=source.path, reason=reason))
            continue
        files += 1
        size += len(source.raw)
        hits = prefilter.find(scan_bytes(source.raw))
        if not hits:
            continue
        if knowledge is None:
            knowledge = learn(rules(), prefilter)
        try:
            found, note, text = analyse(source, hits, knowledge, settings())
        except UndecodableError as error:
            skipped.append(Skipped(path=source.path, reason=str(error)))
            files -= 1
            continue
        findings += found
        if found and texts is not None:
            texts[source.path] = text
        if note is not None:
            notes.append(Skipped(path=source.path, reason=note))
    findings.sort(key=lambda finding: (finding.path, finding.span, finding.rule))
    coverage = Coverage(files=files, bytes=size, skipped=tuple(skipped), notes=tuple(notes))
    return ScanResult(findings=tuple(findings), coverage=coverage)


def policy(source: Source) -> str | None:
    """Why a source is not looked into, or None."""
    if source.raw.startswith(_LFS):
        return "Git LFS pointer"
    return "binary" if looks_binary(source.raw) else None


def learn(rules: RuleSet, prefilter: Prefilter) -> Knowledge:
    """Index a rule set for the detectors."""
    from scanner.detectors.sink import make_index

    return Knowledge(
        rules=rules,
        providers={rule.id: rule for rule in rules.providers},
        sinks=make_index(rules),
        table=read_table(prefilter),
    )


def analyse(
    source: Source, hits: list[tuple[int, int]], knowledge: Knowledge, settings: Settings
) -> tuple[list[Finding], str | None, str]:
    """The findings of one document with hits, a note if it was read in a lesser way than its name promises, its text."""
    from scanner.readers.kinds import kind_of
    from scanner.text import character_offsets, decode

    kind = kind_of(source.path, source.raw[:4096])
    wanted, providers, imported = _sorted_out(hits, knowledge, kind)
    if not wanted:
        return [], None, ""
    document = decode(source, kind)
    ends = sorted(wanted | {end for found in providers.values() for end in found})
    characters = dict(zip(ends, character_offsets(document.utf8, document.text, ends), strict=True))
    literals, note = _literals(document, [characters[end] for end in ends])
    by_rule = {rule: [characters[end] for end in sorted(set(found))] for rule, found in providers.items()}
    candidates = _detected(document, literals, by_rule, imported, knowledge)
    return list(_judged(document, candidates, knowledge, settings)), note, document.text


def _sorted_out(
    hits: list[tuple[int, int]], knowledge: Knowledge, kind: Kind
) -> tuple[set[int], dict[str, list[int]], frozenset[str]]:
    """Byte offsets worth a look, those of each provider rule, and the import roots of the file."""
    code = kind in (Kind.PYTHON, Kind.NOTEBOOK)
    table = knowledge.table
    imported = frozenset(table[number][1] for number, _ in hits if table[number][0] == IMPORT)
    wanted: set[int] = set()
    providers: dict[str, list[int]] = {}
    for number, end in hits:
        role, ref = table[number]
        if role == PROVIDER:
            providers.setdefault(ref, []).append(end)
            wanted.add(end)
        elif role in (QUOTED, URL) or (role == BARE and not code):
            wanted.add(end)
        elif role == CALL and code and (not ref or not imported.isdisjoint(ref.split(" "))):
            wanted.add(end)
    return wanted, providers, imported


def _literals(document: Document, offsets: list[int]) -> tuple[list[Literal], str | None]:
    from scanner.readers.errors import Unreadable

    reader = importlib.import_module(f"scanner.readers.{_READERS[document.kind]}")
    try:
        return list(reader.read(document, offsets)), None
    except Unreadable as error:
        fallback = importlib.import_module("scanner.readers.text")
        note = f"read as plain text: {error.what} at line {error.line}, column {error.column}"
        return list(fallback.read(document, offsets)), note


def _detected(
    document: Document,
    literals: list[Literal],
    providers: dict[str, list[int]],
    imported: frozenset[str],
    knowledge: Knowledge,
) -> list[Candidate]:
    from scanner.detectors import named, provider, sink, url
    from scanner.detectors.candidate import merge

    found: list[Candidate] = []
    for rule, offsets in providers.items():
        found += provider.detect(document, knowledge.providers[rule], offsets, literals)
    for literal in literals:
        if not literal.value.text.strip():
            continue
        if literal.parts > 1 and not literal.dynamic:
            for split_rule in knowledge.rules.providers:
                found += provider.detect_in_value(split_rule, literal)
        found += url.detect(literal)
        found += sink.detect(literal, knowledge.sinks, path=document.path, imported=imported)
        found += named.detect(literal, knowledge.rules.names)
    return merge(found)


def _judged(
    document: Document, candidates: list[Candidate], knowledge: Knowledge, settings: Settings
) -> Iterator[Finding]:
    from scanner import identity
    from scanner.ignore import ignored
    from scanner.judge import confidence_of, is_signal, judge
    from scanner.model import Confidence
    from scanner.text import line_starts, position

    starts = line_starts(document.text)
    ordinals: dict[tuple[str, str], int] = {}
    source = document.source
    for candidate in candidates:
        if not is_signal(candidate):
            continue
        evidence, score = judge(
            candidate,
            path=source.path,
            scope=settings.scope,
            names=knowledge.rules.names,
            weights=knowledge.rules.weights,
        )
        confidence = confidence_of(score)
        start, end = position(starts, candidate.span.start), position(starts, candidate.span.end)
        kind, symbol = candidate.kind.value, _symbol(candidate.literal)
        ordinal = ordinals[kind, symbol] = ordinals.get((kind, symbol), -1) + 1
        suppressed = None if confidence is not None else "the evidence against it is stronger"
        checked = any(piece.name == "checksum-valid" for piece in evidence)
        if suppressed is None:
            suppressed = ignored(
                document.text,
                starts,
                first=start[0],
                last=end[0],
                rule=candidate.rule,
                # Another tool's marker never silences a token whose checksum is valid.
                foreign=settings.foreign_markers and not checked,
            )
        yield Finding(
            rule=candidate.rule,
            title=candidate.title,
            kind=candidate.kind,
            severity=candidate.severity,
            path=source.path,
            span=candidate.span,
            start=start,
            end=end,
            literal=candidate.literal,
            value=candidate.value,
            evidence=evidence,
            score=score,
            confidence=confidence or Confidence.LOW,
            fingerprint=identity.fingerprint(
                settings.key, kind=kind, value=candidate.value, path=source.path, symbol=symbol
            ),
            place=identity.place(kind=kind, path=source.path, symbol=symbol, ordinal=ordinal),
            prefix=candidate.prefix,
            engine=candidate.engine,
            provider=candidate.provider,
            rotate=candidate.rotate,
            env=candidate.env,
            suppressed=suppressed,
            tracked=source.tracked,
            blob=source.blob,
            commit=source.commit,
            in_head=source.in_head,
            introduced=source.introduced,
        )


def _symbol(literal: Literal) -> str:
    """The enclosing symbol with the literal's own name: what stays when lines move."""
    return ".".join(part for part in (literal.symbol, literal.name or "") if part)
