"""Serialise findings without their values, for workers and the history record.

A value is stored as offsets into its version's text, and restored from that version's bytes; the keyed fingerprint
proves that it is the same. What is not verbatim in the text (an escape, an encoded password) is not serialised.
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
    """The findings of one version without their values; None if one of them could not be restored."""
    text = text_of(source)
    if text is None:
        return None
    table = _Table()
    rows = [_row(finding, text, table) for finding in findings]
    if None in rows:
        return None
    return json.dumps([table.rows, rows], separators=(",", ":")).encode()


def load(data: bytes, source: Source, key: bytes) -> list[Finding] | None:
    """The restored findings of a version; None if they do not belong to this text and key."""
    text = text_of(source)
    if text is None:
        return None
    beside, rows = json.loads(data)
    table = [_read_sibling(row, text) for row in beside]
    if any(row[3] and one[0] is None for row, one in zip(beside, table, strict=True)):
        return None
    found = [_finding(row, table, source, text) for row in rows]
    whole = [finding for finding in found if finding is not None and _is_same(finding, key)]
    return whole if len(whole) == len(found) else None


def text_of(source: Source) -> str | None:
    """The text that spans count in; None if there is none."""
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


class _Table:
    """Stores each sibling once, however many literals share it, as thousands of literals in a file may.

    `rows` say where they are, `unread` has the values that are not verbatim in the text, by the sibling's number: these
    must be the literal's own.
    """

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.unread: dict[int, SecretValue] = {}
        self._numbers: dict[int, tuple[int, Sibling]] = {}  # keyed by identity, so each is kept alive

    def runs(self, siblings: Sequence[Sibling], own: SecretValue, text: str) -> list[list[int]] | None:
        """The numbers of siblings, as pairs of first number and count; None if one of them could not be restored."""
        found: list[list[int]] = []
        for sibling in siblings:
            if id(sibling) not in self._numbers:
                self._numbers[id(sibling)] = self._add(sibling, text), sibling
            number, _ = self._numbers[id(sibling)]
            if self.unread and self.unread.get(number, own) != own:
                return None
            if found and number == found[-1][0] + found[-1][1]:
                found[-1][1] += 1
            else:
                found.append([number, 1])
        return found

    def _add(self, sibling: Sibling, text: str) -> int:
        value = sibling.value.reveal("text")
        # An empty value is at the start of its span, not at the position of the text, which is its name's.
        at = text.find(value, sibling.span.start, sibling.span.end)
        if at <= 0:
            self.unread[len(self.rows)] = sibling.value
            self.rows.append([sibling.name, _pair(sibling.span), 0, 0, False])
        else:
            self.rows.append([sibling.name, _pair(sibling.span), at, at + len(value), sibling.value.is_bytes])
        return len(self.rows) - 1


def _row(finding: Finding, text: str, table: _Table) -> list[Any] | None:
    literal = finding.literal
    siblings = table.runs(literal.siblings, literal.value, text)
    span = finding.span
    whole = finding.value == literal.value
    if finding.value is None or siblings is None:
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


def _is_text(value: SecretValue, text: str) -> bool:
    return value.reveal("text") == text


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


# --- in ------------------------------------------------------------------------------------------------------


_Read = tuple[Sibling | None, str, Span]
"""A sibling, whole again; None for one with the literal's own value; and what it is called, and where it stands."""


def _read_sibling(row: Sequence[Any], text: str) -> _Read:
    name, (first, last), start, end, is_bytes = row
    value, span = _value(text[start:end], is_bytes=is_bytes) if end else None, Span(first, last)
    return None if value is None else Sibling(name=name, value=value, span=span), name, span


def _finding(row: Sequence[Any], table: Sequence[_Read], source: Source, text: str) -> Finding | None:
    kind, confidence, span, whole, is_bytes, start, end, evidence, suppressed, facts, shape = row
    literal = _literal(shape, table, text)
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


def _literal(shape: Sequence[Any], table: Sequence[_Read], text: str) -> Literal | None:
    span, role, name, symbol, body, offsets, length, is_bytes, parts, dynamic, arguments, container, runs = shape
    value = _value(_text_at(body, offsets, length, text), is_bytes=is_bytes)
    if value is None:
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
            sibling or Sibling(name=called, value=value, span=at)
            for first, count in runs
            for sibling, called, at in table[first : first + count]
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
    """The characters of the text at a literal's offsets."""
    if offsets is None:
        return text[body : body + length]
    return "".join([text[at : at + 1] for at in offsets[:-1]])


def _value(text: str, *, is_bytes: bool) -> SecretValue | None:
    try:
        return SecretValue(text.encode("latin-1") if is_bytes else text)
    except UnicodeEncodeError:
        return None
