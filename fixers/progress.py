"""Progress of a long upload on standard error: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

_T = TypeVar("_T")
# Fewer are done before progress matters.
_FEW = 20
_SECONDS = 10.0


def counted(items: Sequence[_T], doing: str) -> Iterator[_T]:
    """The items one by one, while their count is shown on standard error; silent for a few items."""
    if len(items) < _FEW:
        yield from items
    elif sys.stderr.isatty():
        # click is loaded already; importing rich for this one line would slow down every migration.
        with click.progressbar(items, label=doing, show_pos=True, file=sys.stderr) as shown:
            yield from shown
    else:
        yield from _in_lines(items, doing)


def _in_lines(items: Sequence[_T], doing: str) -> Iterator[_T]:
    """A line at the start, every tenth of the way or ten seconds, whichever comes later, and at the end."""
    said_at, said = time.monotonic(), 0
    click.echo(f"{doing}: 0 of {len(items):,}", err=True)
    for done, item in enumerate(items, 1):
        yield item
        late = time.monotonic() - said_at >= _SECONDS and done - said >= len(items) // 10
        if late or done == len(items):
            click.echo(f"{doing}: {done:,} of {len(items):,}", err=True)
            said_at, said = time.monotonic(), done
