"""Everything in a repository's history: what any ref, reflog or stash reaches, or every object that it holds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from rules.lazy_patterns import lazy_pattern
from scanner.errors import UsageError
from scanner.source import Skipped
from scanner.sources import git, objects, paths
from scanner.sources.selection import Selection

# The prefix of a blob's id in place of a path, if it has none: only a tag names it, or nothing does.
TAG, UNREACHABLE = "tag", "unreachable"
_ORDER = ("rev-list", "--date-order", "--reverse")
_AGO = lazy_pattern(r"\d{1,5} (?:minute|hour|day|week|month|year)s? ago")
_DATE = lazy_pattern(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?")


def folder_of(repository: git.Repository) -> Path:
    """The folder in which to run git for a repository: its working tree, or the repository itself if it is bare."""
    return repository.folder if repository.top is None else repository.top


def has_held(repository: git.Repository, path: str) -> bool:
    """Whether a reachable commit has a file or folder with this path, POSIX relative to the root."""
    words = ("rev-list", "-1", "--all", "--reflog", "--", path)
    return git.attempt(folder_of(repository), *words)[1] != b""


def reached(repository: git.Repository, since: str | None = None) -> tuple[list[str], dict[str, str]]:
    """The commits reachable from a ref, a reflog or a stash, the oldest first, and other objects that refs name.

    `since` leaves out older commits: an ISO 8601 date or `N days ago`. Raises NotSeenError if git cannot walk them.
    """
    folder = folder_of(repository)
    commits = git.read(folder, *_ORDER, *_window(since), "--all", "--reflog").decode().split()
    return commits, {} if since is not None else _beside_commits(folder)


def listing(
    repository: git.Repository,
    selection: Selection,
    commits: Sequence[str],
    extra: Mapping[str, str],
    *,
    unreachable: bool = False,
    since: str | None = None,
) -> objects.Listing:
    """The blobs of what is `reached`, and of the index of any working tree of the repository.

    `unreachable` adds every other object that git still has.
    """
    folder = folder_of(repository)
    lost: dict[str, str] = {}
    if unreachable:
        dropped, blobs = _unreachable(folder, set(commits))
        commits = [*commits, *_in_order(folder, dropped, _window(since))]
        if since is None:
            named = {**blobs, **_staged(repository, folder)}
            lost = {oid: named[oid] for oid in blobs if oid not in extra}
    found = objects.listed(folder, commits, extra, selection, lost=lost)
    return found._replace(skipped=(*boundary(repository, commits), *found.skipped))


def boundary(repository: git.Repository, commits: Sequence[str]) -> tuple[Skipped, ...]:
    """The gap that a shallow clone leaves in these commits. https://git-scm.com/docs/shallow"""
    if not repository.shallow:
        return ()
    try:
        ends = set((repository.common / "shallow").read_text(encoding="ascii").split()).intersection(commits)
    except (OSError, UnicodeDecodeError):
        ends = set()
    if not ends:
        return ()
    reason = f"this clone is shallow, and what was before commit {min(ends)[:12]} is not here: git fetch --unshallow"
    return (Skipped(path="history", reason=reason, gap=True),)


def tags(folder: Path) -> list[str]:
    """The ids of annotated tags."""
    rows = git.read(folder, "for-each-ref", "--format=%(objecttype) %(objectname)").decode().splitlines()
    return sorted({oid for kind, oid in (row.split(" ", 1) for row in rows) if kind == "tag"})


def _window(since: str | None) -> tuple[str, ...]:
    return () if since is None else (f"--since={_checked(since)}",)


def _checked(since: str) -> str:
    """The date, if it is one that git surely understands: git takes any other word for the present time."""
    if _AGO.fullmatch(since) or (_DATE.fullmatch(since) and _is_day(since[:10])):
        return since
    raise UsageError(f"--since {since}: not a date", hint="write 2026-01-31 or '30 days ago'")


def _is_day(text: str) -> bool:
    """Whether the calendar has such a day: git takes 2026-02-31 for another one."""
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _beside_commits(folder: Path) -> dict[str, str]:
    """Blob to path for refs to objects other than commits: tags of a blob or a tree."""
    form = "--format=%(objecttype) %(objectname) %(*objecttype)"
    rows = [line.split(" ") for line in git.read(folder, "for-each-ref", form).decode().splitlines()]
    named = [oid for kind, oid, peeled in rows if kind in ("blob", "tree") or (kind == "tag" and peeled != "commit")]
    return blobs_of(folder, named)


def blobs_of(folder: Path, named: Sequence[str]) -> dict[str, str]:
    """Blob to path for blobs, trees and tags of them, given by id."""
    if not named:
        return {}
    feed = "".join(f"{oid}\n" for oid in named).encode()
    lines = git.read(folder, "rev-list", "--objects", "--stdin", feed=feed).split(b"\n")
    parts = [line.partition(b" ") for line in lines if line]
    known = _kinds(folder, [oid.decode() for oid, _, _ in parts])
    return {
        oid.decode(): paths.shown(name) if name else f"{TAG}/{oid.decode()}"
        for oid, _, name in parts
        if known.get(oid.decode()) == "blob"
    }


def _kinds(folder: Path, ids: list[str]) -> dict[str, str]:
    form = "--batch-check=%(objectname) %(objecttype)"
    out = git.read(folder, "cat-file", form, feed="".join(f"{oid}\n" for oid in ids).encode())
    return dict(line.split(" ", 1) for line in out.decode().splitlines())


def _unreachable(folder: Path, reached: set[str]) -> tuple[list[str], dict[str, str]]:
    """Commits that nothing reaches, and a name for every blob that git has, reached or not."""
    form = "--batch-check=%(objecttype) %(objectname)"
    out = git.read(folder, "cat-file", "--batch-all-objects", "--unordered", "--buffer", form).decode()
    rows = sorted(line.split(" ", 1) for line in out.splitlines())
    lost = [oid for kind, oid in rows if kind == "commit" and oid not in reached]
    return lost, {oid: f"{UNREACHABLE}/{oid}" for kind, oid in rows if kind == "blob"}


def _in_order(folder: Path, commits: list[str], window: tuple[str, ...]) -> list[str]:
    """Unreachable commits, the oldest first; unsorted if git has removed their parents."""
    if not commits:
        return []
    feed = "".join(f"{oid}\n" for oid in commits).encode()
    status, out, _ = git.attempt(folder, *_ORDER, *window, "--stdin", "--not", "--all", "--reflog", feed=feed)
    return commits if status else out.decode().split()


def _staged(repository: git.Repository, folder: Path) -> dict[str, str]:
    """Blob to path for the index."""
    if repository.top is None:
        return {}
    entries = git.listed(git.read(folder, "ls-files", "--stage", "-z", "--full-name"))
    rows = [entry.partition(b"\t") for entry in entries]
    return {facts.split()[1].decode(): paths.shown(name) for facts, _, name in rows}
