"""Score unhardcode and other scanners on CredData's development half, in one run, as one table.

usage: creddata.py BENCH ASSEMBLED [ASSEMBLED...] [--betterleaks PROGRAM] [--peers PYTHON] [--unhardcode PYTHON]

BENCH holds score.py, and its README says how ASSEMBLED is made (the yardstick is the form with the values as they were
committed). PYTHON of --peers has detect-secrets and credsweeper. Peers are scored by lines, which is to their favour;
their reports hold values and live in a folder of mode 0700 that is removed. CPU is user and system time of the process
and its children.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
CLASSES = ("python", "dotenv", "config", "py+env+cfg", "all")


def main() -> None:
    """Run every tool that was named on every tree, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("assembled", type=Path, nargs="+")
    parser.add_argument("--betterleaks")
    parser.add_argument("--peers")
    parser.add_argument("--unhardcode", default=sys.executable)
    arguments = parser.parse_args()
    for tree in arguments.assembled:
        head = " | ".join((*CLASSES, "mean over repositories"))
        print(f"\n### {tree.name}\n\n| tool | {head} | CPU s |\n|---|" + "---|" * (len(CLASSES) + 2))
        with tempfile.TemporaryDirectory() as folder:
            for name, found, seconds, options in _runs(arguments, tree, Path(folder)):
                figures = " | ".join(_scores(arguments.bench, tree, found, options))
                mean = _mean(arguments.bench, tree, found, options, Path(folder))
                print(f"| {name} | {figures} | {mean} | {seconds:.1f} |", flush=True)


def _runs(arguments: argparse.Namespace, tree: Path, folder: Path) -> Iterator[tuple[str, Path, float, list[str]]]:
    """Name, findings in score.py's form, CPU seconds and score.py's options of each run."""
    ours = folder / "unhardcode.json"
    command = [arguments.unhardcode, "-I", "-m", "unhardcode", "scan", "--min-confidence", "low"]
    seconds = _timed([*command, "--format", "json", "-o", str(ours), "data"], tree)
    for floor in ("low", "medium", "high"):
        yield f"unhardcode, {floor} and over", ours, seconds, ["--min-confidence", floor]
    yield "unhardcode, high, test values count as wrong", ours, seconds, ["--min-confidence", "high", "--strict"]
    if arguments.betterleaks:
        report = folder / "betterleaks.json"
        seconds = _timed([arguments.betterleaks, "-s", "--no-banner", "--redact", "-o", str(report), "data"], tree)
        yield "betterleaks", _lines(report, _betterleaks), seconds, []
    if arguments.peers:
        report = folder / "detect-secrets.json"
        command = [arguments.peers, "-m", "detect_secrets", "scan", "--all-files", "data"]
        seconds = _timed(command, tree, report)
        yield "detect-secrets", _lines(report, _detect_secrets), seconds, []
        report = folder / "credsweeper.json"
        command = [arguments.peers, "-m", "credsweeper", "--hashed", "--no-stdout", "--save-json", str(report)]
        seconds = _timed([*command, "--path", "data"], tree)
        yield "CredSweeper", _lines(report, _credsweeper), seconds, []


def _timed(command: list[str], tree: Path, output: Path | None = None) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if output is not None:
        output.write_bytes(done.stdout)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _lines(report: Path, rows: Callable[[Any], Iterator[Row]]) -> Path:
    converted = report.with_suffix(".jsonl")
    converted.write_text("".join(json.dumps(row) + "\n" for row in rows(json.loads(report.read_text()))))
    return converted


def _betterleaks(report: Any) -> Iterator[Row]:
    for finding in report["findings"]:
        place = finding["location"]
        yield _row(place["path"], place["start_line"], place["end_line"], finding["rule_id"])


def _detect_secrets(report: Any) -> Iterator[Row]:
    for path, findings in report["results"].items():
        for finding in findings:
            yield _row(path, finding["line_number"], finding["line_number"], finding["type"])


def _credsweeper(report: Any) -> Iterator[Row]:
    for finding in report:
        for line in finding["line_data_list"][:1]:
            yield _row(line["path"], line["line_num"], line["line_num"], finding["rule"])


def _row(path: str, first: int, last: int, rule: str) -> Row:
    return {
        "path": path.removeprefix("./"),
        "line": first,
        "line_end": last,
        "start": None,
        "end": None,
        "rule": rule,
    }


def _scores(bench: Path, tree: Path, found: Path, options: list[str]) -> list[str]:
    """Precision, recall and F1, all wrong lines counted, by class."""
    scored = _score(bench, tree, found, options)
    return [f"{scored[c]['p_all']:.2f} / {scored[c]['recall']:.2f} / **{scored[c]['f1_all']:.3f}**" for c in CLASSES]


def _score(bench: Path, tree: Path, found: Path, options: list[str]) -> dict[str, dict[str, float]]:
    """Run score.py in this process: it is run once for each repository."""
    report = found.with_suffix(".score")
    before = sys.argv
    sys.argv = ["score.py", str(tree), str(found), "--half", "dev", "--json", str(report), *options]
    sys.path.insert(0, str(bench))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module("score").main()
    finally:
        sys.path.remove(str(bench))
        sys.argv = before
    scored: dict[str, dict[str, float]] = json.loads(report.read_text())
    return scored


def _mean(bench: Path, tree: Path, found: Path, options: list[str], folder: Path) -> str:
    """Precision, recall and F1 of Python, .env and configuration, each the mean over the repositories that have a say.

    Recall and F1 are of repositories with a true unit, precision of those in which something was found.
    """
    names = (tree / "names.tsv").read_text().splitlines()
    per_repository = _by_repository(found)
    precision, recall, f1 = [], [], []
    for labels in sorted((tree / "meta").glob("*.csv")):
        alone = folder / "alone"
        (alone / "meta").mkdir(parents=True, exist_ok=True)
        prefix = f"data/{labels.stem}/"
        (alone / "names.tsv").write_text("".join(f"{row}\n" for row in names if row.startswith(prefix)))
        (alone / "meta" / labels.name).write_bytes(labels.read_bytes())
        if not (alone / "data").exists():
            (alone / "data").symlink_to((tree / "data").resolve())
        part = folder / "part.json"
        part.write_text(per_repository.get(labels.stem, ""))
        scored = _score(bench, alone, part, options)["py+env+cfg"]
        (alone / "meta" / labels.name).unlink()
        if scored["true"]:
            recall.append(scored["recall"])
            f1.append(scored["f1_all"])
        if scored["found"] or scored["wrong"] or scored["unlabelled"]:
            precision.append(scored["p_all"])
    return f"{statistics.fmean(precision):.2f} / {statistics.fmean(recall):.2f} / **{statistics.fmean(f1):.3f}**"


def _by_repository(found: Path) -> dict[str, str]:
    """A report cut by repository, in the form that it had."""
    text = found.read_text()
    ours = found.suffix == ".json"
    rows = json.loads(text)["findings"] if ours else map(json.loads, text.splitlines())
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(row["path"].removeprefix("./").split("/")[1], []).append(row)
    if ours:
        return {name: json.dumps({"findings": part}) for name, part in parts.items()}
    return {name: "".join(json.dumps(row) + "\n" for row in part) for name, part in parts.items()}


if __name__ == "__main__":
    main()
