"""Join `unhardcode scan --format json --min-confidence low --show-suppressed` with CredData's labels.

usage: rows.py BENCH ASSEMBLED FOUND -o rows.jsonl      (BENCH: the folder that holds labels.py and score.py)

One JSON line a finding: {"group": repository, "class": python|dotenv|config|docs|other, "label": T|F|U|N|X,
"unit": file and line, "evidence": [names]}. T is a credential, F labelled as none, U without a label, X what CredData
calls a test value or a placeholder, N an identifier. No line holds a value.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
from pathlib import Path
from typing import Any

ORDER = "TNXFU"


def main() -> None:
    """Write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bench", "assembled", "found"):
        parser.add_argument(name, type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.bench))
    import labels  # type: ignore[import-not-found]

    names = dict(line.split("\t") for line in (arguments.assembled / "names.tsv").read_text().splitlines())
    keys = {name: key for key, name in names.items()}
    by_file: dict[str, list[Any]] = collections.defaultdict(list)
    for row in labels.read(arguments.assembled / "meta"):
        by_file[row.path].append(row)
    with arguments.output.open("w") as output:
        for finding in json.loads(arguments.found.read_text())["findings"]:
            key = keys.get(finding["path"])
            if key is not None:
                row = {
                    "group": finding["path"].split("/")[1],
                    "class": labels.file_class(finding["path"]),
                    "label": _label(finding, by_file.get(key, []), labels.NEUTRAL),
                    "unit": f"{finding['path']}:{finding['start_line']}",
                    "evidence": [piece["name"] for piece in finding["evidence"]],
                }
                output.write(json.dumps(row) + "\n")


def _label(finding: dict[str, Any], rows: list[Any], neutral: set[str]) -> str:
    found = {"U"}
    for row in rows:
        if row.start <= finding["end_line"] and finding["start_line"] <= row.end and _overlap(finding, row):
            found.add("N" if row.truth == "T" and set(row.categories) <= neutral else row.truth)
    return min(found, key=ORDER.index)


def _overlap(finding: dict[str, Any], row: Any) -> bool:
    """Whether a finding and a label share characters; lines of a block, and labels without columns, always do."""
    if row.start != row.end or finding["start_line"] != finding["end_line"] or row.left < 0:
        return True
    end = row.right if row.right >= 0 else sys.maxsize
    return bool(finding["start_column"] - 1 < end and row.left < finding["end_column"] - 1)


if __name__ == "__main__":
    main()
