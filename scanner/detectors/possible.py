"""Whether a detector could take a value at all: asked of `ast`'s constants before their statement goes to LibCST.

Every answer errs on one side: what any detector makes a candidate of is possible. A test holds that by comparing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rules.model import Names, RuleSet
from scanner.decoding import decoded
from scanner.detectors.auth import HEADERS
from scanner.detectors.name import judge_name
from scanner.detectors.named import LONGEST
from scanner.detectors.sink import SinkIndex
from scanner.detectors.url import DSN_KEY

_HEADERS = tuple(HEADERS)


class Takers(NamedTuple):
    """Parameters of the calls that take credentials, by the call's last word, and the last words of settings."""

    names: Names
    keywords: Mapping[str, frozenset[str]]
    indexes: Mapping[str, frozenset[int]]
    settings: frozenset[str]
    paths: frozenset[str]


def takers_of(rules: RuleSet, index: SinkIndex) -> Takers:
    """Index a rule set by the last words of its names."""
    keywords: dict[str, set[str]] = {}
    indexes: dict[str, set[int]] = {}
    for sink in rules.sinks:
        for call in sink.calls:
            leaf = call.rpartition(".")[2]
            for parameter in sink.parameters:
                keywords.setdefault(leaf, set()).update(parameter.name)
                indexes.setdefault(leaf, set()).update(parameter.index)
    return Takers(
        names=rules.names,
        keywords={leaf: frozenset(found) for leaf, found in keywords.items()},
        indexes={leaf: frozenset(found) for leaf, found in indexes.items()},
        settings=frozenset(target.rpartition(".")[2].split("[")[-1].rstrip("]") for target in index.targets),
        paths=frozenset(index.paths),
    )


def takes(takers: Takers, leaf: str, keyword: str | None, index: int | None) -> bool:
    """Whether a call of that last word may take a credential there. `index` None: behind `*args`; keyword "**"."""
    if leaf.endswith("b64encode"):
        return True
    if leaf not in takers.keywords:
        return False
    if keyword is None:
        return index is not None and index in takers.indexes[leaf]
    return keyword == "**" or keyword in takers.keywords[leaf]


def is_possible(takers: Takers, text: str, name: str | None, symbol: str, reached: bool) -> bool:
    """Whether any detector could make a candidate of a string; `reached`: it may stand at a sink or in a setting."""
    if not text.strip():
        return False
    if reached:
        return True
    if name is not None:
        if name in takers.paths or "*" in takers.paths or name.casefold().endswith(_HEADERS):
            return True
        if len(text) <= LONGEST and judge_name(name, takers.names, symbol=symbol).strength != "none":
            return True
    if ("://" in text and "@" in text) or ("=" in text and DSN_KEY.search(text)):
        return True
    folded = text[:4096].casefold()
    return "basic" in folded or "bearer" in folded or decoded(text) is not None
