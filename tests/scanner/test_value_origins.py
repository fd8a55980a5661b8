"""From where a value may come to the call that takes it (value_origins.txt): every form for several calls.

Values are words and digits, as people make them up, under names that say nothing: without the call none of them would
be reported.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from rules.load import load_rules
from scanner import engine, session
from scanner.source import Confidence, Settings, Source

# The import, and the call with `%s` where the credential goes.
SINKS = {
    "a keyword": ("import psycopg2", "psycopg2.connect(host=h, password=%s)"),
    "a place": ("import jwt", "jwt.encode(claims, %s)"),
    "a method": ("import smtplib", "smtplib.SMTP(h).login(user, %s)"),
    "a pair": ("import requests", "requests.get(url, auth=(user, %s))"),
    "an entry": ("import psycopg2", 'psycopg2.connect(**{"host": h, "password": %s})'),
}
_BLOCK = re.compile(r"^=(=|!)= ([^\n]+)\n(.*?)(?=^=|\Z)", re.M | re.S)
_CALL = re.compile(r"SINK\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
_VALUE = re.compile(r"\bV\b")
_WORDS = "Amber Badger Cedar Falcon Harbor Juniper Maple Otter River Timber Walnut Willow".split()
FORMS = _BLOCK.findall((Path(__file__).parent / "value_origins.txt").read_text("utf-8"))


@pytest.fixture(scope="module", params=SINKS.values(), ids=SINKS)
def found(request: pytest.FixtureRequest) -> dict[str, bool]:
    """Of each form whether its value is reported."""
    imported, call = request.param
    source = random.Random(call)
    texts, values = {}, {}
    for number, (_, _, form) in enumerate(FORMS):
        path, value = f"ledger/app{number}.py", "".join(source.sample(_WORDS, 2)) + str(source.randrange(10, 99))
        body = _VALUE.sub(repr(value), _CALL.sub(lambda match: call % match[1], form))
        texts[path], values[path] = f"{imported}\n{body}\n", value
    setup = engine.Setup(session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32)))
    result = engine.scan((Source(path=path, raw=text.encode()) for path, text in texts.items()), setup)
    reported = {
        each.path
        for each in result.findings
        if each.confidence is not Confidence.LOW
        and texts[each.path][each.span.start : each.span.end] == values[each.path]
    }
    return {name: path in reported for (_, name, _), path in zip(FORMS, texts, strict=True)}


def test_a_value_is_found_wherever_it_comes_from(found: dict[str, bool]) -> None:
    reaching = [name for mark, name, _ in FORMS if mark == "="]
    assert len(reaching) > 50
    assert [name for name in reaching if not found[name]] == []


def test_what_does_not_reach_the_call_is_none(found: dict[str, bool]) -> None:
    other = [name for mark, name, _ in FORMS if mark == "!"]
    assert len(other) > 20
    assert [name for name in other if found[name]] == []
