"""Keep values and control characters out of reports.

Three layers: the spans of all findings on a line; every known value wherever else it occurs; and anything that looks
random on a line quoted from a file. A common word (`shop`, `password`) that somebody used as a password is masked where
it is a separate word in the same file, and not at all if everybody uses it: masking each word `password` in a
repository would hide nothing and make its report unreadable.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rules.lazy_patterns import lazy_pattern
from scanner.decoding import decoded
from scanner.detectors.randomness import random_bits
from scanner.model import Finding, Span
from scanner.reports.known import HEAD, NONE, Values, fold, make_values
from scanner.sources.paths import shown
from scanner.text import line_span, line_starts, position

MASK = "…"
WIDTH = 160

_DISTINCTIVE = 8
_CHANCE = 20
_WINDOW = 400
# Characters before the window in which a value that extends into it may begin.
_LONGEST = 2_000
# Evidence that a value is a word and no secret by itself: one of the most common passwords, or its own name.
_EVERYBODYS = frozenset(("common-password", "equals-name"))
_LEAD = 70
_RANDOM = lazy_pattern(r"[A-Za-z0-9+_=-]{20,}")
_TOKEN = lazy_pattern(r"[A-Za-z0-9+_=-]+")
_WORD = lazy_pattern(r"\w")
# Letters, digits and a character that occurs in no name: what password rules require.
_PASSWORD = lazy_pattern(r"(?=.*[A-Za-z])(?=.*\d).*[!#$%&*?^|~]", re.DOTALL)
_UNSAFE = lazy_pattern(
    # C0, DEL, C1; zero-width and bidirectional controls (https://trojansource.codes); U+2028, U+2029; surrogates; and
    # invisible characters that a program reads: soft hyphens, interlinear marks, tags and variation selectors of plane
    # 14
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_ESCAPED = lazy_pattern(r"\\(?:x[0-9a-f]{2}|u(?!d[89a-f])[0-9a-f]{4}|U000[0-9a-f]{5})")
# The runners of GitHub and Azure execute `##[...]` and `##vso[...]` anywhere in a line of a log.
# https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
_RUNNER_COMMAND = lazy_pattern(r"##(?=[a-z]*\[)")
# Our own texts are similar for every finding: the results for this many, up to this length, are cached.
_MOST_HIDDEN, _LONGEST_HIDDEN = 5_000, 500


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """All known values, and a cache of texts with the values masked."""

    values: Values
    hidden: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Mask:
    """The span of a mask, and the public prefix that it leaves visible."""

    span: Span
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file's text, where its lines start, and the masks of all findings in it: in order, without overlap.

    `words` are values of its findings that are masked on its lines wherever they are separate words. `known` are the
    known values on a long line, by its start and the net that knows them: where they begin, in order, and where each
    ends.
    """

    text: str = field(repr=False)
    starts: list[int] = field(repr=False)
    masks: tuple[Mask, ...]
    words: Values = NONE
    known: dict[tuple[int, Net], tuple[list[int], list[int]]] = field(default_factory=dict, repr=False)


def make_net(findings: Iterable[Finding], documents: Callable[[str], str | None] | None = None) -> Net:
    """Collect the findings' values, and how each is spelled if its document is available.

    A copy in a comment has the spelling of the literal (`p%40ss`, `p\\x40ss`), not the value that it means.
    """
    values: set[str] = set()
    seen: set[str] = set()
    here: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.value is not None:
            _add_value(values, seen, finding.value.reveal("text"))
        if finding.commit is None:
            here.setdefault(finding.path, []).append(finding)
    for path, group in here.items():
        page = make_page(documents(path), group) if documents is not None else None
        if page is None:
            continue
        for finding in group:
            _add_value(values, seen, page.text[finding.span.start : finding.span.end])
    return Net(make_values(values))


def hide(text: str, net: Net, words: Values = NONE) -> str:
    """Mask known values in our own texts, paths and names; in text quoted from a file also that file's `words`.

    A path may contain a word that somebody used as a password (`charts/postgres/values.yaml`): of all other values only
    those that nobody would write by chance are masked, since a mask in place of a word would reveal it.
    """
    if not net.values and not words:
        return text
    if words:
        return _hidden(text, net, words)
    known = net.hidden.get(text)
    if known is None:
        known = _hidden(text, net, words)
        if len(text) <= _LONGEST_HIDDEN and len(net.hidden) < _MOST_HIDDEN:
            net.hidden[text] = known
    return known


def _hidden(text: str, net: Net, words: Values) -> str:
    pieces: list[str] = []
    done = 0
    for at, end in _known(text, net, words):
        if at >= done:
            pieces += (text[done:at], MASK)
            done = end
    return "".join((*pieces, text[done:]))


def printable(text: str) -> str:
    """Escape everything that a terminal or a CI runner would interpret instead of print."""
    escaped = _UNSAFE.sub(_escape, text)
    return _RUNNER_COMMAND.sub(r"#\\x23", escaped)


def unprinted(text: str) -> str:
    r"""The argument of `printable`, if nothing in it looked escaped before: `\\x0a` is a new line again."""
    return _ESCAPED.sub(lambda found: chr(int(found[0][2:], 16)), text)


def make_page(text: str | None, findings: Sequence[Finding]) -> Page | None:
    """Pair a text with its findings; None if it is not the text in which they were found.

    A file can change between the scan and the report, and then spans would mask the wrong characters.
    """
    if text is None:
        return None
    starts = line_starts(text)
    if not all(_agrees(text, starts, finding) for finding in findings):
        return None
    words = set(itertools.chain.from_iterable(_own_words(text, finding) for finding in findings))
    return Page(text=text, starts=starts, masks=_masks(text, findings), words=make_values(words))


def masked_line(page: Page, finding: Finding, net: Net) -> str:
    """The line on which a finding starts, secrets masked and control characters escaped, at most about WIDTH wide."""
    line = line_span(page.starts, page.text, finding.start[0])
    window = _window(page, line, finding.span, net)
    before = masked_text(page, Span(window.start, finding.span.start), net)
    after = masked_text(page, Span(finding.span.start, window.end), net)
    return _trimmed(before, after, cut=(window.start > line.start, window.end < line.end))


def masked_text(page: Page, span: Span, net: Net) -> str:
    """A part of a text on one line, with every secret in it masked and control characters escaped."""
    pieces: list[str] = []
    at = span.start
    for mask in _masks_in(page, span):
        pieces += (_quoted(page.text[at : mask.span.start], net, page.words), mask.prefix, MASK)
        at = mask.span.end
    pieces.append(_quoted(page.text[at : span.end], net, page.words))
    return "".join(pieces)


def _window(page: Page, line: Span, span: Span, net: Net) -> Span:
    """The part of a line around a finding that is examined; its ends cut no known value and no token in two."""
    start, end = max(line.start, span.start - _WINDOW), min(line.end, span.start + _WINDOW)
    if start == line.start and end == line.end:
        return line
    begins, ends = _known_on(page, line, net)
    if start > line.start:
        first, last = (bisect.bisect_left(begins, at) for at in (start - _LONGEST, start))
        start = min(max(start, *ends[first:last], start), span.start)
        while start < span.start and _TOKEN.fullmatch(page.text, start - 1, start + 1):
            start += 1
    if end < line.end:
        first, last = (bisect.bisect_left(begins, at) for at in (min(span.end, end), end))
        end = next((begins[at] for at in range(first, last) if ends[at] > end), end)
        while end > span.end and _TOKEN.fullmatch(page.text, end - 1, end + 1):
            end -= 1
    return Span(start, end)


def _known_on(page: Page, line: Span, net: Net) -> tuple[list[int], list[int]]:
    """Where on a line known values begin, in order, and where each of them ends; computed once for all its findings."""
    key = line.start, net
    if key not in page.known:
        text = page.text[line.start : line.end]
        found = list(_known(text, net, page.words))
        page.known[key] = [line.start + at for at, _ in found], [line.start + end for _, end in found]
    return page.known[key]


def _add_value(values: set[str], seen: set[str], value: str) -> None:
    if value in seen:
        return
    seen.add(value)
    values.update(spelling for spelling in dict.fromkeys(_spellings(value)) if is_distinctive(spelling))


def _spellings(value: str) -> Iterator[str]:
    yield value
    # Each line of a key is secret by itself, its BEGIN and END lines are not.
    for line in re.split(r"[\r\n]+", value):
        if not line.lstrip().startswith("-----"):
            yield line.strip()
    if "%" in value:  # as in the path of a file with that name
        yield shown(value)
    # `Basic` is base64 of user:password, whose parts may also be written nearby.
    plain = decoded(value)
    if plain is not None:
        yield from (plain, plain.partition(":")[2])


def _own_words(text: str, finding: Finding) -> Iterator[str]:
    """The words that a finding hides on the lines of its own file."""
    if any(evidence.name in _EVERYBODYS for evidence in finding.evidence):
        return
    spelled = text[finding.span.start : finding.span.end]
    values = {spelled, spelled if finding.value is None else finding.value.reveal("text")}
    for value in values:
        yield from (word for word in dict.fromkeys(_spellings(value)) if len(word) >= HEAD and not is_distinctive(word))


def _known(text: str, net: Net, words: Values) -> Iterator[tuple[int, int]]:
    """Where known values begin and end in a text, ignoring case, which would reveal as much."""
    folded = fold(text)
    heads, others = net.values.heads, words.heads
    # A comprehension is faster: most of a text begins no value.
    places = [at for at in range(len(text) - HEAD + 1) if (head := folded[at : at + HEAD]) in heads or head in others]
    for at in places:
        end = next(net.values.at(folded, at), None)
        if end is None and words:
            end = next((end for end in words.at(folded, at) if _stands_alone(text, at, end)), None)
        if end is not None:
            yield at, end


def is_distinctive(value: str) -> bool:
    """Whether nobody would write a value by chance: wherever it occurs, it is that value."""
    # `WebLogic` is a folder before it is somebody's password; nobody names one with 20 random bits, or `Ab1!cdef`.
    return len(value) >= _DISTINCTIVE and (_PASSWORD.match(value) is not None or random_bits(value) >= _CHANCE)


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (start and _WORD.match(text[start - 1])) and not (end < len(text) and _WORD.match(text[end]))


def _agrees(text: str, starts: list[int], finding: Finding) -> bool:
    span = finding.span
    if not 0 <= span.start <= span.end <= len(text):
        return False
    if position(starts, span.start) != finding.start or position(starts, span.end) != finding.end:
        return False
    literal, value = finding.literal, finding.value
    if value is None or literal.offsets is not None or literal.parts > 1:
        return True
    return text[span.start : span.end] == value.reveal("text") or value.reveal("text") not in literal.value.reveal(
        "text"
    )


def _masks(text: str, findings: Sequence[Finding]) -> tuple[Mask, ...]:
    masks: list[Mask] = []
    for finding in sorted(findings, key=lambda f: f.span):
        span = finding.span
        prefix = finding.prefix if text.startswith(finding.prefix, span.start, span.end) else ""
        if masks and span.start < masks[-1].span.end:
            merged = Span(masks[-1].span.start, max(masks[-1].span.end, span.end))
            masks[-1] = masks[-1] if merged == masks[-1].span else Mask(merged, "")
        elif span.start < span.end:
            masks.append(Mask(span, prefix))
    return tuple(masks)


def _masks_in(page: Page, span: Span) -> Iterator[Mask]:
    first = bisect.bisect_right(page.masks, span.start, key=lambda mask: mask.span.end)
    for mask in itertools.islice(page.masks, first, None):
        if mask.span.start >= span.end:
            return
        part = Span(max(mask.span.start, span.start), min(mask.span.end, span.end))
        yield Mask(part, mask.prefix if part.start == mask.span.start else "")


def _quoted(text: str, net: Net, words: Values) -> str:
    return printable(_RANDOM.sub(_mask_random, hide(text, net, words)).replace("\t", " "))


def _mask_random(found: re.Match[str]) -> str:
    token = found[0]
    digits = sum(c.isdigit() for c in token)
    return MASK if digits >= 3 and digits < len(token) else token


def _trimmed(before: str, after: str, *, cut: tuple[bool, bool]) -> str:
    # Both parts of overlapping findings end in a mask: one is enough.
    before = before.removesuffix(MASK) if after.startswith(MASK) else before
    stripped = before if cut[0] else before.lstrip()
    lead = _LEAD if len(after) > WIDTH - _LEAD else WIDTH - len(after)
    left = "..." if cut[0] or len(stripped) > lead else ""
    room = WIDTH - min(len(stripped), lead)
    right = "..." if cut[1] or len(after) > room else ""
    return left + (stripped[-lead:] if lead else "") + after[:room] + right


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
