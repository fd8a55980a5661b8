"""The two forms of a provider's pattern: `re` finds the secret, Hyperscan says where to look.

Patterns are bytes-like: ASCII only, `\\b` and `\\w` in their ASCII sense in both engines.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence

from rules.lazy_patterns import lazy_pattern
from rules.model import ProviderRule

GROUP = "(?P<secret>"
FORWARD = 20_000
"""Characters after a Hyperscan hit in which the pattern can end (a PEM block is the longest)."""
_WIDE = 600
"""Upper bound from which a repeat ends the Hyperscan form: it costs memory and reports every end."""
_REPEATED = lazy_pattern(r" '.*'", re.DOTALL)
_REPEAT = lazy_pattern(r"\{(\d+),(\d*)\}")
_LAST = lazy_pattern(r"(?P<atom>\[\^?\]?[^\]]*\]|\\.|[^\\\](){}?*+|])(?:\{(?P<least>\d+)(?:,\d*)?\}|\?)\Z", re.DOTALL)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for `re`; its group `secret` is the credential."""
    with warnings.catch_warnings():
        # `[[a]` and `[a--b]` mean what they say, in Hyperscan too; Python announces that it may change its mind.
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern, re.ASCII)


def hyperscan_expression(rule: ProviderRule) -> bytes:
    """Give the form for Hyperscan: it ends at the shortest possible secret, so that one token gives one hit.

    A last repeat `{24,99}` of the group becomes `{24}`, and what follows it (`\\b`, a context) goes; so does all
    after a repeat of 600 or more. It therefore finds more than the pattern: search `text` with the pattern from
    `hit - rule.reach` to `hit + FORWARD`.
    """
    before, _, rest = rule.pattern.partition(GROUP)
    end = _group_end(rest)
    body, after = _cut_wide(rest[:end]), rest[end + 1 :]
    if body != rest[:end]:
        return f"{before}(?:{body})".encode("ascii")
    short = _shortest(body)
    return f"{before}(?:{short}){after if short == body else ''}".encode("ascii")


def find_fault(rules: Sequence[ProviderRule]) -> tuple[ProviderRule, str] | None:
    """Find the first rule whose pattern does not work in both engines, and say why; None if all do."""
    for rule in rules:
        fault = _re_fault(rule)
        if fault:
            return rule, fault
    if rules and _hyperscan_fault(rules):
        # One database for all takes a second, one for each several: only a fault is worth them.
        return next((rule, fault) for rule in rules if (fault := _hyperscan_fault([rule])))
    return None


def _re_fault(rule: ProviderRule) -> str | None:
    try:
        compiled = compile_pattern(rule.pattern)
    except (re.error, RecursionError, OverflowError) as error:
        # Some messages repeat a part of the pattern, which may be anything that got there by mistake.
        return f"not a pattern for re: {_REPEATED.sub('', str(error))}"
    if compiled.groupindex != {"secret": 1} or compiled.groups != 1 or GROUP not in rule.pattern:
        return "needs exactly one group, (?P<secret>...); write the others as (?:...)"
    if not rule.pattern.isascii():
        return "must be ASCII"
    if any(char in "*+" for _, char in syntax(rule.pattern)):
        return "has an unbounded repeat: write {0,40} instead of * or +"
    return None


def _hyperscan_fault(rules: Sequence[ProviderRule]) -> str | None:
    import hyperscan

    try:
        hyperscan.Database().compile([hyperscan_expression(rule) for rule in rules])
    except hyperscan.error as error:
        return f"not a pattern for Hyperscan: {error}"
    return None


def syntax(pattern: str) -> Iterator[tuple[int, str]]:
    """Yield (index, character) of what is neither escaped nor inside a class."""
    at, in_class = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += pattern.startswith("^", at + 1)
            at += pattern.startswith("]", at + 1)
        else:
            yield at, char
        at += 1


def _group_end(rest: str) -> int:
    """Index of the parenthesis that closes the group whose content starts `rest`."""
    depth = 1
    for at, char in syntax(rest):
        depth += (char == "(") - (char == ")")
        if not depth:
            return at
    return len(rest)


def _cut_wide(body: str) -> str:
    """Cut after the first top-level repeat that is wide, keeping its lower bound."""
    depth = 0
    for at, char in syntax(body):
        depth += (char == "(") - (char == ")")
        repeat = _REPEAT.match(body, at) if char == "{" and not depth else None
        if repeat and (not repeat[2] or int(repeat[2]) >= _WIDE):
            return f"{body[:at]}{{{repeat[1]}}}"
    return body


def _shortest(body: str) -> str:
    """Make the last repeats of a body their lower bounds, and drop what is optional at its end."""
    while True:
        last = _LAST.search(body)
        if body.endswith(")?") and (len(body) - 2, ")") in syntax(body):
            body = body[: _group_start(body)]
        elif last and not _is_exact(last):
            least = int(last["least"] or 0)
            body = body[: last.start()] + (f"{last['atom']}{{{least}}}" if least else "")
        else:
            return body


def _group_start(body: str) -> int:
    """Index of the parenthesis that opens the last group of a body."""
    starts, last = [], 0
    for at, char in syntax(body):
        if char == "(":
            starts.append(at)
        elif char == ")":
            last = starts.pop()
    return last


def _is_exact(last: re.Match[str]) -> bool:
    return "," not in last.group()[len(last["atom"]) :] and last["least"] is not None
