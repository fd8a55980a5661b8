"""Processes that share a scan end with the one that was asked for it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_context = multiprocessing.get_context()
# Whoever starts the tests may ignore hang-ups (nohup), and what they start would do so too.
_FOREVER = """
import signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)
import scanner.{module} as shared
import unhardcode
def hang(*_):
    open(sys.argv[1], "a").write("x")
    time.sleep(300)
shared.{name} = hang
unhardcode.main({words!r})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process looks")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        pytest.param("sharing", "_outcome", ["scan", "-j", "3"], id="of a tree"),
        pytest.param(
            "history.workers", "scan_share", ["scan", "--history", "--no-cache", "-j", "3"], id="of a history"
        ),
    ],
)
def test_whoever_kills_a_scan_kills_all_of_it(
    repository: Path,
    tmp_path: Path,
    git: Callable[..., str],
    made: Callable[..., str],
    module: str,
    name: str,
    words: list[str],
    how: signal.Signals,
) -> None:
    for number in range(8):
        (repository / f"{number}x.py").write_text(f'password = "{made(24)}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "x")
    busy = tmp_path / "busy"
    busy.touch()
    script = _FOREVER.format(module=module, name=name, words=words)
    command = [sys.executable, "-c", script, str(busy)]
    scan = subprocess.Popen(command, cwd=repository, stdout=subprocess.DEVNULL, start_new_session=True)
    assert _until(lambda: busy.stat().st_size == 3)
    scan.send_signal(how)
    scan.wait(10)
    try:
        assert _until(lambda: _is_empty(scan.pid))
    finally:
        if not _is_empty(scan.pid):
            os.killpg(scan.pid, signal.SIGKILL)


@pytest.mark.parametrize("words", [["scan"], ["scan", "--history", "--no-cache"]])
def test_where_nothing_can_be_forked_one_process_looks(
    repository: Path,
    git: Callable[..., str],
    made: Callable[..., str],
    run: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    for number in range(3):
        (repository / f"{number}x.py").write_text(f'password = "{made(24)}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "x")
    monkeypatch.delattr(os, "fork")
    monkeypatch.setattr(multiprocessing, "get_context", lambda kind: {None: _context}[kind])
    assert run(repository, *words, "-j", "3")[0] == 1


def _until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_empty(group: int) -> bool:
    """Whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
