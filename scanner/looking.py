"""One share of a history: which of its versions hold something new, and the findings of one version.

What a version is found to be goes into the record of scanner.record, so a version is clean only if it was surely looked
at as a whole: itself, or as a change to one that was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from scanner import analysis, keyfiles
from scanner.analysis import Knowledge
from scanner.contexts import WIDTH, Context
from scanner.engine import policy
from scanner.islands import island
from scanner.judge import confidence_of
from scanner.model import Finding, SecretValue
from scanner.prefilter import IMPORT
from scanner.raw import scan_bytes
from scanner.readers.kinds import kind_of
from scanner.record import AFTER, AGAIN, CLEAN, FOUND, KEPT, MOVED, skipped_as
from scanner.repeats import Memory, new_contexts
from scanner.source import Kind, Settings, Skipped, Source
from scanner.sources import git, objects
from scanner.text import UndecodableError


class Looked(NamedTuple):
    """What a worker saw. `kept` hold a value first, `moved` are later ones that stood at several paths.

    `states` says of each version that was looked at what the record may keep.
    """

    kept: tuple[int, ...]
    moved: tuple[int, ...]
    files: int
    bytes: int
    skipped: tuple[Skipped, ...]
    notes: tuple[Skipped, ...]
    states: dict[int, int]


def look(
    folder: Path,
    blobs: Sequence[objects.Blob],
    numbers: Sequence[int],
    knowledge: Knowledge,
    settings: Settings,
    tick: Callable[[int], None],
) -> Looked:
    """Look at some of the blobs, in their order. `tick` is told the bytes of each."""
    memory = Memory(scope=settings.scope)
    best: dict[tuple[str, SecretValue | None], tuple[int, int]] = {}
    moved: list[int] = []
    skipped: dict[Skipped, None] = {}
    notes: dict[str, str] = {}
    states: dict[int, int] = {}
    tainted: set[str] = set()  # paths of which a version before had a finding, or was read in a lesser way
    files = size = 0
    for number, (oid, raw) in zip(numbers, git.blobs(folder, [blobs[number].id for number in numbers]), strict=True):
        tick(blobs[number].size)
        path = blobs[number].places[0].path
        source = Source(path=path, raw=raw or b"", blob=oid)
        stores = keyfiles.find(source, knowledge.rules.weights, settings)
        if stores:
            best.setdefault((path, stores[0].value), (sureness(stores[0]), number))
            moved += [number] if len(blobs[number].places) > 1 else []
            states[number] = AGAIN
            files += 1
            size += len(source.raw)
            continue
        reason = f"git cannot read object {oid[:12]}" if raw is None else policy(source)
        if reason is not None:
            skipped[Skipped(path=path, reason=reason, gap=raw is None)] = None
            states[number] = skipped_as(reason)
            continue
        files += 1
        size += len(source.raw)
        several = len(blobs[number].places) > 1
        whole = several or memory.path != path
        data, kind = scan_bytes(source.raw), kind_of(path, source.raw[:4096])
        fresh = new_contexts(memory, path, data, kind, knowledge.prefilter, knowledge.table, whole=whole)
        try:
            found, note = _fresh_findings(source, data, kind, fresh.contexts, knowledge, settings)
        except UndecodableError as error:
            skipped[Skipped(path=path, reason=str(error))] = None
            files -= 1
            memory.path = ""  # its contexts are not known: the next version is looked at as a whole
            states[number] = AGAIN
            continue
        dirty = _near(found, source, data, fresh.contexts)
        memory.note(path, (context.hash for context in fresh.contexts if context not in dirty), clean=True)
        memory.note(path, (context.hash for context in dirty), clean=False)
        moved += [number] if several and (fresh.known or found) else []
        if found or note is not None or number in moved[-1:]:
            tainted.add(path)
            states[number] = FOUND if note is None else AGAIN
        else:
            if whole and not fresh.known:
                tainted.discard(path)
            states[number] = AFTER if path in tainted else CLEAN
        if note is not None:
            notes.setdefault(path, note)
        for finding in found:
            key, sure = (path, finding.value), sureness(finding)
            if key not in best or sure > best[key][0]:
                best[key] = (sure, number)
    kept = sorted({number for _, number in best.values()})
    for state, numbers_of in ((MOVED, moved), (KEPT, kept)):
        states.update((number, state) for number in numbers_of if states[number] != AGAIN)
    return Looked(
        kept=tuple(kept),
        moved=tuple(moved),
        files=files,
        bytes=size,
        skipped=tuple(skipped),
        notes=tuple(Skipped(path=path, reason=note) for path, note in notes.items()),
        states=states,
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


def sureness(finding: Finding) -> int:
    """How sure a finding is: 0 suppressed, then by its confidence."""
    return 0 if finding.suppressed is not None else 1 + finding.confidence.rank


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
