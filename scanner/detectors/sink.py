"""Detect literals at a sink (a call's parameter that takes a credential) or assigned to a known setting."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from rules.model import Parameter, RuleSet, Setting, Sink
from scanner.detectors import url
from scanner.detectors.candidate import CARRIER, SINK, Candidate
from scanner.model import Argument, CredentialKind, Literal, Role

_SEVERITY = {"private-key": "critical", "access-key": "critical"}
_COMPANIONS = frozenset(("access-key-id",))
_CARRIERS = frozenset(("url", "dsn"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkIndex:
    """Sinks and settings by the last words of their names.

    Public names move between modules of one library (`redis.Redis` is defined in `redis.client`): a name is matched by
    its import root and its last word, two words for methods.
    """

    sinks: dict[tuple[str, str], tuple[Sink, ...]]
    methods: dict[str, tuple[Sink, ...]]
    targets: dict[str, tuple[Setting, ...]]
    paths: dict[str, tuple[tuple[tuple[str, ...], Setting], ...]]


def make_index(rules: RuleSet) -> SinkIndex:
    """Index a rule set."""
    sinks: dict[tuple[str, str], list[Sink]] = {}
    methods: dict[str, list[Sink]] = {}
    for sink in rules.sinks:
        for call in sink.calls:
            sinks.setdefault(_key(call), []).append(sink)
            *owners, name = call.split(".")
            if len(owners) > 1 and owners[-1][:1].isupper():
                methods.setdefault(name, []).append(sink)
    targets: dict[str, list[Setting]] = {}
    for setting in rules.settings:
        for target in setting.targets:
            targets.setdefault(target, []).append(setting)
    paths: dict[str, list[tuple[tuple[str, ...], Setting]]] = {}
    for setting in rules.settings:
        for path in setting.paths:
            words = tuple(path.split("."))
            paths.setdefault(words[-1], []).append((words, setting))
    return SinkIndex(
        sinks={key: tuple(found) for key, found in sinks.items()},
        methods={key: tuple(found) for key, found in methods.items()},
        targets={key: tuple(found) for key, found in targets.items()},
        paths={word: tuple(found) for word, found in paths.items()},
    )


def detect(literal: Literal, index: SinkIndex, *, path: str, imported: frozenset[str]) -> Iterator[Candidate]:
    """Candidates for the sinks and settings that one literal reaches. `imported` are the import roots in its file."""
    for argument in literal.arguments:
        if argument.keyword == "=":
            yield from _assigned(literal, argument, index, imported)
            continue
        for sink, typed in _sinks(argument, index, imported):
            for parameter in sink.parameters:
                if parameter.kind in _COMPANIONS or not _fits(parameter, argument, typed=typed):
                    continue
                yield _at_sink(literal, sink, parameter, typed=typed)
                if parameter.kind == "dsn" and sink.engine == "oracle":
                    yield from url.detect_oracle(literal)
    if literal.role in (Role.ASSIGNMENT, Role.ENTRY, Role.ELEMENT, Role.ENV_DEFAULT) and index.paths:
        yield from _at_path(literal, index, path)


def speaks(kind: str, engine: str | None) -> bool:
    """Whether the sink alone makes a value of this kind a finding, whatever the value looks like."""
    return kind not in _COMPANIONS and (kind not in _CARRIERS or engine == "oracle")


def _key(name: str) -> tuple[str, str]:
    words = name.split(".")
    tail = ".".join(words[-2:]) if len(words) > 2 and words[-2][:1].isupper() else words[-1]
    return words[0], tail


def _sinks(argument: Argument, index: SinkIndex, imported: frozenset[str]) -> Iterator[tuple[Sink, bool]]:
    for callee in argument.callees:
        if callee.startswith("."):
            for sink in index.methods.get(callee.rpartition(".")[2], ()):
                if imported.intersection(sink.modules):
                    yield sink, False
            continue
        for sink in index.sinks.get(_key(callee), ()):
            yield sink, True


def _fits(parameter: Parameter, argument: Argument, *, typed: bool) -> bool:
    if argument.keyword == "**":
        return argument.key in parameter.name
    by_name = argument.keyword is not None and argument.keyword in parameter.name
    # Positions in old releases are alternates. If the type is unknown even the current position is a guess, but a
    # method of that name in a file that imports the library is a good one.
    by_index = argument.keyword is None and argument.index is not None and argument.index in parameter.indexes
    if not (by_name or by_index) or (by_index and not typed and argument.index == 0):
        return False
    if parameter.key:
        return argument.key is not None and argument.key.lower() in (key.lower() for key in parameter.key)
    if parameter.element is not None:
        return argument.element == parameter.element
    return argument.element is None and argument.key is None


def _at_sink(literal: Literal, sink: Sink, parameter: Parameter, *, typed: bool) -> Candidate:
    return _candidate(literal, sink, parameter.kind, f"passed to {sink.calls[0]}", "sink" if typed else "sink-untyped")


def _candidate(literal: Literal, known: Sink | Setting, kind: str, where: str, evidence: str) -> Candidate:
    carrier = kind in _CARRIERS
    return Candidate(
        # The value of a carrier has detectors of its own: the carrier adds its engine and hides none of their
        # candidates.
        rank=CARRIER if carrier else SINK,
        rule=known.id,
        title=f"{_noun(kind)} {where}",
        kind=CredentialKind(kind),
        severity=_SEVERITY.get(kind, "high"),
        literal=literal,
        span=literal.source_span(0, len(literal.value.reveal("text"))),
        value=literal.value,
        evidence=() if carrier else (evidence,),
        engine=known.engine,
    )


def _assigned(literal: Literal, argument: Argument, index: SinkIndex, imported: frozenset[str]) -> Iterator[Candidate]:
    for callee in argument.callees:
        for setting in index.targets.get(callee, ()):
            fits = setting.element is None or setting.element == argument.element
            if fits and (not setting.modules or imported.intersection(setting.modules)):
                yield _candidate(literal, setting, setting.kind, f"in {callee}", "setting")


def _at_path(literal: Literal, index: SinkIndex, path: str) -> Iterator[Candidate]:
    words = tuple(word for word in (*literal.symbol.split("."), literal.name or "") if word)
    name = path.rpartition("/")[2]
    for pattern, setting in (*index.paths.get(literal.name or "", ()), *index.paths.get("*", ())):
        fits = any(fnmatch.fnmatchcase(path, glob) or fnmatch.fnmatchcase(name, glob) for glob in setting.files)
        if fits and _same_path(pattern, words):
            yield _candidate(literal, setting, setting.kind, f"in {'.'.join(pattern)}", "setting")


def _same_path(pattern: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return len(pattern) == len(words) and all(want in ("*", word) for want, word in zip(pattern, words, strict=True))


def _noun(kind: str) -> str:
    return (
        kind.replace("-", " ")
        .replace("api key", "API key")
        .replace("dsn", "connection string")
        .capitalize()
        .replace("Api", "API")
    )
