"""Parse JSON, with comments, trailing commas and several values in one file, into events with exact offsets.

https://www.rfc-editor.org/rfc/rfc8259, https://code.visualstudio.com/docs/languages/json#_json-with-comments
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from json import JSONDecodeError, JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import Final

from rules.lazy_patterns import lazy_pattern
from scanner.readers._escapes import decode, fault
from scanner.readers._tree import Close, Event, Open, Scalar

ESCAPED: Final = "escaped"
_STRICT: Final = False
"""Files have tabs and line ends inside strings; `strict` would refuse them."""

# Numbers stay text: Python refuses to convert one with thousands of digits.
_DECODER: Final = JSONDecoder(strict=_STRICT, parse_int=str, parse_float=str)
_LARGE: Final = 2_000
_FAR: Final = 20_000
"""A container without a hit is passed over if it is large, or far from any. A small one can be a `{name: X, value: Y}`,
which its neighbours have as a sibling."""

_SKIP = lazy_pattern(r"(?:[ \t\r\n\ufeff\x1e]++|//[^\r\n]*+|/\*(?s:.*?)\*/)*+")
_WORD = lazy_pattern(r"-?\d[\d.eE+\-]*|true|false|null|NaN|-?Infinity")
_ESCAPE = lazy_pattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_VALUE, _KEY, _COLON, _AFTER = range(4)


def events(text: str, hits: Sequence[int] | None = None) -> Iterator[Event]:
    """Yield the events of a JSON text. Raises Unreadable if it is not JSON.

    With `hits` (sorted offsets), large containers without a hit yield only their start and end.
    """
    closers: list[str] = []
    # Budget for failed attempts: each nesting level may be decoded in vain before the one inside it.
    left = 4 * len(text) if hits is not None else 0
    state, at = _VALUE, _skip(text, 0)
    while at < len(text):
        char = text[at]
        if state == _COLON:
            if char != ":":
                raise fault(text, at, "expected ':'")
            state, at = _VALUE, at + 1
        elif closers and char == closers[-1] and (state != _VALUE or char == "]"):
            closers.pop()
            at += 1
            yield Close(end=at)
            state = _AFTER
        elif state == _AFTER and closers:
            if char != ",":
                raise fault(text, at, "expected ',' or an end")
            state, at = _KEY if closers[-1] == "}" else _VALUE, at + 1
        elif char in "{[" and state != _KEY:
            yield Open(start=at, mapping=char == "{")
            end = _passed(text, at, hits) if hits is not None and left > 0 else at
            if end > at:
                yield Close(end=end)
                state, at = _AFTER, end
            else:
                left -= at - end
                closers.append("}" if char == "{" else "]")
                state, at = _KEY if char == "{" else _VALUE, at + 1
        else:
            scalar = _scalar(text, at, state == _KEY)
            yield scalar
            state, at = _COLON if state == _KEY else _AFTER, scalar.end
        at = _skip(text, at)
    if closers or state not in (_AFTER, _VALUE):
        raise fault(text, len(text), "ends too early")


def starts(text: str, scalar: Scalar) -> tuple[int, ...]:
    """The offset of each character of a string with escapes."""
    return decode(text, scalar.body, scalar.end - 1, _ESCAPE, _unescaped)[1]


def _passed(text: str, at: int, hits: Sequence[int]) -> int:
    """Try to skip the container at an offset: its end, or else the offset less the characters decoded in vain."""
    number = bisect.bisect_left(hits, at)
    following = hits[number] if number < len(hits) else len(text) + _FAR
    if following - at < _LARGE:
        return at
    try:
        end = _DECODER.raw_decode(text, at)[1]
    except JSONDecodeError as error:  # comments and trailing commas, too
        return 2 * at - error.pos
    except RecursionError:
        return at
    far = following - end >= _FAR and (not number or at - hits[number - 1] >= _FAR)
    return end if end + 1 < following and (far or end - at >= _LARGE) else 2 * at - end


def _unescaped(found: re.Match[str]) -> str:
    return str(scanstring(f'{found[0]}"', 0, _STRICT)[0])


def _skip(text: str, at: int) -> int:
    found = _SKIP.match(text, at)
    return found.end() if found else at


def _scalar(text: str, at: int, key: bool) -> Scalar:
    if text[at] == '"':
        try:
            value, end = scanstring(text, at + 1, _STRICT)
        except JSONDecodeError as error:
            # The message is safe, but the exception object carries the whole text.
            offset = error.pos
        else:
            # Every escape is longer than the character that it stands for.
            style = ESCAPED if end - at - 2 != len(value) else ""
            return Scalar(start=at, end=end, body=at + 1, text=value, style=style)
        raise fault(text, offset, "not a string of JSON")
    word = None if key else _WORD.match(text, at)
    if word is None:
        raise fault(text, at, "expected a key" if key else "expected a value")
    return Scalar(start=at, end=word.end(), body=at, text=word[0], string=False)
