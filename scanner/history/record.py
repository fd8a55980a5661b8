"""The record of earlier history scans, so that the next one scans only what is new.

A file in git's common directory. For each version it has 16 bytes of a hash of its object id and paths, and one byte
for its state; for versions read as plain text the note that says why; and for reported versions the spans, names and
evidence of their findings, as scanner.serialization writes them. It holds no value: values are read from git each time,
and a keyed fingerprint proves that they are the same.

A record can hide findings, so it counts only if this user wrote it: only this user may write to the folder, and the
file carries a keyed digest whose key is in the user's own folder. A record that came with an unpacked repository is not
trusted. The record is valid for one state of the rules, of this program and of the options; otherwise it is ignored.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rules.private import own_folder, read_private, write_private
from scanner.content import REASONS
from scanner.sources.objects import Blob

# States of a version. CLEAN: no finding. AFTER: no finding beyond those of earlier versions of its path; valid while
# these still exist. AGAIN: scanned every time. FOUND: has a finding, or was read as plain text. KEPT: has a finding
# that is reported. MOVED: the same, and is at several paths. KEPT and MOVED are reported from the record every time;
# all three are scanned again together with a new version at their path.
CLEAN, AFTER, AGAIN, FOUND, KEPT, MOVED = range(1, 7)
_SKIPPED = 16
_MAGIC = b"unhardcode history 3\n"
_NAME, _KEY, _PATH, _DIGEST = "history-", 16, 8, 32
# Records for options not used for this long are removed, as are files left by killed processes.
_OLD, _LEFT = 90 * 86_400, 3_600


@dataclass(slots=True, kw_only=True)
class Record:
    """A record's file, what it is valid for (`head`), and the state of each version by its key.

    `dirty` are the keys of the paths of versions with findings. `serialized` are findings without their values, by the
    key of object and path (`where`). `notes` say, by version, why it was read as plain text. `listed` belongs to
    scanner.history.listing_cache.
    """

    file: Path
    head: bytes
    secret: bytes
    states: dict[bytes, int] = field(default_factory=dict)
    dirty: dict[bytes, bytes] = field(default_factory=dict)
    serialized: dict[bytes, bytes] = field(default_factory=dict)
    notes: dict[bytes, bytes] = field(default_factory=dict)
    listed: bytes = b""


def skipped_as(reason: str) -> int:
    """The state of a skipped version; one that git could not read is tried again next time."""
    return _SKIPPED + REASONS.index(reason) if reason in REASONS else AGAIN


def reason_of(state: int) -> str | None:
    """The reason why a version with this state was skipped; None if it was not."""
    return REASONS[state - _SKIPPED] if state >= _SKIPPED else None


def load(common: Path, secret: bytes, valid_for: Iterable[str], rules: bytes) -> Record | None:
    """Load the record from below git's common directory; an empty one if there is none or it is not valid.

    `valid_for` are the options, `rules` the state of the rules and the program. None if no record can be kept.
    """
    folder = common / "unhardcode"
    if not own_folder(folder):
        return None
    options = hashlib.sha256("\0".join(valid_for).encode("utf-8", "surrogatepass")).digest()
    record = Record(
        file=folder / f"{_NAME}{options[:6].hex()}", head=hashlib.sha256(options + rules).digest(), secret=secret
    )
    content = read_private(record.file)
    if content is not None and _is_ours(record, content):
        _read(record, content)
    return record


def program_state() -> bytes:
    """A signature of the program without reading its files: an editable installation changes without a new version."""
    from importlib.metadata import version

    root = Path(__file__).parent.parent
    parts = [sys.version, version("libcst"), version("unhardcode")]
    for folder in (root, root / "detectors", root / "history", root / "readers", root / "sources"):
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    parts.append(f"{entry.path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}")
    return "\n".join(parts).encode("utf-8", "surrogateescape")


def known(record: Record | None, blobs: Sequence[Blob]) -> list[int]:
    """The state of each version that need not be scanned; 0 for the others."""
    if record is None or not record.states:
        return [0] * len(blobs)
    keys = [key_of(blob) for blob in blobs]
    here = set(keys)
    lost = {path for key, path in record.dirty.items() if key not in here}
    states = []
    for key, blob in zip(keys, blobs, strict=True):
        state = record.states.get(key, 0)
        doubtful = state == AGAIN or (lost and AFTER <= state <= MOVED and _path_of(blob) in lost)
        states.append(0 if doubtful else state)
    new = {blob.places[0].path for blob, state in zip(blobs, states, strict=True) if not state}
    return [
        0 if state in (FOUND, KEPT, MOVED) and blob.places[0].path in new else state
        for blob, state in zip(blobs, states, strict=True)
    ]


def notes_of(record: Record | None, blobs: Sequence[Blob], states: Sequence[int]) -> dict[int, str]:
    """Why versions that the record knows (those with a state) were read as plain text, by number."""
    if record is None or not record.notes:
        return {}
    known = {number: record.notes.get(key_of(blobs[number])) for number, state in enumerate(states) if state}
    return {number: note.decode() for number, note in known.items() if note is not None}


def keep(
    record: Record,
    blobs: Sequence[Blob],
    states: Mapping[int, int],
    serialized: Mapping[bytes, bytes],
    notes: Mapping[int, str],
    listed: bytes = b"",
    *,
    added: bool = False,
) -> None:
    """Write the record of a finished scan, atomically; `states` and `notes` are by the version's number.

    `added`: keep the states of versions that are not among these. If two scans run at once the later record remains:
    each is correct by itself.
    """
    fresh = dict(record.states) if added else {}
    fresh |= {key_of(blobs[number]): state for number, state in sorted(states.items())}
    dirty = {
        key_of(blobs[number]): _path_of(blobs[number])
        for number, state in sorted(states.items())
        if AGAIN <= state <= MOVED
    }
    said = {key_of(blobs[number]): note.encode() for number, note in sorted(notes.items())}
    before = (record.states, record.dirty, record.serialized, record.notes, record.listed)
    if (fresh, dirty, serialized, said, listed) == before:
        return
    counts = len(fresh).to_bytes(8, "big") + len(dirty).to_bytes(8, "big")
    more = (*_table(serialized), *_table(said), listed)
    body = b"".join((counts, *fresh, bytes(fresh.values()), *dirty, *dirty.values(), *more))
    _tidy(record.file)
    write_private(record.file, b"".join((_MAGIC, record.head, _digest(record, body), body)), durable=True)


def key_of(blob: Blob) -> bytes:
    """The key of a version in the record, from its object and all its paths."""
    text = "\0".join((blob.id, *(place.path for place in blob.places)))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


def where(oid: str, path: str) -> bytes:
    """The key in the record of a version at one path."""
    return hashlib.blake2b(f"{oid}\0{path}".encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


def _path_of(blob: Blob) -> bytes:
    return hashlib.blake2b(blob.places[0].path.encode("utf-8", "surrogatepass"), digest_size=_PATH).digest()


def _digest(record: Record, body: bytes) -> bytes:
    return hmac.digest(record.secret, record.head + body, "sha256")


def _is_ours(record: Record, content: bytes) -> bool:
    """Whether a record is complete, valid for the present state, and written with this user's key."""
    start = len(_MAGIC) + 2 * _DIGEST
    head = _MAGIC + record.head
    if len(content) < start + 16 or not content.startswith(head):
        return False
    return hmac.compare_digest(content[len(head) : start], _digest(record, content[start:]))


def _read(record: Record, content: bytes) -> None:
    at = len(_MAGIC) + 2 * _DIGEST
    many, few = (int.from_bytes(content[start : start + 8], "big") for start in (at, at + 8))
    at += 16
    keys = [content[start : start + _KEY] for start in range(at, at + many * _KEY, _KEY)]
    at += many * _KEY
    record.states = dict(zip(keys, content[at : at + many], strict=True))
    at += many
    dirty = [content[start : start + _KEY] for start in range(at, at + few * _KEY, _KEY)]
    at += few * _KEY
    record.dirty = {key: content[at + n * _PATH : at + (n + 1) * _PATH] for n, key in enumerate(dirty)}
    at += few * _PATH
    for table in (record.serialized, record.notes):
        size = int.from_bytes(content[at : at + 8], "big")
        table.update(_rows(zlib.decompress(content[at + 8 : at + 8 + size])))
        at += 8 + size
    record.listed = content[at:]


def _table(rows: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
    """A table of rows of any length by their keys: its size, and its content."""
    packed = zlib.compress(b"".join(key + len(row).to_bytes(8, "big") + row for key, row in sorted(rows.items())), 1)
    return len(packed).to_bytes(8, "big"), packed


def _rows(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(table):
        start = at + _KEY + 8
        end = start + int.from_bytes(table[at + _KEY : start], "big")
        yield table[at : at + _KEY], table[start:end]
        at = end


def _tidy(file: Path) -> None:
    """Remove unused records, and partial ones left by killed processes."""
    now = time.time()
    for path in file.parent.iterdir():
        with suppress(OSError):
            age = now - path.lstat().st_mtime
            partial = path.name.startswith(f".{_NAME}") and age > _LEFT
            if partial or (path.name.startswith(_NAME) and path != file and age > _OLD):
                path.unlink()
