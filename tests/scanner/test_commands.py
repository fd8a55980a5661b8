"""What `scan` makes of its options and of where it runs."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode
from scanner import sharing
from scanner.errors import Exit


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        pytest.param({}, True, id="a terminal"),
        pytest.param({"NO_COLOR": ""}, True, id="an empty NO_COLOR is none"),
        pytest.param({"NO_COLOR": "0"}, False, id="NO_COLOR, whatever it says"),
        pytest.param({"TERM": "dumb"}, False, id="a terminal that knows no colours"),
    ],
)
def test_colours_are_for_terminals_that_want_some(
    tmp_path: Path, made: Callable[..., str], environment: dict[str, str], *, colored: bool
) -> None:
    (tmp_path / "a.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    ours, theirs = pty.openpty()
    bare = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    words = [sys.executable, "-I", "-m", "unhardcode", "scan"]
    done = subprocess.run(words, cwd=tmp_path, stdout=theirs, env={"TERM": "xterm", **bare, **environment})
    os.close(theirs)
    printed = os.read(ours, 1 << 16)
    os.close(ours)
    assert (done.returncode, b"\x1b[" in printed) == (1, colored)


def test_the_number_of_processes_counts_for_every_look(
    repository: Path, made: Callable[..., str], git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def together(*rest: object) -> dict[int, object]:
        asked.append(rest[-1])
        return {}

    for name in ("a.py", "b.py"):
        (repository / name).write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    git(repository, "add", "-A")
    monkeypatch.chdir(repository)
    monkeypatch.setattr(sharing, "_together", together)
    for words in ([], ["--staged"]):
        assert unhardcode.run(["scan", *words, "-j", "1"]) == Exit.FINDINGS
        assert unhardcode.run(["scan", *words, "-j", "200"]) == Exit.FINDINGS
    assert asked == [1, 1]  # one more, since there are two files


@pytest.mark.parametrize("option", ["-o", "--report json="])
def test_a_report_into_a_folder_that_is_not_there_is_refused_before_the_scan(
    tmp_path: Path,
    run: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
) -> None:
    def scans(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("scanner.commands.run", scans)
    words = f"scan {option}".split(" ")
    file = "nowhere/report"
    status, _, said = run(tmp_path, *words, file) if option == "-o" else run(tmp_path, *words[:-1], words[-1] + file)
    assert (status, "nowhere/report: its folder does not exist" in said) == (Exit.USAGE, True)
