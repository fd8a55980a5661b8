"""What tells findings apart, for names that no file system and no encoding has."""

from __future__ import annotations

from rules.load import load_rules
from scanner import engine, session
from scanner.source import Settings, Source

VALUE = "Zk3pQ9xV7" * 3


def test_a_name_with_half_a_character_is_one() -> None:
    # A string of Python or JSON can spell one half of a surrogate pair, and names a record's value.
    text = f'x = dict(name="\\udddd_token", value="{VALUE}")\n'
    sources = [Source(path="app.py", raw=text.encode())]
    found = engine.scan(sources, session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32))).findings
    assert len(found) == 1
    assert len(found[0].fingerprint) == len(found[0].place) == 32
