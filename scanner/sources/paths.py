"""Paths as they appear in results: POSIX, undecodable bytes percent-encoded."""

from __future__ import annotations

import os

from rules.lazy_patterns import lazy_pattern

_ESCAPED = lazy_pattern(rb"%(25|[89A-Fa-f][0-9A-Fa-f])")
_ESCAPE = lazy_pattern(r"%(?=[89A-Fa-f][0-9A-Fa-f]|25)")


def shown(raw: bytes | str) -> str:
    """A path for results. Undecodable bytes become %XX; a percent sign that would read as one becomes %25."""
    text = os.fsdecode(raw) if isinstance(raw, bytes) else raw
    if os.sep != "/":
        text = text.replace(os.sep, "/")
    if "%" in text:
        text = _ESCAPE.sub("%25", text)
    if text.isascii():
        return text
    return "".join(f"%{ord(char) & 0xFF:02X}" if "\udc80" <= char <= "\udcff" else char for char in text)


def path_on_disk(path: str) -> bytes:
    """The inverse of `shown`: the path's bytes on disk and in git, with slashes."""
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), path.encode("utf-8", "surrogateescape"))


def name_on_disk(path: str) -> str:
    """The name on disk of the file whose path in results is `path`; the path itself if that name cannot be decoded."""
    try:
        return path_on_disk(path).decode() if "%" in path else path
    except UnicodeDecodeError:
        return path
