"""Detect credentials inside encoded values: the finding is the whole value, as the program sees it.

No part of an encoded value could be replaced, so no part is reported. Its kind is `credentials`: it is stored as it is,
and decoded by whoever reads it.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence

from scanner.decoding import MOST, decoded
from scanner.detectors.candidate import NAME, URL, Candidate, Inside
from scanner.model import CredentialKind, Document, Kind, Literal, Source, Span
from scanner.surroundings import in_kubernetes_secret
from scanner.text import decode

RULE = "encoded-credentials"


def detect(
    document: Document,
    literals: Sequence[Literal],
    found: Sequence[Candidate],
    look: Callable[[Document], list[Candidate]],
) -> Iterator[Candidate]:
    """A candidate per literal with credentials inside. `found` are the document's own; `look` searches a text."""
    known = sorted(candidate.span for candidate in found if candidate.rank > NAME)
    tried = 0
    for literal in literals:
        value = literal.value.reveal("text")
        span = literal.source_span(0, len(value))
        plain = None if _overlaps(span, known) else decoded(value, surely=in_kubernetes_secret(literal, document))
        if plain is None:
            continue
        tried += 1
        if tried > MOST:
            return
        kind = Kind.JSON if plain.lstrip()[:1] == "{" else Kind.TEXT
        inner = decode(Source(path=document.path, raw=plain.encode()), kind)
        candidates = look(inner)
        if candidates:
            yield _candidate(literal, span, inner, candidates)


def _overlaps(span: Span, known: Sequence[Span]) -> bool:
    """Whether a span overlaps one of some sorted spans that hardly overlap each other."""
    at = bisect.bisect_right(known, span)
    return any(each.start < span.end and span.start < each.end for each in known[max(0, at - 1) : at + 1])


def _candidate(literal: Literal, span: Span, inner: Document, candidates: list[Candidate]) -> Candidate:
    first = max(candidates, key=lambda each: (each.kind is not CredentialKind.ACCESS_KEY_ID, each.rank))
    return Candidate(
        rank=URL,
        rule=RULE,
        title=first.title if first.rule == RULE else f"{first.title}, encoded",
        kind=CredentialKind.CREDENTIALS,
        severity=first.severity,
        literal=literal,
        span=span,
        value=literal.value,
        evidence=("encoded",),
        provider=first.provider,
        rotate=first.rotate,
        inside=Inside(document=inner, candidates=tuple(candidates)),
    )
