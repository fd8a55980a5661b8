"""Rules from TOML, strictly, and from a cache, quickly.

Every unknown key, wrong type or missing field is a `RuleError`. The formats are described in rules/README.md.
Reading hundreds of TOML files takes a tenth of a second, so `load_rules_cached` keeps what was read as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rules import tables
from rules.model import Head, Names, Parameter, ProviderRule, RuleSet, Setting, Sink, Weight
from rules.patterns import find_fault
from rules.patterns import hyperscan_expression as hyperscan_expression
from rules.private import own_folder, read_private, write_private
from rules.signature import FOLDERS, ROOT
from rules.signature import rules_signature as rules_signature
from rules.tables import RuleError as RuleError
from rules.tables import Table

KINDS = (
    "password",
    "api-key",
    "secret",
    "signing-key",
    "private-key",
    "access-key",
    "access-key-id",
    "url",
    "dsn",
    "credentials",
)
SEVERITIES = ("critical", "high", "medium", "low")
STRENGTHS = ("certain", "strong", "weak")
ROTATIONS = ("manual", "automatic")
REACH = 300


def load_rules(root: Path | None = None, *, validate: bool = False) -> RuleSet:
    """Read all rule files under `root` (the built-in ones by default); `validate` also compiles every pattern.

    Files and folders that are not there are empty.
    """
    root = root or ROOT
    digest = hashlib.sha256(Path(__file__).read_bytes())
    files = {
        folder: [_read(path, root, digest) for path in sorted((root / folder).glob("*.toml"))] for folder in FOLDERS
    }
    judge = [_read(path, root, digest) for path in (root / "judge.toml",) if path.is_file()]
    providers = [(table, rule) for table in files["providers"] for rule in _providers(table)]
    sinks = [(table, sink) for table in files["sinks"] for sink in _sinks(table)]
    settings = [(table, setting) for table in files["sinks"] for setting in _settings(table)]
    _refuse_same_ids(root, providers)
    _refuse_same_ids(root, [*sinks, *settings])
    if validate:
        _validate(providers)
    return RuleSet(
        providers=tuple(rule for _, rule in providers),
        sinks=tuple(sink for _, sink in sinks),
        settings=tuple(setting for _, setting in settings),
        names=_names(root / "names", files["names"]),
        weights={weight.name: weight for table in judge for weight in _weights(table)},
        digest=digest.hexdigest(),
    )


def _read(path: Path, root: Path, digest: hashlib._Hash) -> Table:
    import tomllib

    raw = path.read_bytes()
    digest.update(f"{path.relative_to(root).as_posix()}\0{len(raw)}\0".encode() + raw)
    try:
        return Table(path, "", tomllib.loads(raw.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise RuleError(path, "", "not UTF-8: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line \d+, column \d+", str(error))
        raise RuleError(path, at.group() if at else "end of file", "not valid TOML: correct it") from None


def _refuse_same_ids(root: Path, rows: Sequence[tuple[Table, ProviderRule | Sink | Setting]]) -> None:
    places = ((row.id, table.path.relative_to(root).as_posix()) for table, row in rows)
    tables.refuse_duplicates(root, places, "the rule id")


def _validate(providers: list[tuple[Table, ProviderRule]]) -> None:
    fault = find_fault([rule for _, rule in providers])
    if fault:
        path = next(table.path for table, rule in providers if rule is fault[0])
        raise RuleError(path, f"rule[{fault[0].id}].pattern", fault[1])


# --- tables to records --------------------------------------------------------------------------------------


def _providers(table: Table) -> Iterator[ProviderRule]:
    tables.refuse_unknown(table, "provider", "docs", "rotate", "rule")
    for row in tables.subtables(table, "rule", required=True):
        tables.refuse_unknown(row, *ProviderRule._fields)
        reach = tables.number(row, "reach")
        yield ProviderRule(
            id=_id(row),
            title=tables.text(row, "title"),
            provider=tables.text(_nearest(row, table, "provider"), "provider"),
            kind=tables.choice(row, "kind", KINDS),
            pattern=tables.text(row, "pattern"),
            prefix=tables.text(row, "prefix", ""),
            severity=tables.choice(row, "severity", SEVERITIES),
            strength=tables.choice(row, "strength", STRENGTHS),
            check=tables.optional(row, "check"),
            rotation=tables.choice(row, "rotation", ROTATIONS, "manual"),
            env=tables.variable(row, "env"),
            docs=tables.url(_nearest(row, table, "docs"), "docs"),
            rotate=tables.url(_nearest(row, table, "rotate"), "rotate"),
            reach=REACH if reach is None else reach,
            match=tables.texts(row, "match", least=1),
            reject=tables.texts(row, "reject", least=2),
        )


def _sinks(table: Table) -> Iterator[Sink]:
    tables.refuse_unknown(table, "library", "modules", "docs", "sink", "setting")
    if not table.values.get("sink") and not table.values.get("setting"):
        raise RuleError(table.path, "", "no [[sink]] and no [[setting]]: add one")
    for row in tables.subtables(table, "sink"):
        tables.refuse_unknown(row, *Sink._fields)
        yield Sink(
            id=_id(row),
            library=tables.text(_nearest(row, table, "library"), "library"),
            calls=tables.texts(row, "calls", least=1),
            modules=tables.texts(_nearest(row, table, "modules"), "modules", least=1),
            parameters=tuple(_parameter(part) for part in tables.subtables(row, "parameters", required=True)),
            engine=tables.optional(row, "engine"),
            docs=tables.url(_nearest(row, table, "docs"), "docs"),
            match=tables.texts(row, "match", least=1),
            reject=tables.texts(row, "reject", least=1),
        )


def _parameter(row: Table) -> Parameter:
    tables.refuse_unknown(row, "kind", "index", "name", "element", "key")
    parameter = Parameter(
        kind=tables.choice(row, "kind", KINDS),
        indexes=tables.numbers(row, "index"),
        name=tables.text_or_texts(row, "name"),
        element=tables.number(row, "element"),
        key=tables.text_or_texts(row, "key"),
    )
    if not parameter.indexes and not parameter.name:
        raise RuleError(row.path, row.where, "needs an index or a name")
    return parameter


def _settings(table: Table) -> Iterator[Setting]:
    for row in tables.subtables(table, "setting"):
        tables.refuse_unknown(row, *Setting._fields)
        setting = Setting(
            id=_id(row),
            library=tables.text(_nearest(row, table, "library"), "library"),
            kind=tables.choice(row, "kind", KINDS),
            targets=tables.texts(row, "targets"),
            paths=tables.texts(row, "paths"),
            files=tables.texts(row, "files"),
            modules=tables.texts(_nearest(row, table, "modules"), "modules"),
            engine=tables.optional(row, "engine"),
            docs=tables.url(_nearest(row, table, "docs"), "docs"),
            match=tables.texts(row, "match", least=1),
            reject=tables.texts(row, "reject", least=1),
            element=tables.number(row, "element"),
        )
        if not setting.targets and not setting.paths:
            raise RuleError(row.path, row.where, "needs targets or paths")
        if setting.paths and not setting.files:
            raise row.error("files", "missing: say in which files the paths are settings")
        yield setting


def _nearest(row: Table, file: Table, key: str) -> Table:
    """The row if it has its own `key`, else the file's table, which is the default for all rows."""
    return row if key in row.values else file


def _id(row: Table) -> str:
    name, stem = tables.text(row, "id"), row.path.stem
    if name != stem and not name.startswith(f"{stem}-"):
        raise row.error("id", f"must be {stem!r} or start with '{stem}-', the file's name")
    return name


def _names(folder: Path, files: list[Table]) -> Names:
    heads: list[tuple[Table, Head]] = []
    cleared: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    for table in files:
        tables.refuse_unknown(table, "head", "negative_heads", "negative_phrases")
        heads += [(row, _head(row)) for row in tables.subtables(table, "head")]
        cleared.update(_one_word(table, word) for word in tables.texts(table, "negative_heads"))
        phrases.update(
            tables.words(table, "negative_phrases", text) for text in tables.texts(table, "negative_phrases")
        )
    places = ((" ".join(head.words), f"{row.path.name}: {row.where}") for row, head in heads)
    tables.refuse_duplicates(folder, places, "the head")
    return Names(
        heads=tuple(head for _, head in heads),
        negative_heads=frozenset(cleared),
        negative_phrases=frozenset(phrases),
    )


def _one_word(table: Table, word: str) -> str:
    found = tables.words(table, "negative_heads", word)
    if len(found) != 1:
        raise table.error("negative_heads", "must be single words: move phrases to negative_phrases")
    return found[0]


def _head(row: Table) -> Head:
    tables.refuse_unknown(row, *Head._fields)
    return Head(
        words=tables.words(row, "words", tables.text(row, "words")),
        kind=tables.choice(row, "kind", KINDS),
        strength=tables.choice(row, "strength", ("strong", "weak")),
        leads=tables.flag(row, "leads"),
    )


def _weights(table: Table) -> Iterator[Weight]:
    tables.refuse_unknown(table, "weight")
    rows = list(tables.subtables(table, "weight", required=True))
    tables.refuse_duplicates(table.path, ((tables.text(row, "name"), row.where) for row in rows), "the weight")
    for row in rows:
        tables.refuse_unknown(row, *Weight._fields)
        yield Weight(name=tables.text(row, "name"), weight=tables.points(row, "weight"), text=tables.text(row, "text"))


# --- the cache ----------------------------------------------------------------------------------------------


def load_rules_cached(cache_dir: Path | None, root: Path | None = None, *, state: bytes | None = None) -> RuleSet:
    """Read the rules from `cache_dir`'s JSON if it fits the files, else from the files, and keep them there.

    None is no cache; `state` is `rules_state(root)` if the caller has it already. A cache that is damaged, stale or
    could have been written by someone else is not used; one that cannot be written is done without.
    """
    if cache_dir is None or not own_folder(cache_dir):
        return load_rules(root)
    signature = rules_signature(root, state=state)
    path = cache_dir / f"rules-{hashlib.sha256(os.fsencode((root or ROOT).absolute())).hexdigest()[:16]}.json"
    try:
        kept = json.loads(read_private(path) or b"{}")
        if kept["signature"] == signature:
            return _decode(kept["rules"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        pass  # damaged, or of another release: made anew
    rules = load_rules(root)
    write_private(path, json.dumps({"signature": signature, "rules": _encode(rules)}, separators=(",", ":")).encode())
    return rules


_PARAMETERS = Sink._fields.index("parameters")


def _encode(rules: RuleSet) -> dict[str, Any]:
    """A rule set for JSON, where named tuples are arrays."""
    names = rules.names
    return {
        "providers": rules.providers,
        "sinks": rules.sinks,
        "settings": rules.settings,
        "heads": names.heads,
        "negative_heads": sorted(names.negative_heads),
        "negative_phrases": sorted(names.negative_phrases),
        "weights": list(rules.weights.values()),
        "digest": rules.digest,
    }


def _decode(kept: dict[str, Any]) -> RuleSet:
    for row in kept["sinks"]:
        row[_PARAMETERS] = [Parameter._make(_tuples(part)) for part in row[_PARAMETERS]]
    return RuleSet(
        providers=tuple(ProviderRule._make(_tuples(row)) for row in kept["providers"]),
        sinks=tuple(Sink._make(_tuples(row)) for row in kept["sinks"]),
        settings=tuple(Setting._make(_tuples(row)) for row in kept["settings"]),
        names=Names(
            heads=tuple(Head._make(_tuples(row)) for row in kept["heads"]),
            negative_heads=frozenset(kept["negative_heads"]),
            negative_phrases=frozenset(tuple(words) for words in kept["negative_phrases"]),
        ),
        weights={row[0]: Weight._make(row) for row in kept["weights"]},
        digest=kept["digest"],
    )


def _tuples(row: list[Any]) -> list[Any]:
    """Make the lists of a row tuples."""
    return [tuple(value) if type(value) is list else value for value in row]
