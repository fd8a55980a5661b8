"""`baseline audit` asks one finding after the other, on a real terminal, and forgets no answer."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode
from scanner.errors import Exit

Made = Callable[..., str]
Git = Callable[..., str]
FILE = ".unhardcode.baseline"


@pytest.fixture
def at(repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git, made: Made) -> Path:
    """The working directory: a repository with three secrets in app.py."""
    names = ("ADMIN_PASSWORD", "API_TOKEN", "SIGNING_SECRET")
    lines = [
        f'{name} = "{made(24)}"; OTHER_PASSWORD = "{made(20)}"' if not i else f'{name} = "{made(28)}"'
        for i, name in enumerate(names)
    ]
    (repository / "app.py").write_text("import os\n" + "\n".join(lines) + "\n")
    git(repository, "add", "-A")
    monkeypatch.chdir(repository)
    return repository


def values(folder: Path) -> list[str]:
    return [part for part in (folder / "app.py").read_text().split('"') if len(part) in (20, 24, 28)]


def audit(folder: Path, answers: str, *words: str) -> tuple[int, str]:
    """Run it on a terminal of its own, and type the answers."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "unhardcode", "baseline", "audit", *words],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, answers.encode())
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    return process.wait(60), said.decode()


def test_without_a_terminal_nobody_is_asked(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unhardcode.run(["baseline", "audit"]) == Exit.USAGE
    assert "run it in a terminal" in capsys.readouterr().err
    assert not (at / FILE).exists()


def test_answers_are_kept_and_a_later_session_goes_on(at: Path) -> None:
    status, said = audit(at, "x\ny\n\nq\nthe vendor's sandbox\nq\n", "--owner", "ann")
    assert status == Exit.OK
    assert "[1 of 4]" in said
    assert "app.py:2:19" in said
    assert "one sentence that a reviewer can accept" in said
    text = (at / FILE).read_text()
    assert text.count('"path"') == 1
    assert '"reason": "the vendor\'s sandbox", "owner": "ann"' in text

    status, said = audit(at, "n\ns\ny\nrotated\n")
    assert status == Exit.OK
    assert "[1 of 3]" in said
    text = (at / FILE).read_text()
    assert text.count('"accepted": false') == 1
    assert '"reason": "rotated"' in text

    status, said = audit(at, "y\nlast\n")
    assert "[1 of 1]" in said
    assert "nothing to decide" in audit(at, "")[1]
    assert unhardcode.run(["scan"]) == Exit.FINDINGS  # what was refused counts
    assert "[1 of 4]" in audit(at, "q\n", "--again")[1]
    for value in values(at):
        assert value not in said
        assert value not in (at / FILE).read_text()


def test_the_lines_around_are_shown_with_every_value_masked(at: Path) -> None:
    _, said = audit(at, "q\n")
    assert '> ADMIN_PASSWORD = "…"; OTHER_PASSWORD = "…"' in said
    assert 'API_TOKEN = "…"' in said
    for value in values(at):
        assert value not in said


def test_rows_without_a_reason_are_asked_about_and_an_interruption_keeps_the_answers(at: Path) -> None:
    assert unhardcode.run(["baseline", "create"]) == Exit.OK
    status, _ = audit(at, "y\nfirst\n\x04")
    assert status == Exit.INTERRUPTED
    assert '"reason": "first"' in (at / FILE).read_text()
    assert (at / FILE).read_text().count('"path"') == 4
    assert "[1 of 3]" in audit(at, "q\n")[1]


def test_what_does_not_count_is_masked_on_the_lines_around_as_well(at: Path, made: Made, git: Git) -> None:
    ignored, unsure = "Aa1!" + made(6), "q" + made(3)
    (at / "app.py").write_text(
        f'db_password = "{ignored}"  # unhardcode: ignore the vendor\'s sandbox\n'
        f'ADMIN_PASSWORD = "{made(24)}"\n'
        f'token = "{unsure}"  # {ignored}\n'
    )
    _, said = audit(at, "q\n", "--again")
    assert "sandbox" in said
    assert "token =" in said
    assert ignored not in said
    assert f'"{unsure}"' not in said
