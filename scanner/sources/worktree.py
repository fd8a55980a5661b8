"""The working tree: what git tracks, what it does not ignore, and every `.env`; all files if there is no git."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.errors import NotSeenError, UsageError
from scanner.source import Skipped, Source
from scanner.sources import git, paths
from scanner.sources.git_process import installed, start
from scanner.sources.selection import Selection, matches

_UNSIZED = 1 << 16
_CLOSED = "folder not readable"
DELETED = "deleted in the working tree"
SUBMODULE = "submodule"
# Does not follow a link or wait for a pipe; O_BINARY because Windows would convert line ends.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
# Git, at least up to 2.39, crashes here if a path is inside a folder that it ignores as a whole.
_INSIDE_IGNORED = b"not superset of prefix"
_UNOPENED = lazy_pattern(rb"^warning: could not open directory '(.*)': ", re.MULTILINE)


class Root(NamedTuple):
    """The folder that the paths of a scan are relative to: a repository's top, or a folder without git."""

    folder: Path
    repository: git.Repository | None


def root_of(named: Path) -> Root:
    """The root for one named path. Raises NotSeenError if the path does not exist or cannot be accessed."""
    try:
        named.lstat()
    except PermissionError:
        raise NotSeenError(f"{named}: {_CLOSED}", hint="run as a user who may read it") from None
    except OSError as error:
        missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
        if missing and _is_left_out(named):
            hint = f"git sparse-checkout add {named} brings it; or scan --history"
            raise NotSeenError(f"{named}: outside of the sparse checkout", hint=hint) from None
        why = "no such file or folder" if missing else error.strerror
        raise NotSeenError(f"{named}: {why}", hint="check the spelling") from None
    folder = Path(os.path.abspath(named if os.path.isdir(named) and not named.is_symlink() else named.parent))
    if not os.access(folder, os.R_OK | os.X_OK):
        raise NotSeenError(f"{folder}: {_CLOSED}", hint="run as a user who may read it")
    repository = git.find(folder) if installed() else None
    if repository is None or repository.top is None:
        return Root(folder=Path.cwd() if folder.is_relative_to(Path.cwd()) else folder, repository=repository)
    return Root(folder=repository.top, repository=repository)


def _is_left_out(named: Path) -> bool:
    """Whether git tracks something at a path that does not exist, and was told to leave it out of the working tree."""
    absolute = Path(os.path.abspath(named))
    folder = next(folder for folder in absolute.parents if folder.is_dir())
    repository = git.find(folder) if installed() else None
    if repository is None or repository.top is None:
        return False
    status, out, _ = git.attempt(folder, "ls-files", "-z", "-t", "--", str(absolute.relative_to(folder)))
    return not status and any(row.startswith(b"S ") for row in git.listed(out))


def common_root(named: Sequence[Path]) -> Root:
    """The root of all named paths. Raises UsageError if they have several, NotSeenError for a missing path.

    A hook names thousands of files: git is asked only about the first and those that could be elsewhere.
    """
    root = root_of(named[0])
    inside = {root.folder}
    for path in named[1:]:
        if not _lies_inside(Path(os.path.abspath(path)), inside) and root_of(path).folder != root.folder:
            raise UsageError("the paths belong to different repositories", hint="scan them one by one")
    return root


def _lies_inside(path: Path, inside: set[Path]) -> bool:
    """Whether an existing path is in a folder of `inside`, no link or repository between; adds folders to `inside`."""
    if not os.path.lexists(path):
        return False
    passed: list[Path] = []
    for folder in path.parents:
        if folder in inside:
            inside.update(passed)
            return not path.is_dir()
        if folder.is_symlink() or os.path.lexists(folder / ".git"):
            return False
        passed.append(folder)
    return False


def sources(
    root: Root, named: Sequence[Path], selection: Selection, *, from_hook: bool = False
) -> Iterator[Source | Skipped]:
    """All selected files below the named paths, in order of path.

    A file that is named directly and then skipped is a gap, unless the paths come `from_hook`.
    """
    if root.repository is not None and root.repository.bare:
        where = os.path.abspath(named[0]) if named else root.folder
        what = "in a bare repository, or in git's own folder, is no working tree"
        raise NotSeenError(f"{where}: {what}", hint="scan its history: unhardcode scan --history")
    entries: dict[str, _Entry] = {}
    files: list[str] = []
    for path in named:
        absolute = Path(os.path.abspath(path))
        if absolute.is_dir() and not absolute.is_symlink():
            entries |= _folder(root, absolute)
        else:
            files.append(relative(root, absolute))
    if selection.submodules:
        entries = _entered(root.folder, entries)
    tracked = _tracked(root, files)
    alone = len(named) == 1 and not from_hook
    for name in files:
        entries[name] = _Entry(name=name, tracked=None if tracked is None else name in tracked, named=alone)
    folder = str(root.folder)
    for name in sorted(entries):
        entry = entries[name]
        shown = paths.shown(name)
        if not selection.takes(shown):
            continue
        if entry.skip is not None:
            if any(matches(f"{shown}/", glob) for glob in selection.exclude):
                continue  # a submodule is a folder, so `lib/` matches it too
            yield Skipped(path=shown, reason=entry.skip, gap=entry.gap)
        else:
            location = os.path.join(folder, name)
            read = read_file(location, shown, entry.tracked, entry.blob, selection.max_size, named=entry.named)
            if entry.sparse and isinstance(read, Skipped) and read.reason == DELETED:
                read = read._replace(reason="outside of the sparse checkout")
            yield read


def names(root: Root, named: Path) -> tuple[str, ...]:
    """Paths, relative to the root, of all files below a folder; of the whole root if a file is named."""
    folder = Path(os.path.abspath(named))
    found = _folder(root, folder if folder.is_dir() else root.folder)
    return tuple(sorted(paths.shown(name) for name, entry in found.items() if entry.skip is None))


def read_file(
    location: str, shown: str, tracked: bool | None, blob: str | None, max_size: int, *, named: bool
) -> Source | Skipped:
    """One file, or why it was not read. A link is never followed away from the path that git knows."""
    try:
        descriptor = os.open(location, _FLAGS)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            return Skipped(path=shown, reason="symbolic link", gap=named)
        if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a socket, or a device that does not exist
            return Skipped(path=shown, reason="not a regular file", gap=named)
        if error.errno == errno.ENOENT:
            return Skipped(path=shown, reason=DELETED, gap=named)
        return Skipped(path=shown, reason=f"not readable ({os.strerror(error.errno or 0).lower()})", gap=True)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Skipped(path=shown, reason="not a regular file", gap=named)
        larger = Skipped(path=shown, reason=f"larger than {max_size:,} bytes", gap=named)
        if status.st_size > max_size:
            return larger
        # Creating a file object takes as long as reading the file. Files generated by the system report no size, and a
        # file being written has no fixed one.
        pieces, left = [], max_size
        while piece := os.read(descriptor, status.st_size + 1 if status.st_size else _UNSIZED):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                return larger
    except OSError as error:
        return Skipped(path=shown, reason=f"not readable ({os.strerror(error.errno or 0).lower()})", gap=True)
    finally:
        os.close(descriptor)
    raw = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return Source(path=shown, raw=raw, tracked=tracked, blob=blob)


class _Entry(NamedTuple):
    name: str
    tracked: bool | None
    blob: str | None = None
    skip: str | None = None
    named: bool = False
    sparse: bool = False
    gap: bool = False


def relative(root: Root, path: Path) -> str:
    """An absolute path relative to the root, POSIX; unchanged if it is outside.

    Git reports its root with links resolved (macOS: /tmp); users' paths may contain them.
    """
    for place in (path, Path(os.path.realpath(path.parent), path.name)):
        if place.is_relative_to(root.folder):
            return place.relative_to(root.folder).as_posix()
    return path.as_posix()


def _tracked(root: Root, files: Sequence[str]) -> frozenset[str] | None:
    """The paths that git tracks, including the tracked ones of `files`; None if there is no git."""
    if root.repository is None:
        return None
    if not files:
        return frozenset()
    where = files if len(files) == 1 else ()  # a command line cannot hold thousands of paths
    return frozenset(map(os.fsdecode, git.listed(git.read(root.folder, "ls-files", "-z", "--cached", "--", *where))))


def _folder(root: Root, folder: Path) -> dict[str, _Entry]:
    if root.repository is None:
        return _walked(root, folder, tracked=None)
    found = _listed(root, relative(root, folder))
    # A folder that git ignores as a whole, but that the user named.
    return found or _walked(root, folder, tracked=False)


def _listed(root: Root, below: str) -> dict[str, _Entry]:
    where = ["--", below] if below != "." else []
    staged = start(root.folder, ["ls-files", "-z", "--cached", "--stage", "-t", *where])
    others = start(root.folder, ["ls-files", "-z", "--others", "--exclude-standard", *where])
    ignored = start(
        root.folder, ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", *where]
    )
    entries: dict[str, _Entry] = {}
    for process, add in ((staged, _add_staged), (others, _add_other), (ignored, _add_ignored)):
        out, err = process.communicate()
        if process.returncode and _INSIDE_IGNORED in err:
            continue
        if process.returncode:
            reason = err.decode("utf-8", "replace").strip().split("\n")[0]
            raise NotSeenError(f"git ls-files failed in {root.folder}: {reason}")
        # Git only warns about a folder that it may not open, and continues.
        for match in _UNOPENED.finditer(err):
            name = os.fsdecode(match[1])
            entries[name] = _Entry(name=name, tracked=False, skip=_CLOSED, gap=True)
        for line in git.listed(out):
            add(entries, line)
    return entries


def _entered(top: Path, entries: dict[str, _Entry]) -> dict[str, _Entry]:
    """The entries with each submodule replaced by its files, recursively; one that cannot be opened says why."""
    found: dict[str, _Entry] = {}
    for name, entry in entries.items():
        if entry.skip != SUBMODULE:
            found[name] = entry
            continue
        try:
            inside = _entered(top / name, _inside(top / name))
        except NotSeenError as error:
            found[name] = entry._replace(skip=f"{SUBMODULE}: {error}", gap=True)
        else:
            found |= {f"{name}/{each}": below._replace(name=f"{name}/{each}") for each, below in inside.items()}
    return found


def _inside(folder: Path) -> dict[str, _Entry]:
    """The entries of one submodule. Raises NotSeenError.

    Its `.git` and its configuration are untrusted: neither may point to anything other than the folder that contains
    it.
    """
    if not os.path.lexists(folder / ".git"):
        raise NotSeenError("not checked out (git submodule update --init)")
    repository = git.find(folder)
    if repository is None or repository.top is None or os.path.realpath(folder) != os.path.abspath(folder):
        raise NotSeenError("its folder is no working tree")
    if os.path.realpath(repository.top) != os.path.abspath(folder):
        raise NotSeenError("its configuration names another folder (core.worktree)")
    return _listed(Root(folder=folder, repository=repository), ".")


def _add_staged(entries: dict[str, _Entry], line: bytes) -> None:
    facts, _, raw = line.partition(b"\t")
    tag, mode, blob, _ = facts.split()
    name = os.fsdecode(raw)
    skip = {b"160000": SUBMODULE, b"120000": "symbolic link"}.get(mode)
    entries[name] = _Entry(name=name, tracked=True, blob=blob.decode(), skip=skip, sparse=tag == b"S")


def _add_other(entries: dict[str, _Entry], line: bytes) -> None:
    name = os.fsdecode(line)
    skip = "another repository" if name.endswith("/") else None
    entries.setdefault(name, _Entry(name=name, tracked=False, skip=skip))


def _add_ignored(entries: dict[str, _Entry], line: bytes) -> None:
    # Ignored files are where the real values are; folders that git ignores as a whole end in a slash.
    name = os.fsdecode(line)
    base = name.rpartition("/")[2]
    if base.startswith(".env") or base.endswith(".env"):
        entries.setdefault(name, _Entry(name=name, tracked=False))


def _walked(root: Root, folder: Path, *, tracked: bool | None) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    unreadable: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if name != ".git")
        below = relative(root, Path(here))
        prefix = "" if below == "." else f"{below}/"
        for base in files:
            name = prefix + base
            entries[name] = _Entry(name=name, tracked=tracked)
    for error in unreadable:
        name = relative(root, Path(os.fsdecode(error.filename)))
        entries[name] = _Entry(name=name, tracked=tracked, skip=_CLOSED, gap=True)
    return entries
