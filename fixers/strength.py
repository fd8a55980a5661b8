"""How hard a value is to guess, and so whether two equal values may be a coincidence."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from scanner.model import SecretValue

# A weaker value may be in two places by chance or habit (`changeme`), and is then no sign of one secret.
STRONG_BITS = 60.0
# A run of letters of one case counts as a word, including digits that replace letters: 1.5 bits per letter is above
# Shannon's estimate for printed English. https://doi.org/10.1002/j.1538-7305.1951.tb01366.x
_WORD = re.compile(r"[A-Z]?[a-z]{5,}|[A-Z]{5,}")
_WORD_BITS_A_LETTER = 1.5
_LEET = str.maketrans("013457@$", "oleastas")
_HEX = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{16,}|(?=.*[0-9])(?=.*[A-F])[0-9A-F]{16,}")


def strength(value: SecretValue) -> float:
    """The bits that must be guessed, estimated from the value's form.

    Words count 1.5 bits per letter; each other character counts log2 of the size of the alphabet of these others, or
    nothing if it repeats or continues the one before it (`aaa`, `123`). The total is at most 1.5 times the Shannon
    entropy. Of a text that is a repetition, only one period counts.
    """
    text = value.reveal("text")
    text = text[: (text + text).find(text, 1)] if text else ""
    words = [] if _HEX.fullmatch(text) else [found.span() for found in _WORD.finditer(text.translate(_LEET))]
    inside = {index for start, end in words for index in range(start, end)}
    rest = [index for index in range(len(text)) if index not in inside]
    fresh = sum(index == 0 or ord(text[index]) - ord(text[index - 1]) not in (-1, 0, 1) for index in rest)
    estimate = len(inside) * _WORD_BITS_A_LETTER + fresh * math.log2(max(2, _alphabet([text[index] for index in rest])))
    entropy = -sum(count * math.log2(count / len(text)) for count in Counter(text).values())
    return min(estimate, 1.5 * entropy)


def _alphabet(chars: Iterable[str]) -> int:
    """The size of the alphabet that these characters were probably drawn from."""
    seen = set(chars)
    if seen <= set("0123456789abcdef") or seen <= set("0123456789ABCDEF"):
        return 10 if all(char.isdigit() for char in seen) else 16
    lower, upper = any(char.islower() for char in seen), any(char.isupper() for char in seen)
    digits, others = any(char.isdigit() for char in seen), any(not char.isalnum() for char in seen)
    return 26 * lower + 26 * upper + 10 * digits + 20 * others
