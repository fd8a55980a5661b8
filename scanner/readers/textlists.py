"""Find lists and mappings of credentials in code of any language: each text has the name of the collection.

`apiKeys := []string{"...", "..."}`, `val tokens = mapOf("alice" to "...")`, `$passwords = ['root' => '...']`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.lazy_patterns import lazy_pattern
from scanner.model import Span
from scanner.readers.several import ADDING, NAMES_OF_SEVERAL
from scanner.readers.textvalues import GAP, NAME, Shape

_MOST = 1_000
# How far before the first text the collection's name can begin, and how far before a hit the text.
_REACH, _INTO = 300, 12
_LONGEST = 100
_QUOTES = "\"'`"
_BLANK = r"\s{0,200}"
_COMMENTS = rf"(?:(?://|\#)[^\n]{{0,200}}\n{_BLANK}){{0,3}}"
# A comma separates key and text only if the pair has brackets of its own: `{"alice", "..."}`.
_KEY = (
    rf"(?P<pair>(?:[\[{{]|\w{{0,20}}\(){GAP})?"
    r"(?:(?P<mark>[\"'`])(?P<quoted>[^\s\"'`]{1,60})(?P=mark)|:?(?P<bare>[A-Za-z_][\w.@\-]{0,60}))\]?"
    rf"{GAP}(?:=>|->|[:=]|\bto\b|(?(pair),|(?!))){GAP}"
)
_SEVERAL = lazy_pattern(NAMES_OF_SEVERAL, re.IGNORECASE)
# How those openings end: a quick check that rules out most hits.
_ENDS = ("keys", "tokens", "words", "wds", "secrets", "credentials", "phrases")
_WORD = lazy_pattern(r"[\w$\-]+\Z")
_OPENED = lazy_pattern(
    rf"(?P<name>{NAME})[\"'`]?(?:\[\w{{0,30}}\])?{GAP}(?::(?!=)[^\n=\"'`;]{{1,60}}?)?"
    rf"(?::=|=>|=|<-|:){GAP}(?P<made>(?:[^\n\"'`;=:{{]|::){{0,60}}?)"
    rf"(?:\r?\n[ \t]{{0,60}})?(?P<bracket>[\[({{]){_BLANK}{_COMMENTS}(?:{_KEY})?\Z"
)
# `tokens["alice"] = "..."`, `tokens.alice = "..."`, `apiKeys.put("alice", "...")`
_ADDED = lazy_pattern(
    rf"(?P<name>[A-Za-z_$][\w\-]{{0,100}}+)(?:"
    rf"\[{GAP}(?P<mark>[\"'`])(?P<quoted>[^\s\"'`]{{1,60}})(?P=mark){GAP}\]{GAP}={GAP}"
    rf"|\.(?P<bare>[A-Za-z_]\w{{0,60}}){GAP}={GAP}"
    rf"|\.(?i:{ADDING})\({GAP}(?:(?P<of>[\"'`])(?P<whose>[^\s\"'`]{{1,60}})(?P=of),{GAP})?)\Z"
)
_KEYED = lazy_pattern(rf"{_KEY}(?=[\"'`])")
# An entry that is not a text: `{ a: "...", b: process.env.B, c: "..." }`.
_OTHER = rf"[\w.$]{{1,60}}(?:{GAP}:{GAP}[\w.$]{{1,60}})?"
_FURTHER = lazy_pattern(
    rf"{GAP}(?:[)\]}}]{GAP})?(?:[,;]\s{{0,200}}|[ \t]{{1,20}}|(?=\r?\n))\s{{0,20}}"
    rf"{_COMMENTS}(?:{_OTHER},{_BLANK}{_COMMENTS}){{0,3}}(?:{_KEY})?(?=[\"'`])"
)
_ANY_TEXT = lazy_pattern(r"([\"'`])[^\n\"'`]{0,500}\1")
_TEXT = lazy_pattern(r"([\"'`])([^\s\"'`]{1,500})\1")
# Constructors of collections in Java, Kotlin, Scala, Rust, PHP, R and PowerShell.
_MAKER = lazy_pattern(r"(?i)(?:list|set|array|vector|seq|map|of|ofEntries|from|(?<![\w.])c|@)\Z")


def entries_at(text: str, offset: int) -> Iterator[Shape]:
    """The texts of the collection whose first element is at a hit; none if the hit is in no collection."""
    start = max(text.rfind(quote, max(0, offset - _INTO), offset) for quote in _QUOTES)
    first = _opened(text, start) if start >= 0 else None
    if first is None:
        return
    if first.re.pattern == _ADDED.pattern:
        yield from _entry(text, first["name"], first, start)
        return
    keyed = _KEYED.match(text, start) if _key(first) is None else None
    found: re.Match[str] | None = keyed or first
    at = keyed.end() if keyed else start
    for _ in range(_MOST):
        if found is None:
            return
        yield from _entry(text, first["name"], found, at)
        value = _ANY_TEXT.match(text, at)
        found = _FURTHER.match(text, value.end()) if value else None
        at = found.end() if found else at


def _entry(text: str, name: str, found: re.Match[str], at: int) -> Iterator[Shape]:
    """The quoted text at an offset, with the key found before it; None if it contains blanks."""
    value = _TEXT.match(text, at)
    if value is not None:
        key = _key(found)
        yield Shape(name=key or name, within=name if key else "", span=Span(*value.span()), inner=Span(*value.span(2)))


def _opened(text: str, start: int) -> re.Match[str] | None:
    """What opens the collection whose first text begins at `start`, or adds that text to it."""
    before = text[max(0, start - _REACH) : start].lower()
    if not any(end in before for end in _ENDS):
        return None
    for several in reversed(list(_SEVERAL.finditer(text, max(0, start - _REACH), start))):
        word = _WORD.search(text, max(0, several.start() - _LONGEST), several.start())
        low = word.start() if word else several.start()
        found = _OPENED.match(text, low, start)
        if found is not None:
            return found if _is_made(found["made"].rstrip(), found["bracket"]) else None
        found = _ADDED.match(text, low, start)
        if found is not None:
            return found
    return None


def _key(found: re.Match[str]) -> str | None:
    groups = found.groupdict()
    return groups.get("quoted") or groups.get("bare") or groups.get("whose")


def _is_made(made: str, bracket: str) -> bool:
    """Whether the text before a bracket makes it a collection, and not a call or a subscript."""
    if bracket == "(":
        return not made or _MAKER.search(made) is not None
    if bracket == "[":
        return not made or made.endswith("vec!") or not (made[-1].isalnum() or made[-1] in "_)]")
    return not made.endswith(")")
