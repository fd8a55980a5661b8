"""Wait for native code that would hold an interruption back, in a thread beside it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

# Seconds after which somebody at a terminal is told what is waited for.
_SOON = 1.0


def wait_beside(work: Callable[[], object], doing: str) -> None:
    """Do `work` in a thread, so that ^C ends the wait at once; the thread ends with the process.

    On a terminal it says what it is `doing` if that takes longer than a second. Raises what `work` raises.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_SOON)
    if thread.is_alive():
        shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        if shown:
            sys.stderr.write(f"unhardcode: {doing} …")
            sys.stderr.flush()
        try:
            thread.join()
        finally:
            if shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
    if raised:
        raise raised[0]
