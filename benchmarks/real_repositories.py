"""Scan folders with unhardcode and betterleaks and print counts and processor seconds, never a value.

    python benchmarks/real_repositories.py BETTERLEAKS FOLDER...

Give it exported trees (`git archive HEAD | tar x`): betterleaks reads `.git` too where there is one.
"""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 3
UNHARDCODE = (sys.executable, str(Path(__file__).parent.parent / "unhardcode.py"))


def timed(words: list[str], folder: Path) -> tuple[float, str]:
    """The least processor seconds (user and system) of a few runs, and the last one's output.

    Other work on the machine changes them less than it changes the time on the clock.
    """
    best, output = float("inf"), ""
    for _ in range(RUNS):
        before = os.times()
        output = subprocess.run(words, cwd=folder, capture_output=True, check=False, text=True).stdout
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        best = min(best, used)
    return best, output


def ours(folder: Path) -> str:
    wanted = ["--format", "json", "--min-confidence", "low", "--show-suppressed"]
    seconds, output = timed([*UNHARDCODE, "scan", "-q", *wanted], folder)
    read = json.loads(output)
    counts = collections.Counter(
        "suppressed" if finding["suppressed"] else finding["confidence"] for finding in read["findings"]
    )
    shown = ", ".join(f"{counts[word]} {word}" for word in ("high", "medium", "low", "suppressed"))
    return f"{read['coverage']['files']} files, {read['coverage']['bytes'] / 1e6:.1f} MB; {shown}; {seconds:.1f} s"


def theirs(betterleaks: str, folder: Path) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        words = [betterleaks, ".", "-o", str(report), "--no-banner", "--no-color", "--redact"]
        seconds, _ = timed(words, folder)
        found = json.loads(report.read_text(encoding="utf-8"))["findings"]
    counts = collections.Counter(finding["confidence"] for finding in found)
    return ", ".join(f"{counts[word]} {word}" for word in ("high", "medium", "low")) + f"; {seconds:.1f} s"


def main() -> None:
    betterleaks, *folders = sys.argv[1:]
    for name in folders:
        folder = Path(name).resolve()
        print(f"{folder.name}\n  unhardcode   {ours(folder)}\n  betterleaks  {theirs(betterleaks, folder)}")


if __name__ == "__main__":
    main()
