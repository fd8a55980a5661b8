"""Fit the weights of rules/judge.toml to labelled findings; print a proposal that a person reads.

usage: fit_weights.py ROWS... [--folds 5] [--prior 0.15 ...]

ROWS are files of benchmarks/detection/rows.py. The model is a logistic regression on the sum of weights: a score of
`MIDDLE` is an even chance. Each weight is drawn towards what it is now (`prior` says how strongly), keeps its sign, and
moves only as far as the rows make it. Folds are made of whole repositories; F1 is that of the rows left out, at scores
of 2 (medium, the default) and 4 (high). With several files each is also judged by weights fitted to the others alone.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

JUDGE = Path(__file__).parent.parent / "rules" / "judge.toml"
MIDDLE = 2.1
MEDIUM, HIGH = 2.0, 4.0
# What one row of each class of file counts, and one with each label. X is what CredData calls a placeholder or a test
# value: nobody wants it reported, but the yardstick does not count it.
CLASSES = {"python": 2.0, "dotenv": 2.0, "config": 1.0, "docs": 0.4, "other": 0.6}
LABELS = {"T": (1, 1.0), "F": (0, 1.0), "U": (0, 1.0), "X": (0, 0.12)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding: the repository, whether it is true, what it counts, and its evidence."""

    group: str
    label: str
    kind: str
    unit: str
    true: int
    weight: float
    evidence: tuple[str, ...]


def main() -> None:
    """Fit, cross-validate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--prior", type=float, nargs="+", default=[0.15])
    arguments = parser.parse_args()
    start = {weight["name"]: float(weight["weight"]) for weight in tomllib.loads(JUDGE.read_text())["weight"]}
    files = {path: read(path) for path in arguments.rows}
    for path, rows in files.items():
        print(f"{path}: {len(rows)} rows of {len({row.group for row in rows})} repositories")
        _print("as it is", [(row, score(row, start)) for row in rows])
        for prior in arguments.prior:
            _print(f"fitted with {prior:g}, held out", held_out(rows, start, arguments.folds, prior))
            others = [row for other, its in files.items() if other != path for row in its]
            if others:
                fitted = fit(others, start, prior)
                _print(f"fitted with {prior:g} to the other files", [(row, score(row, fitted)) for row in rows])
    rows = [row for its in files.values() for row in its]
    fitted = fit(rows, start, arguments.prior[0])
    seen = collections.Counter(name for row in rows for name in row.evidence)
    for name, weight in start.items():
        print(f"{name:<26}{weight:>7.2f} ->{fitted[name]:>7.2f}   {seen[name]:>5} rows")


def read(path: Path) -> list[Row]:
    """Read rows; several findings on one line with the same evidence and label count once."""
    found: dict[tuple[str, str, tuple[str, ...]], Row] = {}
    per_group: collections.Counter[str] = collections.Counter()
    for line in path.read_text().splitlines():
        raw = json.loads(line)
        if raw["label"] not in LABELS:
            continue
        true, weight = LABELS[raw["label"]]
        evidence = tuple(sorted(raw["evidence"]))
        row = Row(
            group=raw["group"],
            label=raw["label"],
            kind=raw["class"],
            unit=raw["unit"],
            true=true,
            weight=weight * CLASSES[raw["class"]],
            evidence=evidence,
        )
        found.setdefault((row.unit, row.label, evidence), row)
        per_group[row.group] += 1
    return list(found.values())


def fit(rows: Sequence[Row], start: dict[str, float], prior: float, rounds: int = 400) -> dict[str, float]:
    """Minimise log loss plus `prior` times the squared way from `start`, by gradient steps scaled per weight."""
    weights = dict(start)
    # A repository of hundreds of alike rows counts like its square root.
    sizes = collections.Counter((row.group, row.evidence, row.label) for row in rows)
    alike: dict[tuple[tuple[str, ...], int], float] = collections.defaultdict(float)
    for row in rows:
        alike[row.evidence, row.true] += row.weight / math.sqrt(sizes[row.group, row.evidence, row.label])
    curvature: dict[str, float] = collections.defaultdict(float)
    for (evidence, _), count in alike.items():
        for name in evidence:
            curvature[name] += count * 0.25 * len(evidence)
    for _ in range(rounds):
        slope: dict[str, float] = collections.defaultdict(float)
        for (evidence, true), count in alike.items():
            chance = 1 / (1 + math.exp(min(30.0, MIDDLE - sum(weights.get(name, 0.0) for name in evidence))))
            for name in evidence:
                slope[name] += count * (chance - true)
        for name, value in weights.items():
            step = (slope[name] + 2 * prior * (value - start[name])) / (curvature[name] + 2 * prior)
            moved = value - step
            weights[name] = moved if moved * start[name] > 0 or start[name] == 0 else math.copysign(0.05, start[name])
    return weights


def score(row: Row, weights: dict[str, float]) -> float:
    """The sum of the evidence's weights."""
    return sum(weights.get(name, 0.0) for name in row.evidence)


def held_out(rows: Sequence[Row], start: dict[str, float], folds: int, prior: float) -> list[tuple[Row, float]]:
    """Every row with its score by weights that were fitted to the repositories of other folds."""
    groups = sorted({row.group for row in rows}, key=lambda group: hash_of(group))
    scored: list[tuple[Row, float]] = []
    for fold in range(folds):
        out = set(groups[fold::folds])
        fitted = fit([row for row in rows if row.group not in out], start, prior)
        scored += [(row, score(row, fitted)) for row in rows if row.group in out]
    return scored


def _print(name: str, scored: Sequence[tuple[Row, float]]) -> None:
    print(f"  {name}: " + "; ".join(f"{kind} {each}" for kind, each in figures(scored).items()), flush=True)


def hash_of(group: str) -> int:
    """A stable order that has nothing to do with names."""
    return int(group, 16) * 2654435761 % 2**32


def figures(scored: Iterable[tuple[Row, float]]) -> dict[str, str]:
    """F1 over what was found at all, at medium, and precision at high, for Python and for all that configures."""
    scored = list(scored)
    wanted = {"python": {"python"}, "py+env+cfg": {"python", "dotenv", "config"}, "all": set(CLASSES)}
    return {name: _figures([each for each in scored if each[0].kind in kinds]) for name, kinds in wanted.items()}


def _figures(scored: Sequence[tuple[Row, float]]) -> str:
    true = {row.unit for row, _ in scored if row.label == "T"}
    found = {row.unit for row, points in scored if row.label == "T" and points >= MEDIUM}
    wrong = {row.unit for row, points in scored if row.label in "FU" and points >= MEDIUM} - true
    f1 = 2 * len(found) / (len(true) + len(found) + len(wrong)) if found else 0.0
    at_high = {row.unit for row, points in scored if row.label == "T" and points >= HIGH}
    wrong_at_high = {row.unit for row, points in scored if row.label in "FUX" and points >= HIGH} - true
    precision = len(at_high) / max(1, len(at_high) + len(wrong_at_high))
    return f"F1 {f1:.3f} ({len(found)}/{len(true)}, {len(wrong)} wrong), high {precision:.3f} of {len(at_high)}"


if __name__ == "__main__":
    main()
