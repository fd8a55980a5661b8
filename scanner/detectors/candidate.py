"""The record that detectors yield: a possible credential in a literal, not yet judged."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace

from scanner.model import CredentialKind, Document, Literal, SecretValue, Span

# Which detector names the finding where several see the same characters. An object in a string is a HOLDER: the names
# inside it say more than its own.
CERTAIN, STRONG, URL, SINK, NAME, HOLDER, WEAK, CARRIER, OWN = 7, 6, 5, 4, 3, 2, 1, 0, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The decoded text of an encoded value, and the candidates in it."""

    document: Document
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible credential. `evidence` are names of weights in judge.toml; the highest `rank` names the rule.

    `inside` is the content of an encoded value, which is judged instead, else None. `added` is the evidence that a
    repository's own rules add to a built-in one: it counts if it raises the sum.
    """

    rank: int
    rule: str
    title: str
    kind: CredentialKind
    severity: str
    literal: Literal
    span: Span
    value: SecretValue
    evidence: tuple[str, ...]
    added: tuple[str, ...] = ()
    prefix: str = ""
    engine: str | None = None
    provider: str | None = None
    rotate: str | None = None
    env: str | None = None
    inside: Inside | None = None


def merge(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate for each run of characters: the highest rank names it, and all evidence counts once."""
    ordered = sorted(candidates, key=lambda c: (-c.rank, c.span.start - c.span.end, c.span.start, c.rule))
    kept: list[Candidate] = []
    # Kept candidates do not overlap: their starts, with each its index in `kept`, sorted together.
    starts: list[int] = []
    order: list[int] = []
    for candidate in ordered:
        first = bisect.bisect_right(starts, candidate.span.start)
        if first and kept[order[first - 1]].span.end > candidate.span.start:
            first -= 1
        after = bisect.bisect_left(starts, candidate.span.end, lo=first)
        if first < after:
            at = min(order[first:after])
            kept[at] = _absorb(kept[at], candidate)
        else:
            starts.insert(first, candidate.span.start)
            order.insert(first, len(kept))
            kept.append(candidate)
    return [kept[at] for at in order]


def _absorb(kept: Candidate, other: Candidate) -> Candidate:
    if other.rank == OWN and kept.rank != OWN:
        # An own rule is part of the scanned repository: to a built-in finding it may only add where to rotate.
        return replace(
            kept,
            added=(*kept.added, *(name for name in other.evidence if name not in (*kept.evidence, *kept.added))),
            env=kept.env or other.env,
            rotate=kept.rotate or other.rotate,
        )
    # A name may call an id a key; its format is more reliable.
    if other.kind is CredentialKind.ACCESS_KEY_ID and kept.rank == NAME and kept.span == other.span:
        kept = replace(
            kept, rule=other.rule, title=other.title, kind=other.kind, severity=other.severity, prefix=other.prefix
        )
    evidence = (*kept.evidence, *(name for name in other.evidence if name not in kept.evidence))
    return replace(
        kept,
        evidence=evidence,
        engine=kept.engine or other.engine,
        env=kept.env or other.env,
        provider=kept.provider or other.provider,
        rotate=kept.rotate or other.rotate,
        inside=kept.inside or other.inside,
    )
