"""Read .env files with python-dotenv's parser, so that the values are those that a program sees.

https://saurabh-kumar.com/python-dotenv/#file-format. The parser gives the text of a binding, not the position of its
value. The position is located here, and trusted only if the binding still parses as expected after another value is put
there.
"""

from __future__ import annotations

import bisect
import codecs
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dotenv.parser import Binding as Parsed
from dotenv.parser import parse_stream

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Literal, Role, SecretValue, Span
from scanner.readers import parts
from scanner.readers._escapes import compact, decode, fault
from scanner.readers._tree import Field, Group, Scalar, literals
from scanner.readers.text import read as read_text
from scanner.readers.textvalues import DEFAULT
from scanner.readers.wanted import MayBeNamed, any_name

ESCAPED: Final = "escaped"

_EXPORT = lazy_pattern(r"\s*export[^\S\r\n]")
_HEAD = lazy_pattern(r"\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+)[^\S\r\n]*=(?P<blank>[^\S\r\n]*)")
_QUOTED: Final = {
    "'": lazy_pattern(r"'((?:\\.|[^'\\])*)'", re.DOTALL),
    '"': lazy_pattern(r'"((?:\\.|[^"\\])*)"', re.DOTALL),
}
_ESCAPES: Final = {"'": lazy_pattern(r"\\[\\']"), '"': lazy_pattern(r"\\[\\'\"abfnrtv]")}
# python-dotenv expands these in every value, single-quoted ones too.
_NOTHING = lazy_pattern(r"(?!)")
_BLANK = lazy_pattern(r"\s*")
_LINE_END = lazy_pattern(r"\r\n|\n|\r")
_INTERPOLATED = lazy_pattern(r"\$\{[^}:]*(?::-[^}]*)?\}")
_PROBE: Final = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One `KEY=value`. `value` is None for a key alone, or if the position of the value is not certain.

    `span` is empty then; else it covers the value as written, with its quotes. `quote` is a quotation mark or "".
    `body` and `offsets` are those of a Literal. `original` covers all that belongs to the binding, from the blank lines
    before it to its line end. `interpolated` says that python-dotenv would expand a `${NAME}` in the value; `value` is
    not expanded.
    """

    key: str
    value: SecretValue | None
    span: Span
    quote: str
    line: int
    export: bool
    original: Span
    interpolated: bool = False
    body: int = 0
    offsets: tuple[int, ...] | None = field(default=None, repr=False)


def read(document: Document, offsets: Sequence[int], may_be_named: MayBeNamed = any_name) -> Iterator[Literal]:
    """Yield every variable, and named values at hits elsewhere. Raises Unreadable if nothing is a variable.

    `may_be_named` is asked about SQL columns.
    """
    found = bindings(document)
    failed = [span for parsed, span in _parsed(document) if parsed.error]
    if failed and not found:
        raise fault(document.text, failed[0].start, "no 'NAME=value'")
    variables = list(_literals(document, found))
    # The default of `${NAME:-value}` is the literal, as in structured texts.
    yield from (each for each in variables if not DEFAULT.fullmatch(each.value.reveal("text")))
    for literal in variables:
        yield from parts.inner(literal, offsets, may_be_named)
    elsewhere = set(parts.comment_hits(document, offsets, [literal.span for literal in variables]))
    for span in failed:
        elsewhere.update(offsets[bisect.bisect_right(offsets, span.start) : bisect.bisect_right(offsets, span.end)])
    yield from read_text(document, sorted(elsewhere), may_be_named)


def bindings(document: Document) -> tuple[Binding, ...]:
    """The bindings that parse, in order. If a key occurs twice, the last one is in effect."""
    return tuple(
        _binding(document.text, parsed.key, parsed, span)
        for parsed, span in _parsed(document)
        if parsed.key is not None and not parsed.error
    )


def errors(document: Document) -> tuple[int, ...]:
    """The lines (from 1) of statements that python-dotenv cannot parse."""
    return tuple(_line(parsed) for parsed, _ in _parsed(document) if parsed.error)


def _parsed(document: Document) -> Iterator[tuple[Parsed, Span]]:
    # The parser drops a second byte order mark; the first one is already gone.
    at = 1 if document.text.startswith("\ufeff") else 0
    for parsed in parse_stream(io.StringIO(document.text)):
        end = at + len(parsed.original.string)
        yield parsed, Span(at, end)
        at = end


def _line(parsed: Parsed) -> int:
    """The line of the statement itself; the parser counts from the blank lines before it."""
    blank = _BLANK.match(parsed.original.string)
    return parsed.original.line + len(_LINE_END.findall(blank[0] if blank else ""))


def _binding(text: str, key: str, parsed: Parsed, original: Span) -> Binding:
    string = parsed.original.string
    head = _HEAD.match(string)
    place = _place(string, head, parsed) if head is not None else None
    body, offsets = 0, None
    if place is not None:
        start, end, quote = place
        edges = original.start + start + len(quote), original.start + end - len(quote)
        value, starts = decode(text, *edges, _ESCAPES.get(quote, _NOTHING), _unescaped)
        body, offsets = compact(text, value, starts)
        if value != parsed.value:
            place = None
    start, end, quote = place or (len(string), len(string), "")
    return Binding(
        key=key,
        value=SecretValue(parsed.value) if place is not None and parsed.value is not None else None,
        span=Span(original.start + start, original.start + end),
        quote=quote,
        line=_line(parsed),
        export=_EXPORT.match(string) is not None,
        original=original,
        interpolated=parsed.value is not None and _INTERPOLATED.search(parsed.value) is not None,
        body=body if place is not None else 0,
        offsets=offsets if place is not None else None,
    )


def _place(string: str, head: re.Match[str], parsed: Parsed) -> tuple[int, int, str] | None:
    """Start and end of the value with its quotes, and the quote; None if another value there parses differently."""
    start = head.end()
    if parsed.value is None:
        return None
    quote = string[start : start + 1]
    if quote in _QUOTED and quote:
        found = _QUOTED[quote].match(string, start)
        end = found.end() if found else start
    else:
        # `KEY= # comment`: the value is empty, and its position would be right after the equals sign.
        start = head.start("blank") if quote == "#" and head["blank"] else start
        quote, end = "", start + len(parsed.value)
    probe = f"{string[:start]}{quote}{_PROBE}{quote}{string[end:]}"
    again = list(parse_stream(io.StringIO(probe)))
    fits = len(again) == 1 and (again[0].key, again[0].value) == (parsed.key, _PROBE)
    return (start, end, quote) if fits else None


def _unescaped(found: re.Match[str]) -> str:
    return codecs.decode(found[0], "unicode-escape")


def _literals(document: Document, found: Sequence[Binding]) -> Iterator[Literal]:
    fields = tuple(_field(each) for each in found if each.value is not None)
    placed = {each.span.start: each for each in found}
    container = Span(0, len(document.text))

    def place(scalar: Scalar) -> tuple[int, tuple[int, ...] | None]:
        return scalar.body, placed[scalar.start].offsets

    for literal in literals([Group(container=container, fields=fields)], None, place, Role.VARIABLE):
        yield replace(literal, dynamic=True) if placed[literal.span.start].interpolated else literal


def _field(binding: Binding) -> Field:
    scalar = Scalar(
        start=binding.span.start,
        end=binding.span.end,
        body=binding.body,
        text=binding.value.reveal("text") if binding.value else "",
        style=ESCAPED if binding.offsets is not None else "",
    )
    return Field(name=binding.key, symbol="", scalar=scalar, extent=binding.original)
