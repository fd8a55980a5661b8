"""What a process that shares a scan does about signals: it ends with its parent, and only with it."""

from __future__ import annotations

import os
import signal

# Seconds after which a process notices that it has no parent any more.
_SOON = 1.0


def end_with(parent: int) -> None:
    """Let this process be interrupted through its parent alone, and end soon after that has, however it ended.

    Whoever cancels a job kills the process that it knows (SIGTERM, SIGKILL, out of memory): the others would look on
    for minutes, for nobody.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: None if os.getppid() == parent else os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, _SOON, _SOON)
