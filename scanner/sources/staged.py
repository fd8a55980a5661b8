"""What a commit would add: blobs in the index that differ from HEAD; in a merge, from every parent."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rules.lazy_patterns import lazy_pattern
from scanner.errors import NotSeenError
from scanner.source import Skipped, Source
from scanner.sources import git, paths
from scanner.sources.git_process import reason, start
from scanner.sources.selection import Selection

# https://git-scm.com/docs/git-hash-object: the id of the empty tree, in SHA-1 and SHA-256 repositories.
_EMPTY_TREES = {40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"}  # fmt: skip
_COMMIT_ID = lazy_pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MODE_SKIPPED = {"160000": "submodule", "120000": "symbolic link"}


def sources(repository: git.Repository, selection: Selection, below: Sequence[str] = ()) -> Iterator[Source | Skipped]:
    """Blobs in the index that no parent of the coming commit has at the same path, without deletions.

    `below` are files and folders, relative to the root, to which they are limited; if it is empty there is no limit.
    """
    assert repository.top is not None
    top = repository.top
    index = git.hook_index()
    changed = _changed(repository, top, index)
    wanted: list[tuple[str, str]] = []
    for name, mode, blob in changed:
        shown = paths.shown(name)
        if not selection.takes(shown) or not _stands_in(shown, below):
            continue
        if mode in _MODE_SKIPPED:
            yield Skipped(path=shown, reason=_MODE_SKIPPED[mode])
        elif not blob.strip("0"):
            yield Skipped(path=shown, reason="a conflict that is not resolved: stage the file first", gap=True)
        else:
            wanted.append((shown, blob))
    large: set[str] = set()
    raws = git.blobs(top, [blob for _, blob in wanted], selection.max_size, large)
    for (shown, blob), (_, raw) in zip(wanted, raws, strict=True):
        if blob in large:
            yield Skipped(path=shown, reason=f"larger than {selection.max_size:,} bytes")
        elif raw is None:
            yield Skipped(path=shown, reason=git.lacks(top, blob), gap=True)
        else:
            yield Source(path=shown, raw=raw, tracked=True, blob=blob)


def _stands_in(path: str, below: Sequence[str]) -> bool:
    return not below or any(each in (".", path) or path.startswith(f"{each}/") for each in below)


def _changed(repository: git.Repository, top: Path, index: dict[str, str]) -> list[tuple[str, str, str]]:
    """Name, mode and blob id of each entry that differs from every parent."""
    entries = _against(top, "HEAD", index)
    if entries is None:
        # Before the first commit there is no HEAD. In SHA-256 repositories the empty tree has another id.
        wide = git.read(top, "rev-parse", "--show-object-format").strip() == b"sha256"
        entries = _against(top, _EMPTY_TREES[64 if wide else 40], index)
        assert entries is not None
    for parent in _merged(repository):
        other = _against(top, parent, index)
        assert other is not None  # git says "bad object" for an id that it does not have
        entries = {name: entry for name, entry in entries.items() if name in other}
    return [(name, mode, blob) for name, (mode, blob) in sorted(entries.items())]


def _against(top: Path, parent: str, index: dict[str, str]) -> dict[str, tuple[str, str]] | None:
    """Index entries that differ from one commit: name to mode and blob id. None if the commit does not exist."""
    process = start(
        top,
        ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-abbrev",
         "--diff-filter=ACMRTU", parent, "--"],
        extra=index,
    )  # fmt: skip
    out, err = process.communicate()
    if process.returncode:
        if b"bad revision" in err or b"ambiguous argument" in err:
            return None
        raise NotSeenError(f"git cannot compare the index in {top}: {reason(err)}")
    fields = out.split(b"\0")
    return {
        os.fsdecode(raw): (facts.split()[1].decode(), facts.split()[3].decode())
        for facts, raw in zip(fields[0::2], fields[1::2], strict=False)
    }


def _merged(repository: git.Repository) -> list[str]:
    """Ids of the commits that a merge in progress brings in.

    `git merge` writes MERGE_HEAD only if it stops; the hook of a merge that succeeds (pre-merge-commit) gets them in
    variables: https://github.com/git/git/blob/v2.39.5/builtin/merge.c. Both are untrusted text, and are passed to git
    only if they are ids.
    """
    try:
        words = (repository.folder / "MERGE_HEAD").read_bytes().decode("ascii", "replace").split()
    except OSError:
        words = [name.removeprefix("GITHEAD_") for name in os.environ if name.startswith("GITHEAD_")]
    return [word for word in words if _COMMIT_ID.fullmatch(word)]
