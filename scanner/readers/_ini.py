"""Parse INI and similar files (.cfg, .properties, .npmrc, .my.cnf, .pypirc, git's config) line by line.

They have no common grammar: `key = value` and `key: value` under `[section]`, comments with `#`, `;` or `!`, values
that continue in indented lines (https://docs.python.org/3/library/configparser.html) or after a backslash
(https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rules.lazy_patterns import lazy_pattern
from scanner.model import Span
from scanner.readers._escapes import decode, fault
from scanner.readers._tree import Field, Group, Scalar, by_symbol, has_hit

CONTINUED = "continued"

_LINE = lazy_pattern(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_SECTION = lazy_pattern(r"\s*\[([^\]\r\n]*)\]")
_COMMENT = lazy_pattern(r"\s*(?:[#;!]|\Z)")
_KEY = lazy_pattern(r"[ \t]*+([^\s=:#;\[][^=:\r\n]{0,200}?)[ \t]*(?:=|:(?!//))[ \t]*")
# npm: `//registry.example.org/:_authToken=...` (https://docs.npmjs.com/cli/configuring-npm/npmrc)
_REGISTRY_KEY = lazy_pattern(r"[ \t]*+(//[^=\s]{0,200}?)[ \t]*=[ \t]*")
_INDENTED_KEY = lazy_pattern(r"[ \t]++[A-Za-z_][\w.\-]{0,100}[ \t]*=")
_INLINE_COMMENT = lazy_pattern(r"[ \t][#;]")
_QUOTED = lazy_pattern(r"\"((?:[^\"\\\r\n]|\\.)*)\"[ \t]*(?:[#;,].*)?\Z|'([^'\r\n]*)'[ \t]*(?:[#;,].*)?\Z")
_SPACES = lazy_pattern(r"[ \t]*")
_JOIN = lazy_pattern(r"\\?[ \t]*(?:\r\n?|\n)[ \t\r\n]*")


@dataclass(slots=True, kw_only=True)
class _Section:
    """The section that is being read."""

    start: int
    name: str
    fields: list[Field] = field(default_factory=list)


def groups(text: str, hits: Sequence[int]) -> Iterator[Group]:
    """Yield the sections that have a hit. Raises Unreadable if no line is a `key = value`."""
    section = _Section(start=0, name="")
    seen = False
    lines = _lines(text)
    number = 0
    while number < len(lines):
        start, end = lines[number]
        number += 1
        header = _SECTION.match(text, start, end)
        if header is not None:
            yield from _closed(section, start, hits)
            section = _Section(start=start, name=header[1].strip())
            seen = True
            continue
        key = None if _COMMENT.match(text, start, end) else _key(text, start, end)
        if key is None:
            continue
        seen = True
        while number < len(lines) and _continues(text, start, end, *lines[number]):
            end = lines[number][1]
            number += 1
        section.fields.append(_field(text, section.name, key, start, end))
    if not seen:
        raise fault(text, 0, "no 'key = value'")
    yield from _closed(section, len(text), hits)


def starts(text: str, scalar: Scalar) -> tuple[int, ...]:
    """The offset of each character of a value that spans several lines."""
    return decode(text, scalar.start, scalar.end, _JOIN, _joined)[1]


def _lines(text: str) -> list[tuple[int, int]]:
    return [found.span(1) for found in _LINE.finditer(text)]


def _key(text: str, start: int, end: int) -> re.Match[str] | None:
    return _REGISTRY_KEY.match(text, start, end) or _KEY.match(text, start, end)


def _continues(text: str, key_start: int, before: int, start: int, end: int) -> bool:
    """Whether a line continues the value of the line before it."""
    if start == end or before <= key_start:
        return False
    if text[before - 1] == "\\" and not text.endswith("\\\\", key_start, before):
        return True
    indented = _indent(text, start, end) > _indent(text, key_start, before)
    return indented and not _COMMENT.match(text, start, end) and not _INDENTED_KEY.match(text, start, end)


def _indent(text: str, start: int, end: int) -> int:
    found = _SPACES.match(text, start, end)
    return found.end() - start if found else 0


def _field(text: str, section: str, key: re.Match[str], start: int, end: int) -> Field:
    name, symbol = key[1].strip().strip("\"'"), section
    if name.startswith("//"):
        registry, _, name = name.rpartition(":")
        symbol = ".".join(part for part in (section, registry.strip("/")) if part)
    return Field(name=name, symbol=symbol, scalar=_scalar(text, key.end(), end), extent=Span(start, end + 1))


def _scalar(text: str, start: int, end: int) -> Scalar:
    start += len(text[start:end]) - len(text[start:end].lstrip())
    quoted = _QUOTED.match(text, start, end)
    if quoted is not None and quoted.lastindex is not None:
        body, last = quoted.span(quoted.lastindex)
        return Scalar(start=start, end=last + 1, body=body, text=text[body:last])
    several = "\n" in text[start:end] or "\r" in text[start:end]
    comment = None if several else _INLINE_COMMENT.search(text, max(start - 1, 0), end)
    end = start + len(text[start : max(start, comment.start()) if comment else end].rstrip())
    if not several:
        return Scalar(start=start, end=end, body=start, text=text[start:end])
    value, _ = decode(text, start, end, _JOIN, _joined)
    return Scalar(start=start, end=end, body=start, text=value, style=CONTINUED)


def _joined(found: re.Match[str]) -> str:
    return "" if found[0].startswith("\\") else "\n"


def _closed(section: _Section, end: int, hits: Sequence[int]) -> Iterator[Group]:
    if section.fields and has_hit(hits, section.start, end + 1):
        yield from by_symbol(Span(section.start, end), section.fields)
