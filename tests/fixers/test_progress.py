"""How far a long upload is: silent for a few, plain lines where nobody looks, a bar on a terminal."""

from __future__ import annotations

import sys

import pytest

from fixers import progress
from fixers.progress import counted


def test_a_few_are_done_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(counted(range(19), "Storing")) == list(range(19))
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_there_are_plain_lines_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 100_000, 2))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(seconds)))
    assert list(counted(range(1000), "Storing")) == list(range(1000))
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert (lines[0], lines[-1]) == ("Storing: 0 of 1,000", "Storing: 1,000 of 1,000")
    assert len(lines) <= 12
    assert "\r" not in captured.err
    assert "\x1b" not in captured.err


def test_whoever_stops_in_the_middle_sees_how_far_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    items = counted(range(50), "Storing")
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert capsys.readouterr().err == "Storing: 0 of 50\n"


def test_on_a_terminal_there_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(counted(range(40), "Storing")) == list(range(40))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Storing" in captured.err
    assert "40/40" in captured.err
