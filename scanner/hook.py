"""The commit hook's short way out: is there anything at all in what is staged?

Nearly every commit is clean, and then half of a hook's time would go into importing the command line's library. So
`scan --staged -q` looks here first, with nothing but git and the database; at the first hit, skipped file or
doubt the whole command runs as ever. It prints the same: nothing.
"""

from __future__ import annotations

import os

_WORDS = frozenset(("--staged", "-q", "--quiet", "--no-color"))
# Endings that are Python to scanner.readers.kinds too; more hits count in any other file.
_CODE = (".py", ".pyi", ".pyw", ".ipynb")


def is_clean(arguments: list[str]) -> bool:
    """Whether `arguments` are the hook's and nothing staged has a single hit. False says only: run the command."""
    words = set(arguments[1:])
    if arguments[:1] != ["scan"] or not words <= _WORDS or "--staged" not in words or not words & {"-q", "--quiet"}:
        return False
    from pathlib import Path

    from scanner import config, keyfiles, session
    from scanner.errors import UnhardcodeError
    from scanner.prefilter import read_table, sort_out
    from scanner.raw import looks_binary, scan_bytes
    from scanner.source import Skipped
    from scanner.sources import git, staged, worktree

    try:
        repository = git.find(Path(os.getcwd()))
        if repository is None or repository.top is None:
            return False
        settings = config.load_config(repository.top)
        selection = worktree.Selection(include=settings.include, exclude=settings.exclude, max_size=settings.max_size)
        prefilter = session.load_prefilter()
        for source in staged.sources(repository, selection):
            if isinstance(source, Skipped) or looks_binary(source.raw) or keyfiles.identify(source.raw):
                return False
            hits = prefilter.find(scan_bytes(source.raw))
            if hits and sort_out(hits, read_table(prefilter), code=source.path.endswith(_CODE))[0]:
                return False
    except (UnhardcodeError, OSError):
        return False
    return True
