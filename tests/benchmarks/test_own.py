"""The own corpus: its labels are well formed and hold no value; a place is scored as it should be."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parents[2] / "benchmarks" / "detection"
CLASSES = {"credential", "test-credential", "placeholder-or-example", "not-a-credential"}


@pytest.fixture(scope="module")
def own() -> ModuleType:
    sys.path.insert(0, str(HERE))
    try:
        spec = importlib.util.spec_from_file_location("own", HERE / "own.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(HERE))
    return module


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines()[1:]]


def test_no_label_holds_more_than_a_place_a_digest_and_a_class() -> None:
    for row in rows("labels.tsv"):
        assert len(row) == 5
        assert row[2].isdecimal()
        assert re.fullmatch(r"[0-9a-f]{32}", row[3])
        assert row[4] in CLASSES


def test_no_place_is_labelled_twice_and_all_are_of_pinned_distributions() -> None:
    labels, pinned = rows("labels.tsv"), {row[0] for row in rows("distributions.tsv")}
    places = [(row[1], row[2]) for row in labels]
    assert len(places) == len(set(places)) >= 800
    assert {row[0] for row in labels} <= pinned
    assert len(pinned) >= 40


def test_every_distribution_is_pinned_by_version_and_hash() -> None:
    for name, version, file, sha256, rate in rows("distributions.tsv"):
        assert name
        assert version
        assert file.endswith((".tar.gz", ".zip"))
        assert re.fullmatch(r"[0-9a-f]{64}", sha256)
        assert 0 < float(rate) <= 1


def test_a_line_that_changed_or_went_has_another_digest(own: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("first\n  second\n")
    before = own.digest(tmp_path, "a.py", 2)
    (tmp_path / "a.py").write_text("first\nsecond \n")
    assert own.digest(tmp_path, "a.py", 2) == before
    (tmp_path / "a.py").write_text("first\nthird\n")
    assert own.digest(tmp_path, "a.py", 2) != before != own.digest(tmp_path, "a.py", 9)


@pytest.mark.parametrize(
    ("path", "test"),
    [
        pytest.param("tests-1.0/src/shop.py", False, id="the distribution's own name says nothing"),
        pytest.param("a-1.0/a/latest.py", False, id="a word that only ends in test"),
        pytest.param("a-1.0/a/tests/shop.py", True, id="a folder of tests"),
        pytest.param("a-1.0/a/test_shop.py", True, id="a test module"),
        pytest.param("a-1.0/a/shop_test.py", True, id="a test module by its end"),
        pytest.param("a-1.0/conftest.py", True, id="fixtures of pytest"),
    ],
)
def test_what_is_test_code(own: ModuleType, path: str, *, test: bool) -> None:
    assert own.is_test(path) is test


def test_neutral_classes_count_neither_way_and_a_finding_covers_all_its_lines(own: ModuleType) -> None:
    verdicts = ["credential", "credential", "test-credential", "placeholder-or-example", "not-a-credential"]
    labels = [own.Label("d", "d-1/a.py", line, "", verdict) for line, verdict in enumerate(verdicts, 1)]
    row = own._row("tool", labels, {own.Place("d-1/a.py", 2, 5), own.Place("d-1/b.py", 1, 1)}, 0.0)
    assert row.split(" | ")[1:4] == ["4", "0.50 / 0.50 / **0.500**", "0.50 / 0.50 / **0.500**"]
    assert own._hit(labels, ()) == []
