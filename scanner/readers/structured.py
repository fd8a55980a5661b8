"""Read YAML, JSON, TOML and INI: entries with their key paths, and named values in comments and scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from scanner.model import Document, Kind, Literal, Span
from scanner.readers import textvalues
from scanner.readers._escapes import compact
from scanner.readers._tree import Group, Place, Scalar, groups, literals
from scanner.readers.parts import comment_hits, inner, line_start
from scanner.readers.wanted import MayBeNamed, any_name


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
    lines = [Span(line_start(document.text, each.span.start), each.span.end) for each in found]
    yield from plain.read(document, comment_hits(document, offsets, sorted(lines)), may_be_named)


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
