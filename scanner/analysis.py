"""Analyse one document with prefilter hits: reader, detectors, judge. Imported only after the first hit."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from rules.model import ProviderRule, RuleSet
from scanner import companions, identity, ignore, keyfiles
from scanner.content import scan_bytes, skip_reason
from scanner.decoding import DEPTH
from scanner.detectors import auth, encoded, named, provider, sink, url
from scanner.detectors.candidate import Candidate, merge
from scanner.detectors.possible import (
    Takers,
    is_call,
    is_named,
    is_possible,
    is_setting,
    may_be_named,
    takers_of,
    takes,
)
from scanner.judge import confidence_of, is_signal, judge
from scanner.lazy_dataclasses import lazy_dataclasses
from scanner.model import Confidence, Document, Finding, Kind, Literal, Source, Span, SuppressedBy, Suppression
from scanner.prefilter import Hit, Prefilter, Table, read_table, sort_out, with_own_calls
from scanner.readers.errors import Unreadable
from scanner.readers.kinds import CODE, kind_of
from scanner.readers.wanted import MayBeNamed, Wanted
from scanner.roles import is_lock_file
from scanner.source import Settings
from scanner.text import UndecodableError, character_offsets, decode, line_starts, position

_READERS = {
    Kind.PYTHON: "python",
    Kind.DOTENV: "dotenv",
    Kind.YAML: "structured",
    Kind.JSON: "structured",
    Kind.TOML: "structured",
    Kind.INI: "structured",
    Kind.NOTEBOOK: "notebook",
    Kind.CSV: "delimited",
    Kind.TEXT: "text",
}
_STRING_OR_COMMENT = lazy_pattern(r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|#[^\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the analysis needs after a hit; loading it costs more than a clean scan."""

    rules: RuleSet
    providers: dict[str, ProviderRule]
    sinks: sink.SinkIndex
    prefilter: Prefilter
    table: Table
    takers: Takers


class Analysed(NamedTuple):
    """The findings of a document, its text, and a note if it was read as plain text despite its name."""

    findings: list[Finding]
    note: str | None
    text: str

    def __repr__(self) -> str:
        return f"Analysed({len(self.findings)} findings, {self.note!r}, <{len(self.text)} characters>)"


def learn(rules: RuleSet, prefilter: Prefilter) -> Knowledge:
    """Index a rule set for the detectors."""
    sinks = sink.make_index(rules)
    return Knowledge(
        rules=rules,
        providers={rule.id: rule for rule in rules.providers},
        sinks=sinks,
        prefilter=prefilter,
        table=with_own_calls(read_table(prefilter)),
        takers=takers_of(rules, sinks),
    )


def analyse(source: Source, hits: list[Hit], knowledge: Knowledge, settings: Settings) -> Analysed:
    """Analyse one document at its prefilter hits. Raises UndecodableError."""
    kind = kind_of(source.path, source.raw[:4096])
    wanted, providers, imported = sort_out(hits, knowledge.table, code=kind in CODE)
    if not wanted:
        return Analysed([], None, "")
    document = decode(source, kind)
    candidates, note = _candidates(document, wanted, providers, imported, knowledge, DEPTH)
    if document.kind is not kind:
        note = "read as plain text: its coding cookie names no encoding that keeps ASCII as it is"
    judged = list(_judged(document, candidates, knowledge, settings))
    settled = ignore.settle(document, judged, own=settings.own_markers, foreign=settings.foreign_markers)
    return Analysed(companions.absorb(settled, knowledge.rules.weights), note, document.text)


def findings_of(source: Source, knowledge: Knowledge, settings: Settings) -> list[Finding]:
    """The findings of one document that the evidence does not suppress. A binary file can only be a key file."""
    stores = keyfiles.find(source, knowledge.rules.weights, settings)
    if stores:
        return stores
    if skip_reason(source.raw) is not None:
        return []
    try:
        hits = knowledge.prefilter.find(scan_bytes(source.raw))
        return unsuppressed(analyse(source, hits, knowledge, settings).findings)
    except UndecodableError:
        return []


def unsuppressed(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that the evidence does not suppress; a history has thousands of the others."""
    return [finding for finding in findings if confidence_of(finding.score) is not None]


def _candidates(
    document: Document,
    wanted: set[int],
    providers: dict[str, list[int]],
    imported: frozenset[str],
    knowledge: Knowledge,
    depth: int,
) -> tuple[list[Candidate], str | None]:
    """All candidates of a document, merged, and a note if it was read as plain text. `depth` layers are decoded."""
    ends = sorted(wanted | {end for found in providers.values() for end in found})
    characters = dict(zip(ends, character_offsets(document, ends), strict=True))
    by_rule = {rule: [characters[end] for end in sorted(set(found))] for rule, found in providers.items()}
    literals, note = _literals(document, [characters[end] for end in ends], by_rule, imported, knowledge)
    found = _detected(document, literals, by_rule, imported, knowledge)
    if depth:
        found += encoded.detect(
            document, literals, found, partial(_inside_encoded, knowledge=knowledge, depth=depth - 1)
        )
    return merge(found), note


def _inside_encoded(document: Document, *, knowledge: Knowledge, depth: int) -> list[Candidate]:
    hits = knowledge.prefilter.find(document.utf8)
    wanted, providers, _ = sort_out(hits, knowledge.table, code=False)
    if not wanted:
        return []
    return _candidates(document, wanted, providers, frozenset(), knowledge, depth)[0]


def _literals(
    document: Document,
    offsets: list[int],
    providers: dict[str, list[int]],
    imported: frozenset[str],
    knowledge: Knowledge,
) -> tuple[list[Literal], str | None]:
    # Lock files are generated, have many thousand lines, and hold checksums: parsing them gains nothing.
    name = "text" if is_lock_file(document.path) else _READERS[document.kind]
    with lazy_dataclasses():
        reader = importlib.import_module(f"scanner.readers.{name}")
    named_so = partial(may_be_named, knowledge.takers)
    try:
        wanted = _wanted(providers, imported, knowledge) if name == "python" else named_so
        literals = list(reader.read(document, offsets, wanted))
        return [*literals, *_inside(document, literals, offsets, named_so)], None
    except Unreadable as error:
        note = f"read as plain text: {error.what} at line {error.line}, column {error.column}"
    except RecursionError:  # readers bound the nesting that they know of; one file must never end a scan
        note = "read as plain text: nested too deeply"
    return list(_as_text(document, offsets, named_so)), note


def _as_text(document: Document, offsets: list[int], named_so: MayBeNamed) -> Iterator[Literal]:
    """The literals of a text that its own reader could not parse."""
    from scanner.readers import parts, text

    if document.kind is not Kind.PYTHON:
        yield from text.read(document, offsets, named_so)
        return
    # Python of another version is still code: `password = given` is a credential only in a comment.
    beside = parts.comment_hits(document, offsets, _strings(document.text))
    yield from text.read(document, sorted(set(offsets).difference(beside)), named_so, code=True)
    yield from text.read(document, beside, named_so)


def _strings(text: str) -> list[Span]:
    """The one-line strings of a program that does not parse, without those in its comments."""
    return [Span(*found.span()) for found in _STRING_OR_COMMENT.finditer(text) if found[0][0] != "#"]


def _wanted(providers: dict[str, list[int]], imported: frozenset[str], knowledge: Knowledge) -> Wanted:
    """Which strings of a Python file are worth decoding."""
    takers, prefilter, table = knowledge.takers, knowledge.prefilter, knowledge.table
    return Wanted(
        is_possible=partial(is_possible, takers),
        is_named=partial(is_named, takers),
        is_call=partial(is_call, takers, imported),
        takes=partial(takes, takers, imported),
        carriers=takers.carriers,
        keys=takers.keys,
        is_setting=partial(is_setting, takers, imported),
        has_provider_shape=lambda value: bool(sort_out(prefilter.find(value), table, code=True).providers),
        providers=sorted(offset for found in providers.values() for offset in found),
    )


def _inside(document: Document, literals: list[Literal], offsets: list[int], named_so: MayBeNamed) -> Iterator[Literal]:
    """The literals inside Python strings (INI text, JSON, a query), and in comments after statements."""
    if document.kind not in CODE:
        return
    from scanner.readers import parts

    for literal in literals:
        yield from parts.inner(literal, offsets, named_so)
    spans = sorted(literal.span for literal in literals)
    beside = parts.comment_hits(document, offsets, spans) if document.kind is Kind.PYTHON else []
    if beside:
        from scanner.readers import text

        yield from text.read(document, beside, named_so)


def _detected(
    document: Document,
    literals: list[Literal],
    providers: dict[str, list[int]],
    imported: frozenset[str],
    knowledge: Knowledge,
) -> list[Candidate]:
    found: list[Candidate] = []
    holders = provider.Holders(literals if providers else ())
    for rule, offsets in providers.items():
        found += provider.detect(document, knowledge.providers[rule], offsets, holders)
    for literal in literals:
        if not literal.value.reveal("text").strip():
            continue
        if literal.parts > 1 and not literal.dynamic:
            found += _split(literal, knowledge)
        found += url.detect(literal)
        found += auth.detect(literal, document, knowledge.rules.names)
        found += sink.detect(literal, knowledge.sinks, path=document.path, imported=imported)
        found += named.detect(literal, knowledge.rules.names)
    return found


def _split(literal: Literal, knowledge: Knowledge) -> Iterator[Candidate]:
    """Provider formats in the value of a literal with several parts, which the source does not show in one piece."""
    hits = knowledge.prefilter.find(literal.value.reveal("bytes"))
    for rule in sort_out(hits, knowledge.table, code=True).providers:
        yield from provider.detect_in_value(knowledge.providers[rule], literal)


def _judged(
    document: Document, candidates: list[Candidate], knowledge: Knowledge, settings: Settings
) -> Iterator[Finding]:
    starts = line_starts(document.text)
    ordinals: dict[tuple[str, str], int] = {}
    source = document.source
    for candidate in candidates:
        if not is_signal(candidate):
            continue
        evidence, score = judge(
            candidate,
            document=document,
            scope=settings.scope,
            names=knowledge.rules.names,
            weights=knowledge.rules.weights,
        )
        confidence = confidence_of(score)
        start, end = position(starts, candidate.span.start), position(starts, candidate.span.end)
        kind, symbol = candidate.kind.value, candidate.literal.path
        ordinal = ordinals[kind, symbol] = ordinals.get((kind, symbol), -1) + 1
        suppressed = None if confidence is not None else Suppression(SuppressedBy.EVIDENCE)
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
