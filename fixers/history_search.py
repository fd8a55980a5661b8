"""Search a repository's history for values in any spelling: blobs, commits and tags that refs reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixers.value_search import Search, traces
from scanner.model import SecretValue
from scanner.sources import git, paths

# git filter-repo does not change a blob with a NUL in this range. https://github.com/newren/git-filter-repo
_LOOKED_AT_FOR_NUL = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One spelling of one value in one object.

    `value` is its index, `kind` blob, commit or tag, `path` one of a blob's paths ("" for others). `binary` says that
    git filter-repo would skip the blob. `head` says that it is in a commit's or tag's header and not in its message (a
    name, an address).
    """

    value: int
    kind: str
    id: str
    path: str
    spelled: SecretValue
    form: str
    binary: bool = False
    head: bool = False


def sightings(folder: Path, search: Search, revisions: Sequence[str] = ("--all",)) -> Iterator[Sighting]:
    """Every spelling in every object that the revisions reach; each object once. Raises NotSeenError."""
    named = reached(folder, revisions)
    kinds = _kinds(folder, list(named))
    wanted = [oid for oid, kind in kinds.items() if kind in ("blob", "commit", "tag")]
    for oid, raw in git.blobs(folder, wanted):
        if raw is None:
            continue  # `scan --history` lists what git cannot read
        kind = kinds[oid]
        message = 0 if kind == "blob" else raw.find(b"\n\n")
        for trace in traces(search, raw):
            yield Sighting(
                value=trace.value,
                kind=kind,
                id=oid,
                path=named[oid] if kind == "blob" else "",
                spelled=SecretValue(raw[trace.start : trace.end]),
                form=trace.form,
                binary=kind == "blob" and b"\0" in raw[:_LOOKED_AT_FOR_NUL],
                head=kind != "blob" and trace.start < message,
            )


def reached(folder: Path, revisions: Sequence[str]) -> dict[str, str]:
    """Id and one path (as reports show it) of every object that the revisions reach; "" for commits and tags."""
    found: dict[str, str] = {}
    for line in git.read(folder, "rev-list", "--objects", *revisions).splitlines():
        oid, _, name = line.partition(b" ")
        found.setdefault(oid.decode("ascii"), paths.shown(name) if name else "")
    return found


def _kinds(folder: Path, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    feed = "".join(f"{oid}\n" for oid in ids).encode()
    out = git.read(folder, "cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer", feed=feed)
    parts = (line.partition(" ") for line in out.decode("ascii").splitlines())
    return {oid: kind for oid, _, kind in parts}
