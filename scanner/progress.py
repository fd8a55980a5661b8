"""Show the progress of a long scan on standard error: a bar on a terminal, occasional lines in CI, else nothing."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

# Seconds before the first output, and seconds between two lines where a bar cannot be redrawn.
_SOON, _SECONDS = 1.0, 15.0
_REDRAW = 0.1


class Meter:
    """Progress of one task in bytes. It prints nothing in the first second."""

    def __init__(self, doing: str, *, show: bool) -> None:
        self._doing = doing
        terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._bar_wanted = show and terminal
        self._lines_wanted = show and not terminal and os.environ.get("CI", "") not in ("", "false")
        self._bar: Any = None
        self._total = self._seen = 0
        self._next = 0.0

    def begin(self, total: int) -> None:
        """Start counting up to `total` bytes."""
        self._total, self._seen = total, 0
        self._next = time.monotonic() + (_SOON if self._bar_wanted else _SECONDS)

    def at(self, done: int) -> None:
        """Report that `done` bytes are done."""
        if not (self._bar_wanted or self._lines_wanted):
            return
        now = time.monotonic()
        if now < self._next:
            return
        if self._bar_wanted:
            self._draw(done)
            self._next = now + _REDRAW
        else:
            self._tell(f"{done * 100 // max(1, self._total)} % of {self._total // 1_000_000:,} MB")
            self._next = now + _SECONDS

    def end(self) -> None:
        """Finish the line, also after an error."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None

    def _draw(self, done: int) -> None:
        import click

        if self._bar is None:
            self._bar = click.progressbar(length=self._total, label=self._doing, file=sys.stderr, show_eta=True)
        self._bar.update(done - self._seen)
        self._seen = done

    def _tell(self, what: str) -> None:
        sys.stderr.write(f"{self._doing}: {what}\n")
        sys.stderr.flush()
