"""Inline ignore comments: ours, with rule and reason, and those of other tools.

`# unhardcode: ignore[rule, rule] reason` applies to its line; alone on a line, to the line below; on the first or last
line of a statement, or alone above it, to the statement, unless that line has a finding of its own. `ignore-start` and
`ignore-end` apply to the lines between them. Without brackets it applies to every rule; unclosed brackets contain the
rest of the line.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Finding, Kind, Source, Span, SuppressedBy, Suppression
from scanner.readers.kinds import kind_of
from scanner.roles import PathRole, role_of
from scanner.source import Skipped
from scanner.statements import statement_lines
from scanner.text import UndecodableError, decode, line_span, line_starts, position

NO_REASON = "no reason given"
_OURS = lazy_pattern(
    r"\b[Uu](?:nhardcode|NHARDCODE):[ \t]*(?i:ignore)(?P<block>-(?:start|end))?(?![\w-])"
    r"(?:[ \t]*\[(?P<rules>[^\]\r\n]{0,500})\]?)?(?P<reason>[^\r\n]{0,500})"
)
_OTHERS_SAME_LINE = lazy_pattern(
    r"gitleaks:allow|betterleaks:allow|trufflehog:ignore|kingfisher:ignore|pragma:\s*allowlist\s+secret|ggignore"
    r"|\bnosec\b(?!\s*B(?!10[567]))|noqa:[^\r\n]*\bS10[567]\b|nosemgrep",
    re.IGNORECASE,
)
_OTHERS_NEXT_LINE = lazy_pattern(r"pragma:\s*allowlist\s+nextline\s+secret", re.IGNORECASE)
# What opens a comment in the kinds of files that contain credentials.
_LEADER = lazy_pattern(r"(?:^|\s)(?:#|//|--|;|/\*|\*|<!--|\{#|%|(?i:rem))[ \t]*$")
_REM = lazy_pattern(r"[ \t]*@?rem[ \t]+", re.IGNORECASE)  # of a batch file: a comment that begins with a word
_CLOSERS = lazy_pattern(r"(?:\*/|-->|#\}|(?<![\"'`])[\"'`]++,?)\Z")
_LONG_LINE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One ignore comment of ours. `alone`: its line holds nothing else. `rules` None: all of them.

    `end` is the line on which its block ends, 0 for a comment on one line and for a block that is never closed.
    """

    line: int
    span: Span
    rules: frozenset[str] | None
    reason: str
    alone: bool
    block: bool = False
    end: int = 0

    def names(self, rule: str) -> bool:
        """Whether it applies to a rule."""
        return self.rules is None or rule in self.rules


def settle(document: Document, findings: Sequence[Finding], *, own: bool = True, foreign: bool = True) -> list[Finding]:
    """The findings of one document; those that an ignore comment applies to are suppressed with its reason.

    `own` and `foreign` say whose comments count. Another tool's never suppresses a token whose checksum is valid.
    """
    starts = line_starts(document.text)
    chosen = _assigned(document, findings, starts) if own else {}
    marked = functools.cache(functools.partial(_is_marked, document.text, starts))
    settled = []
    for number, finding in enumerate(findings):
        if finding.suppressed is None:
            if number in chosen:
                suppression = Suppression(SuppressedBy.INLINE, chosen[number].reason)
                finding = replace(finding, suppressed=suppression)
            elif foreign and not has_valid_checksum(finding) and _foreign(finding, marked):
                finding = replace(finding, suppressed=Suppression(SuppressedBy.FOREIGN))
        settled.append(finding)
    return settled


def has_valid_checksum(finding: Finding) -> bool:
    """Whether the value itself proves that a provider issued it."""
    return any(piece.name == "checksum-valid" for piece in finding.evidence)


def remarks(source: Source, findings: Sequence[Finding]) -> Iterator[Skipped]:
    """Remarks for the report: ignore comments without a finding, and blocks that are not closed.

    Comments shown in documentation, and strings of a program that contain one, are not reported.
    """
    if role_of(source.path, "") is PathRole.DOCS:
        return
    try:
        document = decode(source, kind_of(source.path, source.raw[:4096]))
    except UndecodableError:
        return
    used = set(_assigned(document, findings, line_starts(document.text)).values())
    comments = _comment_lines(document)
    for marker in read_markers(document.text):
        if comments is not None and marker.line not in comments:
            continue
        where = f"{source.path}:{marker.line}"
        if marker.block and not marker.end:
            yield Skipped(path=where, reason="an ignore-start without ignore-end has no effect")
        elif marker not in used:
            yield Skipped(path=where, reason="an ignore comment that nothing needs any more")


def read_markers(text: str) -> list[Marker]:
    """All our ignore comments in a text, in order; each start of a block with its end."""
    if "nhardcode:" not in text and "NHARDCODE:" not in text:
        return []
    starts = line_starts(text)
    found: list[Marker] = []
    still_open: list[int] = []
    for match in _OURS.finditer(text):
        line, _ = position(starts, match.start())
        before = text[max(starts[line - 1], match.start() - _LONG_LINE) : match.start()]
        if match["block"] and match["block"].lower() == "-end":
            if still_open:
                number = still_open.pop()
                found[number] = replace(found[number], end=line)
            continue
        if match["block"]:
            still_open.append(len(found))
        rules = match["rules"]
        found.append(
            Marker(
                line=line,
                span=Span(match.start(), match.end()),
                rules=None if rules is None else frozenset(name.strip() for name in rules.split(",")),
                reason=_CLOSERS.sub("", match["reason"].rstrip(" \t")).strip(" \t-:") or NO_REASON,
                alone=not re.search(r"[^\W_]", before) or _REM.fullmatch(before) is not None,
                block=match["block"] is not None,
            )
        )
    return found


def _assigned(document: Document, findings: Sequence[Finding], starts: list[int]) -> dict[int, Marker]:
    """For each suppressed finding, by index, the comment that applies to it."""
    markers = read_markers(document.text)
    if not markers or not findings:
        return {}
    if document.kind is Kind.PYTHON:
        # A string that contains a marker accepts nothing, but code of another language in one may have a comment of its
        # own.
        hashes = {
            line: document.text.find("#", *_row(starts, document.text, line)) for line in {m.line for m in markers}
        }
        markers = [one for one in markers if 0 <= hashes[one.line] < one.span.start]
    # A value that contains a marker's words does not accept itself.
    values = _joined(finding.span for finding in findings)
    markers = [one for one in markers if not _is_inside(one.span.start, values)]
    rows = {line for finding in findings for line in range(finding.start[0], finding.end[0] + 1)}
    free = frozenset(at for at, one in enumerate(markers) if not one.block and _target(one) not in rows)
    statements = statement_lines(document) if free and document.kind is Kind.PYTHON else None
    candidates = _Candidates(markers, free)
    chosen: dict[int, Marker] = {}
    for number, finding in enumerate(findings):
        whole = _literal_lines(starts, finding)
        if statements is not None:
            whole = statements(finding.start[0]) or whole
        at = candidates.first(finding, whole)
        if at is not None:
            chosen[number] = markers[at]
    return chosen


class _Candidates:
    """Ignore comments indexed by position, so that each finding is compared with few, however many there are."""

    def __init__(self, markers: Sequence[Marker], free: frozenset[int]) -> None:
        self._markers, self._free = markers, free
        self._rows: dict[int, list[int]] = {}
        for at, marker in enumerate(markers):
            if not marker.block:
                self._rows.setdefault(marker.line, []).append(at)
        self._on_line = functools.cache(self._first_on_line)
        self._blocks_for = functools.cache(self._outermost)

    def first(self, finding: Finding, whole: tuple[int, int]) -> int | None:
        """The first comment that applies to a finding in the statement or literal of the lines `whole`."""
        rule, (first, _), (last, _) = finding.rule, finding.start, finding.end
        found = [self._on_line(line, rule, alone=False, free=False) for line in range(first, last + 1)]
        found.append(self._on_line(first - 1, rule, alone=True, free=False))
        if self._free:
            found += [self._on_line(line, rule, alone=False, free=True) for line in whole]
            found.append(self._on_line(whole[0] - 1, rule, alone=True, free=True))
        blocks = self._blocks_for(rule)
        around = bisect.bisect_left(blocks, last, key=lambda at: self._markers[at].end)
        if around < len(blocks) and self._markers[blocks[around]].line <= first:
            found.append(blocks[around])
        return min((at for at in found if at is not None), default=None)

    def _first_on_line(self, line: int, rule: str, *, alone: bool, free: bool) -> int | None:
        for at in self._rows.get(line, ()):
            marker = self._markers[at]
            if (marker.alone or not alone) and (not free or at in self._free) and marker.names(rule):
                return at
        return None

    def _outermost(self, rule: str) -> list[int]:
        """The blocks for a rule that are inside no other one, in order."""
        found: list[int] = []
        for at, marker in enumerate(self._markers):
            if marker.block and marker.names(rule) and marker.end > (self._markers[found[-1]].end if found else 0):
                found.append(at)
        return found


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, overlapping ones merged."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _is_inside(at: int, spans: Sequence[Span]) -> bool:
    """Whether an offset is inside one of some sorted spans."""
    before = bisect.bisect_right(spans, at, key=lambda span: span.start) - 1
    return before >= 0 and at < spans[before].end


def _row(starts: list[int], text: str, line: int) -> tuple[int, int]:
    span = line_span(starts, text, line)
    return span.start, span.end


def _target(marker: Marker) -> int:
    return marker.line + 1 if marker.alone else marker.line


def _literal_lines(starts: list[int], finding: Finding) -> tuple[int, int]:
    span = finding.literal.span
    first, _ = position(starts, min(span.start, finding.span.start))
    last, _ = position(starts, max(span.end - 1, finding.span.end - 1, span.start))
    return first, last


def _foreign(finding: Finding, marked: Callable[[int, bool], bool]) -> bool:
    """Whether another tool's ignore comment is on a finding's lines, or on the line before."""
    first, last = finding.start[0], finding.end[0]
    return any(marked(line, line >= first) for line in range(max(first - 1, 1), last + 1))


def _is_marked(text: str, starts: list[int], line: int, same: bool) -> bool:
    """Whether a line has another tool's ignore comment for the `same` line, or for the next one."""
    if line > len(starts):
        return False
    span = line_span(starts, text, line)
    row = text[span.start : min(span.end, span.start + _LONG_LINE)]
    return (_OTHERS_SAME_LINE if same else _OTHERS_NEXT_LINE).search(row) is not None


def _comment_lines(document: Document) -> set[int] | None:
    """The lines on which our marker is a comment; None if that cannot be told."""
    if document.kind is Kind.PYTHON:
        import io
        import tokenize

        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(document.text, newline="").readline))
        except (tokenize.TokenError, SyntaxError, ValueError):
            return None
        return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    starts = line_starts(document.text)
    lines = set()
    for marker in read_markers(document.text):
        row = starts[marker.line - 1]
        if _LEADER.search(document.text[max(row, marker.span.start - 20) : marker.span.start]):
            lines.add(marker.line)
    return lines
