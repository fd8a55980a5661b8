"""Text from a repository inside Markdown, without effect on a terminal or on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.model import Finding

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def place(finding: Finding) -> str:
    """Path and line, and the commit for a finding in history."""
    commit = f" in {finding.commit.id[:12]}" if finding.commit else ""
    return code(f"{finding.path}:{finding.start[0]}") + commit


def codes(texts: Iterable[str]) -> str:
    """Several texts as code, separated by commas."""
    return ", ".join(map(code, texts))


def code(text: str) -> str:
    """Text as code; a backtick or a vertical bar in a path would end it or the table's cell."""
    return f"`{_CONTROL.sub('�', text).replace('`', 'ˋ').replace('|', '¦')}`"


def plain(text: str) -> str:
    """Text without Markdown syntax."""
    return _MARKUP.sub(r"\\\1", _CONTROL.sub("�", text))
