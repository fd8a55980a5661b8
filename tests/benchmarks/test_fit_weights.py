"""The fit of the judge's weights: what it must not do, then what it does."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fit_weights.py"


@pytest.fixture(scope="module")
def fitting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fit_weights_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def rows_of(fitting: ModuleType, path: Path, *rows: tuple[str, str, str, list[str]]) -> list:
    lines = (
        json.dumps({"group": group, "class": "python", "label": label, "unit": unit, "evidence": evidence})
        for group, label, unit, evidence in rows
    )
    path.write_text("\n".join(lines) + "\n")
    return fitting.read(path)


def test_a_weight_without_rows_stays(fitting: ModuleType, tmp_path: Path) -> None:
    rows = rows_of(fitting, tmp_path / "rows", ("0a", "T", "x:1", ["name"]))
    assert fitting.fit(rows, {"name": 1.0, "other": -3.0}, 0.1)["other"] == -3.0


def test_a_weight_keeps_its_sign_whatever_the_rows_say(fitting: ModuleType, tmp_path: Path) -> None:
    rows = rows_of(fitting, tmp_path / "rows", *((f"0{n}", "T", f"x:{n}", ["name", "against"]) for n in range(9)))
    fitted = fitting.fit(rows, {"name": 1.0, "against": -2.0}, 0.01)
    assert fitted["against"] < 0 < fitted["name"]


def test_identifiers_are_no_rows_and_a_line_counts_once(fitting: ModuleType, tmp_path: Path) -> None:
    rows = rows_of(
        fitting,
        tmp_path / "rows",
        ("0a", "N", "x:1", ["name"]),
        ("0a", "T", "x:2", ["name"]),
        ("0a", "T", "x:2", ["name"]),
        ("0a", "F", "x:3", ["name"]),
    )
    assert [row.label for row in rows] == ["T", "F"]


def test_what_tells_true_from_false_gains_weight(fitting: ModuleType, tmp_path: Path) -> None:
    true = [(f"0{n}", "T", f"x:{n}", ["name", "random"]) for n in range(9)]
    false = [(f"0{n}", "F", f"y:{n}", ["name", "words"]) for n in range(9)]
    fitted = fitting.fit(
        rows_of(fitting, tmp_path / "rows", *true, *false), {"name": 2.0, "random": 1.0, "words": -1.0}, 0.1
    )
    assert fitted["random"] > 1.0
    assert fitted["words"] < -1.0


def test_the_figures_count_lines_and_not_findings(fitting: ModuleType, tmp_path: Path) -> None:
    rows = rows_of(
        fitting,
        tmp_path / "rows",
        ("0a", "T", "x:1", ["name"]),
        ("0a", "T", "x:1", ["name", "random"]),
        ("0b", "T", "x:2", ["words"]),
        ("0b", "F", "x:3", ["name"]),
    )
    weights = {"name": 3.0, "random": 2.0, "words": -1.0}
    figures = fitting.figures([(row, fitting.score(row, weights)) for row in rows])
    assert figures["python"].startswith("F1 0.500 (1/2, 1 wrong), high 1.000 of 1")
