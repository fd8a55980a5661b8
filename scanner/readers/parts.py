"""Named values inside a value (a script, a query, a default) and in comments, for the readers of all formats.

Every Python file with a hit needs this, so it loads none of the other readers unless a value asks for it.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from rules.lazy_patterns import lazy_pattern
from scanner.model import Document, Kind, Literal, Role, SecretValue, Span
from scanner.readers.wanted import MayBeNamed, any_name

# How far before a hit its comment is looked for: minified files have lines of megabytes.
_FAR = 300
_MARKS = {
    Kind.YAML: lazy_pattern(r"(?<!\S)#"),
    Kind.PYTHON: lazy_pattern(r"#"),
    Kind.JSON: lazy_pattern(r"//|/\*"),
    Kind.TOML: lazy_pattern(r"#"),
    # Anything in an INI file besides keys and sections is treated like a comment.
    Kind.INI: lazy_pattern(""),
    Kind.DOTENV: lazy_pattern(r"(?<!\S)#"),
}
# A value that can contain names of its own: a script, a command line, a query, a cookie.
SEVERAL = lazy_pattern(r"[\s?&;\"'`]|\A-{0,2}[\w.-]{1,80}=[^=]|\A<[A-Za-z]")
# Placeholder in a literal's value for a computed part.
COMPUTED = "{x}"


def inner(literal: Literal, offsets: Sequence[int], may_be_named: MayBeNamed = any_name) -> Iterator[Literal]:
    """Yield the literals inside a value: a default in `${NAME:-default}`, and named values in a script or query."""
    value = literal.value.reveal("text")
    if "${" in value:
        from scanner.readers.textvalues import DEFAULT

        for default in DEFAULT.finditer(value):
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
        and any(not _stands_in(found.start(), spans) for found in mark.finditer(text, line_start(text, offset), offset))
    ]


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


def line_start(text: str, offset: int) -> int:
    """The start of the line of an offset, or the farthest place before it that is looked at."""
    low = max(0, offset - _FAR)
    return max(low, text.rfind("\n", low, offset) + 1)


def _stands_in(offset: int, spans: Sequence[Span]) -> bool:
    """Whether the character at an offset is in one of some sorted spans, so that it cannot open a comment."""
    index = bisect.bisect_right(spans, offset, key=lambda span: span.start) - 1
    return index >= 0 and offset < spans[index].end


def _covered(offset: int, spans: Sequence[Span]) -> bool:
    """Whether an offset is in one of some sorted spans."""
    index = bisect.bisect_right(spans, offset, key=lambda span: span.start) - 1
    return index >= 0 and offset <= spans[index].end + 1
