"""`unhardcode explain`: the evidence for and against the findings on a line."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scanner.errors import Exit, NotSeenError, UsageError
from scanner.printing import emit
from scanner.running import Mode, Options, run
from scanner.sources import worktree
from scanner.sources.paths import path_on_disk


@click.command(short_help="Show the evidence for and against a finding.")
@click.argument("where", metavar="PATH:LINE or FINGERPRINT")
def explain(where: str) -> int:
    """Print the evidence for and against every finding on a line, reported or not.

    PATH:LINE is as `scan` prints it (settings.py:12), relative to the current folder or to the repository's root;
    FINGERPRINT is that of the JSON report.
    """
    from scanner.reports.explain import render

    name, line = _path_and_line(where)
    by_line = bool(line)
    if not by_line and os.path.lexists(where):
        raise UsageError(f"{where}: which line?", hint="name it as PATH:LINE, as `unhardcode scan` prints it")
    file = _file(name) if by_line else Path()
    if by_line and os.path.isdir(file):
        raise UsageError(f"{name}: a folder", hint="name a line of one of its files as PATH:LINE")
    scanned = run((file,) if by_line else (), Mode(), Options())
    unseen = scanned.result.coverage.skipped if by_line else ()
    if unseen:
        raise NotSeenError(f"{name}: {unseen[0].reason}", hint="there is no evidence about what was not scanned")
    if by_line:
        found = [f for f in scanned.result.findings if f.start[0] <= int(line) <= f.end[0]]
    else:
        found = [f for f in scanned.result.findings if f.fingerprint.startswith(where) and len(where) >= 8]
    if not found:
        raise NotSeenError(
            _nothing_at(where, by_line=by_line),
            hint="name a line as PATH:LINE, or a fingerprint from `unhardcode scan --format json`",
        )
    emit(render(found, scanned.texts.get, others=scanned.result.findings), None)
    return int(Exit.OK)


def _nothing_at(where: str, *, by_line: bool) -> str:
    if by_line:
        return f"nothing at {where} looks like a credential"
    if len(where) < 8 or where.strip("0123456789abcdef"):
        # The text is not repeated: it may be a pasted value.
        return "this is no PATH:LINE and no fingerprint, which has 8 or more hexadecimal digits"
    return f"no finding has the fingerprint {where}"


def _file(name: str) -> Path:
    """The path of a file that is named relative to this folder, or as in a report.

    Reports name it from the root, with %FF for bytes that are not text, and escapes for control characters.
    """
    from scanner.reports.masking import unprinted

    folders = (Path(), worktree.root_of(Path()).folder)
    spellings = (name, os.fsdecode(path_on_disk(name)), os.fsdecode(path_on_disk(unprinted(name))))
    there = [folder / each for each in spellings for folder in folders]
    return next((file for file in there if os.path.lexists(file)), Path(name))


def _path_and_line(where: str) -> tuple[str, str]:
    """PATH and LINE of PATH:LINE or PATH:LINE:COLUMN; no line if the text has neither form."""
    name, _, line = where.rpartition(":")
    path, _, first = name.rpartition(":")
    if path and first.isdecimal() and not os.path.lexists(name):
        name, line = path, first
    return (name, line) if name and line.isdecimal() else (where, "")
