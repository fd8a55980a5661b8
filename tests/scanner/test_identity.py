"""What tells findings apart, for names that no file system and no encoding has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rules.load import load_rules
from scanner import engine, identity, session
from scanner.source import Settings, Source

VALUE = "Zk3pQ9xV7" * 3


def test_a_name_with_half_a_character_is_one() -> None:
    # A string of Python or JSON can spell one half of a surrogate pair, and names a record's value.
    text = f'x = dict(name="\\udddd_token", value="{VALUE}")\n'
    sources = [Source(path="app.py", raw=text.encode())]
    found = engine.scan(
        sources, engine.Setup(session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32)))
    ).findings
    assert len(found) == 1
    assert len(found[0].fingerprint) == len(found[0].place) == 32


@pytest.mark.parametrize("links", [True, False])
def test_a_key_is_made_once_also_where_a_file_has_one_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    def no_link(*_: object) -> None:
        raise PermissionError

    if not links:
        monkeypatch.setattr(os, "link", no_link)
    first = identity.repository_key(tmp_path)
    assert identity.repository_key(tmp_path) == first
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "unhardcode").iterdir()] == [
        ("key", 0o600)
    ]
