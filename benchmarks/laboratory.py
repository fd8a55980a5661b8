"""Count what becomes of the laboratory's cases and of their variants; writes benchmarks/laboratory.md.

python benchmarks/laboratory.py [--variants]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "laboratory")]
for _name in [name for name in os.environ if name.startswith(("AWS_", "GIT_"))]:
    del os.environ[_name]
os.environ["GIT_CONFIG_GLOBAL"] = os.devnull

from lab_cases import Case, read_cases  # noqa: E402
from lab_run import Report, expected, run_all  # noqa: E402
from lab_variants import VARIANTS, variants  # noqa: E402

from fixers.emulator import embedded_aws  # noqa: E402

COLUMNS = ("good", "refused", "not-found", "partly", "broken")


def main() -> int:
    """Run and write."""
    cases = list(read_cases())
    started = time.monotonic()
    reports = migrated(cases)
    took = time.monotonic() - started
    parts = [HEAD, table("kind", ((report.case.kind, report) for report in reports)), reasons(reports)]
    parts.append(f"As the case says: {as_said(reports)} of {len(reports)}. The run took {took:.0f} s.\n")
    if "--variants" in sys.argv[1:]:
        every = migrated([variant for case in cases for variant in variants(case)])
        judged = [report for report in every if report.verdict != "not-applicable"]
        named = ((report.case.name.partition("@")[2], report) for report in judged)
        parts += ["## Variants\n", VARIANTS_HEAD, table("form", named, order=list(VARIANTS))]
        parts.append(f"As the case says: {as_said(judged)} of {len(judged)}.\n")
        parts += [f"- {report.case.name}: {'; '.join(told)}\n" for report in judged if (told := list(expected(report)))]
    (HERE / "laboratory.md").write_text("\n".join(parts), encoding="utf-8")
    return 0


def migrated(cases: list[Case]) -> list[Report]:
    """The reports of all cases."""
    with tempfile.TemporaryDirectory(prefix="laboratory-") as folder, embedded_aws() as endpoint:
        return list(run_all(cases, Path(folder), endpoint).values())


def as_said(reports: Iterable[Report]) -> int:
    """How many ended as they say."""
    return sum(not list(expected(report)) for report in reports)


def table(what: str, named: Iterable[tuple[str, Report]], order: Iterable[str] = ()) -> str:
    """Counts of verdicts by name."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in order}
    for name, report in named:
        counts.setdefault(name, Counter())[report.verdict] += 1
    rows = [f"| {what} | cases | {' | '.join(COLUMNS)} |", "|---|" + "---:|" * (len(COLUMNS) + 1)]
    total: Counter[str] = sum(counts.values(), Counter())
    for name, found in [*counts.items(), ("all", total)]:
        rows.append(f"| {name} | {found.total()} | {' | '.join(str(found[column]) for column in COLUMNS)} |")
    return "\n".join(rows) + "\n"


def reasons(reports: Iterable[Report]) -> str:
    """The reasons of the refused cases."""
    counts = Counter(reason for report in reports if report.verdict == "refused" for reason in set(report.refused))
    return "Refused: " + ", ".join(f"{reason} {count}" for reason, count in counts.most_common()) + ".\n"


HEAD = """# The fixer's laboratory

Little projects under tests/cases, each with a probe. Good: the literal is gone, every file parses, the probe gives the
same answer when the program reads the embedded AWS (nothing set) and when it reads the recorded variables (no AWS to
be reached), bytes and syntax tree are equal outside the edits, no value is left or shown, a second run changes nothing.
Made by `python benchmarks/laboratory.py --variants`.
"""

VARIANTS_HEAD = """Each case with Python in it, in another form, where that is a valid program whose probe still works.
"""

if __name__ == "__main__":
    sys.exit(main())
