"""What tests of histories share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode


@pytest.fixture
def scan_history(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Scan a history in this process and give the JSON."""

    def call(folder: Path, *arguments: str) -> str:
        monkeypatch.chdir(folder)
        status = unhardcode.run(["scan", "--history", "--format", "json", "--fail-on", "never", *arguments])
        captured = capsys.readouterr()
        assert (status, captured.err) == (0, "")
        return captured.out

    return call
