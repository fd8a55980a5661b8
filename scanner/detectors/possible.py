"""Tell whether any detector could take a value: asked about the strings of Python before they are decoded.

Errors are only allowed in one direction: whatever a detector makes a candidate of must be possible. A test compares the
two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rules.model import Names, RuleSet
from scanner.decoding import decoded
from scanner.detectors.auth import HEADERS, written_password
from scanner.detectors.name import judge_name
from scanner.detectors.named import LONGEST
from scanner.detectors.sink import SinkIndex, speaks
from scanner.detectors.url import DSN_KEY, GO, ORACLE, PROXY

_HEADERS = tuple(HEADERS)


class Taking(NamedTuple):
    """A parameter or setting that takes a credential in files that import one of the libraries (none: in any file)."""

    modules: frozenset[str]
    keywords: frozenset[str] = frozenset()
    indexes: frozenset[int] = frozenset()


class Takers(NamedTuple):
    """Parameters of calls that take credentials, by the call's last word, and settings by theirs.

    `keys` are the lower-case keys of entries that are taken out of dictionaries. `carriers` are the last words of calls
    and settings that take values related to a credential: a URL, a user name.
    """

    names: Names
    calls: Mapping[str, tuple[Taking, ...]]
    keys: frozenset[str]
    settings: Mapping[str, tuple[Taking, ...]]
    paths: frozenset[str]
    carriers: frozenset[str]


def takers_of(rules: RuleSet, index: SinkIndex) -> Takers:
    """Index a rule set by the last words of its names."""
    calls: dict[str, dict[Taking, None]] = {}
    settings: dict[str, dict[Taking, None]] = {}
    keys: set[str] = set()
    carriers: set[str] = set()
    for sink in rules.sinks:
        parameters = [parameter for parameter in sink.parameters if speaks(parameter.kind, sink.engine)]
        if len(parameters) < len(sink.parameters):
            carriers.update(call.rpartition(".")[2] for call in sink.calls)
        if not parameters:
            continue
        names = frozenset(name for parameter in parameters for name in parameter.name)
        numbers = frozenset(number for parameter in parameters for number in parameter.indexes)
        # A dictionary can also be passed with two stars.
        keys.update(key.lower() for parameter in parameters for key in (*parameter.key, *parameter.name))
        taking = Taking(frozenset(sink.modules), names, numbers)
        for call in sink.calls:
            calls.setdefault(call.rpartition(".")[2], {})[taking] = None
    for target, known in index.targets.items():
        leaf = target.rpartition(".")[2].split("[")[-1].rstrip("]")
        takings = [Taking(frozenset(each.modules)) for each in known if speaks(each.kind, each.engine)]
        if len(takings) < len(known):
            carriers.add(leaf)
        if takings:
            settings.setdefault(leaf, {}).update(dict.fromkeys(takings))
    return Takers(
        names=rules.names,
        calls={leaf: tuple(found) for leaf, found in calls.items()},
        keys=frozenset(keys),
        settings={leaf: tuple(found) for leaf, found in settings.items()},
        paths=frozenset(index.paths),
        carriers=frozenset(carriers),
    )


def takes(takers: Takers, imported: frozenset[str], leaf: str, keyword: str | None, index: int | None) -> bool:
    """Whether a call with that last word may take a credential in that argument.

    `index` is None after `*args`; `keyword` is "**" for a mapping.
    """
    if leaf.endswith("b64encode"):
        return True
    for taking in takers.calls.get(leaf, ()):
        if taking.modules and imported.isdisjoint(taking.modules):
            continue
        if keyword == "**" or (index in taking.indexes if keyword is None else keyword in taking.keywords):
            return True
    return False


def is_call(takers: Takers, imported: frozenset[str], leaf: str) -> bool:
    """Whether a call with that last word may take a credential in any argument."""
    return any(not taking.modules or not imported.isdisjoint(taking.modules) for taking in takers.calls.get(leaf, ()))


def is_setting(takers: Takers, imported: frozenset[str], leaf: str | None) -> bool:
    """Whether a name with that last word may be a setting that holds a credential."""
    found = takers.settings.get(leaf or "", ())
    return any(not taking.modules or not imported.isdisjoint(taking.modules) for taking in found)


def is_named(takers: Takers, name: str) -> bool:
    """Whether a name is that of a credential."""
    return judge_name(name, takers.names).strength == "strong"


def may_be_named(takers: Takers, name: str) -> bool:
    """Whether a name may, even weakly, be that of a credential."""
    return judge_name(name, takers.names).strength != "none"


def is_possible(takers: Takers, text: str, name: str | None, symbol: str, reached: bool) -> bool:
    """Whether any detector could make a candidate of a string; `reached`: it may be at a sink or in a setting."""
    if not text.strip():
        return False
    if reached:
        return True
    if name is not None:
        if written_password(name, text) is not None:
            return True
        if name in takers.paths or "*" in takers.paths or name.casefold().endswith(_HEADERS):
            return True
        if len(text) <= LONGEST and judge_name(name, takers.names, symbol=symbol).strength != "none":
            return True
    if ("://" in text and "@" in text) or ("=" in text and DSN_KEY.search(text)):
        return True
    if PROXY.search(text) or (")/" in text and GO.search(text)) or ("@" in text and ORACLE.search(text)):
        return True
    folded = text[:4096].casefold()
    return "basic" in folded or "bearer" in folded or decoded(text) is not None
