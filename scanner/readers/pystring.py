"""Decode Python string tokens: their value, and the source offset of each of its characters.

https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rules.lazy_patterns import lazy_pattern

_HEAD = lazy_pattern(r"([A-Za-z]{0,3})('''|\"\"\"|'|\")")
_SIMPLE = dict(zip("\\'\"abfnrtv", "\\'\"\a\b\f\n\r\t\v", strict=True))
_ESCAPE = lazy_pattern(
    r"\\(?:(\r\n|\r|\n)|([0-7]{1,3})|x([0-9A-Fa-f]{2})|N\{([^}]+)\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|(\r\n?)",
    re.S,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One decoded token.

    `body` is where its content starts; `offsets` maps value characters (and the end) to offsets from the token's start,
    None if the content is verbatim.
    """

    value: str | bytes
    body: int
    end: int
    offsets: tuple[int, ...] | None
    prefix: str
    quote: str


def parts(token: str) -> tuple[str, str] | None:
    """Prefix (lower case) and quotes of a string token, or None for any other text."""
    head = _HEAD.match(token)
    return None if head is None else (head[1].lower(), head[2])


def decode(token: str) -> Token:
    """Decode a plain string or bytes token (no f-string). Raises ValueError where Python would refuse it."""
    head = _HEAD.match(token)
    if head is None or not token.endswith(head[2]) or len(token) < head.end() + len(head[2]):
        raise ValueError("not a string token")
    prefix, quote = head[1].lower(), head[2]
    body, end = head.end(), len(token) - len(quote)
    text, offsets = decode_body(token, body, end, raw="r" in prefix, is_bytes="b" in prefix)
    value: str | bytes = text.encode("latin-1") if "b" in prefix else text
    return Token(value=value, body=body, end=end, offsets=offsets, prefix=prefix, quote=quote)


def decode_body(token: str, body: int, end: int, *, raw: bool, is_bytes: bool) -> tuple[str, tuple[int, ...] | None]:
    """The characters of `token[body:end]` and the offset of each (and of the end); None if they are verbatim."""
    content = token[body:end]
    if "\r" not in content and (raw or "\\" not in content):
        return content, None
    characters: list[str] = []
    offsets: list[int] = []
    at = body
    for found in _ESCAPE.finditer(token, body, end):
        if raw and found[0][0] == "\\":
            # In a raw string only line ends are normalised, also one after a backslash.
            at = _verbatim(token, at, found.start() + 1, characters, offsets)
            if found[1] is not None:
                characters.append("\n")
                offsets.append(at)
                at = found.end()
            continue
        at = _verbatim(token, at, found.start(), characters, offsets)
        piece = _escaped(found, is_bytes=is_bytes)
        characters.extend(piece)
        offsets.extend([at] * len(piece))
        at = found.end()
    at = _verbatim(token, at, end, characters, offsets)
    offsets.append(end)
    return "".join(characters), tuple(offsets)


def _verbatim(token: str, start: int, end: int, characters: list[str], offsets: list[int]) -> int:
    characters.extend(token[start:end])
    offsets.extend(range(start, end))
    return end


def _escaped(found: re.Match[str], *, is_bytes: bool) -> str:
    newline, octal, hexadecimal, name, short, long, other, bare = found.groups()
    if bare is not None:
        return "\n"
    if newline is not None:
        return ""
    if octal is not None:
        return chr(int(octal, 8) & 0xFF if is_bytes else int(octal, 8))
    if hexadecimal is not None:
        return chr(int(hexadecimal, 16))
    if is_bytes or other is not None:
        if other is not None and other in _SIMPLE:
            return _SIMPLE[other]
        return found[0]
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            raise ValueError("unknown character name") from None
    code = int(short or long, 16)
    if code > 0x10FFFF:
        raise ValueError("illegal character code")
    return chr(code)
