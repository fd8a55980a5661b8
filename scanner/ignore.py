"""Inline markers: ours with rule and reason, and those of the tools that people come from."""

from __future__ import annotations

import re

from scanner.text import line_span

# `# unhardcode: ignore[rule, rule] reason`; without brackets it stands for every rule.
_OURS = re.compile(r"unhardcode:\s*ignore(?:\[(?P<rules>[^\]]*)\])?(?P<reason>[^\r\n]*)", re.IGNORECASE)
_OTHERS_SAME_LINE = re.compile(
    r"gitleaks:allow|betterleaks:allow|trufflehog:ignore|kingfisher:ignore|pragma:\s*allowlist\s+secret|ggignore"
    r"|\bnosec\b(?!\s*B(?!10[567]))|noqa:[^\r\n]*\bS10[567]\b|nosemgrep",
    re.IGNORECASE,
)
_OTHERS_NEXT_LINE = re.compile(r"pragma:\s*allowlist\s+nextline\s+secret", re.IGNORECASE)


def ignored(text: str, starts: list[int], *, first: int, last: int, rule: str, foreign: bool) -> str | None:
    """Why a finding on lines `first` to `last` is ignored, or None.

    Our marker counts on those lines and on the line above; another tool's (if `foreign`) on the lines themselves, or
    above where that is what it means.
    """
    for line in range(max(first - 1, 1), last + 1):
        if line > len(starts):
            break
        span = line_span(starts, text, line)
        row = text[span.start : min(span.end, span.start + 5_000)]
        found = _OURS.search(row)
        if found and _names(found["rules"], rule):
            return f"ignored inline: {found['reason'].strip(' -:') or 'no reason given'}"
        if not foreign:
            continue
        if line >= first and _OTHERS_SAME_LINE.search(row):
            return "another tool's marker"
        if line < first and _OTHERS_NEXT_LINE.search(row):
            return "another tool's marker"
    return None


def _names(rules: str | None, rule: str) -> bool:
    return rules is None or rule in (name.strip() for name in rules.split(","))
