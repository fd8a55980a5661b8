"""What no scanner can be faster than: read the same bytes, scan them with the bare database, count nothing.

    python benchmarks/speed/floor.py history|tree REPOSITORY

Every core has a reader, as the scanner itself does. Blobs of more than 5,000,000 bytes are not read, as there.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scanner import session
from scanner.sources import git

LARGEST = 5_000_000


def history_share(folder: Path, ids: list[str]) -> None:
    """Read and scan some blobs."""
    database = session.load_prefilter().database
    for _, raw in git.blobs(folder, ids):
        database.scan(raw or b"", match_event_handler=None)


def tree_share(folder: Path, names: list[str]) -> None:
    """Read and scan some files."""
    database = session.load_prefilter().database
    for name in names:
        path = folder / name
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
            database.scan(path.read_bytes(), match_event_handler=None)


def main() -> None:
    share: Callable[[Path, list[str]], None]
    what, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    if what == "history":
        form = "--batch-check=%(objecttype) %(objectname) %(objectsize)"
        out = git.read(folder, "cat-file", "--batch-all-objects", "--unordered", "--buffer", form).decode()
        rows = (line.split(" ") for line in out.splitlines())
        items = [oid for kind, oid, size in rows if kind == "blob" and int(size) <= LARGEST]
        share = history_share
    else:
        out = subprocess.run(["git", "ls-files", "-z"], cwd=folder, capture_output=True, check=True).stdout.decode()
        items = [name for name in out.split("\0") if name]
        share = tree_share
    cores = len(os.sched_getaffinity(0))
    size = -(-len(items) // cores)
    readers = [
        multiprocessing.Process(target=share, args=(folder, items[at : at + size])) for at in range(0, len(items), size)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


if __name__ == "__main__":
    main()
