"""Run the examples of provider rules as a scan would: prefilter first, then the pattern around its hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.examples import expand
from rules.model import ProviderRule
from rules.patterns import FORWARD, compile_pattern
from scanner.prefilter import Prefilter, read_table, sort_out


def wrong_examples(rules: Iterable[ProviderRule], prefilter: Prefilter) -> Iterator[str]:
    """One line for each `match` that is not found and each `reject` that is; examples are named by number."""
    for rule in rules:
        for number, template in enumerate(rule.match, 1):
            if not _is_found(rule, template, prefilter):
                yield f"{rule.id}: match example {number} is not found"
        for number, template in enumerate(rule.reject, 1):
            if _is_found(rule, template, prefilter):
                yield f"{rule.id}: reject example {number} is found"


def _is_found(rule: ProviderRule, template: str, prefilter: Prefilter) -> bool:
    try:
        text = expand(template, rule.id)
    except ValueError:
        text = template  # a brace that is not one of our placeholders: the text is used as it is
    hits = sort_out(prefilter.find(text.encode()), read_table(prefilter), code=False).providers
    pattern = compile_pattern(rule.pattern)
    return any(pattern.search(text, max(0, end - rule.reach), end + FORWARD) for end in hits.get(rule.id, ()))
