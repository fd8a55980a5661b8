"""What detectors yield: a possible credential in a literal, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scanner.model import CredentialKind, Literal, SecretValue, Span

# Which detector names the finding where several see the same characters.
CERTAIN, STRONG, URL, SINK, NAME, WEAK, CARRIER = 6, 5, 4, 3, 2, 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible credential. `evidence` are names of weights in judge.toml; `rank` decides which rule names it."""

    rank: int
    rule: str
    title: str
    kind: CredentialKind
    severity: str
    literal: Literal
    span: Span
    value: SecretValue
    evidence: tuple[str, ...]
    prefix: str = ""
    engine: str | None = None
    provider: str | None = None
    rotate: str | None = None
    env: str | None = None


def merge(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate for each run of characters: the highest rank names it, the evidence of all counts once."""
    found: list[Candidate] = []
    ordered = sorted(candidates, key=lambda c: (-c.rank, c.span.start - c.span.end, c.span.start, c.rule))
    for candidate in ordered:
        for at, kept in enumerate(found):
            if candidate.span.start < kept.span.end and kept.span.start < candidate.span.end:
                found[at] = _absorb(kept, candidate)
                break
        else:
            found.append(candidate)
    return sorted(found, key=lambda c: c.span)


def _absorb(kept: Candidate, other: Candidate) -> Candidate:
    evidence = (*kept.evidence, *(name for name in other.evidence if name not in kept.evidence))
    return replace(
        kept,
        evidence=evidence,
        engine=kept.engine or other.engine,
        env=kept.env or other.env,
        provider=kept.provider or other.provider,
        rotate=kept.rotate or other.rotate,
    )
