"""One command's wall time, CPU time and peak memory, all its processes together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_EVERY = 0.2


class Cost(NamedTuple):
    """Seconds of wall and CPU time (user and system, children too), and the peak of memory in MB.

    Memory is PSS, which counts a page that several processes share once: workers that are forked, packs that are
    mapped. https://docs.kernel.org/filesystems/proc.html (smaps_rollup)
    """

    wall: float
    cpu: float
    memory: float


def cost(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    feed: Path | None = None,
    expected: Callable[[int], bool] = lambda status: status in (0, 1),
) -> Cost:
    """Run a command, its output thrown away. Raises SystemExit if it ends otherwise than expected."""
    with open(feed or os.devnull, "rb") as stdin:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        done = threading.Event()
        peak: list[int] = [0]
        watcher = threading.Thread(target=_watch, args=(process.pid, done, peak), daemon=True)
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    done.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if not expected(process.returncode):
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Cost(wall=wall, cpu=used.ru_utime + used.ru_stime, memory=max(peak[0], used.ru_maxrss) / 1024)


def _watch(root: int, done: threading.Event, peak: list[int]) -> None:
    """Sample the memory of a process and all below it, in KiB."""
    while not done.wait(_EVERY):
        peak[0] = max(peak[0], sum(_pss(pid) for pid in _family(root)))


def _family(root: int) -> list[int]:
    """A process and all its descendants. Threads have children too: proc(5), /proc/pid/task/tid/children."""
    family = [root]
    for pid in family:
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as children:
                    family += map(int, children.read().split())
        except OSError:
            continue
    return family


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
