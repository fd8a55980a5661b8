"""Rewrite real source distributions, all findings at medium or higher, tests too; writes benchmarks/sdists.md.

python benchmarks/sdists.py FOLDER [NAME...]

The pinned distributions of benchmarks/sdists.txt are downloaded by pip into FOLDER, and unpacked there. No code of
theirs is run by this program; pip may ask for their metadata.
"""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "laboratory")]
for _name in [name for name in os.environ if name.startswith(("AWS_", "GIT_"))]:
    del os.environ[_name]

from lab_run import respliced, same_tree  # noqa: E402

from fixers.changes import changed_files, edits_by_path  # noqa: E402
from fixers.plan import PlanOptions  # noqa: E402
from fixers.planning import planned  # noqa: E402
from scanner.errors import UnhardcodeError  # noqa: E402

SECONDS = 900  # for one distribution


def main() -> int:
    """Download, rewrite, write the table."""
    scratch = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:]
    pins = [line for line in (HERE / "sdists.txt").read_text().splitlines() if line and not line.startswith("#")]
    rows = []
    for pin in pins:
        name = pin.partition("==")[0]
        if wanted and name not in wanted:
            continue
        archive = downloaded(pin, scratch)
        # A process of its own that may have children: a scan of a large tree has workers.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            waiting = pool.submit(rewritten, name, str(archive), str(scratch / "trees"))
            try:
                row = waiting.result(SECONDS)
            except TimeoutError:
                row = {"name": name, "problems": [f"not done in {SECONDS} s"]}
                for child in multiprocessing.active_children():
                    child.terminate()
        print(json.dumps(row), flush=True)
        rows.append(row)
    if not wanted:
        (HERE / "sdists.md").write_text(report(rows), encoding="utf-8")
    return int(any(row["problems"] for row in rows))


def downloaded(pin: str, scratch: Path) -> Path:
    """The archive of one pinned distribution, from an earlier run or by pip."""
    name, _, rest = pin.partition("==")
    version = rest.split()[0]
    words = "[-_.]".join(map(re.escape, re.split("[-_.]+", name)))
    pattern = re.compile(rf"{words}-{re.escape(version)}\.tar\.gz", re.IGNORECASE)
    folder = scratch / "archives"
    folder.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        for found in folder.iterdir():
            if pattern.fullmatch(found.name):
                return found
        listed = scratch / "pin.txt"
        listed.write_text(pin + "\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--require-hashes", "-r", listed, "-d", folder], check=True)
    raise FileNotFoundError(name)


def rewritten(name: str, archive: str, trees: str) -> dict[str, Any]:
    """Unpack one distribution and rewrite it: counts, and what is wrong with it. No value is in them."""
    folder = Path(trees) / name
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    started = time.process_time()
    row: dict[str, Any] = {"name": Path(archive).name.removesuffix(".tar.gz"), "problems": []}
    try:
        row |= checked(folder, row["problems"])
    except UnhardcodeError as error:
        row["problems"].append(f"{type(error).__name__}: {error.message}")
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for; its text could hold a value
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
        row["problems"].append(f"crash: {type(error).__name__} at {where}")
    return row | {"seconds": round(time.process_time() - started)}


def options(folder: Path) -> PlanOptions:
    """Everything at medium or higher, tests too."""
    return PlanOptions(app=re.sub(r"[^a-z0-9]+", "-", folder.name.lower()), include_tests=True)


def checked(folder: Path, problems: list[str]) -> dict[str, Any]:
    """Plan, write, plan again."""
    made = planned(folder, options(folder))
    before = {path: made.workspace.read(path) for path in edits_by_path(made.plan)}
    after = changed_files(made.plan, made.workspace, made.scanned.key)
    for path, edits in edits_by_path(made.plan).items():
        problems += [f"{path}: {wrong}" for wrong in compared(path, before[path], after[path], edits)]
    for path, raw in after.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)
    again = planned(folder, options(folder))
    if again.plan.fixes:
        problems.append(f"a second run would change {len(again.plan.fixes)} secrets")
    fixed = [finding for fix in made.plan.fixes for finding in fix.findings]
    return {
        "files": sum(path.endswith(".py") for path in made.workspace.files),
        "findings": len(fixed) + len(made.plan.refusals),
        "rewritten": len(fixed),
        "secrets": len(made.plan.fixes),
        "changed": len(before),
        "refused": Counter(refusal.reason.value for refusal in made.plan.refusals),
        "python": Counter(
            refusal.reason.value for refusal in made.plan.refusals if refusal.finding.path.endswith(".py")
        ),
    }


def compared(path: str, before: bytes, after: bytes, edits: Any) -> Iterator[str]:
    """What is wrong with one rewritten file."""
    import libcst

    if respliced(before, edits, path) != after:
        yield "bytes outside the edits differ"
    if not path.endswith((".py", ".pyw")):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            old, new = ast.parse(before), ast.parse(after)
        except (SyntaxError, ValueError):
            yield "does not parse any more"
            return
    try:
        if libcst.parse_module(after).bytes != after:
            yield "LibCST does not give it back"
    except libcst.ParserSyntaxError:
        yield "LibCST does not parse it"
    if not same_tree(old, new):
        yield "its syntax tree differs outside the edits"


def report(rows: list[dict[str, Any]]) -> str:
    """The table."""
    lines = [
        HEAD,
        "| distribution | .py files | findings | rewritten | secrets | files changed | refused | wrong | CPU s |",
    ]
    lines.append("|---|" + "---:|" * 8)
    total: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    python: Counter[str] = Counter()
    for row in rows:
        stays, wrong = sum(row.get("refused", {}).values()), len(row["problems"])
        counts = {name: row.get(name, 0) for name in ("files", "findings", "rewritten", "secrets", "changed")}
        counts |= {"refused": stays, "wrong": wrong, "seconds": row.get("seconds", 0)}
        total.update(counts)
        refused.update(row.get("refused", {}))
        python.update(row.get("python", {}))
        lines.append(f"| {row['name']} | {' | '.join(str(count) for count in counts.values())} |")
    lines.append(f"| all {len(rows)} | {' | '.join(str(total[name]) for name in counts)} |")
    lines.append("\nRefused, by reason (of these in Python):\n")
    lines += [f"- {reason}: {count} ({python[reason]})" for reason, count in refused.most_common()]
    problems = [f"- {row['name']}: {wrong}" for row in rows for wrong in row["problems"]]
    lines += ["\nWrong:\n", *problems] if problems else ["\nNothing was wrong.\n"]
    return "\n".join(lines) + "\n"


HEAD = """# Real source distributions

Each is rewritten in all its findings at medium confidence or higher, tests, examples and documentation too
(`--include-tests`), and then checked: every rewritten file parses by the interpreter and by LibCST, its syntax tree and
its bytes are equal outside the edits, a second run changes nothing. Most findings are fixtures of test suites: that is
what makes them a good field for a rewriter. The machine was busy: CPU seconds say little. Pinned in sdists.txt; made by
`python benchmarks/sdists.py FOLDER`.
"""

if __name__ == "__main__":
    sys.exit(main())
