"""Worker processes of a scan: how many to start, and that they end when their parent does."""

from __future__ import annotations

import os
import signal
import sys

# Seconds after which a process notices that it has no parent any more.
_SOON = 1.0


def how_many(asked: int | None, size: int, worth: int, most: int) -> int:
    """How many processes look at `size` bytes: as many as were asked for, else one for `worth` bytes up to `most`.

    One where processes cannot be forked. On macOS what is forked may crash in the system's libraries, so that it has to
    be asked for there: https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
    """
    if not hasattr(os, "fork"):
        return 1
    if asked is not None:
        return asked
    system: str = sys.platform
    if system == "darwin":
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, most, size // worth))


def end_with(parent: int) -> None:
    """Let this process be interrupted through its parent alone, and end soon after that has, however it ended.

    Whoever cancels a job kills the process that it knows (SIGTERM, SIGKILL, out of memory): the others would look on
    for minutes, for nobody.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: None if os.getppid() == parent else os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, _SOON, _SOON)
