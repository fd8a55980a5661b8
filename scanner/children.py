"""Worker processes of a scan: how many to start, and how they end with their parent."""

from __future__ import annotations

import os
import signal
import sys

# Seconds between checks whether the parent still runs.
_SOON = 1.0


def how_many(asked: int | None, size: int, worth: int, most: int) -> int:
    """The number of processes for `size` bytes: `asked`, else one per `worth` bytes up to `most`.

    One if processes cannot be forked. On macOS forking may crash system libraries, so it has to be requested there:
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
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
    """Leave interrupts to the parent process, and exit soon after it has ended, for whatever reason.

    Cancelling a job kills the process that is known (SIGTERM, SIGKILL, out of memory); workers would go on for minutes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: None if os.getppid() == parent else os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, _SOON, _SOON)
