"""Collect the facts about a project that all rewriters use: its imports, what it loads and lists, its event loop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixers.devices import device_files
from fixers.import_roots import packages_on_path
from fixers.listed_modules import listed_modules
from fixers.project_imports import function_folders, imported_modules, loaders
from fixers.read_as_text import text_reads
from fixers.rewriting import RewriteContext, Style

if TYPE_CHECKING:
    from fixers.workspace import Workspace

# Event loops other than asyncio's; anyio runs in either, and Twisted's coroutines in its own even if asyncio drives it.
_OTHER_LOOPS = frozenset({"anyio", "curio", "trio", "twisted"})


def rewrite_context(
    workspace: Workspace, *, key: bytes, via_run: bool = False, style: Style | None = None
) -> RewriteContext:
    """The context of all rewriters for one workspace; reads every Python file once."""
    names = frozenset(imported_modules(workspace))
    on_path = dict(packages_on_path(workspace, names))
    awaits = _OTHER_LOOPS.isdisjoint(name.partition(".")[0] for name in names)
    return RewriteContext(
        workspace=workspace,
        key=key,
        imported=names,
        roots=frozenset(folder for folder, both in on_path.items() if not both),
        both=frozenset(folder for folder, both in on_path.items() if both),
        loads=loaders(workspace),
        functions=frozenset(function_folders(workspace)),
        listed=listed_modules(workspace),
        via_run=via_run,
        devices=device_files(workspace),
        as_text=tuple(text_reads(workspace)),
        style=replace(style or Style(), awaits=awaits),
    )
