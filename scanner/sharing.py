"""Analyse many documents in forked processes if there are enough of them.

Documents are independent, so the findings are the same for any number of processes. No value crosses a process: it is
sent as a span of the document's text, which the parent has too. What cannot be sent so, and whatever a process fails
at, the parent analyses itself.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner import analysis
from scanner.analysis import Knowledge
from scanner.children import end_with, how_many
from scanner.model import Finding, SecretValue
from scanner.prefilter import Hit
from scanner.readers.kinds import kind_of
from scanner.source import Settings, Source
from scanner.text import UndecodableError, decode

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# Below this many bytes of documents with hits a second process costs more than it saves.
_WORTH_A_PROCESS = 100_000
_MOST = 8
# Bytes of an index in a pipe, and how many of them any pipe holds without a reader.
_PLACE, _MOST_PLACES = 2, 2_000


class Task(NamedTuple):
    """One document with its hits."""

    source: Source
    hits: list[Hit]


class Outcome(NamedTuple):
    """Findings, the reader's note and the text of a document; `undecodable` says why there are none."""

    findings: list[Finding]
    note: str | None
    text: str
    undecodable: str | None = None

    def __repr__(self) -> str:
        return f"Outcome({len(self.findings)} findings, {self.note!r}, <{len(self.text)} characters>)"


class _NotInTextError(Exception):
    """A value that is not verbatim in the document's text: one with escapes."""


def analysed(
    tasks: Sequence[Task], knowledge: Knowledge, settings: Callable[[], Settings], *, processes: int | None = None
) -> list[Outcome]:
    """The outcome of each task; `processes` None: as many as are worth starting."""
    found: dict[int, Outcome] = {}
    size = sum(len(task.source.raw) for task in tasks)
    helpers = min(how_many(processes, size, _WORTH_A_PROCESS, _MOST), len(tasks)) - 1
    if helpers > 0:
        found = _together(tasks, knowledge, settings(), helpers)
    return [
        found[number] if number in found else _outcome(task, knowledge, settings()) for number, task in enumerate(tasks)
    ]


def _outcome(task: Task, knowledge: Knowledge, settings: Settings) -> Outcome:
    try:
        return Outcome(*analysis.analyse(task.source, task.hits, knowledge, settings))
    except UndecodableError as error:
        return Outcome([], None, "", str(error))


def _together(tasks: Sequence[Task], knowledge: Knowledge, settings: Settings, helpers: int) -> dict[int, Outcome]:
    """The outcomes from several processes including this one; an idle one takes the next largest task."""
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    order = sorted(range(len(tasks)), key=lambda number: -len(tasks[number].source.raw))
    queue = _queue(len(order))
    running = []
    found: dict[int, Outcome] = {}
    try:
        for _ in range(helpers):
            ours, theirs = fork.Pipe(duplex=False)
            numbers = _next(order, queue)
            process = fork.Process(target=_work, args=(theirs, tasks, numbers, knowledge, settings, os.getpid()))
            process.start()
            theirs.close()
            running.append((process, ours))
        for number in _next(order, queue):
            found[number] = _outcome(tasks[number], knowledge, settings)
        for process, ours in running:
            found.update(_received(ours, tasks))
            process.join()
    finally:
        for process, ours in running:
            process.terminate()
            process.join()
            ours.close()
        os.close(queue)
    return found


def _queue(count: int) -> int:
    """The reading end of a pipe that holds the indices of `count` tasks, for whichever process reads next.

    A number in shared memory would do as well; creating one takes 15 ms, as it needs ctypes.
    """
    reading, writing = os.pipe()
    os.write(writing, b"".join(at.to_bytes(_PLACE, "little") for at in range(min(count, _MOST_PLACES))))
    os.close(writing)
    return reading


def _next(order: Sequence[int], queue: int) -> Iterator[int]:
    """Yield the indices that no other process has taken."""
    while place := os.read(queue, _PLACE):
        yield from order[int.from_bytes(place, "little") :: _MOST_PLACES]


def _work(
    answer: Connection,
    tasks: Sequence[Task],
    numbers: Iterator[int],
    knowledge: Knowledge,
    settings: Settings,
    parent: int,
) -> None:
    """The work of a helper process."""
    end_with(parent)
    done: list[tuple[int, bytes]] = []
    try:
        for number in numbers:
            outcome = _outcome(tasks[number], knowledge, settings)
            try:
                done.append((number, _serialized(outcome)))
            except _NotInTextError:
                continue  # the parent notices the missing answer
    except Exception:  # noqa: BLE001, S110 - multiprocessing would print lines and values; the parent meets it again
        pass
    with contextlib.suppress(OSError):  # the parent has given up
        answer.send(done)


def _received(answer: Connection, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
    """What a helper sent; nothing from one that ended early."""
    try:
        done: list[tuple[int, bytes]] = answer.recv()
    except EOFError:
        return
    for number, serialized in done:
        yield number, _read(serialized, tasks[number].source)


class _Spans(pickle.Pickler):
    """Pickles a value as the span of the text that it is in."""

    def __init__(self, file: io.BytesIO, text: str) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.text = text

    def persistent_id(self, record: Any) -> tuple[bool, int, int] | None:
        """Whether it is bytes, and the span."""
        if not isinstance(record, SecretValue):
            return None
        value = record.reveal("text")
        start = self.text.find(value)
        if start < 0:
            raise _NotInTextError
        return record.is_bytes, start, start + len(value)


class _Values(pickle.Unpickler):
    """Unpickles values from the spans of a text."""

    def __init__(self, file: io.BytesIO, text: str) -> None:
        super().__init__(file)
        self.text = text

    def persistent_load(self, place: tuple[bool, int, int]) -> SecretValue:
        """The value at a span."""
        is_bytes, start, end = place
        value = self.text[start:end]
        return SecretValue(value.encode("latin-1") if is_bytes else value)


def _serialized(outcome: Outcome) -> bytes:
    """An outcome as bytes; empty if it holds nothing, as most do."""
    if not outcome.findings and outcome.note is None and outcome.undecodable is None:
        return b""
    file = io.BytesIO()
    _Spans(file, outcome.text).dump((outcome.findings, outcome.note, outcome.undecodable))
    return file.getvalue()


def _read(serialized: bytes, source: Source) -> Outcome:
    """An outcome that a helper sent; the parent decodes the text again if there is a finding."""
    if not serialized:
        return Outcome([], None, "")
    text = _text(source)
    findings, note, undecodable = _Values(io.BytesIO(serialized), text).load()
    return Outcome(findings, note, text, undecodable)


def _text(source: Source) -> str:
    try:
        return decode(source, kind_of(source.path, source.raw[:4096])).text
    except UndecodableError:
        return ""
