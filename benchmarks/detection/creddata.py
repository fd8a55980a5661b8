"""Score unhardcode and other scanners on CredData's development half, in one run, as one table.

usage: creddata.py BENCH ASSEMBLED [ASSEMBLED...] [--betterleaks PROGRAM] [--peers PYTHON] [--unhardcode PYTHON]

BENCH holds score.py, and its README says how ASSEMBLED is made (the yardstick is the form with the values as they were
committed). PYTHON of --peers has detect-secrets and credsweeper. Peers are scored by lines, which is to their favour;
their reports hold values and live in a folder of mode 0700 that is removed. CPU is user and system time of the process
and its children.
"""

from __future__ import annotations

import argparse
import json
import resource
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
        print(
            f"\n### {tree.name}\n\n| tool | " + " | ".join(CLASSES) + " | CPU s |\n|---|" + "---|" * (len(CLASSES) + 1)
        )
        with tempfile.TemporaryDirectory() as folder:
            means = []
            for name, found, seconds, options in _runs(arguments, tree, Path(folder)):
                figures = " | ".join(_scores(arguments.bench, tree, found, options))
                print(f"| {name} | {figures} | {seconds:.1f} |", flush=True)
                if "low" not in name:
                    means.append(f"{name} {_mean(arguments.bench, tree, found, options, Path(folder)):.3f}")
            print(
                "\nMean F1 over the repositories with a true unit, Python + .env + configuration: " + ", ".join(means)
            )


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
    report = found.with_suffix(".score")
    command = [sys.executable, str(bench / "score.py"), ".", str(found), "--half", "dev", "--json", str(report)]
    subprocess.run([*command, *options], cwd=tree, stdout=subprocess.DEVNULL, check=True)
    scored: dict[str, dict[str, float]] = json.loads(report.read_text())
    return scored


def _mean(bench: Path, tree: Path, found: Path, options: list[str], folder: Path) -> float:
    """Mean F1 over the repositories that have a true unit in Python, .env or configuration."""
    scores = []
    for labels in sorted((tree / "meta").glob("*.csv")):
        alone = folder / "alone"
        (alone / "meta").mkdir(parents=True, exist_ok=True)
        prefix = f"data/{labels.stem}/"
        rows = [row for row in (tree / "names.tsv").read_text().splitlines() if row.startswith(prefix)]
        (alone / "names.tsv").write_text("\n".join(rows) + "\n" if rows else "")
        (alone / "meta" / labels.name).write_bytes(labels.read_bytes())
        if not (alone / "data").exists():
            (alone / "data").symlink_to((tree / "data").resolve())
        scored = _score(bench, alone, found, options)["py+env+cfg"]
        (alone / "meta" / labels.name).unlink()
        if scored["true"]:
            scores.append(scored["f1_all"])
    return sum(scores) / len(scores) if scores else 0.0


if __name__ == "__main__":
    main()
