"""The list of blobs of an earlier history scan, so that the next one lists only what new commits add.

Kept in the record (scanner.history.record). It is valid only as long as git lists the same commits in the same order
with new ones after them, and no version that existed before appears at a new path.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from scanner.history.record import AFTER, CLEAN, Record, where
from scanner.source import Skipped
from scanner.sources import objects
from scanner.sources.selection import Selection

_LENGTH = 8


class Earlier(NamedTuple):
    """Commits, other objects that refs name, and versions that are not clean; `messages` are commits whose own counts.

    `blobs` are the sorted first bytes of the keys of all versions, `pairs` the same for each version at each path.
    """

    commits: int
    order: str
    extra: str
    files: int
    bytes: int
    skipped: tuple[Skipped, ...]
    loud: tuple[objects.Blob, ...]
    messages: tuple[str, ...]
    blobs: frozenset[int]
    pairs: frozenset[int]


def listing(
    record: Record,
    folder: Path,
    commits: Sequence[str],
    extra: Mapping[str, str],
    selection: Selection,
) -> tuple[objects.Listing, tuple[str, ...]] | None:
    """The versions that are not known to be clean, and the commits whose messages must be read.

    None if everything must be listed again.
    """
    before = _read(record.listed)
    if before is None or _order(commits[: before.commits]) != before.order or _digest(extra) != before.extra:
        return None
    new = commits[before.commits :]
    found = objects.listed(folder, new, {}, selection)
    if any(skipped.gap for skipped in found.skipped):
        return None
    added = []
    for blob in found.blobs:
        known = [_short(where(blob.id, place.path)) in before.pairs for place in blob.places]
        if _short(where(blob.id, "")) not in before.blobs:
            added.append(blob)
        elif not all(known):
            return None
    listed = objects.Listing(
        blobs=tuple(sorted((*before.loud, *added), key=_in_order)),
        commits=tuple(commits),
        skipped=tuple(sorted({*before.skipped, *found.skipped})),
        clean=(before.files, before.bytes),
    )
    return listed, (*before.messages, *new)


def dump(
    record: Record,
    listed: objects.Listing,
    extra: Mapping[str, str],
    states: Mapping[int, int],
    messages: Sequence[str],
) -> bytes:
    """The part of a listing that the record keeps; empty if a part of the listing could not be read.

    `states` are those of all its versions by number.
    """
    if any(skipped.gap for skipped in listed.skipped) or len(states) != len(listed.blobs):
        return b""
    before = _read(record.listed) if listed.clean != (0, 0) else None
    quiet = [blob for number, blob in enumerate(listed.blobs) if states[number] in (CLEAN, AFTER)]
    loud = [blob for number, blob in enumerate(listed.blobs) if states[number] not in (CLEAN, AFTER)]
    blobs = {_short(where(blob.id, "")) for blob in listed.blobs}
    pairs = {_short(where(blob.id, place.path)) for blob in listed.blobs for place in blob.places}
    if before is not None:
        blobs |= before.blobs
        pairs |= before.pairs
    files, size = listed.clean
    facts = {
        "commits": len(listed.commits),
        "order": _order(listed.commits),
        "extra": _digest(extra),
        "files": files + len(quiet),
        "bytes": size + sum(blob.size for blob in quiet),
        "skipped": [[each.path, each.reason] for each in listed.skipped],
        "loud": [[blob.id, blob.size, [list(place) for place in blob.places]] for blob in loud],
        "messages": list(messages),
    }
    text = zlib.compress(json.dumps(facts, separators=(",", ":")).encode(), 1)
    tables = [array("Q", sorted(table)).tobytes() for table in (blobs, pairs)]
    return b"".join((len(text).to_bytes(8, "big"), len(tables[0]).to_bytes(8, "big"), text, *tables))


def _read(data: bytes) -> Earlier | None:
    if not data:
        return None
    size, many = int.from_bytes(data[:8], "big"), int.from_bytes(data[8:16], "big")
    facts = json.loads(zlib.decompress(data[16 : 16 + size]))
    blobs, pairs = array("Q"), array("Q")
    blobs.frombytes(data[16 + size : 16 + size + many])
    pairs.frombytes(data[16 + size + many :])
    loud = (
        objects.Blob(oid, size, tuple(objects.Place(path, commit) for path, commit in places))
        for oid, size, places in facts["loud"]
    )
    return Earlier(
        commits=facts["commits"],
        order=facts["order"],
        extra=facts["extra"],
        files=facts["files"],
        bytes=facts["bytes"],
        skipped=tuple(Skipped(path=path, reason=reason) for path, reason in facts["skipped"]),
        loud=tuple(loud),
        messages=tuple(facts["messages"]),
        blobs=frozenset(blobs),
        pairs=frozenset(pairs),
    )


def _in_order(blob: objects.Blob) -> tuple[str, str]:
    return objects.by_name(blob.places[0].path)


def _short(key: bytes) -> int:
    return int.from_bytes(key[:_LENGTH], "big")


def _order(commits: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(commits).encode()).hexdigest()


def _digest(extra: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(f"{oid} {path}" for oid, path in sorted(extra.items())).encode()).hexdigest()
