"""Parse TOML into events with exact offsets, which tomllib does not give. https://toml.io/en/v1.0.0

The result is compared with what tomllib reads; where they differ, the file is treated as unreadable.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from rules.lazy_patterns import lazy_pattern
from scanner.readers._escapes import decode, fault
from scanner.readers._tree import Close, Event, Open, Scalar, walk
from scanner.toml import MOST, deep_key

BASIC, LITERAL = "basic", "literal"

_SKIP = lazy_pattern(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BLANK = lazy_pattern(r"[ \t]*+")
_BARE_KEY = lazy_pattern(r"[A-Za-z0-9_\-]+")
_WORD = lazy_pattern(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+|[^\s,\]}#\"']+")
Path: TypeAlias = tuple[str | int, ...]
# The longest quotes first. Group 1 is the body; a multi-line body may end in up to two quotes more.
_BODIES: Final = (
    ('"""', lazy_pattern(r'"""(?:\r?\n)?((?:[^"\\]|\\.|"(?!""))*+"{0,2}?)"""(?!")', re.DOTALL)),
    ("'''", lazy_pattern(r"'''(?:\r?\n)?((?:[^']|'(?!''))*+'{0,2}?)'''(?!')", re.DOTALL)),
    ('"', lazy_pattern(r'"((?:[^"\\\r\n]|\\[^\r\n])*+)"')),
    ("'", lazy_pattern(r"'([^'\r\n]*+)'")),
)
_BASIC = lazy_pattern(r"\\[ \t]*\r?\n[ \t\r\n]*|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|\r\n", re.DOTALL)
_LITERAL = lazy_pattern(r"\r\n")
_ESCAPES: Final = dict(zip('btnfr"\\', '\b\t\n\f\r"\\', strict=True))


def events(text: str) -> list[Event]:
    """The events of a TOML text, checked against tomllib. Raises Unreadable if it is not TOML."""
    deep = deep_key(text)
    if deep is not None:
        raise fault(text, deep, f"nested more than {MOST} levels deep")
    try:
        expected = tomllib.loads(text)
    except ValueError:
        # TOMLDecodeError, whose message can quote a key, or int()'s error for a number of 5,000 digits.
        raise fault(text, 0, "not TOML") from None
    except RecursionError:
        raise fault(text, 0, "nested too deep") from None
    found = list(_document(text))
    if _by_path(_strings(expected)) != _by_path(
        (tuple(key for key in path if isinstance(key, str)), scalar.text)
        for path, scalar in walk(text, found)
        if scalar.string
    ):
        raise fault(text, 0, "read in two ways")
    return found


def starts(text: str, scalar: Scalar) -> tuple[int, ...]:
    """The offset of each character of a string with escapes or CRLF."""
    quotes = 3 if text.startswith(('"""', "'''"), scalar.start) and scalar.body - scalar.start >= 3 else 1
    return _decoded(text, scalar.body, scalar.end - quotes, scalar.style)[1]


def _decoded(text: str, start: int, end: int, style: str) -> tuple[str, tuple[int, ...]]:
    return decode(text, start, end, _BASIC if style == BASIC else _LITERAL, _unescaped)


def _unescaped(found: re.Match[str]) -> str:
    escape = found[0]
    if escape[0] != "\\":
        return "\n"
    if escape[-1] in " \t\r\n":
        return ""
    if escape[1] in "uU":
        return chr(int(escape[2:], 16)) if len(escape) > 2 and int(escape[2:], 16) < 0x110000 else escape
    return _ESCAPES.get(escape[1], escape)


def _document(text: str) -> Iterator[Event]:
    """Yield the events of a text that tomllib has accepted; an error here is a flaw of this parser, not of the text."""
    yield Open(start=0, mapping=True, path=(), place=())
    lengths: dict[Path, int] = {}
    closers: list[str] = []
    at = _skip(text, 0)
    key_next = True
    while at < len(text):
        char = text[at]
        if closers and char in "]},":
            at += 1
            if char != ",":
                closers.pop()
                yield Close(end=at)
            key_next = closers[-1:] == ["}"] if closers else True
        elif key_next and char == "[":
            yield Close(end=at)
            brackets = 2 if text.startswith("[[", at) else 1
            key = _key(text, at + brackets)
            parts = (*key.prefix, key.text)
            yield Open(start=at, mapping=True, path=parts, place=_place(parts, lengths, element=brackets == 2))
            at = _expect(text, key.end, "]" * brackets)
        elif key_next:
            key = _key(text, at)
            yield key
            at = _expect(text, key.end, "=")
            key_next = False
        elif char in "[{":
            yield Open(start=at, mapping=char == "{")
            closers.append("]" if char == "[" else "}")
            at += 1
            key_next = char == "{"
        else:
            scalar = _scalar(text, at)
            yield scalar
            at = scalar.end
            key_next = not closers
        at = _skip(text, at)
    yield Close(end=len(text))


def _place(parts: tuple[str, ...], lengths: dict[Path, int], *, element: bool) -> Path:
    """The full path of a table: `[a.b]` after a second `[[a]]` is a, 1, b. `lengths` counts such arrays' elements."""
    place: Path = ()
    for number, part in enumerate(parts, 1):
        place = (*place, part)
        if element and number == len(parts):
            lengths[place] = lengths.get(place, 0) + 1
        if place in lengths:
            place = (*place, lengths[place] - 1)
    return place


def _key(text: str, at: int) -> Scalar:
    """Parse a dotted key: its last part is the text, the parts before it are the prefix."""
    parts: list[str] = []
    at = start = _blank(text, at)
    while True:
        bare = _BARE_KEY.match(text, at)
        quoted = None if bare else _scalar(text, at)
        parts.append(bare[0] if bare else quoted.text if quoted else "")
        end = bare.end() if bare else quoted.end if quoted else at
        at = _blank(text, end)
        if not text.startswith(".", at):
            return Scalar(start=start, end=end, body=start, text=parts[-1], prefix=tuple(parts[:-1]))
        at = _blank(text, at + 1)


def _scalar(text: str, at: int) -> Scalar:
    for quotes, pattern in _BODIES:
        if text.startswith(quotes, at):
            found = pattern.match(text, at)
            if found is None:
                raise fault(text, at, "not a string of TOML")
            style = BASIC if quotes[0] == '"' else LITERAL
            value, _ = _decoded(text, *found.span(1), style)
            verbatim = value == found[1]
            return Scalar(start=at, end=found.end(), body=found.start(1), text=value, style="" if verbatim else style)
    word = _WORD.match(text, at)
    if word is None:
        raise fault(text, at, "expected a value")
    return Scalar(start=at, end=word.end(), body=at, text=word[0], string=False)


def _expect(text: str, at: int, what: str) -> int:
    at = _blank(text, at)
    if not text.startswith(what, at):
        raise fault(text, at, f"expected '{what}'")
    return at + len(what)


def _skip(text: str, at: int) -> int:
    found = _SKIP.match(text, at)
    return found.end() if found else at


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _by_path(strings: Iterable[tuple[tuple[str, ...], str]]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for path, value in strings:
        found.setdefault(path, []).append(value)
    return found


def _strings(value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every string of a parsed document with its key path, in document order within one path."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        if isinstance(each, dict):
            waiting += [((*path, key), inner) for key, inner in reversed(each.items())]
        elif isinstance(each, list):
            waiting += [(path, inner) for inner in reversed(each)]
        elif isinstance(each, str):
            yield path, each
