"""Scan every version of every file: which blobs add something, and one finding for each value and path.

Workers scan the blobs and return numbers and offsets: which versions have findings, and where the values are; the
parent reads the values again, so none crosses a process. The shares are fixed and nothing is remembered from one share
to another, so the result does not depend on the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from scanner.analysis import Knowledge
from scanner.engine import Setup
from scanner.history import record, workers
from scanner.history.share import ShareResult, Task, reader, sureness
from scanner.model import Finding, SecretValue
from scanner.progress import Meter
from scanner.source import Coverage, ScanResult, Skipped, Source
from scanner.sources import git, objects


class VersionScan(NamedTuple):
    """The result of scanning versions, with the record's data: `states`, `notes` (by number), `serialized`.

    `knowledge` is what the scan used. `read` returns the findings of a version, and adds them to `serialized`.
    """

    result: ScanResult
    states: dict[int, int]
    serialized: dict[bytes, bytes]
    notes: dict[int, str]
    knowledge: Knowledge
    read: Callable[[Source], list[Finding]]


def scan(
    folder: Path,
    listing: objects.Listing,
    setup: Setup,
    *,
    before: record.Record | None = None,
    meter: Meter | None = None,
) -> VersionScan:
    """Scan all blobs of a listing: one finding for each value and path, at the oldest of its most confident commits.

    Versions that the record `before` has as clean are not scanned.
    """
    blobs, knowledge, settings = listing.blobs, setup.knowledge(), setup.settings()
    states = record.known(before, blobs)
    known = _known(before, blobs, states)
    parts = []
    if blobs:
        ids = {blob.id for blob in blobs}
        heads = {path: oid for path, oid in objects.tree(folder, "HEAD").items() if oid in ids}
        task = Task(folder, blobs, knowledge, settings, heads, frozenset(known.serialized))
        parts = workers.scan_shares(task, states, setup.jobs, meter)
    seen = _joined((known, *parts))
    used: dict[bytes, bytes] = {}
    read = reader(seen.serialized, used, knowledge, settings)
    age = {commit: number for number, commit in enumerate(listing.commits)}
    coverage = Coverage(
        files=listing.clean[0] + seen.files,
        bytes=listing.clean[1] + seen.size,
        skipped=(*listing.skipped, *seen.skipped),
        notes=_first_notes(blobs, seen.notes),
    )
    return VersionScan(
        result=ScanResult(findings=first_of_each(_analysed(folder, blobs, seen, read), age), coverage=coverage),
        states=seen.states,
        serialized=used,
        notes=seen.notes,
        knowledge=knowledge,
        read=read,
    )


def _known(before: record.Record | None, blobs: Sequence[objects.Blob], states: Sequence[int]) -> ShareResult:
    """The record's results for the blobs that it knows (those with a state), as if they had been scanned now."""
    known = {number: state for number, state in enumerate(states) if state}
    reasons = {number: record.reason_of(state) for number, state in known.items()}
    clean = [number for number, reason in reasons.items() if reason is None]
    return ShareResult(
        kept=tuple(number for number, state in known.items() if state == record.KEPT),
        moved=tuple(number for number, state in known.items() if state == record.MOVED),
        files=len(clean),
        size=sum(blobs[number].size for number in clean),
        skipped=tuple(
            Skipped(path=blobs[number].places[0].path, reason=reason)
            for number, reason in reasons.items()
            if reason is not None
        ),
        notes=record.notes_of(before, blobs, states),
        states=known,
        serialized={} if before is None else before.serialized,
    )


def _joined(parts: Sequence[ShareResult]) -> ShareResult:
    """The results of all parts as one."""
    kept = {number for part in parts for number in part.kept}
    return ShareResult(
        kept=tuple(sorted(kept)),
        moved=tuple(sorted({number for part in parts for number in part.moved} - kept)),
        files=sum(part.files for part in parts),
        size=sum(part.size for part in parts),
        skipped=tuple(sorted({skipped for part in parts for skipped in part.skipped})),
        notes={number: note for part in parts for number, note in part.notes.items()},
        states={number: state for part in parts for number, state in part.states.items()},
        serialized={key: row for part in parts for key, row in part.serialized.items()},
    )


def _first_notes(blobs: Sequence[objects.Blob], notes: Mapping[int, str]) -> tuple[Skipped, ...]:
    """The note of the first version of each path that has one, in order of path."""
    found: dict[str, str] = {}
    for number in sorted(notes):
        found.setdefault(blobs[number].places[0].path, notes[number])
    return tuple(Skipped(path=path, reason=note) for path, note in sorted(found.items()))


def first_of_each(findings: Iterable[Finding], age: dict[str, int]) -> tuple[Finding, ...]:
    """One finding for each value and path: of the highest confidence, then the oldest. In order of path and span."""
    best: dict[tuple[str, SecretValue | None], tuple[tuple[int, int, int, str], Finding]] = {}
    for finding in findings:
        old = age.get(finding.commit.id, len(age)) if finding.commit else len(age)
        rank = (-sureness(finding), old, finding.span.start, finding.rule)
        key = (finding.path, finding.value)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, finding)
    return tuple(
        sorted(
            (finding for _, finding in best.values()), key=lambda finding: (finding.path, finding.span, finding.rule)
        )
    )


def _analysed(
    folder: Path, blobs: Sequence[objects.Blob], seen: ShareResult, read: Callable[[Source], list[Finding]]
) -> Iterator[Finding]:
    """The findings of whole blobs at their places, each with its commit."""
    wanted = [(blobs[number], blobs[number].places) for number in seen.kept]
    wanted += [(blobs[number], blobs[number].places[1:]) for number in seen.moved]
    commits = objects.described(folder, (place for _, places in wanted for place in places))
    raws = git.blobs(folder, [blob.id for blob, _ in wanted])
    for (blob, places), (_, raw) in zip(wanted, raws, strict=True):
        for place in places if raw is not None else ():
            commit = commits.get(place)
            tracked = None if commit is None else True
            source = Source(path=place.path, raw=raw or b"", tracked=tracked, blob=blob.id, commit=commit)
            yield from read(source)
