"""Which files of a source are scanned."""

from __future__ import annotations

import fnmatch
from typing import NamedTuple

DEFAULT_MAX_SIZE = 5_000_000


class Selection(NamedTuple):
    """Globs over result paths, the largest size in bytes, and whether submodules are scanned.

    `below` is the folder, POSIX relative to the root, that all paths must be in; "" for any.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int = DEFAULT_MAX_SIZE
    submodules: bool = False
    below: str = ""

    def takes(self, path: str) -> bool:
        """Whether a path is selected."""
        if self.below and path != self.below and not path.startswith(f"{self.below}/"):
            return False
        if self.include and not any(matches(path, pattern) for pattern in self.include):
            return False
        return not any(matches(path, pattern) for pattern in self.exclude)


def matches(path: str, pattern: str) -> bool:
    """Whether a path matches a glob: `*.py`, `vendor/`, `vendor/**`, `src/*.py`; `/vendor/` at the root only."""
    pattern = pattern.removeprefix("./")
    if pattern.endswith("/"):
        pattern += "*"
    at_root = pattern.startswith("/") and not path.startswith("/")
    if at_root:
        pattern = pattern[1:]
    return (
        fnmatch.fnmatchcase(path, pattern)
        or (not at_root and fnmatch.fnmatchcase(path, "*/" + pattern))
        or path.startswith(pattern.removesuffix("/**") + "/")
    )
