"""Score unhardcode and its peers on our own labels: lines of source distributions that are pinned by hash.

usage: own.py SCRATCH [--unhardcode PYTHON] [--only TOOL ...] [--wrong FLOOR] [--check]

SCRATCH is a folder outside the repository: the first run makes a virtual environment there with the peers (pinned in
peers.py), downloads what distributions.tsv pins, checks it against its SHA-256 and unpacks it. Nothing of it is
executed. The peers' reports hold values and live in a folder of mode 0700 that is removed. `--wrong high` lists what
unhardcode says wrongly at this confidence or over, `--check` only proves that every label fits its line. labels.tsv
and how it was made: own.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from peers import PEERS, PINS, Place, relative, run, timed

HERE = Path(__file__).resolve().parent
FLOORS = ("high", "medium", "low")
CREDENTIAL, TEST, EXAMPLE, NONE = "credential", "test-credential", "placeholder-or-example", "not-a-credential"
# Downloads one file from the index that pip is configured for, by hash, without running its build as pip would.
FETCH = """
import subprocess, sys
from pip._internal.models.index import PyPI
from unearth import PackageFinder
asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
index = subprocess.run(asked, capture_output=True, text=True)
finder = PackageFinder(index_urls=[index.stdout.strip() or PyPI.simple_url], ignore_compatibility=True)
for line in sys.stdin:
    name, version, file, digest = line.split()
    finder.no_binary = [name]
    for found in finder.find_matches(f"{name}=={version}", allow_prereleases=True):
        if found.link.filename == file:
            finder.download_and_unpack(found.link, sys.argv[2], sys.argv[1], hashes={"sha256": [digest]})
            break
    else:
        sys.exit(f"{file}: not on the index")
"""


class Distribution(NamedTuple):
    """One row of distributions.tsv. `rate` is the share of its candidate lines that was judged."""

    name: str
    version: str
    file: str
    sha256: str
    rate: float


class Label(NamedTuple):
    """One row of labels.tsv; `digest` is the line's, salted with its path."""

    distribution: str
    path: str
    line: int
    digest: str
    verdict: str


def main() -> int:
    """Fetch, run, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--unhardcode", default=sys.executable)
    parser.add_argument("--only", nargs="*", default=[peer.name for peer in PEERS])
    parser.add_argument("--wrong", choices=FLOORS)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    scratch = arguments.scratch.resolve()
    distributions = [Distribution(*row[:4], float(row[4])) for row in _rows("distributions.tsv")]
    labels = [Label(row[0], row[1], int(row[2]), row[3], row[4]) for row in _rows("labels.tsv")]
    programs = _programs(scratch)
    tree = _tree(scratch, programs, distributions)
    stale = [f"{label.path}:{label.line}" for label in labels if digest(tree, label.path, label.line) != label.digest]
    if stale:
        print("labels that do not fit their line:", *stale, sep="\n")
        return 1
    if not arguments.check:
        _print(arguments, labels, distributions, tree, programs)
    return 0


def digest(tree: Path, path: str, line: int) -> str:
    """SHA-256 of a path and the text of one of its lines, blanks at both ends off: 32 hexadecimal digits."""
    lines = (tree / path).read_text("utf-8", "replace").split("\n")
    text = lines[line - 1].strip() if line <= len(lines) else ""
    return hashlib.sha256(f"{path}\0{text}".encode()).hexdigest()[:32]


def is_test(path: str) -> bool:
    """Whether a path is of tests, fixtures or recordings."""
    parts = path.lower().split("/")[1:]
    return any(re.search(r"(^|[_.-])(tests?|testing|testdata|fixtures|conftest)([_.-]|$)", part) for part in parts)


def _rows(name: str) -> Iterator[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


# --- what is scanned, and with what -------------------------------------------------------------------------


def _programs(scratch: Path) -> Path:
    """The folder of the peers' programs, installed once."""
    folder = scratch / "peers"
    if not (folder / "done").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *PINS, "unearth==0.19.0"]
        subprocess.run(install, check=True)
        (folder / "done").touch()
    return folder / "bin"


def _tree(scratch: Path, programs: Path, distributions: list[Distribution]) -> Path:
    """The folder of all unpacked distributions, each file checked against its pin."""
    tree, files = scratch / "tree", scratch / "sdists"
    files.mkdir(parents=True, exist_ok=True)
    missing = [row for row in distributions if _sha256(files / row.file) != row.sha256]
    if missing:
        wanted = "".join(f"{row.name} {row.version} {row.file} {row.sha256}\n" for row in missing)
        with tempfile.TemporaryDirectory() as unpacked:
            command = [str(programs / "python"), "-c", FETCH, str(files), unpacked]
            subprocess.run(command, input=wanted, text=True, check=True)
    wrong = [row.file for row in distributions if _sha256(files / row.file) != row.sha256]
    if wrong:
        sys.exit(f"not what is pinned: {', '.join(wrong)}; remove from {files} and run again")
    if missing or not tree.exists():
        tree.mkdir(exist_ok=True)
        for row in distributions:
            _unpack(files / row.file, tree)
    return tree


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _unpack(file: Path, tree: Path) -> None:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            archive.extractall(tree)
    else:
        with tarfile.open(file) as archive:
            archive.extractall(tree, filter="data")


def _ours(python: str, tree: Path, folder: Path) -> tuple[dict[str, set[Place]], float]:
    """The places that unhardcode reports at each confidence."""
    report = folder / "unhardcode.json"
    command = [python, "-I", "-m", "unhardcode", "scan", "--min-confidence", "low", "--format", "json"]
    seconds, _ = timed([*command, "-o", str(report), "."], tree)
    found: dict[str, set[Place]] = {floor: set() for floor in FLOORS}
    for row in json.loads(report.read_text())["findings"]:
        found[row["confidence"]].add(relative(Place(row["path"], row["start_line"], row["end_line"]), tree))
    return found, seconds


# --- the score ----------------------------------------------------------------------------------------------


def _print(
    arguments: argparse.Namespace, labels: list[Label], distributions: list[Distribution], tree: Path, programs: Path
) -> None:
    print(f"{len(labels)} lines of {len({label.distribution for label in labels})} distributions:", _counts(labels))
    print("| tool | found | precision / recall / **F1** | Python | strict | tests count: p / r / **F1** | CPU s |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found, seconds = _ours(arguments.unhardcode, tree, folder)
        places: set[Place] = set()
        for floor in FLOORS:
            places |= found[floor]
            print(_row(f"unhardcode, {floor} and over", labels, places, seconds))
        for peer in PEERS:
            if peer.name in arguments.only:
                print(_row(peer.name, labels, *run(peer, programs, tree, folder)))
    _print_noise(labels, distributions, tree, found["high"])
    if arguments.wrong:
        counted = set().union(*(found[floor] for floor in FLOORS[: FLOORS.index(arguments.wrong) + 1]))
        for label in _hit(labels, counted):
            if label.verdict in (NONE, EXAMPLE):
                print(label.verdict, f"{label.path}:{label.line}")


def _row(name: str, labels: list[Label], places: Iterable[Place], seconds: float) -> str:
    hit = _hit(labels, places)
    python = [label for label in labels if label.path.endswith(".py")]
    counts = Counter(label.verdict for label in hit)
    strict = _share(counts[CREDENTIAL], len(hit))
    yardstick = (lambda verdict: verdict == CREDENTIAL, lambda verdict: verdict == NONE)
    with_tests = (lambda verdict: verdict in (CREDENTIAL, TEST), lambda verdict: verdict == NONE)
    cells = (
        str(len(hit)),
        _cell(labels, hit, *yardstick),
        _cell(python, [label for label in hit if label.path.endswith(".py")], *yardstick),
        f"{strict:.2f}",
        _cell(labels, hit, *with_tests),
        f"{seconds:.0f}",
    )
    return f"| {name} | " + " | ".join(cells) + " |"


def _hit(labels: list[Label], places: Iterable[Place]) -> list[Label]:
    """The labelled lines that a finding covers."""
    covered = {(place.path, line) for place in places for line in range(place.first, place.last + 1)}
    return [label for label in labels if (label.path, label.line) in covered]


def _cell(labels: list[Label], hit: list[Label], right: Callable[[str], bool], wrong: Callable[[str], bool]) -> str:
    """Precision, recall and F1 where verdicts neither right nor wrong do not count."""
    good = sum(right(label.verdict) for label in hit)
    precision = _share(good, good + sum(wrong(label.verdict) for label in hit))
    recall = _share(good, sum(right(label.verdict) for label in labels))
    return f"{precision:.2f} / {recall:.2f} / **{_share(2 * precision * recall, precision + recall):.3f}**"


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _counts(labels: list[Label]) -> str:
    counts = Counter(label.verdict for label in labels)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in (CREDENTIAL, TEST, EXAMPLE, NONE))


def _print_noise(labels: list[Label], distributions: list[Distribution], tree: Path, high: Iterable[Place]) -> None:
    """False positives at high confidence in the non-test Python code, scaled up by each distribution's rate."""
    rates = {row.name: row.rate for row in distributions}
    wrong = [label for label in _hit(labels, high) if label.verdict == NONE]
    code = [label for label in wrong if label.path.endswith(".py") and not is_test(label.path)]
    estimate = sum(1 / rates[label.distribution] for label in code)
    sources = (path for path in tree.rglob("*.py") if not is_test(path.relative_to(tree).as_posix()))
    lines = sum(path.read_bytes().count(b"\n") for path in sources if path.is_file())
    print(f"\nhigh, wrong in non-test Python: {len(code)} judged, {estimate:.0f} estimated in {lines} lines:", end=" ")
    print(f"{_share(100_000 * estimate, lines):.2f} in 100,000 lines")


if __name__ == "__main__":
    sys.exit(main())
