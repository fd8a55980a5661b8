"""Every version of every file: which blobs hold something new, and one finding for each value and path.

Workers look at all blobs and hand back numbers: which ones the parent shall analyse. No value crosses a process. They
take fixed shares of the blobs, and what is remembered within one says nothing of another: the result does not depend
on how many workers there are.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from rules.model import RuleSet
from scanner import analysis, keyfiles
from scanner.analysis import Knowledge
from scanner.contexts import WIDTH, Context
from scanner.engine import policy
from scanner.errors import NotSeenError
from scanner.islands import island
from scanner.judge import confidence_of
from scanner.model import Finding, SecretValue
from scanner.prefilter import IMPORT, Prefilter
from scanner.raw import scan_bytes
from scanner.readers.kinds import kind_of
from scanner.repeats import Memory, new_contexts
from scanner.source import Coverage, Kind, ScanResult, Settings, Skipped, Source
from scanner.sources import git, objects
from scanner.text import UndecodableError

# Below this many bytes a second process costs more than it saves.
_WORTH_A_WORKER = 20_000_000
# Shares of a history: more make better use of the last second, fewer repeat less of the analysis.
_SHARES = 16
_FAMILY = re.compile(r"[_.\-]")


class Looked(NamedTuple):
    """What a worker saw. `kept` hold a value first, `moved` are later ones that stood at several paths."""

    kept: tuple[int, ...]
    moved: tuple[int, ...]
    files: int
    bytes: int
    skipped: tuple[Skipped, ...]
    notes: tuple[Skipped, ...]


def scan(
    folder: Path,
    listing: objects.Listing,
    prefilter: Prefilter,
    rules: Callable[[], RuleSet],
    settings: Callable[[], Settings],
    *,
    workers: int | None = None,
) -> ScanResult:
    """Scan all blobs of a listing: one finding for each value and path, at the oldest commit that is as sure as any."""
    if not listing.blobs:
        return ScanResult(findings=(), coverage=Coverage(files=0, bytes=0, skipped=listing.skipped))
    knowledge = analysis.learn(rules(), prefilter)
    parts = _all_looked(folder, listing.blobs, knowledge, settings(), workers or _cores(listing.blobs))
    kept = sorted(number for part in parts for number in part.kept)
    moved = sorted({number for part in parts for number in part.moved}.difference(kept))
    wanted = [(listing.blobs[number], listing.blobs[number].places) for number in kept]
    wanted += [(listing.blobs[number], listing.blobs[number].places[1:]) for number in moved]
    age = {commit: number for number, commit in enumerate(listing.commits)}
    found = first_of_each(_analysed(folder, wanted, knowledge, settings()), age)
    coverage = Coverage(
        files=sum(part.files for part in parts),
        bytes=sum(part.bytes for part in parts),
        skipped=(*listing.skipped, *sorted({one for part in parts for one in part.skipped})),
        notes=tuple(sorted({one for part in parts for one in part.notes})),
    )
    return ScanResult(findings=found, coverage=coverage)


def first_of_each(findings: Iterable[Finding], age: dict[str, int]) -> tuple[Finding, ...]:
    """One finding for each value and path: the surest, and of those the oldest. In order of path and span."""
    best: dict[tuple[str, SecretValue | None], tuple[tuple[int, int, int, str], Finding]] = {}
    for finding in findings:
        old = age.get(finding.commit.id, len(age)) if finding.commit else len(age)
        rank = (-_sureness(finding), old, finding.span.start, finding.rule)
        key = (finding.path, finding.value)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, finding)
    return tuple(
        sorted(
            (finding for _, finding in best.values()), key=lambda finding: (finding.path, finding.span, finding.rule)
        )
    )


def look(
    folder: Path, blobs: Sequence[objects.Blob], numbers: Sequence[int], knowledge: Knowledge, settings: Settings
) -> Looked:
    """Look at some of the blobs, in their order."""
    memory = Memory(scope=settings.scope)
    best: dict[tuple[str, SecretValue | None], tuple[int, int]] = {}
    moved: list[int] = []
    skipped: dict[Skipped, None] = {}
    notes: dict[str, str] = {}
    files = size = 0
    for number, (oid, raw) in zip(numbers, git.blobs(folder, [blobs[number].id for number in numbers]), strict=True):
        path = blobs[number].places[0].path
        source = Source(path=path, raw=raw or b"", blob=oid)
        stores = keyfiles.find(source, knowledge.rules.weights, settings)
        if stores:
            best.setdefault((path, stores[0].value), (_sureness(stores[0]), number))
            moved += [number] if len(blobs[number].places) > 1 else []
            files += 1
            size += len(source.raw)
            continue
        reason = f"git cannot read object {oid[:12]}" if raw is None else policy(source)
        if reason is not None:
            skipped[Skipped(path=path, reason=reason, gap=raw is None)] = None
            continue
        files += 1
        size += len(source.raw)
        several = len(blobs[number].places) > 1
        data, kind = scan_bytes(source.raw), kind_of(path, source.raw[:4096])
        fresh = new_contexts(memory, path, data, kind, knowledge.prefilter, knowledge.table, whole=several)
        try:
            found, note = _fresh_findings(source, data, kind, fresh.contexts, knowledge, settings)
        except UndecodableError as error:
            skipped[Skipped(path=path, reason=str(error))] = None
            files -= 1
            continue
        dirty = _near(found, source, data, fresh.contexts)
        memory.note(path, (context.hash for context in fresh.contexts if context not in dirty), clean=True)
        memory.note(path, (context.hash for context in dirty), clean=False)
        moved += [number] if several and (fresh.known or found) else []
        if note is not None:
            notes.setdefault(path, note)
        for finding in found:
            key, sureness = (path, finding.value), _sureness(finding)
            if key not in best or sureness > best[key][0]:
                best[key] = (sureness, number)
    return Looked(
        kept=tuple(sorted({number for _, number in best.values()})),
        moved=tuple(moved),
        files=files,
        bytes=size,
        skipped=tuple(skipped),
        notes=tuple(Skipped(path=path, reason=note) for path, note in notes.items()),
    )


def _fresh_findings(
    source: Source,
    data: bytes,
    kind: Kind,
    fresh: Sequence[Context],
    knowledge: Knowledge,
    settings: Settings,
) -> tuple[list[Finding], str | None]:
    """The findings at some of a document's hits, and the reader's note."""
    if not fresh:
        return [], None
    imports = [hit for hit in knowledge.prefilter.find(data) if knowledge.table[hit[0]][0] == IMPORT]
    hits = [*imports, *(context.hit for context in fresh)]
    if kind is Kind.PYTHON and source.raw.endswith(data):
        offsets = [offset for context in fresh for offset in (context.hit[1] - 1, *context.reached)]
        small = source.raw[: len(source.raw) - len(data)] + island(data, offsets)
        found, note, _ = analysis.analyse(source._replace(raw=small), hits, knowledge, settings)
        if note is None:
            return _counting(found), None
    found, note, _ = analysis.analyse(source, hits, knowledge, settings)
    return _counting(found), note


def _near(found: Sequence[Finding], source: Source, data: bytes, fresh: Sequence[Context]) -> list[Context]:
    """The contexts that may have given one of the findings; all where offsets are not those of the text."""
    if not found or not data.isascii() or data is not source.raw:
        return list(fresh) if found else []
    spans = [(finding.literal.span.start - WIDTH, finding.literal.span.end + WIDTH) for finding in found]
    return [
        context
        for context in fresh
        if any(low <= at <= high for low, high in spans for at in (context.hit[1], *context.reached))
    ]


def _counting(findings: Iterable[Finding]) -> list[Finding]:
    """Without what the evidence speaks against: no finding, and history has it by the thousand."""
    return [finding for finding in findings if confidence_of(finding.score) is not None]


def _sureness(finding: Finding) -> int:
    return 0 if finding.suppressed is not None else 1 + finding.confidence.rank


def _analysed(
    folder: Path,
    wanted: Sequence[tuple[objects.Blob, Sequence[objects.Place]]],
    knowledge: Knowledge,
    settings: Settings,
) -> Iterator[Finding]:
    """The findings of whole blobs at their places, each with its commit."""
    commits = objects.described(folder, (place for _, places in wanted for place in places))
    raws = git.blobs(folder, [blob.id for blob, _ in wanted])
    for (blob, places), (_, raw) in zip(wanted, raws, strict=True):
        for place in places if raw is not None else ():
            commit = commits.get(place)
            tracked = None if commit is None else True
            source = Source(path=place.path, raw=raw or b"", tracked=tracked, blob=blob.id, commit=commit)
            yield from findings_of(source, knowledge, settings)


def findings_of(source: Source, knowledge: Knowledge, settings: Settings) -> list[Finding]:
    """All findings of one document; of what is no text only what a key file is."""
    stores = keyfiles.find(source, knowledge.rules.weights, settings)
    if stores:
        return stores
    if policy(source) is not None:
        return []
    try:
        found, _, _ = analysis.analyse(source, knowledge.prefilter.find(scan_bytes(source.raw)), knowledge, settings)
        return _counting(found)
    except UndecodableError:
        return []


# --- workers --------------------------------------------------------------------------------------------------


def _cores(blobs: Sequence[objects.Blob]) -> int:
    """How many processes pay for these blobs; one where processes cannot be forked."""
    if sys.platform == "darwin" or "fork" not in multiprocessing.get_all_start_methods():
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, sum(blob.size for blob in blobs) // _WORTH_A_WORKER))


def shared_out(blobs: Sequence[objects.Blob]) -> list[list[int]]:
    """The numbers of the blobs in shares, which no number of workers changes, the largest first.

    All versions of all files of one name are in one, and those of names that begin alike: they repeat each other.
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


def _all_looked(
    folder: Path, blobs: Sequence[objects.Blob], knowledge: Knowledge, settings: Settings, workers: int
) -> list[Looked]:
    shares = shared_out(blobs)
    workers = min(workers, len(shares))
    if workers == 1:
        return [look(folder, blobs, share, knowledge, settings) for share in shares]
    context = multiprocessing.get_context("fork")
    # A counter that all of them take the next share from: who is done first takes more.
    taken = context.Value("i", 0)
    running = []
    try:
        for _ in range(workers - 1):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(theirs, taken, folder, blobs, shares, knowledge, settings), daemon=True
            )
            process.start()
            theirs.close()
            running.append((process, ours))
        found = dict(_taken(taken, folder, blobs, shares, knowledge, settings))
        for _, ours in running:
            found.update(_received(ours))
    finally:
        for process, ours in running:
            process.terminate()
            process.join()
            ours.close()
    return [found[number] for number in range(len(shares))]


def _taken(
    taken: Any,
    folder: Path,
    blobs: Sequence[objects.Blob],
    shares: Sequence[Sequence[int]],
    knowledge: Knowledge,
    settings: Settings,
) -> Iterator[tuple[int, Looked]]:
    """Look at one share after the other, as long as there are some that nobody has taken."""
    while True:
        with taken.get_lock():
            number = taken.value
            taken.value += 1
        if number >= len(shares):
            return
        yield number, look(folder, blobs, shares[number], knowledge, settings)


def _work(
    answer: Connection,
    taken: Any,
    folder: Path,
    blobs: Sequence[objects.Blob],
    shares: Sequence[Sequence[int]],
    knowledge: Knowledge,
    settings: Settings,
) -> None:
    """What a worker does. The parent is interrupted, not the worker; what goes wrong is told without source lines."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Scratch memory is for one process; a fork has a copy of it, and that is its own.
    try:
        answer.send(dict(_taken(taken, folder, blobs, shares, knowledge, settings)))
    except NotSeenError as error:
        answer.send(error.message)
    except Exception as error:  # noqa: BLE001 - multiprocessing would print a traceback with lines of ours and values
        answer.send(f"a worker failed: {type(error).__name__}")


def _received(answer: Connection) -> dict[int, Looked]:
    try:
        got = answer.recv()
    except EOFError:
        raise NotSeenError("a worker process ended before it was done", hint="is there enough memory?") from None
    if isinstance(got, str):
        raise NotSeenError(got)
    assert isinstance(got, dict)
    return got
