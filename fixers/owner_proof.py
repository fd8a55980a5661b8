"""Proofs that run the user's own code, only if its owner asks for it: --prove-import and --prove.

Their output is not shown, because a failing test may print what it read.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fixers.model import Outcome
from fixers.proof import asked_for
from scanner.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerProof:
    """What the owner allows to be run in `folder`: modules to import, commands. The other fields are for AWS.

    `credentials` holds them as variables: the code run here could not ask for a profile's MFA code again.
    """

    folder: Path
    modules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    region: str | None = None
    profile: str | None = None
    credentials: Callable[[], Mapping[str, str]] = dict


def words_of(command: str) -> list[str]:
    """The words of a --prove command, split as a shell would. Raises UsageError if it cannot be split."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise UsageError("--prove: not a command", hint="--prove 'pytest -q'; there is no shell: sh -c '...' has one")
    return words


def raise_levels(outcomes: tuple[Outcome, ...], asked: OwnerProof) -> tuple[Outcome, ...]:
    """Run what was asked for; returns the proven outcomes at their new level, or failed with what did not work."""
    steps = [("module", f"import {name}", _import(asked.folder, name)) for name in asked.modules]
    steps += [("command", command, words_of(command)) for command in asked.commands]
    for level, shown, words in steps:
        failure = _failure(shown, words, asked)
        if failure is not None:
            return tuple(replace(one, status="failed", level=level, detail=failure) for one in outcomes)
        outcomes = tuple(replace(one, level=level) if one.status == "proven" else one for one in outcomes)
    return outcomes


def _import(folder: Path, name: str) -> list[str]:
    # -B: no __pycache__ is left in the project.
    return [_python(folder), "-B", "-c", "import importlib, sys; importlib.import_module(sys.argv[1])", name]


def _python(folder: Path) -> str:
    """The Python interpreter of the user's project: its virtual environment's, else the one on PATH, else our own."""
    active = os.environ.get("VIRTUAL_ENV")
    here = folder.absolute()  # a relative program is looked up in the folder that it is started in
    for home in (*([Path(active)] if active else []), here / ".venv", here / "venv"):
        place = home / "bin" / "python"
        if os.access(place, os.X_OK):
            return str(place)
    return shutil.which("python3") or shutil.which("python") or sys.executable


def _failure(shown: str, words: list[str], asked: OwnerProof) -> str | None:
    environment = {**asked_for(os.environ, asked.region, asked.profile), **asked.credentials()}
    try:
        done = subprocess.run(
            words,
            cwd=asked.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        return f"`{shown}` does not start ({error.strerror})"
    if done.returncode == 0:
        return None
    return f"`{shown}` ended with status {done.returncode}: run it to see why; `migrate --undo` takes the edits back"
