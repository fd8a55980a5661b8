"""Determine the application's name: the project's, else the last part of the git remote, never a folder's name."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from fixers.stores.kinds import KINDS
from fixers.workspace import Workspace
from scanner import toml
from scanner.errors import UsageError

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def segment(text: str, option: str) -> str:
    """A part of a name given by the user. Raises UsageError for characters that a store refuses."""
    if not _SEGMENT.fullmatch(text):
        raise UsageError(
            f"{option}: letters, digits, `_`, `.` and `-` make a part of a name, at most 100, a letter or digit first",
            hint="a whole name, with more parts, can be edited in a plan file: unhardcode plan -o plan.toml",
        )
    for kind in KINDS.values() if option == "--env" else ():
        kept = kind.references.reserved
        if text.lower().startswith(kept):
            words = " or ".join(kept)
            raise UsageError(f"--env: no {kind.one}'s name begins with {words}: {kind.title} keeps these for itself")
    return text


def app_name(workspace: Workspace, *, app: str | None, scope: str) -> str:
    """`app` if given, else the name in the nearest project file from `scope` up to the root, else the remote's.

    Raises UsageError if there is none of these: two checkouts of one project must plan the same names.
    """
    if app is not None:
        return segment(app, "--app")
    for folder in _upward(workspace, scope):
        for file, read in _PROJECT_FILES:
            name = _portable(_name_in(workspace, f"{folder}/{file}" if folder else file, read))
            if name:
                return name
    name = _portable(remote_name(workspace.root))
    if name:
        return name
    raise UsageError(
        "the application's name is not known: there is no project name in pyproject.toml, setup.cfg, setup.py or "
        "package.json, and no git remote",
        hint="give it with --app NAME; it becomes the second part of every secret's name",
    )


def remote_name(root: Path) -> str | None:
    """The last part of the first git remote's URL (origin first), read from git's configuration file; else None."""
    config = _git_config(root)
    if config is None:
        return None
    remotes: dict[str, str] = {}
    remote = None
    for line in config.splitlines():
        section = re.match(r'\s*\[\s*(\w+)(?:\s+"([^"]*)")?\s*\]', line)
        if section:
            remote = section[2] if section[1].lower() == "remote" else None
        address = re.match(r"\s*url\s*=\s*(\S+)", line)
        if address and remote is not None:
            remotes.setdefault(remote, address[1])
    address_of = remotes.get("origin") or next(iter(remotes.values()), "")
    return re.split(r"[/:\\]", address_of.rstrip("/").removesuffix(".git"))[-1] or None


def _git_config(root: Path) -> str | None:
    for folder in (root, *root.parents):
        place = folder / ".git"
        try:
            if place.is_file():
                linked = place.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
                # A linked worktree has its configuration two levels up. https://git-scm.com/docs/gitrepository-layout
                place = (folder / linked).parent.parent if "worktrees" in linked else folder / linked
            if place.is_dir():
                return (place / "config").read_text("utf-8", "replace")
        except OSError:
            return None
    return None


def _upward(workspace: Workspace, scope: str) -> Iterator[str]:
    named = PurePosixPath(scope or ".")
    start = named.parent if scope in workspace.files else named
    for folder in (start, *start.parents):
        yield "" if str(folder) in (".", "/") else str(folder)


def _name_in(workspace: Workspace, path: str, read: Callable[[str], str | None]) -> str | None:
    try:
        return read(workspace.read(path).decode("utf-8-sig", "replace"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return None  # a project file that its own tool could not read gives no name


def _portable(name: str | None) -> str | None:
    text = re.sub(r"[^A-Za-z0-9_.-]+", "-", name or "").strip("-._").lower()
    return text[:100] or None


def _text(found: Any, *keys: str) -> str | None:
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _pyproject(text: str) -> str | None:
    found = toml.loads(text)
    return _text(found, "project", "name") or _text(found, "tool", "poetry", "name")


def _setup_cfg(text: str) -> str | None:
    section = re.search(r"^\[metadata\][^\[]*?^name\s*[=:]\s*(\S+)", text, re.MULTILINE | re.DOTALL)
    return section[1] if section else None


def _setup_py(text: str) -> str | None:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for keyword in node.keywords if called == "setup" else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return None


def _package_json(text: str) -> str | None:
    name = _text(json.loads(text), "name")
    return name.rpartition("/")[2] if name else None


_PROJECT_FILES: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("pyproject.toml", _pyproject),
    ("setup.cfg", _setup_cfg),
    ("setup.py", _setup_py),
    ("package.json", _package_json),
)
