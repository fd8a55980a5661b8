"""An interruption while the rules are compiled ends the command at once, and a terminal is told what is waited for."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Native code that lets other threads run and no interruption through, as Hyperscan's compiler is, for minutes.
# A shell ignores ^C for what it starts in the background, and what that starts does so too.
SLOW = f"""
import hashlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {str(ROOT)!r})
import hyperscan

class Slow:
    def compile(self, **_):
        print("compiling", flush=True)
        hashlib.pbkdf2_hmac("sha256", b"", b"", 200_000_000)

hyperscan.Database = Slow
import unhardcode
unhardcode.main()
"""


@pytest.mark.parametrize("words", ["scan", "scan --staged -q", "plan", "migrate --rehearse --app shop"])
def test_who_interrupts_the_first_scan_waits_for_nothing(
    repository: Path, tmp_path: Path, git: Callable[..., str], words: str
) -> None:
    (repository / "a.py").write_text("DEBUG = True\n")
    git(repository, "add", "-A")
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, *words.split()],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "UNHARDCODE_CACHE": str(tmp_path / "cache")},
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "compiling\n"
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, said.strip()) == (130, "unhardcode: interrupted")
    assert not [each for each in (tmp_path / "cache").rglob("*") if each.name.startswith((".", "prefilter"))]


def test_a_terminal_is_told_what_is_waited_for_and_nobody_else(repository: Path, tmp_path: Path) -> None:
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, "scan"],
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=end,
        env={**os.environ, "UNHARDCODE_CACHE": str(tmp_path / "cache"), "TERM": "xterm"},
    ) as process:
        said = b""
        until = time.monotonic() + 20
        try:
            while "…".encode() not in said and time.monotonic() < until:
                said += os.read(terminal, 1024)
        finally:
            process.kill()
    os.close(terminal)
    os.close(end)
    assert "compiling the rules" in said.decode()
