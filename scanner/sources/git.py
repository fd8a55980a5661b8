"""Query git about a repository, and read the content of its objects."""

from __future__ import annotations

import functools
import os
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from scanner.errors import NotSeenError
from scanner.sources.git_process import PIPE, Process, program, reason, start

# The size in bytes of a pipe and of one read: Linux permits an unprivileged user up to 1 MiB, which means fewer
# switches between git and its reader. See pipe(7).
_CHUNK = 1 << 20
# The memory that git may use to list the files that commits add.
_MEMORY = 1 << 30


class Repository(NamedTuple):
    """A repository as git describes it.

    `top` is None for a bare one; `folder` is the git directory of this working tree, `common` the one that all its
    working trees share.
    """

    top: Path | None
    folder: Path
    common: Path
    bare: bool
    shallow: bool


def hook_index() -> dict[str, str]:
    """The index that a hook must scan: `git commit FILE` and `git commit -a` pass a temporary one."""
    path = os.environ.get("GIT_INDEX_FILE")
    return {"GIT_INDEX_FILE": os.path.abspath(path)} if path else {}


def refuse_another(repository: Repository) -> None:
    """Raise NotSeenError in a hook that git runs for another repository than that of the working directory.

    `git --git-dir=A --work-tree=B` starts hooks in B, which may be, or be inside, a repository of its own.
    """
    told = os.environ.get("GIT_DIR")
    if told and os.path.realpath(told) != os.path.realpath(repository.folder):
        raise NotSeenError(
            f"GIT_DIR names {told}, but what stands here is of {repository.folder}",
            hint="a working tree apart from its repository is not scanned; or unset GIT_DIR",
        )


def attempt(
    folder: Path, *arguments: str, feed: bytes | None = None, extra: dict[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error of one git command."""
    process = start(folder, arguments, stdin=PIPE if feed is not None else None, extra=extra)
    out, err = process.communicate(feed)
    return process.returncode, out, err


def read(folder: Path, *arguments: str, feed: bytes | None = None, extra: dict[str, str] | None = None) -> bytes:
    """Standard output of one git command. Raises NotSeenError if it fails."""
    status, out, err = attempt(folder, *arguments, feed=feed, extra=extra)
    if status:
        raise NotSeenError(f"git {arguments[0]} failed in {folder}: {reason(err)}", hint=_hint(err))
    return out


def chunks(folder: Path, arguments: Sequence[str], feed: bytes) -> Generator[bytes, None, tuple[int, bytes]]:
    """Standard output of one git command as it arrives; returns exit status and standard error. Closing it ends git."""
    import tempfile
    import threading

    with tempfile.TemporaryFile() as file:
        file.write(feed)
        file.seek(0)
        process = start(folder, arguments, stdin=file.fileno(), pipesize=_CHUNK)
    _bound(process)
    errors: list[bytes] = []
    assert process.stdout is not None
    assert process.stderr is not None
    drain = threading.Thread(target=lambda stream: errors.append(stream.read(_CHUNK)), args=(process.stderr,))
    drain.start()
    try:
        while chunk := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined] # a BufferedReader
            yield chunk
        status = process.wait()
        drain.join()
        return status, errors[0]
    finally:
        process.kill()
        process.wait()
        drain.join()
        process.stdout.close()
        process.stderr.close()


def _bound(process: Process) -> None:
    """Limit git's memory, because trees that name each other can make it ask for more than there is. Linux only."""
    from contextlib import suppress

    with suppress(ImportError, AttributeError, OSError, ValueError):  # Windows has no such module, macOS no prlimit
        import resource

        resource.prlimit(process.pid, resource.RLIMIT_DATA, (_MEMORY, _MEMORY))


def find(folder: Path) -> Repository | None:
    """The repository that `folder` belongs to, or None. Raises NotSeenError for one that git refuses to open."""
    process = start(
        folder,
        ["rev-parse", "--is-bare-repository", "--is-shallow-repository", "--git-common-dir", "--absolute-git-dir",
         "--show-toplevel"],
    )  # fmt: skip
    out, err = process.communicate()
    lines = os.fsdecode(out).split("\n")
    if process.returncode and len(lines) < 5:
        if b"not a git repository" in err or b"No such file" in err:
            return None
        raise NotSeenError(f"git does not open the repository at {folder}: {reason(err)}", hint=_hint(err))
    if len(lines) < 5 or not {lines[0], lines[1]} <= {"true", "false"}:
        raise NotSeenError(
            f"{program()} does not answer as git does", hint="which program of this name is first on PATH?"
        )
    bare = lines[0] == "true"
    common = Path(os.path.normpath(folder / lines[2]))
    top = None if process.returncode or not lines[4] else Path(lines[4])
    if top is not None and not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(top)):
        raise NotSeenError(
            f"{folder}: its configuration names another folder as its working tree (core.worktree)",
            hint="what stands here would pass unseen: git config --unset core.worktree",
        )
    return Repository(
        top=top, folder=Path(lines[3]), common=common, bare=bare or top is None, shallow=lines[1] == "true"
    )


def has_commit(folder: Path, commit: str) -> bool:
    """Whether the repository of `folder` has a commit with this id."""
    return attempt(folder, "cat-file", "-e", f"{commit}^{{commit}}")[0] == 0


def kind_of(folder: Path, oid: str) -> str | None:
    """The type of an object: `commit`, `tree`, `blob` or `tag`; None if the repository of `folder` does not have it."""
    status, out, _ = attempt(folder, "cat-file", "-t", oid)
    return None if status else out.decode().strip()


def listed(out: bytes) -> Iterator[bytes]:
    """The entries of a NUL-terminated list."""
    return (entry for entry in out.split(b"\0") if entry)


def blobs(
    folder: Path, ids: Sequence[str], largest: int | None = None, too_large: set[str] | None = None
) -> Iterator[tuple[str, bytes | None]]:
    """Each object's bytes, in order; None for one that is missing or cannot be read. One process for all of them.

    An object of more than `largest` bytes, if that is given, is None too; its id is added to `too_large` first. Git
    ends at an object that it cannot inflate: the rest is then read by another process.
    """
    at = 0
    while at < len(ids):
        for oid, raw in _batch(folder, ids[at:], largest, set() if too_large is None else too_large):
            at += 1
            yield oid, raw


def sizes(folder: Path, ids: Sequence[str]) -> list[int | None]:
    """Each object's size in bytes, in order; None for one that is missing. No object is inflated for it.

    In a partial clone git ends at the first object that it would have to fetch: then all that are present are listed.
    """
    words = ("cat-file", "--buffer")
    feed = "".join(f"{oid}\n" for oid in ids).encode()
    status, out, _ = attempt(folder, *words, "--batch-check=%(objectsize)", feed=feed)
    if not status:
        return [int(line) if line.isdigit() else None for line in out.splitlines()]
    form = "--batch-check=%(objectname) %(objectsize)"
    lines = read(folder, *words, "--batch-all-objects", "--unordered", form).decode().splitlines()
    known = dict(line.split(" ", 1) for line in lines)
    return [int(known[oid]) if oid in known else None for oid in ids]


def _batch(
    folder: Path, ids: Sequence[str], largest: int | None, too_large: set[str]
) -> Iterator[tuple[str, bytes | None]]:
    """The objects that one process returns, and None for the one at which it gave up."""
    # A small cache, because callers request the versions of a file one after another.
    process = start(
        folder,
        ["-c", "core.deltaBaseCacheLimit=32m", "cat-file", "--batch", "--buffer"],
        stdin=PIPE,
        pipesize=_CHUNK,
    )
    assert process.stdout is not None
    # Only with --buffer does git read all of the list before it writes, and not always: write from a thread, so that
    # neither side waits for the other.
    import threading

    writer = threading.Thread(target=_feed, args=(process, ids), daemon=True)
    writer.start()
    try:
        for oid in ids:
            header = process.stdout.readline().split()
            if not header:
                yield oid, None
                return
            if len(header) != 3:
                yield oid, None
                continue
            size = int(header[2])
            if largest is not None and size > largest:
                left = size + 1
                while left:
                    left -= len(process.stdout.read(min(left, _CHUNK))) or left
                too_large.add(oid)
                yield oid, None
                continue
            raw = process.stdout.read(size + 1)
            if len(raw) != size + 1:
                yield oid, None
                return
            yield oid, raw[:size]
    finally:
        process.stdout.close()
        process.kill()
        process.wait()
        writer.join()
        if process.stderr is not None:
            process.stderr.close()


def _feed(process: Process, ids: Sequence[str]) -> None:
    assert process.stdin is not None
    try:
        for oid in ids:
            process.stdin.write(oid.encode() + b"\n")
        process.stdin.close()
    except (BrokenPipeError, ValueError):
        return


def lacks(folder: Path, oid: str) -> str:
    """The reason why an object is missing in the repository: a partial clone never fetched it."""
    advice = ": this clone is partial, and nothing is fetched; git fetch --refetch --no-filter"
    return f"git has no object {oid[:12]}{advice if _is_partial(folder) else ''}"


@functools.lru_cache(maxsize=1)
def _is_partial(folder: Path) -> bool:
    return attempt(folder, "config", "--get-regexp", r"^remote\..*\.promisor$")[0] == 0


def _hint(err: bytes) -> str:
    if b"dubious ownership" in err or b"unsafe repository" in err:
        return "the folder belongs to another user: run as its owner, or change its owner; safe.directory is not read"
    if b"unknown repository extension" in err or b"repo version" in err:
        return "a newer git made it, and opens it"
    if b"unknown revision" in err or b"bad revision" in err:
        return "check the spelling, and fetch the revision first if it is not here"
    return ""
