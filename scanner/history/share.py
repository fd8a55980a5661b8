"""Scan one share of a history's versions: what each of them adds to those before it.

The record (scanner.history.record) keeps which versions are clean, so a version counts as clean only if all of it was
scanned: either itself, or as a change to a version that was.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner import analysis, keyfiles, serialization
from scanner.analysis import Knowledge
from scanner.content import scan_bytes, skip_reason
from scanner.extent import WIDTH
from scanner.history.blocks import STRUCTURED
from scanner.history.contexts import Context
from scanner.history.incremental import Memory, new_contexts
from scanner.history.islands import island
from scanner.history.record import AFTER, AGAIN, CLEAN, FOUND, KEPT, MOVED, skipped_as, where
from scanner.model import Finding, SecretValue
from scanner.prefilter import IMPORT, hits_from_imports
from scanner.readers.errors import Unreadable
from scanner.readers.kinds import kind_by_head, kind_by_name, kind_of
from scanner.readers.pyscope import parse
from scanner.source import Kind, Settings, Skipped, Source
from scanner.sources import git, objects
from scanner.text import UndecodableError, decode

# By path and value, the finding with the highest confidence so far: its confidence (`sureness`), its version's number.
Best = dict[tuple[str, SecretValue | None], tuple[int, int]]
# A line that is a valid statement in Python 2 and an error in Python 3.
_PYTHON_2 = lazy_pattern(
    rb"[ \t]*(?:print[ \t]+[\"'\w]|except[ \t]+[\w., ()]+,[ \t]*\w+[ \t]*:|raise[ \t]+[\w.]+[ \t]*,"
    rb"|exec[ \t]+[\"'\w]).*\n"
)


_MOST_WAYS = 30


class ShareResult(NamedTuple):
    """A worker's results, with versions given by their numbers.

    `kept` are the first versions that hold a value, `moved` later ones that were at several paths. `notes` say why a
    version was read as plain text. `states` are those of scanner.history.record. `serialized` are the findings of the
    reported versions, and of HEAD's files at their paths, as scanner.serialization writes them; keys are `where`'s.
    """

    kept: tuple[int, ...]
    moved: tuple[int, ...]
    files: int
    size: int
    skipped: tuple[Skipped, ...]
    notes: dict[int, str]
    states: dict[int, int]
    serialized: dict[bytes, bytes]


class Task(NamedTuple):
    """The input that all shares have in common. `heads` is HEAD's blob id by path; `recorded` are a record's keys."""

    folder: Path
    blobs: Sequence[objects.Blob]
    knowledge: Knowledge
    settings: Settings
    heads: Mapping[str, str]
    recorded: Container[bytes]


@dataclass(slots=True, kw_only=True)
class _Share:
    """The results of a share so far, as in ShareResult; `best` becomes `kept`.

    `tainted` are paths of which an earlier version had a finding or was read as plain text.
    """

    task: Task
    memory: Memory
    best: Best = field(default_factory=dict, repr=False)
    moved: list[int] = field(default_factory=list)
    skipped: dict[Skipped, None] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    states: dict[int, int] = field(default_factory=dict)
    tainted: set[str] = field(default_factory=set)
    kinds: dict[str, Kind | None] = field(default_factory=dict)
    files: int = 0
    size: int = 0


def scan_share(task: Task, numbers: Sequence[int], tick: Callable[[int], None]) -> ShareResult:
    """Scan the blobs with these numbers, in order. `tick` is called with the size of each, in bytes."""
    known, scope = task.knowledge, task.settings.scope
    memory = Memory(prefilter=known.prefilter, table=known.table, scope=scope)
    share = _Share(task=task, memory=memory)
    ids = [task.blobs[number].id for number in numbers]
    for number, (_, raw) in zip(numbers, git.blobs(task.folder, ids), strict=True):
        tick(task.blobs[number].size)
        _scan_version(share, number, raw)
    return _result(share)


def _scan_version(share: _Share, number: int, raw: bytes | None) -> None:
    """Scan one version; `raw` is None if git cannot read it."""
    blob, weights = share.task.blobs[number], share.task.knowledge.rules.weights
    source = Source(path=blob.places[0].path, raw=raw or b"", blob=blob.id)
    key_file = keyfiles.find(source, weights, share.task.settings)
    reason = f"git cannot read object {blob.id[:12]}" if raw is None else skip_reason(source.raw)
    if key_file:
        share.best.setdefault((source.path, key_file[0].value), (sureness(key_file[0]), number))
        share.moved += [number] if len(blob.places) > 1 else []
        share.states[number] = AGAIN
        share.files += 1
        share.size += len(source.raw)
    elif reason is not None:
        share.skipped[Skipped(path=source.path, reason=reason, gap=raw is None)] = None
        share.states[number] = skipped_as(reason)
    else:
        share.size += len(source.raw)
        _scan_text(share, number, source)


def _scan_text(share: _Share, number: int, source: Source) -> None:
    """Scan what is new in one version of a text file."""
    path, memory, places = source.path, share.memory, share.task.blobs[number].places
    data, kind = scan_bytes(source.raw), _kind(share.kinds, path, source.raw)
    if path in memory.as_text and _is_readable(source, kind, memory.as_text):
        del memory.as_text[path]
        memory.path = ""  # the version before was read as plain text, so nothing can be taken over from it
    whole = len(places) > 1 or memory.path != path
    fresh = new_contexts(memory, path, data, kind, whole=whole)
    in_pieces = kind is Kind.PYTHON and source.raw.endswith(data) and path not in memory.as_text
    try:
        found, note = _fresh_findings(share, source, data, kind, fresh.contexts, in_pieces=in_pieces)
    except UndecodableError as error:
        share.skipped[Skipped(path=path, reason=str(error))] = None
        memory.path = ""  # its contexts are unknown, so the whole next version is scanned
        share.states[number] = AGAIN
        return
    share.files += 1
    if note is not None:
        memory.as_text.setdefault(path, b"")
        share.notes[number] = note
    _remember(memory, path, fresh.contexts, _near(found, source, data, kind, fresh.contexts))
    moved = len(places) > 1 and (fresh.known or bool(found) or _differs_elsewhere(source, kind, places[1:], share))
    share.moved += [number] if moved else []
    share.states[number] = _state(
        share, path, hit=moved or bool(found) or note is not None, all_new=whole and not fresh.known
    )
    for finding in found:
        if _is_better(finding, share.best):
            share.best[path, finding.value] = (sureness(finding), number)


def _remember(memory: Memory, path: str, contexts: Sequence[Context], dirty: Sequence[Context]) -> None:
    """Remember the contexts of a version, of which those in `dirty` may have given a finding."""
    with_findings = set(map(id, dirty))
    memory.note(path, (context.hash for context in contexts if id(context) not in with_findings), clean=True)
    memory.note(path, (context.hash for context in dirty), clean=False)


def _state(share: _Share, path: str, *, hit: bool, all_new: bool) -> int:
    """The state of a version for the record. `all_new`: all of it was scanned, and nothing of it was known before."""
    if hit:
        share.tainted.add(path)
        return FOUND
    if all_new:
        share.tainted.discard(path)
    return AFTER if path in share.tainted else CLEAN


def _result(share: _Share) -> ShareResult:
    task, blobs, states = share.task, share.task.blobs, share.states
    kept = sorted({number for _, number in share.best.values()})
    for state, numbers_of in ((MOVED, share.moved), (KEPT, kept)):
        states.update((number, state) for number in numbers_of if states[number] != AGAIN)
    wanted = [(blobs[number].id, place.path) for number in kept for place in blobs[number].places]
    wanted += [(blobs[number].id, place.path) for number in share.moved for place in blobs[number].places[1:]]
    wanted += [(task.heads[path], path) for _, path in wanted if path in task.heads]
    return ShareResult(
        kept=tuple(kept),
        moved=tuple(share.moved),
        files=share.files,
        size=share.size,
        skipped=tuple(share.skipped),
        notes=share.notes,
        states=states,
        serialized=dict(_serialized(task, wanted)),
    )


def _differs_elsewhere(source: Source, kind: Kind, places: Iterable[objects.Place], share: _Share) -> bool:
    """Whether a version has a finding at one of its other paths if it is read or judged differently there."""
    memory, task = share.memory, share.task
    seen = {(kind, memory.group(source.path))}
    for place in places:
        way = kind_of(place.path, source.raw[:4096]), memory.group(place.path)
        # Beyond this many, reached only on purpose, another ending of a kind already seen does not count.
        if way not in seen and (len(seen) < _MOST_WAYS or way[0] not in {kind for kind, _ in seen}):
            seen.add(way)
            if analysis.findings_of(source._replace(path=place.path), task.knowledge, task.settings):
                return True
    return False


def _kind(kinds: dict[str, Kind | None], path: str, raw: bytes) -> Kind:
    """The kind of a version, cached by path if the path alone decides it."""
    if path not in kinds:
        kinds[path] = kind_by_name(path)
    return kinds[path] or kind_by_head(path, raw[:4096])


def _is_readable(source: Source, kind: Kind, as_text: dict[str, bytes] | None = None) -> bool:
    """Whether a version parses as its kind although the one before it did not; only Python is checked.

    `as_text` has the Python 2 line at which the version before failed at this path, and gets that of this one: as long
    as such a line is present, nothing needs to be parsed.
    """
    if kind is not Kind.PYTHON:
        return True
    line = b"" if as_text is None else as_text[source.path]
    if line and line in source.raw:
        return False
    try:
        parse(decode(source, kind).text)
    except UndecodableError:
        return False
    except Unreadable as error:
        if as_text is not None:
            found = _PYTHON_2.match(b"".join(source.raw.splitlines(keepends=True)[error.line - 1 : error.line]))
            as_text[source.path] = found[0] if found else b""
        return False
    return True


def _serialized(task: Task, wanted: Iterable[tuple[str, str]]) -> Iterator[tuple[bytes, bytes]]:
    """The serialized findings of whole versions (object id, path), by `where`: each analysed once, in the worker."""
    paths: dict[str, dict[str, None]] = {}
    for oid, path in wanted:
        if where(oid, path) not in task.recorded:
            paths.setdefault(oid, {})[path] = None
    for oid, raw in git.blobs(task.folder, list(paths)):
        for path in paths[oid] if raw is not None else ():
            source = Source(path=path, raw=raw or b"", blob=oid)
            rows = serialization.dump(analysis.findings_of(source, task.knowledge, task.settings), source)
            if rows is not None:
                yield where(oid, path), rows


def _fresh_findings(
    share: _Share, source: Source, data: bytes, kind: Kind, fresh: Sequence[Context], *, in_pieces: bool
) -> tuple[list[Finding], str | None]:
    """The findings at some of a document's hits, and the reader's note; `in_pieces`: reading only these may do."""
    if not fresh:
        return [], None
    knowledge, settings = share.task.knowledge, share.task.settings
    imports = [hit for hit in hits_from_imports(knowledge.prefilter, data) if knowledge.table[hit[0]][0] == IMPORT]
    hits = [*imports, *(context.hit for context in fresh)]
    if in_pieces:
        offsets = [offset for context in fresh for offset in (context.hit[1] - 1, *context.reached)]
        small = source.raw[: len(source.raw) - len(data)] + island(data, offsets)
        found, note, _ = analysis.analyse(source._replace(raw=small), hits, knowledge, settings)
        counting = analysis.unsuppressed(found)
        # A finding in pieces will be reported for the whole version, so that must parse too.
        reported = any(_is_better(finding, share.best) for finding in counting)
        if note is None and (not reported or _is_readable(source, kind)):
            return counting, None
    found, note, _ = analysis.analyse(source, hits, knowledge, settings)
    if note is not None:
        # Read differently from the versions before it: what was clean in those need not be clean here.
        found = analysis.analyse(source, knowledge.prefilter.find(data), knowledge, settings).findings
    return analysis.unsuppressed(found), note


def _near(found: Sequence[Finding], source: Source, data: bytes, kind: Kind, fresh: Sequence[Context]) -> list[Context]:
    """The contexts that may have given one of the findings; all of them if offsets do not tell.

    They do not if bytes and characters differ, nor in YAML, where a key can give a finding far below it.
    """
    if not found:
        return []
    # ISO 2022 and HZ write other scripts in ASCII, between these marks.
    if kind in STRUCTURED or data is not source.raw or not data.isascii() or b"\x1b" in data or b"~{" in data:
        return list(fresh)
    lows: list[int] = []
    highs: list[int] = []
    for low, high in sorted((each.literal.span.start - WIDTH, each.literal.span.end + WIDTH) for each in found):
        if highs and low <= highs[-1]:
            highs[-1] = max(highs[-1], high)
        else:
            lows.append(low)
            highs.append(high)

    def is_near(at: int) -> bool:
        number = bisect.bisect_right(lows, at) - 1
        return number >= 0 and at <= highs[number]

    return [context for context in fresh if any(map(is_near, (context.hit[1], *context.reached)))]


def _is_better(finding: Finding, best: Best) -> bool:
    """Whether a finding has more confidence than the best one of its value and path so far."""
    known = best.get((finding.path, finding.value))
    return known is None or sureness(finding) > known[0]


def sureness(finding: Finding) -> int:
    """0 for a suppressed finding, else 1 to 3 by its confidence."""
    return 0 if finding.suppressed is not None else 1 + finding.confidence.rank


def reader(
    serialized: Mapping[bytes, bytes], used: dict[bytes, bytes], knowledge: Knowledge, settings: Settings
) -> Callable[[Source], list[Finding]]:
    """A function that returns all findings of a document: from `serialized` if they are there, else by analysing it.

    It adds the findings that it returned to `used`, serialized.
    """

    def read(source: Source) -> list[Finding]:
        if source.blob is None:
            return analysis.findings_of(source, knowledge, settings)
        key = where(source.blob, source.path)
        rows = serialized.get(key) or used.get(key)
        found = None if rows is None else serialization.load(rows, source, settings.key)
        if found is None:
            found = analysis.findings_of(source, knowledge, settings)
            rows = serialization.dump(found, source)
        if rows is not None:
            used[key] = rows
        return found

    return read
