"""Scan what a push would publish: the commits that the remote lacks, on all pushed branches.

Git describes the push to a pre-push hook on standard input (https://git-scm.com/docs/githooks#_pre_push); pre-commit
reads those lines itself and sets variables (https://pre-commit.com/#pre-push).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.errors import NotSeenError, UsageError
from scanner.history import messages, presence, versions
from scanner.source import Coverage, ScanResult, Skipped, Source
from scanner.sources import git, history, objects, stdin
from scanner.sources import range as commit_range
from scanner.sources.selection import Selection

if TYPE_CHECKING:
    from scanner.engine import Setup
    from scanner.model import Finding

_ID = lazy_pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REMOTE = lazy_pattern(r"[\w.-][\w./-]*")  # not a URL, and nothing that git would read as a pattern
# A new branch can start from several commits of the remote; each costs a look at its tree.
_MOST_BASES = 8
_MOST = 100_000_000
_ABSENT = "no object of the repository in this folder: is it the push of another one (git --git-dir)?"


class Push(NamedTuple):
    """The commits at the ends of what is pushed, and those that the remote has. Full ids.

    `tags` are annotated tags that are pushed, `files` pushed tags, trees and blobs that lead to no commit, `skipped`
    objects that are missing here.
    """

    tips: tuple[str, ...]
    known: tuple[str, ...]
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def read_push(repository: git.Repository, remote: str) -> Push:
    """The push to a remote, as described by pre-commit, or by git on standard input. Raises UsageError."""
    if "PRE_COMMIT_REMOTE_NAME" in os.environ:
        environment = os.environ
        name = environment["PRE_COMMIT_REMOTE_NAME"]
        tip = environment.get("PRE_COMMIT_TO_REF") or environment.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
        base = environment.get("PRE_COMMIT_FROM_REF", "")
        # For an annotated tag pre-commit gives the id of the tag object itself.
        local = tip if _ID.fullmatch(tip) else _resolved(repository, tip, "object")
        if local is None:
            return Push(tips=(), known=(), skipped=(Skipped(path=tip, reason=_ABSENT, gap=True),))
        updates = [(local, base if _ID.fullmatch(base) else "")]
        return push_of(repository, name, updates)
    if sys.stdin.isatty():
        raise UsageError("--push is for git's pre-push hook", hint="unhardcode hook install sets it up")
    return push_of(repository, remote, parse_updates(os.fsdecode(stdin.read(_MOST))))


def parse_updates(text: str) -> list[tuple[str, str]]:
    """Local and remote id of each line that git writes. Raises UsageError for any other text."""
    updates = []
    for line in text.removesuffix("\n").split("\n") if text else ():  # a ref's name may contain other line separators
        fields = line.rsplit(" ", 3)
        if len(fields) != 4 or not _ID.fullmatch(fields[1]) or not _ID.fullmatch(fields[3]):
            raise UsageError(
                "standard input is not what git tells a pre-push hook",
                hint="git starts it; unhardcode hook install sets it up",
            )
        updates.append((fields[1], fields[3]))
    return updates


def push_of(repository: git.Repository, remote: str, updates: list[tuple[str, str]]) -> Push:
    """The push that consists of these updates (local id, id at the remote). A deletion publishes nothing."""
    folder = history.folder_of(repository)
    tips: dict[str, None] = {}
    known: dict[str, None] = {}
    tags: dict[str, None] = {}
    files: dict[str, None] = {}
    skipped = []
    for local, there in updates:
        if not local.strip("0"):
            continue
        tip = _resolved(repository, local)
        kind = git.kind_of(folder, local)
        if kind is None:
            skipped.append(Skipped(path=local[:12], reason=_ABSENT, gap=True))
            continue
        if tip is None:
            files[local] = None
        else:
            tips[tip] = None
        if kind == "tag" and local != there:
            tags[local] = None
        # After somebody else's push the remote has commits that were never fetched: then only its branches known here
        # count.
        had = _resolved(repository, there) if there.strip("0") else None
        if had is not None:
            known[had] = None
    if _REMOTE.fullmatch(remote):
        refs = git.read(folder, "for-each-ref", "--format=%(objectname)", f"refs/remotes/{remote}/")
        known |= dict.fromkeys(refs.decode().split())
    return Push(tips=tuple(tips), known=tuple(known), tags=tuple(tags), files=tuple(files), skipped=tuple(skipped))


def tips_of(repository: git.Repository, between: str | None) -> tuple[str, ...]:
    """The commit at which a range, or the history, ends: none before the first commit."""
    if between is not None:
        return (commit_range.ends(repository, between).tip,)
    head = _resolved(repository, "HEAD")
    return () if head is None else (head,)


def scan(
    repository: git.Repository,
    selection: Selection,
    push: Push,
    setup: Setup,
) -> ScanResult:
    """Scan what a push publishes; what the remote has already is marked as there before."""
    folder = history.folder_of(repository)
    commits, bases = _outgoing(folder, push)
    if not (commits or push.tags or push.files):
        return ScanResult(findings=(), coverage=Coverage(files=0, bytes=0, skipped=push.skipped))
    found = objects.listed(folder, commits, history.blobs_of(folder, push.files), selection)
    found = found._replace(skipped=(*push.skipped, *history.boundary(repository, commits), *found.skipped))
    seen = versions.scan(folder, found, setup)
    result, read = seen.result, seen.read
    if not selection.below:
        said = messages.findings(folder, [*commits, *push.tags], seen.knowledge, setup.settings())
        result = messages.joined(result, [each for each in said if selection.takes(each.path)])
    if not result.findings:
        return result
    findings = presence.with_head(folder, result.findings, read, selection.max_size)
    # Objects that come with no commit have no base: the remote may have them all the same.
    bases = bases if commits else list(push.known[:_MOST_BASES])
    return result._replace(findings=_with_age(folder, bases, findings, read, selection.max_size))


def _with_age(
    folder: Path,
    bases: list[str],
    findings: tuple[Finding, ...],
    read: Callable[[Source], list[Finding]],
    max_size: int,
) -> tuple[Finding, ...]:
    """The findings, each marked with whether the remote had it at a commit that the push starts from."""
    from dataclasses import replace

    found = {number: replace(finding, introduced="range") for number, finding in enumerate(findings)}
    for base in bases:
        new = [number for number, finding in found.items() if finding.introduced == "range"]
        aged = presence.with_age(folder, base, [found[number] for number in new], read, max_size)
        found |= dict(zip(new, aged, strict=True))
    return tuple(found[number] for number in sorted(found))


def _outgoing(folder: Path, push: Push) -> tuple[list[str], list[str]]:
    """The commits to be pushed, oldest first, and those that they start from."""
    if not push.tips:
        return [], []
    feed = "".join(f"{oid}\n" for oid in (*push.tips, *(f"^{oid}" for oid in push.known))).encode()
    lines = git.read(folder, "rev-list", "--date-order", "--boundary", "--stdin", feed=feed).decode().split()
    commits = [line for line in lines if not line.startswith("-")]
    return commits[::-1], [line[1:] for line in lines if line.startswith("-")][:_MOST_BASES]


def _resolved(repository: git.Repository, revision: str, kind: str = "commit") -> str | None:
    if revision.startswith("-"):
        raise NotSeenError("git knows no such commit here")
    status, out, _ = git.attempt(
        history.folder_of(repository), "rev-parse", "--verify", "--quiet", f"{revision}^{{{kind}}}"
    )
    return None if status else out.decode().strip()
