"""Merge a key id with the secret next to it into one finding: the id is public, and tells whose secret it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rules.model import Weight
from rules.own import PREFIX
from scanner.detectors.name import split_words
from scanner.judge import confidence_of
from scanner.model import Confidence, CredentialKind, Evidence, Finding, SuppressedBy, Suppression

_SECRETS = frozenset((CredentialKind.ACCESS_KEY, CredentialKind.SECRET))
_STEMS = frozenset(("aws", "access", "secret", "key"))


def place_of(finding: Finding) -> tuple[object, ...]:
    """What the halves of a pair have in common: path, container, and the beginning of their names."""
    words = split_words(finding.literal.name or "")
    heads = [index for index, word in enumerate(words) if word in _STEMS]
    where = finding.literal.container or finding.literal.symbol
    return finding.path, where, words[: heads[0]] if heads else ()


def absorb(findings: Sequence[Finding], weights: dict[str, Weight]) -> list[Finding]:
    """The findings of one document; each id next to its secret is suppressed and becomes evidence for the secret.

    In one place, as many ids as secrets must exist, else nobody could say which belong together.
    """
    ids: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, finding in enumerate(findings):
        if finding.kind is CredentialKind.ACCESS_KEY_ID and _can_pair(finding):
            ids[place_of(finding)].append(number)
    settled = list(findings)
    if not ids:
        return settled
    secrets: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, finding in enumerate(findings):
        if finding.kind in _SECRETS and _can_pair(finding) and finding.confidence.rank > Confidence.LOW.rank:
            secrets[place_of(finding)].append(number)
    for place, own in ids.items():
        for number, secret in _paired(findings, own, secrets.get(place, ())):
            settled[number] = replace(findings[number], suppressed=Suppression(SuppressedBy.COMPANION))
            settled[secret] = _beside(settled[secret], weights)
    return settled


def is_counted(finding: Finding, counted: Iterable[Finding]) -> bool:
    """Whether a finding is an absorbed id whose secret is among the counted findings."""
    if finding.suppressed is None or finding.suppressed.by is not SuppressedBy.COMPANION:
        return False
    return any(place_of(other) == place_of(finding) for other in counted if other.kind in _SECRETS)


def _can_pair(finding: Finding) -> bool:
    # A repository's own rule must not hide anything, not even an id next to a secret of its own.
    return finding.suppressed is None and not finding.rule.startswith(PREFIX)


def _paired(findings: Sequence[Finding], ids: Sequence[int], secrets: Sequence[int]) -> list[tuple[int, int]]:
    same = [number for number in secrets if findings[number].provider in (None, findings[ids[0]].provider)]
    values = [len({findings[number].value for number in column}) for column in (ids, same)]
    if len(ids) != len(same) or values[0] != values[1]:
        return []
    return list(zip(ids, same, strict=True))


def _beside(finding: Finding, weights: dict[str, Weight]) -> Finding:
    weight = weights["companion"]
    evidence = Evidence(name="companion", weight=weight.weight, text=weight.text)
    pieces = sorted((*finding.evidence, evidence), key=lambda piece: (-abs(piece.weight), piece.name))
    score = round(finding.score + weight.weight, 2)
    return replace(finding, evidence=tuple(pieces), score=score, confidence=confidence_of(score) or finding.confidence)
