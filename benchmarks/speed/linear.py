"""Whether cost grows as the input does: tree and history at 1, 2, 4 and 8 times a size, and the exponent.

    python benchmarks/speed/linear.py [--files 150] [--versions 12] [--runs 3]

Makes the repositories itself, the same ones each time: Python, YAML and text with settings, of which every version
changes a few lines. Prints Markdown: CPU seconds (median), and the exponent of the straight line through the logarithms
after the cost of a scan of one line is taken away. CPU time, so that other work on the machine says less.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import cost

FACTORS = (1, 2, 4, 8)
OURS = (sys.executable, "-I", "-m", "unhardcode", "scan", "-q")
WORDS = ("host", "user", "db_password", "timeout", "api_token", "path", "retries", "mode")


def line(source: random.Random) -> str:
    """A line of a settings file; one in twenty holds something like a credential."""
    name = source.choice(WORDS)
    if source.random() < 0.05:
        value = "".join(source.choice(string.ascii_letters + string.digits) for _ in range(20))
        return f'{name} = "{value}"'
    return source.choice((f'{name} = module.params["{name}"]', f"{name} = {source.randrange(99)}", "x = call(1, 'a')"))


def versions(source: random.Random, count: int) -> Iterator[str]:
    """Texts of one file, each a few lines away from the one before."""
    lines = [line(source) for _ in range(200)]
    for _ in range(count):
        yield "\n".join(lines) + "\n"
        for _ in range(3):
            lines[source.randrange(len(lines))] = line(source)


def repository(folder: Path, files: int, count: int) -> None:
    """A repository with so many files of so many versions, by git fast-import."""
    texts = [list(versions(random.Random(number), count)) for number in range(files)] or [["x = 1\n"] * count]
    out = [b"reset refs/heads/main\n"]
    for turn in range(count):
        out.append(b"commit refs/heads/main\ncommitter b <b@b.invalid> %d +0000\ndata 1\nx\n" % (1_600_000_000 + turn))
        for number, of_file in enumerate(texts):
            text = of_file[turn].encode()
            name = f"p{number % 20}/f{number}.{('py', 'yml', 'txt')[number % 3]}".encode()
            out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(text), text))
    for words in (["init", "-q", "-b", "main"], ["fast-import", "--quiet"], ["reset", "-q", "--hard"]):
        subprocess.run(
            ["git", *words], cwd=folder, input=b"".join(out) if words[0] == "fast-import" else b"", check=True
        )


def exponent(seconds: list[float]) -> float:
    """The slope of the straight line through the points, by least squares, both logarithms."""
    xs = [math.log(factor) for factor in FACTORS]
    ys = [math.log(each) for each in seconds]
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def main() -> None:
    parser = argparse.ArgumentParser(description="whether cost grows as the input does")
    parser.add_argument("--files", type=int, default=150)
    parser.add_argument("--versions", type=int, default=12)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    ways = {"tree": (*OURS,), "history": (*OURS, "--history", "--no-cache")}
    print("| | " + " | ".join(f"{factor}x" for factor in (0, *FACTORS)) + " | exponent |")
    print("|---" * (len(FACTORS) + 3) + "|")
    for way, words in ways.items():
        costs = []
        for factor in (0, *FACTORS):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                repository(folder, options.files * factor, options.versions if way == "history" else 1)
                runs = options.runs + (factor == 0)  # the very first may build the database of rules
                used = [cost(words, folder, expected=lambda status: status in (0, 1)).cpu for _ in range(runs)]
            costs.append(statistics.median(used[-options.runs :]))
        grown = [each - costs[0] for each in costs[1:]]
        print(f"| {way} | " + " | ".join(f"{each:.2f}" for each in costs) + f" | {exponent(grown):.2f} |")


if __name__ == "__main__":
    main()
