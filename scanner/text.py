"""Decode bytes to text and convert offsets to lines: the only module that knows encodings and line ends."""

from __future__ import annotations

import bisect
import codecs
import functools
import itertools
import operator
import re

from rules.lazy_patterns import lazy_pattern
from scanner.content import looks_binary, wide_encoding
from scanner.model import Document, Kind, Source, Span

# https://peps.python.org/pep-0263/: a coding cookie is on one of the first two lines.
_COOKIE = lazy_pattern(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)", re.ASCII)
_BLANK = lazy_pattern(rb"^[ \t\f]*(?:#.*)?$")
_LINE_END = lazy_pattern(r"\r\n?|\n")
# ASCII characters must keep their meaning in the declared encoding: utf-7, utf-16 or unicode_escape hide code.
_PLAIN = bytes(byte for byte in range(128) if byte not in b"\x0e\x0f\x1b\\") + rb"\u0041"


class UndecodableError(Exception):
    """Bytes that are not text; the message says why and never quotes them."""


def decode(source: Source, kind: Kind) -> Document:
    """Decode a source. Raises UndecodableError for binary data.

    UTF-8 first (for a Python file its own cookie before that), then UTF-16 and UTF-32, then latin-1, which always
    succeeds and keeps every byte. Python whose cookie gives ASCII bytes another meaning is read as plain text.
    """
    raw = source.raw
    wide = wide_encoding(raw[:8000])
    if wide is None and looks_binary(raw):
        raise UndecodableError("binary")
    bom = raw.startswith(codecs.BOM_UTF8)
    body = raw[3:] if bom else raw
    if wide is not None:
        try:
            text = raw.decode(wide)
        except UnicodeDecodeError:
            raise UndecodableError(f"not valid {wide}") from None
        bom = text.startswith("\ufeff") or wide in ("utf-16", "utf-32")
        text = text.removeprefix("\ufeff")
        return Document(
            source=source, kind=kind, text=text, encoding=wide, bom=bom, utf8=text.encode("utf-8", "surrogatepass")
        )
    declared = python_cookie(body) if kind is Kind.PYTHON and not bom else None
    if declared and not _keeps_ascii(declared):
        declared, kind = None, Kind.TEXT
    for encoding in (declared, "utf-8", "latin-1"):
        if encoding is None:
            continue
        try:
            text = body.decode(encoding)
        except UnicodeError:
            continue
        break
    if kind is Kind.TEXT and "\0" in text:
        text = text.replace("\0", " ")  # between the variables of a /proc/PID/environ; no fixer writes this kind
    utf8 = body if encoding == "utf-8" else text.encode("utf-8", "surrogatepass")
    return Document(source=source, kind=kind, text=text, encoding=encoding or "utf-8", bom=bom, utf8=utf8)


def encode(document: Document, text: str) -> bytes:
    """A document's changed text as bytes: the same encoding, the same byte order mark."""
    if document.encoding in ("utf-16", "utf-32"):
        little = document.source.raw[:1] == b"\xff"
        encoding = document.encoding + ("-le" if little else "-be")
        return ("\ufeff" + text).encode(encoding)
    if document.encoding.startswith("utf-16"):  # utf-16-le or -be, which add no mark
        return (("\ufeff" if document.bom else "") + text).encode(document.encoding)
    # Latin text can follow a UTF-8 mark.
    return (codecs.BOM_UTF8 if document.bom else b"") + text.encode(document.encoding)


def python_cookie(body: bytes) -> str | None:
    """The encoding in a PEP 263 cookie, normalised by codecs; None without one or for an unknown one."""
    for line in body.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            try:
                # Without a mark both encodings are equal, and this one writes none.
                return codecs.lookup(found[1].decode()).name.removesuffix("-sig")
            except LookupError:
                return None
        if not _BLANK.match(line.rstrip(b"\r")):
            return None
    return None


def _keeps_ascii(encoding: str) -> bool:
    try:
        return _PLAIN.decode(encoding) == _PLAIN.decode("ascii")
    except (UnicodeError, LookupError):  # subclass of LookupError: rot13 and zlib, which are not text encodings
        return False


@functools.lru_cache(maxsize=1)
def line_starts(text: str) -> list[int]:
    """Offsets at which lines start; lines end at \r\n, \n and \r only (str.splitlines knows more).

    The list is cached and shared by reader, judge and ignore comments: do not change it.
    """
    if "\r" in text:
        return [0, *(found.end() for found in _LINE_END.finditer(text))]
    # The same five times as fast: the length of each line and all before it, and the line ends between them.
    lengths = itertools.accumulate(map(len, text.split("\n")[:-1]))
    return [0, *map(operator.add, lengths, itertools.count(1))]


def position(starts: list[int], offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset; columns count code points."""
    line = bisect.bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def line_span(starts: list[int], text: str, line: int) -> Span:
    """The span of line number `line` (from 1) without its line end."""
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(text)
    while end > start and text[end - 1] in "\r\n":
        end -= 1
    return Span(start, end)


def character_offsets(document: Document, offsets: list[int]) -> list[int]:
    """Code-point offsets for sorted byte offsets into the prefilter's input for a document."""
    seen, encoding = document.utf8, "utf-8"
    if not (document.encoding == "utf-8" or document.encoding.startswith(("utf-16", "utf-32"))):
        seen, encoding = document.source.raw.removeprefix(codecs.BOM_UTF8), document.encoding
    if len(seen) == len(document.text):
        return offsets
    found, before, count = [], 0, 0
    decoder = codecs.getincrementaldecoder(encoding)("ignore")
    for offset in offsets:
        # An offset inside a character counts as its start.
        count += len(decoder.decode(seen[before:offset]))
        before = offset
        found.append(count)
    return found
