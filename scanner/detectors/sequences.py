"""Detect values that repeat or count up: `xxxxxxxx`, `1234567890`, `qwertyuiop`. Random values never do."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lazy_patterns import lazy_pattern

_NUMBER = lazy_pattern(r"[-+]?\d[\d_,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|0x[0-9a-fA-F]{1,8}")
_RUN = lazy_pattern(r"[A-Za-z0-9]+")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz 01234567890123456789 qwertyuiopasdfghjklzxcvbnm qazwsxedcrfvtgbyhnujmikolp "
    "1qaz2wsx3edc4rfv5tgb6yhn"
)


def is_made_up(text: str) -> bool:
    """Whether the letters and digits, or their longest run, repeat or count up: `sk_live_xxxx`, `1234567890ab`.

    Random text of twelve or more characters has more different ones than a quarter of its length, and more than six.
    """
    runs = _RUN.findall(text)
    return any(_repeats_or_counts(part) for part in ("".join(runs), max(runs, key=len, default="")))


def is_crossed_out(text: str) -> bool:
    """Whether the longest run of letters and digits is a few of them repeated: `akac-xxxxxxxxxxxx`."""
    longest = max(_RUN.findall(text), key=len, default="")
    return len(longest) >= 12 and len(set(longest)) <= max(2, min(len(longest) // 5, 5)) and not longest.isdigit()


def _repeats_or_counts(part: str) -> bool:
    if len(part) < 12:
        return False
    return len(set(part)) <= min(len(part) // 4, 6) or _is_repeated(part) or _is_sequence(part.casefold())


def patterns(text: str) -> Iterator[str]:
    """The names of the evidence that a value is short, a number, or repeats or counts up."""
    if len(text) < 4:
        yield "short"
    if _NUMBER.fullmatch(text):
        yield "number-only"
    if _is_repeated(text):
        yield "repeated"
    elif _is_sequence(text.casefold()):
        yield "sequence"


def _is_repeated(text: str) -> bool:
    """Whether a text is one or two characters, or one block three or more times."""
    start = text[:256]
    if len(start) < 4:
        return len(set(start)) == 1
    period = (start + start).find(start, 1)
    return period * 3 <= len(start) or len(set(start)) <= max(2, len(start) // 12)


def _is_sequence(folded: str) -> bool:
    """Whether a text is mostly runs of four or more along the alphabet, the digits or the keyboard.

    So is one of two that take turns: `a0b1c2d3e4f5a6b7`.
    """
    if len(folded) < 4 or len(folded) > 200:
        return False
    if len(folded) >= 12 and _counts(folded[::2]) and _counts(folded[1::2]):
        return True
    return _counts(folded)


def _counts(folded: str) -> bool:
    covered = at = 0
    while at + 4 <= len(folded):
        size = _run_at(folded, at)
        covered += size
        at += size or 1
    return covered * 4 >= len(folded) * 3


def _run_at(folded: str, at: int) -> int:
    size = 0
    for end in range(at + 4, min(len(folded), at + 40) + 1):
        piece = folded[at:end]
        if piece not in _RUNS and piece[::-1] not in _RUNS:
            break
        size = end - at
    return size
