"""Make the bigram table of scanner/detectors/randomness.py from the running Python's standard library.

usage: python benchmarks/make_bigrams.py > table.txt     (paste it over ROWS)

Counts pairs of neighbouring characters in the distinct words of its sources: identifiers, doc strings, comments and
string constants, tests left out because they hold random data. A word counts once, however often it stands there, so
that `self` does not drown the rest. Row and column are the symbols of `symbol`; a cell is the cost of the second
after the first, in half bits, as one printable character from `0` on. Python 3.11.7 made the committed table.
"""

from __future__ import annotations

import collections
import itertools
import math
import re
import sysconfig
from pathlib import Path

from scanner.detectors.randomness import FIRST_CELL, SYMBOLS, symbol

SKIPPED = re.compile(r"/(tests?|idlelib|site-packages|lib2to3/tests|encodings|pydoc_data)/")
WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{1,60}")
HEX = re.compile(r"(?=.*\d)[0-9a-fA-F]{8,}|0x.*")
HIGHEST = 31


def main() -> None:
    root = Path(sysconfig.get_path("stdlib"))
    words: set[str] = set()
    for path in sorted(root.rglob("*.py")):
        if not SKIPPED.search(f"/{path.relative_to(root).as_posix()}"):
            words.update(WORD.findall(path.read_text("utf-8", "replace")))
    pairs: collections.Counter[tuple[int, int]] = collections.Counter()
    for word in words:
        if not HEX.fullmatch(word):
            symbols = [symbol("_"), *map(symbol, word), symbol("_")]
            pairs.update(itertools.pairwise(symbols))
    for first in range(SYMBOLS):
        total = sum(pairs[first, second] for second in range(SYMBOLS)) + 0.5 * SYMBOLS
        costs = (-2 * math.log2((pairs[first, second] + 0.5) / total) for second in range(SYMBOLS))
        row = "".join(chr(FIRST_CELL + min(HIGHEST, round(cost))) for cost in costs)
        print(f'    "{row}",')


if __name__ == "__main__":
    main()
