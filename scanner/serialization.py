"""Findings on their way from a worker, or into the record: where each value stands, never the value.

Whoever has the version's bytes makes the finding whole again, and the keyed fingerprint proves that it is the same one.
What cannot be read back off the text as it stands (an escape, an encoded password) is not handed on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from scanner import identity
from scanner.model import (
    Argument,
    Confidence,
    CredentialKind,
    Evidence,
    Finding,
    Literal,
    Role,
    SecretValue,
    Sibling,
    Span,
    SuppressedBy,
    Suppression,
)
from scanner.readers.kinds import kind_of
from scanner.source import Source
from scanner.text import UndecodableError, decode

_FACTS = ("rule", "title", "severity", "score", "fingerprint", "place", "prefix", "engine", "provider", "rotate",
          "env")  # fmt: skip


def dump(findings: Iterable[Finding], source: Source) -> bytes | None:
    """The findings of one version without their values; None where one could not be made whole again."""
    text = text_of(source)
    rows = [] if text is None else [_row(finding, text) for finding in findings]
    if text is None or None in rows:
        return None
    return json.dumps(rows, separators=(",", ":")).encode()


def load(data: bytes, source: Source, key: bytes) -> list[Finding] | None:
    """The findings of a version, whole again; None where they are not those of this text and key."""
    text = text_of(source)
    if text is None:
        return None
    found = [_finding(row, source, text) for row in json.loads(data)]
    whole = [finding for finding in found if finding is not None and _is_same(finding, key)]
    return whole if len(whole) == len(found) else None


def text_of(source: Source) -> str | None:
    """The text that spans count in; None where there is none."""
    try:
        return decode(source, kind_of(source.path, source.raw[:4096])).text
    except UndecodableError:
        return None


def _is_same(finding: Finding, key: bytes) -> bool:
    assert finding.value is not None
    symbol = finding.literal.path
    made = identity.fingerprint(key, kind=finding.kind.value, value=finding.value, path=finding.path, symbol=symbol)
    return made == finding.fingerprint


# --- out -----------------------------------------------------------------------------------------------------


def _row(finding: Finding, text: str) -> list[Any] | None:
    literal = finding.literal
    siblings = [_sibling(sibling, literal.value, text) for sibling in literal.siblings]
    span = finding.span
    whole = finding.value == literal.value
    if finding.value is None or None in siblings:
        return None
    if not whole and not _is_text(finding.value, text[span.start : span.end]):
        return None
    if not _is_text(literal.value, _text_at(literal.body, literal.offsets, len(literal.value.reveal("text")), text)):
        return None
    arguments = [
        [each.callees, each.index, each.keyword, _pair(each.call), each.typed, each.element, each.key]
        for each in literal.arguments
    ]
    shape = [_pair(literal.span), literal.role.value, literal.name, literal.symbol, literal.body, literal.offsets,
             len(literal.value.reveal("text")), literal.value.is_bytes, literal.parts, literal.dynamic, arguments,
             literal.container and _pair(literal.container), siblings]  # fmt: skip
    evidence = [[piece.name, piece.weight, piece.text] for piece in finding.evidence]
    facts = [getattr(finding, name) for name in _FACTS]
    suppressed = finding.suppressed and [finding.suppressed.by.value, finding.suppressed.reason]
    return [finding.kind.value, finding.confidence.value, _pair(span), whole, finding.value.is_bytes, finding.start,
            finding.end, evidence, suppressed, facts, shape]  # fmt: skip


def _sibling(sibling: Sibling, own: SecretValue, text: str) -> list[Any] | None:
    """A sibling's name and where its value stands; 0 to 0 for that of the literal itself, which is among them."""
    if sibling.value == own:
        return [sibling.name, _pair(sibling.span), 0, 0, False]
    value = sibling.value.reveal("text")
    # An empty one stands at the beginning of its span, which is not that of the text: its name stands there.
    at = text.find(value, sibling.span.start, sibling.span.end)
    if at <= 0:
        return None
    return [sibling.name, _pair(sibling.span), at, at + len(value), sibling.value.is_bytes]


def _is_text(value: SecretValue, text: str) -> bool:
    return value.reveal("text") == text


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


# --- in ------------------------------------------------------------------------------------------------------


def _finding(row: Sequence[Any], source: Source, text: str) -> Finding | None:
    kind, confidence, span, whole, is_bytes, start, end, evidence, suppressed, facts, shape = row
    literal = _literal(shape, text)
    if literal is None:
        return None
    value = literal.value if whole else _value(text[span[0] : span[1]], is_bytes=is_bytes)
    if value is None:
        return None
    return Finding(
        kind=CredentialKind(kind),
        confidence=Confidence(confidence),
        path=source.path,
        span=Span(*span),
        start=(start[0], start[1]),
        end=(end[0], end[1]),
        literal=literal,
        value=value,
        evidence=tuple(Evidence(name=name, weight=weight, text=said) for name, weight, said in evidence),
        suppressed=suppressed and Suppression(SuppressedBy(suppressed[0]), suppressed[1]),
        tracked=source.tracked,
        blob=source.blob,
        commit=source.commit,
        in_head=source.in_head,
        introduced=source.introduced,
        **dict(zip(_FACTS, facts, strict=True)),
    )


def _literal(shape: Sequence[Any], text: str) -> Literal | None:
    span, role, name, symbol, body, offsets, length, is_bytes, parts, dynamic, arguments, container, siblings = shape
    value = _value(_text_at(body, offsets, length, text), is_bytes=is_bytes)
    beside = [
        (called, _value(text[start:end], is_bytes=as_bytes) if end else value, at)
        for called, at, start, end, as_bytes in siblings
    ]
    if value is None or any(one is None for _, one, _ in beside):
        return None
    return Literal(
        span=Span(*span),
        value=value,
        role=Role(role),
        name=name,
        symbol=symbol,
        body=body,
        offsets=None if offsets is None else tuple(offsets),
        parts=parts,
        dynamic=dynamic,
        arguments=tuple(_argument(*each) for each in arguments),
        container=container and Span(*container),
        siblings=tuple(
            Sibling(name=called, value=one, span=Span(*at)) for called, one, at in beside if one is not None
        ),
    )


def _argument(
    callees: list[str],
    index: int | None,
    keyword: str | None,
    call: list[int],
    typed: bool,
    element: int | None,
    key: str | None,
) -> Argument:
    return Argument(
        callees=tuple(callees), index=index, keyword=keyword, call=Span(*call), typed=typed, element=element, key=key
    )


def _text_at(body: int, offsets: Sequence[int] | None, length: int, text: str) -> str:
    """What stands in the text at a literal's characters."""
    if offsets is None:
        return text[body : body + length]
    return "".join([text[at : at + 1] for at in offsets[:-1]])


def _value(text: str, *, is_bytes: bool) -> SecretValue | None:
    try:
        return SecretValue(text.encode("latin-1") if is_bytes else text)
    except UnicodeEncodeError:
        return None
