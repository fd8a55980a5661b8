"""Detect provider formats: confirm prefilter hits with the exact pattern (`re`) in a bounded window."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence

from rules.checks import CHECKS
from rules.lazy_patterns import lazy_pattern
from rules.model import ProviderRule, Verdict
from rules.own import PREFIX
from rules.patterns import FORWARD, compile_pattern
from scanner.detectors.candidate import CERTAIN, OWN, STRONG, WEAK, Candidate
from scanner.model import CredentialKind, Document, Literal, Role, SecretValue, Span

_BLOB = 60
_BASE64 = lazy_pattern(rf"[A-Za-z0-9+/]{{{_BLOB}}}")
_RANKS = {"certain": CERTAIN, "strong": STRONG, "weak": WEAK}


@functools.lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """The rule's pattern for `re`, restricted to ASCII as in Hyperscan."""
    return compile_pattern(pattern)


class Holders:
    """The literals of a document indexed by position, to find the one around a token without asking each."""

    def __init__(self, literals: Sequence[Literal]) -> None:
        # Of literals with the same start the longest first; of equal ones in reverse order, as the search goes
        # backwards.
        order = sorted(range(len(literals)), key=lambda at: (literals[at].span.start, -literals[at].span.end, -at))
        self._literals = [literals[at] for at in order]
        self._starts = [literal.span.start for literal in self._literals]
        self._outer: list[int] = []
        for number, literal in enumerate(self._literals):
            outer = number - 1
            while outer >= 0 and self._literals[outer].span.end <= literal.span.end:
                outer = self._outer[outer]
            self._outer.append(outer)

    def around(self, span: Span) -> Literal | None:
        """The innermost literal that contains a span; of two that overlap the later one."""
        at = bisect.bisect_right(self._starts, span.start) - 1
        while at >= 0 and self._literals[at].span.end < span.end:
            at = self._outer[at]
        return self._literals[at] if at >= 0 else None


def detect(document: Document, rule: ProviderRule, offsets: Sequence[int], holders: Holders) -> Iterator[Candidate]:
    """Every match of one rule around the prefilter's hits (code-point offsets of match ends)."""
    pattern = compiled(rule.pattern)
    text = document.text
    own = rule.id.startswith(PREFIX)
    done = clear = -1
    for offset in offsets:
        if offset <= max(done, clear):
            continue
        # Twice as far as a match can end: text without a match is not searched again for each hit in it.
        end = min(len(text), offset + 2 * FORWARD)
        clear = len(text) if end == len(text) else end - FORWARD
        for found in pattern.finditer(text, max(0, offset - rule.reach), end):
            if found.start() > offset:
                clear = min(clear, found.start() - 1)
                break
            # After a match `re` continues behind it, but another match may begin inside it.
            clear = -1
            # `re` may find a match before the hit that another hit found already, or one that only `re` sees.
            if found.start("secret") <= done:
                continue
            done = found.end("secret")
            span = Span(*found.span("secret"))
            if own or not _is_cut_out(text, span):
                yield _candidate(rule, span, found["secret"], _holder(document, span, holders))


def detect_in_value(rule: ProviderRule, literal: Literal) -> Iterator[Candidate]:
    """Every match of one rule in a value made of several tokens, which does not appear in the source in one piece."""
    text = literal.value.reveal("text")
    for found in compiled(rule.pattern).finditer(text):
        if not rule.id.startswith(PREFIX) and _is_cut_out(text, Span(*found.span("secret"))):
            continue
        span = literal.source_span(*found.span("secret"))
        yield _candidate(rule, span, found["secret"], literal)


def _is_cut_out(text: str, span: Span) -> bool:
    """Whether a match is in the middle of base64: binary data contains every short prefix somewhere."""
    return _BASE64.fullmatch(text, max(0, span.start - _BLOB), span.start) is not None


def _candidate(rule: ProviderRule, span: Span, text: str, literal: Literal) -> Candidate:
    value = _value(span, text, literal)
    text = value.reveal("text")
    return Candidate(
        # A repository's own rule names only what no built-in rule does: it is part of what is scanned.
        rank=OWN if rule.id.startswith(PREFIX) else _RANKS[rule.strength],
        rule=rule.id,
        title=rule.title,
        kind=CredentialKind(rule.kind),
        severity=rule.severity,
        literal=literal,
        span=span,
        value=value,
        evidence=(f"provider-{rule.strength}", *_checked(rule, text)),
        prefix=rule.prefix if _is_shown(rule, text) else "",
        provider=rule.provider,
        rotate=rule.rotate,
        env=rule.env,
    )


def _is_shown(rule: ProviderRule, text: str) -> bool:
    # The prefix of a repository's own rule was not reviewed: it may be the whole value.
    short = not rule.id.startswith(PREFIX) or 2 * len(rule.prefix) <= len(text)
    return short and text.startswith(rule.prefix)


def _value(span: Span, text: str, literal: Literal) -> SecretValue:
    """The value of a match as the program sees it: the source may have escapes (a PEM block with `\n`)."""
    if literal.offsets is not None:
        start, end = (bisect.bisect_left(literal.offsets, at) for at in (span.start, span.end))
        if literal.source_span(start, end) == span:
            text = literal.value.reveal("text")[start:end]
    whole = literal.role is not Role.TEXT and text == literal.value.reveal("text")
    return literal.value if whole else SecretValue(text)


def _checked(rule: ProviderRule, text: str) -> tuple[str, ...]:
    if rule.check is None:
        return ()
    verdict = CHECKS[rule.check](text)
    if verdict is Verdict.PASS:
        return ("checksum-valid",)
    return ("checksum-invalid",) if verdict is Verdict.FAIL else ()


def _holder(document: Document, span: Span, holders: Holders) -> Literal:
    """The innermost literal around a span; if there is none (a comment, prose), a new one for it."""
    around = holders.around(span)
    if around is not None:
        return around
    value = SecretValue(document.text[span.start : span.end])
    return Literal(span=span, value=value, role=Role.TEXT, body=span.start)
