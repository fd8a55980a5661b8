"""Read YAML, JSON, TOML and INI: entries with their key paths, and named values in comments and scripts."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from scanner.model import Document, Kind, Literal, Role, SecretValue, Span
from scanner.readers import textvalues
from scanner.readers._escapes import compact
from scanner.readers._tree import Group, Place, Scalar, groups, literals
from scanner.readers.wanted import MayBeNamed, any_name

_MARKS = {
    Kind.YAML: re.compile(r"(?<!\S)#"),
    Kind.PYTHON: re.compile(r"#"),
    Kind.JSON: re.compile(r"//|/\*"),
    Kind.TOML: re.compile(r"#"),
    # Anything in an INI file besides keys and sections is treated like a comment.
    Kind.INI: re.compile(""),
    Kind.DOTENV: re.compile(r"(?<!\S)#"),
}
# A value that can contain names of its own: a script, a command line, a query, a cookie.
SEVERAL = re.compile(r"[\s?&;\"'`]|\A-{0,2}[\w.-]{1,80}=[^=]|\A<[A-Za-z]")
# Placeholder in a literal's value for a computed part.
COMPUTED = "{x}"


def read(document: Document, offsets: Sequence[int], may_be_named: MayBeNamed = any_name) -> Iterator[Literal]:
    """Yield the entries at or near `offsets`. Raises Unreadable if the text is not valid in its format.

    `may_be_named` is asked about SQL columns.
    """
    found_groups, place = _groups(document, offsets)
    found = list(literals(found_groups, offsets, place))
    # `${NAME:-value}` is a template around its default; only the default is a literal, which the template would hide.
    yield from (literal for literal in found if not textvalues.DEFAULT.fullmatch(literal.value.reveal("text")))
    for literal in found:
        yield from inner(literal, offsets, may_be_named)
    from scanner.readers import text as plain

    # The key belongs to its value: nothing before it on the line is searched again.
    lines = [Span(_line_start(document.text, each.span.start), each.span.end) for each in found]
    yield from plain.read(document, comment_hits(document, offsets, sorted(lines)), may_be_named)


def inner(literal: Literal, offsets: Sequence[int], may_be_named: MayBeNamed = any_name) -> Iterator[Literal]:
    """Yield the literals inside a value: a default in `${NAME:-default}`, and named values in a script or query."""
    value = literal.value.reveal("text")
    for default in textvalues.DEFAULT.finditer(value) if "${" in value else ():
        yield _part(literal, Span(*default.span(2)), Span(*default.span(2)), default[1], Role.ENV_DEFAULT)
    if not SEVERAL.search(value):
        return
    from scanner.readers import text as plain  # many regular expressions, which a hook seldom needs

    hits = _hits_inside(literal, offsets, len(value))
    for shape in plain.shapes(value, hits, may_be_named, bare=False):
        if literal.dynamic and value[shape.inner.start : shape.inner.end] == COMPUTED:
            continue
        yield _part(literal, shape.span, shape.inner, shape.name, Role.TEXT, within=shape.within)


def comment_hits(document: Document, offsets: Sequence[int], spans: Sequence[Span]) -> list[int]:
    """The hits in comments, outside of `spans`: a commented-out credential is still one."""
    mark = _MARKS[document.kind]
    text = document.text
    return [
        offset
        for offset in offsets
        if not _covered(offset, spans)
        and any(
            not _stands_in(found.start(), spans) for found in mark.finditer(text, _line_start(text, offset), offset)
        )
    ]


def _groups(document: Document, offsets: Sequence[int]) -> tuple[Iterable[Group], Place]:
    """The groups of a document, lazily, and a function that locates the characters of values with escapes."""
    from scanner.readers import _ini, _json, _toml, _yaml

    text = document.text
    match document.kind:
        case Kind.YAML:
            return groups(text, _yaml.events(text, offsets), offsets), partial(_placed, text, _yaml.starts)
        case Kind.JSON:
            return groups(text, _json.events(text, offsets), offsets), partial(_placed, text, _json.starts)
        case Kind.TOML:
            return groups(text, _toml.events(text), offsets), partial(_placed, text, _toml.starts)
        case _:
            return _ini.groups(text, offsets), partial(_placed, text, _ini.starts)


def _placed(
    text: str, starts: Callable[[str, Scalar], tuple[int, ...]], scalar: Scalar
) -> tuple[int, tuple[int, ...] | None]:
    return compact(text, scalar.text, starts(text, scalar))


def _hits_inside(literal: Literal, offsets: Sequence[int], length: int) -> list[int]:
    """The hits inside a value, as offsets into that value."""
    # Hits that include the closing quote end one after it.
    end = literal.source_span(0, length).end + 1
    inside = offsets[bisect.bisect_right(offsets, literal.body) : bisect.bisect_right(offsets, end)]
    if literal.offsets is None:
        return [offset - literal.body for offset in inside]
    return [bisect.bisect_left(literal.offsets, offset) for offset in inside]


def piece_of(literal: Literal, piece: Span, name: str) -> Literal:
    """The literal of a named part of another literal's value."""
    return _part(literal, piece, piece, name, Role.TEXT)


def _part(literal: Literal, span: Span, shown: Span, name: str | None, role: Role, *, within: str = "") -> Literal:
    """The literal of `shown`, a part of another literal's value; `within` is the mapping in that value it is from."""
    placed = literal.offsets
    return Literal(
        span=literal.source_span(span.start, span.end),
        value=SecretValue(literal.value.reveal("text")[shown.start : shown.end]),
        role=role,
        name=name,
        symbol=".".join(part for part in (literal.path, within) if part),
        body=literal.body + shown.start if placed is None else placed[shown.start],
        offsets=None if placed is None else placed[shown.start : shown.end + 1],
        dynamic=role is Role.ENV_DEFAULT,
    )


def _line_start(text: str, offset: int) -> int:
    """The start of the line of an offset, at most a window away: minified files have lines of megabytes."""
    low = max(0, offset - textvalues.WINDOW)
    return max(low, text.rfind("\n", low, offset) + 1)


def _stands_in(offset: int, spans: Sequence[Span]) -> bool:
    """Whether the character at an offset is in one of some sorted spans, so that it cannot open a comment."""
    index = bisect.bisect_right(spans, offset, key=lambda span: span.start) - 1
    return index >= 0 and offset < spans[index].end


def _covered(offset: int, spans: Sequence[Span]) -> bool:
    """Whether an offset is in one of some sorted spans."""
    index = bisect.bisect_right(spans, offset, key=lambda span: span.start) - 1
    return index >= 0 and offset <= spans[index].end + 1
