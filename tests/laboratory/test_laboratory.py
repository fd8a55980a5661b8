"""Every case under tests/cases, migrated for real against an embedded AWS and run again.

A case is good if its probes give the same answers from the store and from the recorded variables, nothing outside the
edits changed, no value is left or shown, and a second run changes nothing; else it must be refused as it says.
"""

from __future__ import annotations

import ast
import dataclasses
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_cases import Case, read_cases
from lab_run import Report, compare, expected, respliced, run_all, same_tree, under_run
from lab_variants import VARIANTS, variants

from fixers.emulator import embedded_aws
from fixers.model import Edit
from fixers.stores.model import Endpoint
from scanner.model import Span

CASES = {case.name: case for case in read_cases()}
# A third of the cases and every so many-th variant are in the fast tier, always the same ones.
QUICK = [case for case in CASES.values() if zlib.crc32(case.name.encode()) % 3 == 0]
_SAMPLED = 150


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as found:
        yield found


@pytest.fixture(scope="module")
def reports(endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return run_all(QUICK, tmp_path_factory.mktemp("cases"), endpoint, git=8)


# --- the checks themselves ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 'a'\ny = 1\n", "x = get_secret_value('n', env='E')\ny = 2\n"),
        ("x = f(1)\n", "x = get_secret_value('n', env='E')(1)\n"),
        ("x = 'a'\n", "import os\nx = get_secret_value('n', env='E')\n"),
        ("x = 'a'\n", "x = other('n')\n"),
        ("x = 'a'\ny = 'b'\n", "x = get_secret_value('n', env='E')\n"),
        ("def f(a='b'): pass\n", "def f(c=get_secret_value('n', env='E')): pass\n"),
    ],
)
def test_a_change_outside_the_strings_is_seen(before: str, after: str) -> None:
    assert not same_tree(ast.parse(before), ast.parse(after))
    assert same_tree(ast.parse(before), ast.parse(before))


def test_bytes_outside_the_edits_are_compared_in_the_files_own_encoding() -> None:
    raw = "# -*- coding: latin-1 -*-\r\nx = 'ä' 'b'\r\n".encode("latin-1")
    edit = Edit(path="a.py", span=Span(35, 38), expects="", new="f()")
    assert respliced(raw, [edit], "a.py") == "# -*- coding: latin-1 -*-\r\nx = 'ä' f()\r\n".encode("latin-1")


def test_another_answer_is_wrong(tmp_path: Path) -> None:
    report = Report(case=CASES["assignments/module-constant"], folder=tmp_path)
    compare(report, "read from the store", ["1"], ["1"])
    assert report.wrong == []
    compare(report, "read from the store", ["1"], ["2"])
    compare(report, "read from the store", ["1"], [])
    assert len(report.wrong) == 2


def test_an_unexpected_end_is_wrong(tmp_path: Path) -> None:
    report = Report(case=CASES["assignments/module-constant"], folder=tmp_path, refused=("dynamic",), verdict="refused")
    assert list(expected(report))
    report.case = dataclasses.replace(report.case, expect="refused:comment")
    assert list(expected(report))
    report.case = dataclasses.replace(report.case, expect="refused:dynamic")
    assert not list(expected(report))


# --- the cases ----------------------------------------------------------------------------------------------


def test_there_are_enough_cases_of_every_kind() -> None:
    kinds = Counter(case.kind for case in CASES.values())
    assert kinds.total() >= 350
    assert min(kinds.values()) >= 4


@pytest.mark.parametrize("case", QUICK, ids=lambda case: f"{case.name}: {case.title}")
def test_a_case_ends_as_it_says(case: Case, reports: dict[str, Report]) -> None:
    assert list(expected(reports[case.name])) == []


def test_none_is_broken_or_rewritten_in_part(reports: dict[str, Report]) -> None:
    assert not [name for name, report in reports.items() if report.verdict in ("broken", "partly")]


def test_a_program_under_run_reads_the_same_from_a_migrated_env_file(endpoint: Endpoint, tmp_path: Path) -> None:
    check_under_run(["dotenv/double-quoted", "refusals/dotenv-via-run"], endpoint, tmp_path)


@pytest.mark.slow
def test_every_migrated_env_file_serves_a_program_under_run(endpoint: Endpoint, tmp_path: Path) -> None:
    fixed = [case for case in CASES.values() if case.kind == "dotenv" and case.expect == "fixed"]
    # With several such files it is for whoever starts the program to say which one counts.
    alone = [case.name for case in fixed if [path for path in case.files if ".env" in path] == [case.env_file]]
    assert len(alone) > 20
    check_under_run(alone, endpoint, tmp_path)


def check_under_run(names: list[str], endpoint: Endpoint, folder: Path) -> None:
    reports = run_all([CASES[name] for name in names], folder, endpoint)
    wrong = {
        name: list(expected(report))
        for name, report in reports.items()
        if list(expected(report)) or under_run(report, endpoint) != report.before[: len(report.case.probes)]
    }
    assert wrong == {}


@pytest.mark.slow
def test_every_case_in_a_repository_ends_as_it_says(endpoint: Endpoint, tmp_path: Path) -> None:
    reports = run_all(list(CASES.values()), tmp_path, endpoint)
    assert {name: why for name, report in reports.items() if (why := list(expected(report)))} == {}
    fixable = [report for report in reports.values() if report.case.expect == "fixed"]
    assert sum(report.verdict == "good" for report in fixable) >= 0.95 * len(fixable) >= 250


def test_a_sample_of_the_variants_ends_as_the_plain_cases_do(endpoint: Endpoint, tmp_path: Path) -> None:
    every = [variant for case in CASES.values() for variant in variants(case)]
    check_variants(every[::_SAMPLED], endpoint, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", VARIANTS)
def test_every_variant_ends_as_the_plain_cases_do(form: str, endpoint: Endpoint, tmp_path: Path) -> None:
    every = [variant for case in CASES.values() for variant in variants(case) if variant.name.endswith(f"@{form}")]
    assert len(every) > 100
    check_variants(every, endpoint, tmp_path)


def check_variants(chosen: list[Case], endpoint: Endpoint, folder: Path) -> None:
    reports = run_all(chosen, folder, endpoint, git=20)
    judged = {name: report for name, report in reports.items() if report.verdict != "not-applicable"}
    assert len(judged) > 0.8 * len(reports)
    wrong = {name: list(expected(report)) for name, report in judged.items()}
    assert {name: why for name, why in wrong.items() if why} == {}
