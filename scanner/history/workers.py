"""The processes of a history scan. Shares do not depend on the number of processes; a free one takes the next share.

Workers return numbers, reasons and offsets: no value crosses a process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.children import end_with, how_many
from scanner.errors import NotSeenError
from scanner.history.share import ShareResult, Task, scan_share
from scanner.progress import Meter
from scanner.sources import objects

# Below this many bytes a second process costs more than it saves.
_WORTH_A_WORKER = 20_000_000
# Shares of a history: more of them balance the load better at the end, fewer repeat less of the analysis.
_SHARES = 16
_FAMILY = lazy_pattern(r"[_.\-]")
# Seconds between two progress updates, and bytes after which a worker reports.
_TICK, _SAID_EVERY = 0.2, 2_000_000


def shared_out(blobs: Sequence[objects.Blob]) -> list[list[int]]:
    """The numbers of the blobs in shares, the largest first, independent of the number of workers.

    Versions of files with equal or similar names go into one share, since they repeat each other.
    """
    families = [_FAMILY.split(blob.places[0].path.rpartition("/")[2], maxsplit=1)[0].lower() for blob in blobs]
    sizes: dict[str, int] = {}
    for family, blob in zip(families, blobs, strict=True):
        sizes[family] = sizes.get(family, 0) + blob.size + 2_000
    loads = [0] * _SHARES
    owner: dict[str, int] = {}
    for family in sorted(sizes, key=lambda family: (-sizes[family], family)):
        owner[family] = loads.index(min(loads))
        loads[owner[family]] += sizes[family]
    shares: list[list[int]] = [[] for _ in range(_SHARES)]
    for number, family in enumerate(families):
        shares[owner[family]].append(number)
    order = sorted(range(_SHARES), key=lambda share: (-loads[share], share))
    return [shares[share] for share in order if shares[share]]


class _Work(NamedTuple):
    """The input of all processes: the shares, and shared counters of shares taken and of bytes done.

    `parent` is the process id of the one that started the others.
    """

    task: Task
    shares: Sequence[Sequence[int]]
    taken: Any
    done: Any
    parent: int


def scan_shares(task: Task, states: Sequence[int], processes: int | None, meter: Meter | None) -> list[ShareResult]:
    """Scan all blobs whose state is 0; `processes` None: as many as are worth starting."""
    shares = [[number for number in share if not states[number]] for share in shared_out(task.blobs)]
    shares = [share for share in shares if share]
    todo = sum(task.blobs[number].size for share in shares for number in share)
    processes = min(how_many(processes, todo, _WORTH_A_WORKER, _SHARES), len(shares))
    context = multiprocessing.get_context("fork" if processes > 1 else None)
    # The counter from which every process takes its next share, so that a faster one takes more.
    work = _Work(task, shares, context.Value("i", 0), context.Value("Q", 0), os.getpid())
    shown = meter or Meter("", show=False)
    shown.begin(todo)
    running = []
    try:
        for _ in range(processes - 1):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(theirs, work), daemon=True)
            process.start()
            theirs.close()
            running.append((process, ours))
        found = dict(_scanned(work, lambda: shown.at(work.done.value)))
        for _, ours in running:
            while not ours.poll(_TICK):
                shown.at(work.done.value)
            found.update(_received(ours))
    finally:
        shown.end()
        for process, ours in running:
            process.terminate()
            process.join()
            ours.close()
    return [found[number] for number in range(len(shares))]


def _scanned(work: _Work, show: Callable[[], None] = lambda: None) -> Iterator[tuple[int, ShareResult]]:
    """Scan shares that no other process has taken, until none is left; yields each with its number."""

    waiting = 0

    def tick(size: int) -> None:
        nonlocal waiting
        waiting += size
        if waiting > _SAID_EVERY:
            with work.done.get_lock():
                work.done.value += waiting
            waiting = 0
            show()

    while True:
        with work.taken.get_lock():
            number = work.taken.value
            work.taken.value += 1
        if number >= len(work.shares):
            return
        yield number, scan_share(work.task, work.shares[number], tick)


def _work(answer: Connection, work: _Work) -> None:
    """Run as a worker process. Errors are sent back without source lines, which may hold a value."""
    end_with(work.parent)
    # Scratch memory belongs to one process; a fork has its own copy of it.
    try:
        answer.send(dict(_scanned(work)))
    except NotSeenError as error:
        answer.send(error.message)
    except Exception as error:  # noqa: BLE001 - multiprocessing would print a traceback with lines of ours and values
        answer.send(f"a worker failed: {type(error).__name__}; with -j 1 it says where")


def _received(answer: Connection) -> dict[int, ShareResult]:
    try:
        got = answer.recv()
    except EOFError:
        raise NotSeenError("a worker process ended before it was done", hint="is there enough memory?") from None
    if isinstance(got, str):
        raise NotSeenError(got)
    assert isinstance(got, dict)
    return got
