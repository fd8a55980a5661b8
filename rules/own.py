"""Rules of a repository's own, as TOML tables: shapes of credentials that only its people know.

The file comes with the scanned repository, so it is read as hostile: it says shapes and nothing else, no check is
named in it, and a pattern that could cost more than time in proportion to the text is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rules import tables
from rules.lazy_patterns import lazy_pattern
from rules.load import KINDS, REACH, SEVERITIES, STRENGTHS
from rules.model import ProviderRule
from rules.patterns import find_fault, syntax
from rules.tables import RuleError, Table

PREFIX = "own-"
_KEYS = ("id", "title", "pattern", "kind", "severity", "strength", "prefix", "env", "docs", "rotate", "match", "reject")
_MOST_RULES, _LONGEST = 100, 500
# How many ways a pattern may divide one text among its repeats and branches: `re` tries them all where none fits.
_MOST_WAYS = 20_000
_REPEAT = lazy_pattern(r"\{(\d*),(\d*)\}")
# What may follow an opening parenthesis. Verbose patterns (`x`) and comments would be read otherwise than here.
_GROUP = lazy_pattern(r"\((?!\?)|\(\?(?:P<|[aims]*(?:-[ims]+)?[:)])")


def read_own(path: Path, values: dict[str, Any]) -> tuple[ProviderRule, ...]:
    """Make rules of the tables of a file. Raises RuleError: `where` is the line and the key."""
    try:
        return tuple(_rules(Table(path, "", values)))
    except RuleError as error:
        where = f"line {line_of(path.read_text('utf-8-sig', 'replace'), error.where)}"
        key = error.where.rpartition(".")[2] if "]." in error.where else error.where.partition("[")[0]
        raise RuleError(path, f"{where}, {key}" if key else where, error.message) from None


def line_of(text: str, where: str) -> int:
    """The line (from 1) of `rule[ID or NUMBER].key`: of the key, else of its table, else 1."""
    found = re.match(r"rule\[(?P<name>.*)\](?:\.(?P<key>[\w-]+))?\Z", where, re.DOTALL)
    lines = text.split("\n")  # as TOML counts
    if found is None:
        return next((at for at, line in enumerate(lines, 1) if re.match(rf"\W*{re.escape(where)}\b", line)), 1)
    heads = [at for at, line in enumerate(lines) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
    ends = [*heads[1:], len(lines)][: len(heads)]
    named = re.compile(rf"\s*id\s*=\s*[\"']{re.escape(found['name'])}[\"']")
    for number, (start, end) in enumerate(zip(heads, ends, strict=True), 1):
        block = lines[start:end]
        if found["name"] == str(number) or any(named.match(line) for line in block):
            key = found["key"] or "id"
            inside = (at for at, line in enumerate(block, start + 1) if re.match(rf"\s*{re.escape(key)}\s*=", line))
            return next(inside, start + 1)
    return 1


def _rules(file: Table) -> Iterator[ProviderRule]:
    tables.refuse_unknown(file, "rule")
    rows = list(tables.subtables(file, "rule", required=True))
    if len(rows) > _MOST_RULES:
        raise file.error("rule", f"more than {_MOST_RULES} rules: keep the ones that are needed")
    tables.refuse_duplicates(file.path, ((tables.text(row, "id"), row.where) for row in rows), "the rule id")
    for row in rows:
        rule = _rule(row)
        fault = find_fault([rule])
        if fault:
            raise row.error("pattern", fault[1])
        yield rule


def _rule(row: Table) -> ProviderRule:
    tables.refuse_unknown(row, *_KEYS)
    name = tables.text(row, "id")
    if not re.fullmatch(rf"{PREFIX}[a-z0-9-]{{1,60}}", name):
        raise row.error("id", f"must start with {PREFIX} and be lower case: letters, digits, hyphens")
    title = tables.text(row, "title")
    if not title.isprintable() or len(title) > 100:
        raise row.error("title", "must be one line of at most 100 characters")
    return ProviderRule(
        id=name,
        title=title,
        provider="this repository",
        kind=tables.choice(row, "kind", KINDS, "api-key"),
        pattern=_pattern(row),
        prefix=tables.text(row, "prefix", ""),
        severity=tables.choice(row, "severity", SEVERITIES, "high"),
        strength=tables.choice(row, "strength", STRENGTHS, "strong"),
        check=None,
        rotation="manual",
        env=tables.variable(row, "env"),
        docs=tables.url(row, "docs") if "docs" in row.values else "",
        rotate=tables.url(row, "rotate") if "rotate" in row.values else "",
        reach=REACH,
        match=tables.texts(row, "match", least=1),
        reject=tables.texts(row, "reject", least=1),
    )


def _pattern(row: Table) -> str:
    pattern = tables.text(row, "pattern")
    if len(pattern) > _LONGEST:
        raise row.error("pattern", f"longer than {_LONGEST} characters")
    ways, opened = 1, -1
    for at, char in syntax(pattern):
        repeat = _REPEAT.match(pattern, at)
        if char == "(" and not _GROUP.match(pattern, at):
            raise row.error("pattern", "a group begins with (?:, (?P<secret>, (?i: or the like: nothing else is taken")
        if char == ")" and pattern.startswith("{", at + 1):
            raise row.error("pattern", "a group may not be repeated: write it out, or repeat its content")
        if char == "|" or (char == "?" and opened != at - 1):
            ways *= 2
        elif repeat and not repeat[2]:
            raise row.error("pattern", "a repeat needs an end: write {1,40}")
        elif repeat:
            ways *= max(1, int(repeat[2]) - int(repeat[1] or 0) + 1)
        opened = at if char == "(" else opened
    if ways > _MOST_WAYS:
        raise row.error("pattern", "too many repeats of open length and branches: narrow them")
    return pattern
