"""List what commits add: each blob once, with the paths and the commits at which it first appears."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from scanner.source import Commit, Skipped
from scanner.sources import git, paths
from scanner.sources.git_process import reason
from scanner.sources.selection import Selection

# -c: of a merge only what differs from every parent. --always: commits that add nothing too, so that they are counted.
_DIFF_TREE = "diff-tree --stdin --always -r -c --root --raw -z --no-renames --no-abbrev --no-ext-diff --no-textconv"
_DELETED = b"000000"
_COLON = ord(":")
_NOT_FILES = {"160000": "submodule", "120000": "symbolic link"}
# Commits whose trees cannot be read need one process each; beyond this many the rest is one gap.
_MOST_FAILURES = 50
# A few trees that name each other can represent more files than fit into memory.
_MOST_ADDED = 1_000_000

# The prefix of an object's id in the path of its message.
COMMIT_MESSAGE, TAG_MESSAGE = "commit-message", "tag-message"


class Place(NamedTuple):
    """A place of a blob: a path as results show it, and the commit that added it there, None if none did."""

    path: str
    commit: str | None


class Blob(NamedTuple):
    """An object with all its places, the oldest first; `size` in bytes."""

    id: str
    size: int
    places: tuple[Place, ...]


class Listing(NamedTuple):
    """The blobs of a scan, the commits that add them, the oldest first, and what will not be scanned.

    `clean` is the number, and the bytes, of blobs that an earlier scan found clean and that are not among these.
    """

    blobs: tuple[Blob, ...]
    commits: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    clean: tuple[int, int] = (0, 0)


class Addition(NamedTuple):
    """One entry of a commit that none of its parents has: mode, blob and path."""

    commit: str
    mode: str
    blob: str
    path: str


def additions(folder: Path, commits: Sequence[str]) -> Iterator[Addition | Skipped]:
    """The entries that each commit has and none of its parents, in the given order.

    For a merge that is its resolution, for a stash its unstaged part: neither is in any patch. Git ends at a tree that
    it cannot read: that commit is a gap, and the next process continues after it.
    """
    at = failures = 0
    while at < len(commits):
        done, found, why = _walked(folder, commits[at:])
        yield from found
        at += done
        if at >= len(commits):
            return
        failures += 1
        rest = len(commits) - at if failures > _MOST_FAILURES else 1
        what = f"{rest} commits" if rest > 1 else f"commit {commits[at][:12]}"
        yield Skipped(path=f"commit {commits[at][:12]}", reason=f"git cannot read {what}: {why}", gap=True)
        at += rest


def listed(
    folder: Path,
    commits: Sequence[str],
    extra: Mapping[str, str],
    selection: Selection,
    *,
    lost: Mapping[str, str] | None = None,
) -> Listing:
    """All selected blobs that the commits add, and of `extra` (blob to path), in order of file name, path and age.

    `lost` are more of these that count only if no commit adds them, at any path.

    Versions of one path are adjacent: git's deltas are resolved once, and a version is compared with the one before.
    """
    places: dict[str, dict[str, str | None]] = {}
    skipped: dict[Skipped, None] = {}
    lost = dict(lost or {})
    is_selected = functools.cache(selection.takes)
    for entry in additions(folder, commits):
        if isinstance(entry, Skipped):
            skipped[entry] = None
            continue
        lost.pop(entry.blob, None)
        if not is_selected(entry.path):
            continue
        if entry.mode in _NOT_FILES:
            skipped[Skipped(path=entry.path, reason=_NOT_FILES[entry.mode])] = None
        else:
            places.setdefault(entry.blob, {}).setdefault(entry.path, entry.commit)
    for oid, path in {**extra, **lost}.items():
        if oid not in places and is_selected(path):
            places[oid] = {path: None}
    blobs = []
    # Sorting is stable, so equal paths stay in order of age.
    ids = sorted(places, key=lambda oid: by_name(next(iter(places[oid]))))
    for oid, size in zip(ids, git.sizes(folder, ids), strict=True):
        path = next(iter(places[oid]))
        if size is None:
            skipped[Skipped(path=path, reason=git.lacks(folder, oid), gap=True)] = None
        elif size > selection.max_size:
            skipped[Skipped(path=path, reason=f"larger than {selection.max_size:,} bytes")] = None
        else:
            blobs.append(Blob(oid, size, tuple(starmap(Place, places[oid].items()))))
    return Listing(blobs=tuple(blobs), commits=tuple(commits), skipped=tuple(sorted(skipped)))


def tree(folder: Path, revision: str) -> dict[str, str]:
    """Path to blob id of all files of a commit; empty if it does not exist, or represents impossibly many files."""
    files: dict[str, str] = {}
    left = b""
    output = git.chunks(folder, ["ls-tree", "-r", "-z", "--full-tree", revision], b"")
    while True:
        try:
            *entries, left = (left + next(output)).split(b"\0")
        except StopIteration as end:
            return {} if end.value[0] else files
        for entry in entries:
            facts, _, name = entry.partition(b"\t")
            mode, kind, oid = facts.decode().split()
            if kind == "blob" and mode not in _NOT_FILES:
                files[paths.shown(name)] = oid
        if len(files) > _MOST_ADDED:
            output.close()
            return {}


def described(folder: Path, places: Iterable[Place]) -> dict[Place, Commit]:
    """Author and date of the places' commits. https://git-scm.com/docs/git-commit-tree#_commit_information"""
    wanted = sorted({place for place in places if place.commit is not None})
    ids = sorted({place.commit for place in wanted if place.commit is not None})
    facts = {oid: author_of(raw or b"") for oid, raw in git.blobs(folder, ids)}
    return {
        place: Commit(id=place.commit, author=facts[place.commit][0], date=facts[place.commit][1], path=place.path)
        for place in wanted
        if place.commit is not None
    }


def _walked(folder: Path, commits: Sequence[str]) -> tuple[int, list[Addition], str]:
    """How many of the commits git processed, what they add, and git's reason if it was not all of them."""
    feed = "".join(f"{oid}\n" for oid in commits).encode()
    found: list[Addition] = []
    output = git.chunks(folder, _DIFF_TREE.split(), feed)
    entries = _Entries(found)
    while True:
        try:
            entries.add(next(output))
        except StopIteration as end:
            status, err = end.value
            break
        if entries.here > _MOST_ADDED:
            output.close()
            return entries.commits - 1, found[: -entries.here], f"it adds more than {_MOST_ADDED:,} files"
    if not status:
        return len(commits), found, ""
    return min(entries.commits, len(commits) - 1), found, reason(err)


class _Entries:
    """Parses diff-tree's raw output as it arrives. Merges have a colon for each parent.

    `commits` is the number of commits so far, `here` that of the last one's entries.
    """

    def __init__(self, found: list[Addition]) -> None:
        self._found, self._left, self._facts = found, b"", b""
        self._names: dict[bytes, str] = {}
        self._commit, self.commits, self.here = "", 0, 0

    def add(self, chunk: bytes) -> None:
        """Parse the next chunk."""
        fields = (self._left + chunk).split(b"\0")
        self._left = fields.pop()
        facts, names, found = self._facts, self._names, self._found
        for field in fields:
            if facts:
                # A colon for each parent, their modes and the result's, their blobs and the result's, a letter.
                parents = 1 if facts[1] != _COLON else len(facts) - len(facts.lstrip(b":"))
                parts = facts.split(b" ")
                facts = b""
                mode = parts[parents]
                if mode == _DELETED:
                    continue
                name = names.get(field)
                if name is None:
                    name = names[field] = paths.shown(field)
                self.here += 1
                found.append(Addition(self._commit, mode.decode(), parts[-2].decode(), name))
            elif field.startswith(b":"):
                facts = field
            elif field:
                self._commit, self.commits, self.here = field.decode(), self.commits + 1, 0
        self._facts = facts


def by_name(path: str) -> tuple[str, str]:
    """The sort key of blobs."""
    return path.rpartition("/")[2], path


def author_of(raw: bytes) -> tuple[str, str]:
    """Author and author date (ISO 8601) of a commit object; "" if it has none that can be read."""
    from datetime import UTC, datetime, timedelta, timezone

    for line in raw.partition(b"\n\n")[0].split(b"\n"):
        if line.startswith(b"author "):
            who, _, when = line[7:].decode("utf-8", "replace").rpartition("> ")
            seconds, _, zone = when.partition(" ")
            try:
                offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
                date = datetime.fromtimestamp(int(seconds), UTC).astimezone(timezone(offset)).isoformat()
            except (ValueError, OverflowError, IndexError, OSError):
                date = ""
            return f"{who}>" if who else "", date
    return "", ""
