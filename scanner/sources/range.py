"""What a range of commits adds: A..B what is in B and not in A, A...B what is in B since both diverged."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scanner.errors import NotSeenError, UsageError
from scanner.sources import git, objects
from scanner.sources.history import boundary, folder_of
from scanner.sources.selection import Selection


class Ends(NamedTuple):
    """The commits of a range, as full ids: what is added is counted from `base`, up to `tip`."""

    base: str
    tip: str


def ends(repository: git.Repository, text: str) -> Ends:
    """The commits that a range names; an empty end is HEAD. Raises UsageError or NotSeenError."""
    dots = "..." if "..." in text else ".."
    left, found, right = text.partition(dots)
    if not found or ".." in right:
        raise UsageError(f"--range {text}: not a range", hint="write A..B, or A...B for what B adds since it left A")
    if not left:
        # git would take HEAD, so that `$BASE..HEAD` with an unset variable would be a gate that checks nothing.
        raise UsageError(f"--range {text}: it has no start", hint="is a variable not set? write HEAD if you mean that")
    base, tip = _commit(repository, left), _commit(repository, right or "HEAD")
    if dots == "...":
        base = _fork(repository, base, tip, text)
    return Ends(base=base, tip=tip)


def listing(repository: git.Repository, selection: Selection, between: Ends) -> objects.Listing:
    """The blobs that the range's commits add, including merge resolutions; a shallow boundary inside is a gap."""
    folder = folder_of(repository)
    commits = git.read(
        folder, "rev-list", "--date-order", "--reverse", f"{between.base}..{between.tip}"
    ).decode().split()  # fmt: skip
    found = objects.listed(folder, commits, {}, selection)
    return found._replace(skipped=(*boundary(repository, commits), *found.skipped))


def _commit(repository: git.Repository, revision: str) -> str:
    folder = folder_of(repository)
    if not revision.strip("0") and len(revision) >= 40:
        raise NotSeenError(
            "the range starts at the null commit: the branch is new", hint="name its base: --range origin/main...HEAD"
        )
    if not revision.startswith("-"):
        status, out, _ = git.attempt(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if not status:
            return out.decode().strip()
    raise NotSeenError(f"{revision}: git knows no such commit here", hint=_advice(repository, folder))


def _fork(repository: git.Repository, base: str, tip: str, text: str) -> str:
    folder = folder_of(repository)
    status, out, _ = git.attempt(folder, "merge-base", base, tip)
    if status:
        raise NotSeenError(f"--range {text}: its ends have no common commit here", hint=_advice(repository, folder))
    return out.decode().split()[0]


def _advice(repository: git.Repository, folder: Path) -> str:
    if repository.shallow:
        return f"{folder} is a shallow clone: fetch its history (git fetch --unshallow; in CI fetch-depth: 0)"
    return "check the spelling, and fetch it first if it is elsewhere"
