"""One file never ends a scan."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from scanner import analysis, session
from scanner.readers import python
from scanner.source import Settings, Source


def test_a_file_that_a_reader_cannot_follow_is_read_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> Iterator[None]:
        yield from read()

    monkeypatch.setattr(python, "read", read)
    knowledge = session.knowledge()
    value = secrets.token_hex(16)
    raw = f'db_password = "{value}"\n'.encode()
    hits = knowledge.prefilter.find(raw)
    found, note, _ = analysis.analyse(Source(path="a.py", raw=raw), hits, knowledge, Settings(key=b"k" * 32))
    assert [finding.literal.name for finding in found] == ["db_password"]
    assert note == "read as plain text: nested too deeply"
