"""The journal of a migration, from which a killed run resumes and a finished one is undone.

One file per run, one JSON object per line, synced to disk before the effect that it announces. It holds digests,
version ids, tokens, paths and edits, never a value. All runs of one user on one repository share a folder and its
lock.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from fixers.journal_lines import Begin, Facts, FileLine, Step
from scanner.errors import FixError, UsageError
from scanner.sources.git import Repository

VERSION = 1
_PATTERN = "migration-*.jsonl"
# The members that each kind of line must have; it may have others.
_FACTS: dict[str, dict[str, type]] = {
    "begin": {"root": str, "at": str, "plan": str, "files": list, "secrets": list},
    "upload": {"name": str, "action": str},
    "stored": {"name": str, "version": str},
    "located": {"files": list},
    "proven": {"outcomes": list},
    "deleted": {"name": str},
}
_FILE: dict[str, type | tuple[type, ...]] = {"path": str, "before": (str, type(None)), "after": str}
_SECRET: dict[str, type] = {"name": str, "store": str, "token": str}
# The steps that define a run's state; all others add details.
_STATES = ("begin", "proven", "written", "done", "abandoned", "undo", "undone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A journal as read: its file, its first line and the lines after it."""

    path: Path
    begin: Begin
    steps: tuple[Step, ...]

    @property
    def state(self) -> str:
        """The run's state: begin (storing), proven (rewriting), written, done, abandoned, undo (undoing) or undone."""
        return next((step["step"] for step in reversed(self.steps) if step["step"] in _STATES), "begin")

    @property
    def name(self) -> str:
        """The run's id, which also names its temporary files."""
        return self.path.stem.rpartition("-")[2]

    def versions(self) -> dict[str, str]:
        """The version id of each secret that held its value when the run stored it or found it stored."""
        return {step["name"]: step["version"] for step in self.steps if step["step"] == "stored"}

    def files(self) -> list[FileLine]:
        """How each file changes: as journaled at the start, or again once ARNs were known."""
        anew = {file["path"]: file for step in self.steps if step["step"] == "located" for file in step["files"]}
        return [anew.get(file["path"], file) for file in self.begin["files"]]

    def has_stored(self) -> bool:
        """Whether the run stored something, or may have."""
        return any(step["step"] in ("upload", "stored") for step in self.steps)

    def outcomes(self) -> list[dict[str, Any]]:
        """The outcomes of the proofs made before files were rewritten."""
        return next((step["outcomes"] for step in reversed(self.steps) if step["step"] == "proven"), [])


def folder_of(repository: Repository | None) -> Path:
    """The folder of journals: in git's common directory, else in the user's state folder."""
    if repository is not None:
        return repository.common / "unhardcode"
    import platformdirs

    return platformdirs.user_state_path("unhardcode")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder, made with mode 0700 if needed. Raises UsageError if another process holds it."""
    try:
        import fcntl
    except ImportError:
        hint = "on Windows in WSL; --rehearse and --emit change nothing and need no lock"
        raise UsageError("files are changed on Linux and macOS only", hint=hint) from None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():  # a link would let whoever made this repository choose where journals are written
            raise OSError(errno.ELOOP, "it is a symbolic link")
        os.chmod(folder, 0o700)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise FixError(
            f"{folder}: the journal cannot be written ({error.strerror})",
            hint="nothing is changed without a journal: make the folder writable",
        ) from None
    try:
        # The operating system releases the lock when the process ends, however it ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UsageError(
            "another unhardcode is changing this repository", hint="wait until it has ended, then repeat"
        ) from None
    except OSError as error:
        os.close(descriptor)
        raise FixError(
            f"{folder}: cannot be locked ({error.strerror})",
            hint="its file system has no locks: nothing is changed there; work in a clone on a local disk",
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


def begin(folder: Path, facts: Facts) -> Run:
    """Start a journal with everything that a resumed run or an undo needs to know."""
    now = datetime.now(UTC)
    path = folder / f"migration-{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(6)}.jsonl"
    line: Begin = {"step": "begin", "journal": VERSION, "at": now.isoformat(timespec="seconds"), **facts}
    append(path, line)
    return Run(path=path, begin=line, steps=())


def append(path: Path, line: Begin | Step) -> None:
    """Append one line and wait until it is on disk. Raises FixError if it cannot be written."""
    raw = (json.dumps(line, ensure_ascii=True) + "\n").encode("ascii")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            if os.write(descriptor, raw) != len(raw):
                raise OSError(errno.ENOSPC, "no space left on the device")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(path.parent)
    except OSError as error:
        raise FixError(
            f"{path}: the journal cannot be written ({error.strerror})",
            hint="make room or make it writable, then run the same command again: it resumes where it stopped",
        ) from None


def note(run: Run, step: str, **facts: Any) -> Run:
    """Journal one step and return the run with it."""
    line = cast("Step", {"step": step, **facts})
    append(run.path, line)
    return Run(path=run.path, begin=run.begin, steps=(*run.steps, line))


def check_place(run: Run, where: Callable[[], Mapping[str, str]]) -> None:
    """Raise UsageError if `where()` (region, account) is not where the run stored to.

    A fact that either side lacks counts as equal: older journals did not record it, and an account may be unreadable.
    """
    then = run.begin.get("aws")
    if not then or not run.has_stored():
        return
    now = where()
    if all(then[word] == now[word] for word in then if word in now):
        return
    raise UsageError(
        f"the migration of {run.begin['at']} stored to {_place(then)}, and this goes to {_place(now)}",
        hint=f"pass its --region and --profile; or give that migration up by moving {run.path} away",
    )


def _place(aws: Mapping[str, str]) -> str:
    account = f"account {aws['account']}, " if "account" in aws else ""
    return f"{account}{aws.get('region', 'no region')}"


def runs(folder: Path, root: Path, *, mend: bool = True) -> list[Run]:
    """The runs on this tree, oldest first. Raises UsageError for a journal that this release cannot read.

    A last line without a newline was cut off when the run was killed: its effect never began. `mend` removes it. Only
    the holder of the folder's lock may do that: for anybody else the line may still be being written.
    """
    found = (_read(path, mend=mend) for path in sorted(folder.glob(_PATTERN)))
    return [run for run in found if run is not None and run.begin.get("root") == str(root)]


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):  # some file systems can only sync files
            raise
    finally:
        os.close(descriptor)


def _read(path: Path, *, mend: bool) -> Run | None:
    try:
        raw = path.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        if mend and whole != raw:
            os.truncate(path, len(whole))
    except OSError as error:
        raise UsageError(f"{path}: the journal cannot be read ({error.strerror})", hint="make it readable") from None
    try:
        lines = [json.loads(line) for line in whole.splitlines()]
        if not lines:
            return None
        version = lines[0]["journal"]
        whole_lines = version != VERSION or all(map(_is_whole, lines))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole_lines = False
    if not whole_lines:
        raise UsageError(
            f"{path}: this journal is damaged", hint="look at `git diff`, then move the file out of its folder"
        )
    if version != VERSION:
        raise UsageError(
            f"{path}: a journal of another release of unhardcode (its format is {version!s:.20}, ours {VERSION})",
            hint="finish or undo that migration with the release that began it, or move the file out of its folder",
        )
    return Run(path=path, begin=lines[0], steps=tuple(lines[1:]))


def _is_whole(line: dict[str, Any]) -> bool:
    """Whether a line has every member that its step needs; if not, somebody has edited the journal."""
    return (
        _has(line, {"step": str, **_FACTS.get(line["step"], {})})
        and all(
            _has(file, _FILE) and ("content" in file or {"edits", "way"} <= set(file)) for file in line.get("files", ())
        )
        and all(_has(secret, _SECRET) for secret in line.get("secrets", ()))
    )


def _has(table: dict[str, Any], kinds: Mapping[str, type | tuple[type, ...]]) -> bool:
    return all(name in table and isinstance(table[name], kind) for name, kind in kinds.items())
