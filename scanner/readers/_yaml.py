"""Parse YAML with libyaml's events: marks count code points, anchors are read once, nothing recurses.

https://yaml.org/spec/1.1/. PyYAML reads 1.1: U+0085 and U+2028 break lines there, so only `index` of a mark is used.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import yaml

from rules.lazy_patterns import lazy_pattern
from scanner.readers._escapes import decode, fault, whole
from scanner.readers._tree import Close, Event, Open, Scalar, has_hit

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MARKER = lazy_pattern(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_DIRECTIVE = lazy_pattern(r"^%", re.MULTILINE)
# YAML 1.1 breaks lines at U+0085, U+2028 and U+2029 too.
_PROPERTIES = lazy_pattern(
    "(?:[!&][^ \t\r\n\x85\u2028\u2029]*+(?:[ \t\r\n\x85\u2028\u2029]++(?:#[^\r\n\x85\u2028\u2029]*+)?)*+)*+"
)
_HEADER = lazy_pattern(r"[|>][0-9+\-]*[ \t]*(?:#[^\r\n]*)?(?:\r\n?|\n)")
_FOLD = lazy_pattern(r"[ \t]*(?:\r\n?|\n)[ \t\r\n]*")
_SINGLE = lazy_pattern(rf"''|{_FOLD.pattern}")
_DOUBLE = lazy_pattern(
    rf"\\(?:\r\n?|\n)[ \t]*|\\x[0-9a-fA-F]{{2}}|\\u[0-9a-fA-F]{{4}}|\\U[0-9a-fA-F]{{8}}|\\.|{_FOLD.pattern}", re.DOTALL
)
_FIRST_LINE = lazy_pattern(r"(?: *(?:\r\n?|\n))*( *)")
_BREAK = lazy_pattern(r"\r\n?|\n")
# https://yaml.org/spec/1.1/#id858600 and the types of its repository: what is no text.
_NOT_TEXT = lazy_pattern(r"(?i:null|true|false|yes|no|on|off)|~|<<|")
_ESCAPES: Final = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_STANDARD_TAG = "tag:yaml.org,2002:"


def events(text: str, hits: Sequence[int]) -> Iterator[Event]:
    """Yield the events of the documents that have a hit. Raises Unreadable if one of them is not YAML."""
    for start, end in _documents(text):
        if has_hit(hits, start, end):
            yield from _document(text, start, end)


def starts(text: str, scalar: Scalar) -> tuple[int, ...]:
    """The offset of each character of a quoted, folded or block scalar; if unclear, all map to the whole scalar."""
    value, found = _decoded(text, scalar)
    content = scalar.text.rstrip("\n") if scalar.style in "|>" else scalar.text
    if value != content:
        return whole(scalar.start, scalar.end, len(scalar.text))
    # The line ends that chomping keeps follow the content directly.
    return (*found[:-1], *[found[-1]] * (len(scalar.text) - len(content)), found[-1])


def _documents(text: str) -> list[tuple[int, int]]:
    markers = [found.start() for found in _MARKER.finditer(text)]
    if not markers or _DIRECTIVE.search(text):
        return [(0, len(text))]
    edges = sorted({0, *markers, len(text)})
    return list(itertools.pairwise(edges))


def _document(text: str, start: int, end: int) -> Iterator[Event]:
    chunk = text if (start, end) == (0, len(text)) else text[start:end]
    where, what = start, "not YAML"
    try:
        for event in iter(_LOADER(chunk).get_event, None):
            read = _event(text, start, event)
            if read is not None:
                yield read
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = start + (mark.index if mark is not None else 0)
    except yaml.reader.ReaderError as error:
        where, what = start + error.position, "a character that YAML does not allow"
    except UnicodeEncodeError as error:
        where, what = start + error.start, "a lone surrogate"
    else:
        return
    raise fault(text, where, what)


def _event(text: str, base: int, event: Any) -> Event | None:
    start, end = base + event.start_mark.index, base + event.end_mark.index
    kind = type(event)
    if kind is yaml.ScalarEvent:
        return _scalar(text, start, end, event)
    if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
        return Open(start=start, mapping=kind is yaml.MappingStartEvent)
    if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        return Close(end=end)
    return Scalar(start=start, end=end, body=start, text="", string=False) if kind is yaml.AliasEvent else None


def _scalar(text: str, start: int, end: int, event: Any) -> Scalar:
    value, style, tag = event.value, event.style or "", event.tag
    properties = _PROPERTIES.match(text, start, end) if event.anchor or tag else None
    # libyaml accepts a value directly after an anchor, `&a:b`; the span is then all of it.
    start = properties.end() if properties and (properties.end() < end or not value) else start
    body = start + 1 if style in ("'", '"') else start
    if style in ("|", ">"):
        # The mark is after the trailing line ends.
        end = start + len(text[start:end].rstrip("\r\n \t"))
    verbatim = style in ("", "'", '"') and text[body : end - (body - start)] == value
    return Scalar(
        start=start,
        end=end,
        body=body,
        text=value,
        style="" if verbatim else style or "plain",
        string=bool(style or tag) or not _NOT_TEXT.fullmatch(value),
        reference=bool(tag) and tag != "!" and not tag.startswith(_STANDARD_TAG),
    )


def _decoded(text: str, scalar: Scalar) -> tuple[str, tuple[int, ...]]:
    if scalar.style == '"':
        return decode(text, scalar.body, scalar.end - 1, _DOUBLE, _unescaped)
    if scalar.style == "'":
        return decode(text, scalar.body, scalar.end - 1, _SINGLE, _unescaped)
    if scalar.style == "plain":
        return decode(text, scalar.body, scalar.end, _FOLD, _unescaped)
    header = _HEADER.match(text, scalar.start, scalar.end)
    body = header.end() if header else scalar.start
    indent = _indent(text, body, scalar)
    if scalar.style == "|":
        lines = re.compile(rf"^ {{1,{indent}}}|\r\n?", re.MULTILINE)
        return decode(text, body, scalar.end, lines, _line)
    folds = re.compile(rf"(?:(?:\r\n?|\n) {{0,{indent}}})+|^ {{1,{indent}}}", re.MULTILINE)
    return decode(text, body, scalar.end, folds, functools.partial(_folded_line, body, indent))


def _indent(text: str, body: int, scalar: Scalar) -> int:
    """Indentation of a block scalar in columns: the length of its first line less that of its value's first line."""
    written = _FIRST_LINE.match(text, body, scalar.end)
    first = scalar.text.lstrip("\n").partition("\n")[0]
    spaces = len(first) - len(first.lstrip(" "))
    return max(1, len(written[1]) - spaces) if written else 1


def _line(found: re.Match[str]) -> str:
    return "\n" if "\r" in found[0] else ""


def _folded(found: re.Match[str]) -> str:
    breaks = len(_BREAK.findall(found[0]))
    if not breaks:
        return ""
    return " " if breaks == 1 else "\n" * (breaks - 1)


def _folded_line(body: int, indent: int, found: re.Match[str]) -> str:
    """Line ends of a folded scalar: kept at its beginning, and around a line that is indented further."""
    text, at = found.string, found.start()
    line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    further = text[line + indent : at][:1], text[found.end() : found.end() + 1]
    stay = at == body or not {" ", "\t"}.isdisjoint(further)
    return "\n" * len(_BREAK.findall(found[0])) if stay else _folded(found)


def _unescaped(found: re.Match[str]) -> str:
    escape = found[0]
    if escape == "''":
        return "'"
    if escape[0] != "\\":
        return _folded(found)
    if escape[1] in "\r\n":
        return ""
    if escape[1] in "xuU" and len(escape) > 2:
        code = int(escape[2:], 16)
        return chr(code) if code < 0x110000 else escape
    return _ESCAPES.get(escape[1], escape)
