"""Make text from a repository safe to print on a terminal: no control characters."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """The text on one line, with control characters replaced."""
    return CONTROL.sub("�", text).replace("\t", " ").replace("\n", " ")
