"""Install and remove plain git hooks, and keep existing hooks.

An existing hook is renamed and runs first; in a folder that husky recreates, ours is a block of lines in the file that
husky runs. https://git-scm.com/docs/githooks, https://typicode.github.io/husky/how-to.html
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.errors import UsageError
from scanner.sources import git
from scanner.sources.git_process import hooks_folder

STAGES = ("pre-commit", "pre-merge-commit", "pre-push")
BEFORE = ".before-unhardcode"
_MARK = "# unhardcode: hook"
_BEGIN, _END = "# unhardcode: begin", "# unhardcode: end"
_BLOCK = lazy_pattern(rb"(?P<joint>\n)?# unhardcode: begin(?P<joined> joined)?\n.*?# unhardcode: end\n", re.DOTALL)
_MISSING = "unhardcode is not installed here, so nothing was looked at: install it, or git {} --no-verify"


class Home(NamedTuple):
    """Where hooks are installed: the folder, whether it is shared through the repository, whether husky runs it."""

    folder: Path
    portable: bool
    husky: bool


def find_home(repository: git.Repository, *, shared: bool) -> Home:
    """The folder whose hooks git runs here. Raises UsageError for one that other repositories share."""
    folder = hooks_folder(repository.top or repository.folder)
    if folder == folder.parent:
        raise UsageError(
            f"core.hooksPath is empty, so that git looks for hooks in {folder} and runs none of this repository",
            hint="git config --show-origin core.hooksPath says where it is set: unset it there",
        )
    if folder.name == "_" and folder.parent.name == ".husky":
        return Home(folder=folder.parent, portable=True, husky=True)
    if folder.is_relative_to(repository.common) or folder.is_relative_to(repository.folder):
        return Home(folder=folder, portable=False, husky=False)
    if repository.top is not None and folder.is_relative_to(repository.top):
        return Home(folder=folder, portable=True, husky=False)
    if not shared:
        raise UsageError(
            f"{folder}: hooks there run in every repository that core.hooksPath sends to it",
            hint="--shared installs them for all of these; or git config --local core.hooksPath .git/hooks",
        )
    return Home(folder=folder, portable=False, husky=False)


def install(home: Home, stage: str) -> str:
    """Install one hook, and return what was done. Raises UsageError."""
    path = home.folder / stage
    if home.husky:
        return _add_block(path, stage)
    text = script(stage, None if home.portable else sys.executable)
    there = _read(path)
    if there is not None and _MARK.encode() in there:
        _write(path, text.encode())
        return f"{path}: renewed"
    if there is None and not path.is_symlink():
        _write(path, text.encode())
        return f"{path}: installed"
    kept = path.with_name(stage + BEFORE)
    if os.path.lexists(kept):
        raise UsageError(
            f"{kept}: exists already", hint="it is the hook from before an earlier install: move it elsewhere"
        )
    _move(path, kept)
    try:
        _write(path, text.encode())
    except UsageError:
        _move(kept, path)
        raise
    return f"{path}: installed; the hook that was there runs first, as {kept.name}"


def uninstall(home: Home, stage: str) -> str | None:
    """Remove one hook and restore what was there before, byte for byte; None if none of ours is installed."""
    path = home.folder / stage
    there = _read(path)
    if there is None:
        return None
    if home.husky:
        return _remove_block(path, there)
    if _MARK.encode() not in there:
        return None
    if not _is_ours(there.decode("utf-8", "replace"), stage):
        raise UsageError(f"{path}: was changed after the install", hint="take our lines out by hand")
    kept = path.with_name(stage + BEFORE)
    if os.path.lexists(kept):
        _move(kept, path)
        return f"{path}: what was there before is back"
    _remove(path)
    return f"{path}: removed"


def script(stage: str, python: str | None) -> str:
    """The text of a hook. It starts the given interpreter while that exists, else the command on PATH."""
    lines = [
        "#!/bin/sh",
        _MARK,
        "# Made by `unhardcode hook install`; `unhardcode hook uninstall` puts back what was here before.",
        f'before="$0{BEFORE}"',
    ]
    pushing = stage == "pre-push"
    feed = "printf '%s' \"$updates\" | " if pushing else ""
    if pushing:
        # Git describes the push on standard input, which both hooks need; $() alone drops the last line ends.
        lines.append("updates=$(cat; echo x); updates=${updates%x}")
    lines.append(f'if [ -x "$before" ]; then {feed}"$before" "$@" || exit $?; fi')
    command = 'scan --push="$1" -q' if pushing else "scan --staged -q"
    lead = "" if pushing else "exec "
    if python is not None:
        lines += [
            f"python={shlex.quote(Path(python).as_posix())}",
            f'if [ -x "$python" ]; then {feed}{lead}"$python" -I -m unhardcode {command}; exit $?; fi',
        ]
    lines += [
        f"if command -v unhardcode >/dev/null 2>&1; then {feed}{lead}unhardcode {command}; exit $?; fi",
        f"echo {shlex.quote(_missing(stage))} >&2",
        "exit 1",
    ]
    return "\n".join(lines) + "\n"


def block(stage: str) -> str:
    """The lines for a file that husky runs."""
    missing = f"command -v unhardcode >/dev/null 2>&1 || {{ echo {shlex.quote(_missing(stage))} >&2; exit 1; }}"
    lines = [_BEGIN, missing]
    if stage == "pre-push":
        lines += [
            "updates=$(cat; echo x); updates=${updates%x}",
            'printf \'%s\' "$updates" | unhardcode scan --push="$1" -q || exit $?',
            "exec <<UPDATES",  # the code that follows reads them too
            "${updates%?}",
            "UPDATES",
        ]
    else:
        lines.append("unhardcode scan --staged -q || exit $?")
    return "\n".join([*lines, _END]) + "\n"


def _missing(stage: str) -> str:
    return _MISSING.format("push" if stage == "pre-push" else "commit")


def _is_ours(text: str, stage: str) -> bool:
    found = re.search(r"^python=(.*)$", text, re.MULTILINE)
    try:
        python = shlex.split(found[1])[0] if found else None
    except (ValueError, IndexError):
        return False
    return text == script(stage, python)


def _add_block(path: Path, stage: str) -> str:
    there = _read(path)
    if there is None:
        _write(path, block(stage).encode())
        return f"{path}: installed; commit it, husky runs it for everybody"
    bare = _without_block(there)
    first, newline, rest = bare.partition(b"\n") if bare.startswith(b"#!") else (b"", b"", bare)
    if first and not newline:
        joined = block(stage).replace(_BEGIN, f"{_BEGIN} joined", 1)
        _write(path, first + b"\n" + joined.encode())
    else:
        _write(path, first + newline + block(stage).encode() + rest)
    return f"{path}: installed before what stands there; commit it, husky runs it for everybody"


def _remove_block(path: Path, there: bytes) -> str | None:
    bare = _without_block(there)
    if bare == there:
        return None
    if bare:
        _write(path, bare)
        return f"{path}: our lines are out of it"
    _remove(path)
    return f"{path}: removed"


def _without_block(there: bytes) -> bytes:
    """A file's bytes as they were before the block was added."""
    found = _BLOCK.search(there)
    if found is None:
        return there
    joint = found["joint"] if found["joint"] and not found["joined"] else b""
    return there[: found.start()] + joint + there[found.end() :]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: not readable ({error.strerror})") from None


def _write(path: Path, raw: bytes) -> None:
    """Write a script; a new one is made executable, an existing one keeps its mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        path.write_bytes(raw)
        if new:
            path.chmod(path.stat().st_mode & 0o777 | 0o111)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def _move(path: Path, to: Path) -> None:
    try:
        path.replace(to)
    except OSError as error:
        raise UsageError(f"{path}: cannot be moved ({error.strerror})") from None


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise UsageError(f"{path}: cannot be removed ({error.strerror})") from None
