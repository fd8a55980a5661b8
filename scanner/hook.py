"""The commit hook's fast path: detect that nothing staged can be a credential, without loading the rest.

Nearly every commit is clean, and importing the command line library would take half of the hook's time. So `scan
--staged -q` checks here first, with only git and the database; at the first hit, skipped file or doubt the whole
command runs as usual. A clean scan prints the same either way: nothing.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from scanner.config import Config
    from scanner.prefilter import Hit, Table
    from scanner.source import Source

_FLAGS = frozenset(("--staged", "-q", "--quiet", "--no-color", "--show-suppressed", "--no-baseline"))
# Options with a fixed set of valid values, which change nothing if there are no findings.
_LEVELS = {
    "--min-confidence": ("low", "medium", "high"),
    "--fail-on": ("low", "medium", "high", "never"),
    "--fail-on-severity": ("low", "medium", "high", "critical"),
}


def is_clean(arguments: list[str]) -> bool:
    """Whether `arguments` are the hook's and nothing staged has a hit. False only means: run the full command."""
    if arguments[:1] != ["scan"] or not _are_the_hooks(arguments[1:]):
        return False
    import threading

    # What both threads need, before there are two: imports at the same time wait for each other, 5 ms of a hook's 50.
    from scanner import config, content, keyfiles, prefilter, session  # noqa: F401
    from scanner.sources import git, selection, staged  # noqa: F401

    # The database is loaded while git runs.
    loading = threading.Thread(target=_load, daemon=True)
    loading.start()
    try:
        clean = _has_no_hit(loading)
    except Exception:  # noqa: BLE001 - the command meets it again, inside the error boundary
        clean = False
    # Not in a `finally`: after ^C nothing waits for the database.
    loading.join()
    return clean


def _has_no_hit(loading: threading.Thread) -> bool:
    """Whether nothing staged has a single hit; the database is there once `loading` has ended."""
    from pathlib import Path

    from scanner import config, keyfiles, session
    from scanner.content import scan_bytes, skip_reason
    from scanner.prefilter import read_table
    from scanner.source import Skipped
    from scanner.sources import git, staged
    from scanner.sources.selection import Selection

    repository = git.find(Path(os.getcwd()))
    if repository is None or repository.top is None:
        return False
    git.refuse_another(repository)
    settings = config.load_config(repository.top).config
    if not _has_baseline(settings, repository.top) or os.path.lexists(repository.top / config.OWN_RULES):
        return False
    selection = Selection(include=settings.include, exclude=config.excluded(settings), max_size=settings.max_size)
    for source in staged.sources(repository, selection):
        if isinstance(source, Skipped) or skip_reason(source.raw) or keyfiles.identify(source.raw):
            return False
        loading.join()
        prefilter = session.load_prefilter()
        hits = prefilter.find(scan_bytes(source.raw))
        if hits and _means_something(hits, source, read_table(prefilter)):
            return False
    return True


def _means_something(hits: list[Hit], source: Source, table: Table) -> bool:
    """Whether the analysis would look at one of the hits."""
    from scanner.prefilter import sort_out
    from scanner.readers.kinds import CODE, kind_of

    return bool(sort_out(hits, table, code=kind_of(source.path, source.raw[:4096]) in CODE).wanted)


def _load() -> None:
    from scanner import session

    # The main thread meets the same error again, where it can be reported.
    with contextlib.suppress(Exception):
        session.load_prefilter()


def _are_the_hooks(words: list[str]) -> bool:
    """Whether these are the arguments of a quiet scan of the index, with options that cannot change a clean result."""
    rest = iter(words)
    seen = set()
    for word in rest:
        option, equals, value = word.partition("=")
        if option == "--baseline":
            # A missing baseline is an error, which the full command reports.
            if not os.path.isfile(value if equals else next(rest, "")):
                return False
        elif option in _LEVELS:
            if (value if equals else next(rest, "")) not in _LEVELS[option]:
                return False
        elif word not in _FLAGS:
            return False
        seen.add(word)
    return "--staged" in seen and not seen.isdisjoint(("-q", "--quiet"))


def _has_baseline(settings: Config, top: Path) -> bool:
    return not settings.baseline or os.path.isfile(os.path.join(top, settings.baseline))
