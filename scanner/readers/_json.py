"""JSON, also with comments, trailing commas and several values in one file, as events with exact offsets.

https://www.rfc-editor.org/rfc/rfc8259, https://code.visualstudio.com/docs/languages/json#_json-with-comments
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out
from typing import Final

from scanner.readers._escapes import decode, fault
from scanner.readers._tree import Close, Event, Open, Scalar

ESCAPED: Final = "escaped"
_STRICT: Final = False
"""Files have tabs and line ends inside strings; `strict` would refuse them."""

_SKIP = re.compile(r"(?:[ \t\r\n\ufeff\x1e]++|//[^\r\n]*+|/\*(?s:.*?)\*/)*+")
_WORD = re.compile(r"-?\d[\d.eE+\-]*|true|false|null|NaN|-?Infinity")
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_VALUE, _KEY, _COLON, _AFTER = range(4)


def events(text: str) -> Iterator[Event]:
    """Yield the events of a JSON text. Raises Unreadable where it is not JSON."""
    closers: list[str] = []
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
    """Where each character of an escaped string stands."""
    return decode(text, scalar.body, scalar.end - 1, _ESCAPE, _unescaped)[1]


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
            # Its own message is safe, but the exception carries the whole text.
            offset = error.pos
        else:
            # Every escape is longer than what it stands for.
            style = ESCAPED if end - at - 2 != len(value) else ""
            return Scalar(start=at, end=end, body=at + 1, text=value, style=style)
        raise fault(text, offset, "not a string of JSON")
    word = None if key else _WORD.match(text, at)
    if word is None:
        raise fault(text, at, "expected a key" if key else "expected a value")
    return Scalar(start=at, end=word.end(), body=at, text=word[0], string=False)
