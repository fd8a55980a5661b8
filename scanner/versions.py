"""Every version of every file: which blobs hold something new, and one finding for each value and path.

Workers look at all blobs and hand back numbers: which ones hold something, and where its values stand, which the parent
reads again. No value crosses a process. They take fixed shares of the blobs, and what is remembered within one says
nothing of another: the result does not depend on how many workers there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rules.model import RuleSet
from scanner import analysis, record, workers
from scanner.looking import Looked, Task, reader, sureness
from scanner.model import Finding, SecretValue
from scanner.prefilter import Prefilter
from scanner.progress import Meter
from scanner.source import Coverage, ScanResult, Settings, Skipped, Source
from scanner.sources import git, objects


class Seen(NamedTuple):
    """What a scan of versions gives: the result, the states of all blobs by number, what a record may keep of findings.

    `notes` are those of versions by number, `knowledge` is what the scan was made with. `read` gives the findings of a
    version, and notes them in `told`.
    """

    result: ScanResult
    states: dict[int, int]
    told: dict[bytes, bytes]
    notes: dict[int, str]
    knowledge: analysis.Knowledge
    read: Callable[[Source], list[Finding]]


def scan(
    folder: Path,
    listing: objects.Listing,
    prefilter: Prefilter,
    rules: Callable[[], RuleSet],
    settings: Callable[[], Settings],
    *,
    processes: int | None = None,
    before: record.Record | None = None,
    meter: Meter | None = None,
) -> Seen:
    """Scan all blobs of a listing: one finding for each value and path, at the oldest commit that is as sure as any.

    What `before` says to be clean is not looked at.
    """
    knowledge = analysis.learn(rules(), prefilter)
    states = record.known(before, listing.blobs)
    told = {} if before is None else dict(before.told)
    ids = {blob.id for blob in listing.blobs}
    heads = {path: oid for path, oid in objects.tree(folder, "HEAD").items() if oid in ids} if ids else {}
    task = Task(folder, listing.blobs, knowledge, settings(), heads, frozenset(told))
    parts = workers.all_looked(task, states, processes, meter) if ids else []
    told.update(row for part in parts for row in part.told.items())
    used: dict[bytes, bytes] = {}
    read = reader(told, used, knowledge, settings())
    kept = sorted({*_having(states, record.KEPT), *(number for part in parts for number in part.kept)})
    moved = sorted({*_having(states, record.MOVED), *(n for part in parts for n in part.moved)}.difference(kept))
    wanted = [(listing.blobs[number], listing.blobs[number].places) for number in kept]
    wanted += [(listing.blobs[number], listing.blobs[number].places[1:]) for number in moved]
    notes = {
        **record.noted(before, listing.blobs, states),
        **{n: note for part in parts for n, note in part.notes.items()},
    }
    age = {commit: number for number, commit in enumerate(listing.commits)}
    found = first_of_each(_analysed(folder, wanted, read), age)
    clean = [blob for blob, state in zip(listing.blobs, states, strict=True) if state and not record.reason_of(state)]
    coverage = Coverage(
        files=listing.clean[0] + len(clean) + sum(part.files for part in parts),
        bytes=listing.clean[1] + sum(blob.size for blob in clean) + sum(part.size for part in parts),
        skipped=(*listing.skipped, *sorted({*_skipped_before(listing.blobs, states), *_skipped(parts)})),
        notes=_first_notes(listing.blobs, notes),
    )
    seen = {number: state for number, state in enumerate(states) if state}
    seen |= {number: state for part in parts for number, state in part.states.items()}
    return Seen(
        result=ScanResult(findings=found, coverage=coverage),
        states=seen,
        told=used,
        notes=notes,
        knowledge=knowledge,
        read=read,
    )


def _first_notes(blobs: Sequence[objects.Blob], notes: Mapping[int, str]) -> tuple[Skipped, ...]:
    """The note of the first version of each path that has one, in order of path."""
    found: dict[str, str] = {}
    for number in sorted(notes):
        found.setdefault(blobs[number].places[0].path, notes[number])
    return tuple(Skipped(path=path, reason=note) for path, note in sorted(found.items()))


def _having(states: Sequence[int], wanted: int) -> Iterator[int]:
    return (number for number, state in enumerate(states) if state == wanted)


def _skipped_before(blobs: Sequence[objects.Blob], states: Sequence[int]) -> Iterator[Skipped]:
    for blob, state in zip(blobs, states, strict=True):
        reason = record.reason_of(state)
        if reason is not None:
            yield Skipped(path=blob.places[0].path, reason=reason)


def _skipped(parts: Iterable[Looked]) -> Iterator[Skipped]:
    for part in parts:
        yield from part.skipped


def first_of_each(findings: Iterable[Finding], age: dict[str, int]) -> tuple[Finding, ...]:
    """One finding for each value and path: the surest, and of those the oldest. In order of path and span."""
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
    folder: Path,
    wanted: Sequence[tuple[objects.Blob, Sequence[objects.Place]]],
    read: Callable[[Source], list[Finding]],
) -> Iterator[Finding]:
    """The findings of whole blobs at their places, each with its commit."""
    commits = objects.described(folder, (place for _, places in wanted for place in places))
    raws = git.blobs(folder, [blob.id for blob, _ in wanted])
    for (blob, places), (_, raw) in zip(wanted, raws, strict=True):
        for place in places if raw is not None else ():
            commit = commits.get(place)
            tracked = None if commit is None else True
            source = Source(path=place.path, raw=raw or b"", tracked=tracked, blob=blob.id, commit=commit)
            yield from read(source)
