"""Paths as they appear in results: POSIX, undecodable bytes percent-encoded."""

from __future__ import annotations

import os


def shown(raw: bytes | str) -> str:
    """A path for results. Undecodable bytes become %XX; a literal percent sign before two hex digits does too."""
    text = os.fsdecode(raw) if isinstance(raw, bytes) else raw
    if os.sep != "/":
        text = text.replace(os.sep, "/")
    if text.isascii():
        return text
    return "".join(f"%{ord(char) & 0xFF:02X}" if "\udc80" <= char <= "\udcff" else char for char in text)
