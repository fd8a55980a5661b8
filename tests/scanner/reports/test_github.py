from __future__ import annotations

import dataclasses
import re

import pytest

from scanner.model import Confidence, Skipped, SuppressedBy, Suppression
from scanner.reports import github, github_summary

COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)\n")


def commands_of(make, *findings, result=None, **changes):
    output = "".join(github.render(result or make.result(*findings), make.context(**changes)))
    found = [
        (level, dict(pair.split("=", 1) for pair in properties.split(",")), data)
        for level, properties, data in COMMAND.findall(output)
    ]
    assert len(found) == output.count("\n")
    return found


def page_of(make, *findings, result=None, **changes):
    return "".join(github_summary.render(result or make.result(*findings), make.context(**changes)))


def many(make, number):
    value = make.generated("many")
    finding = make.found(f'"{value}"', value)
    return [dataclasses.replace(finding, path=f"src/f{at}.py") for at in range(number)]


def test_a_clean_scan_annotates_nothing(make):
    assert commands_of(make) == [("notice", {"title": "unhardcode"}, "no finding of medium confidence or higher")]
    assert "✅" in page_of(make)


@pytest.mark.parametrize("path", ["a,line=1::error b.py", "a%0A::error::x.py", "a\n::stop-commands::x.py", "a:b.py"])
def test_no_name_of_a_file_gives_the_runner_a_command(make, path):
    value = make.generated("a")

    (error, _) = commands_of(make, make.found(f'"{value}"', value, path=path))

    assert error[0] == "error"
    assert set(error[1]) == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert "::" not in error[1]["file"]
    assert "," not in error[1]["file"]


@pytest.mark.parametrize(("path", "name"), [("caf%25C3%25A9.py", "caf%25C3%25A9.py"), ("caf%E9.py", "caf%25E9.py")])
def test_a_file_is_named_as_the_runner_finds_it(make, path, name):
    value = make.generated("a")

    (error, _) = commands_of(make, make.found(f'"{value}"', value, path=path))

    assert error[1]["file"] == name  # a percent sign is %25 in every command


def test_what_does_not_fail_the_scan_is_a_warning(make):
    value = make.generated("b")
    finding = make.found(f'"{value}"', value)
    old = dataclasses.replace(finding, path="old.py", introduced="before")
    unsure = dataclasses.replace(finding, path="low.py", confidence=Confidence.LOW)
    accepted = dataclasses.replace(finding, path="ok.py", suppressed=Suppression(SuppressedBy.BASELINE, "reason"))

    found = commands_of(make, finding, old, unsure, accepted, min_confidence=Confidence.LOW, show_suppressed=True)

    assert [(level, place.get("file")) for level, place, _ in found] == [
        ("error", "src/shop/db.py"),
        ("warning", "low.py"),
        ("warning", "old.py"),
        ("notice", None),
    ]


def test_what_could_not_be_seen_is_an_error(make):
    result = make.result(skipped=(Skipped(path="x.py", reason="not readable", gap=True),))

    assert commands_of(make, result=result)[0] == ("error", {"file": "x.py", "title": "not scanned"}, "not readable")
    assert "- x.py: not readable" in page_of(make, result=result)


def test_of_ten_thousand_findings_as_many_are_annotated_as_github_keeps(make):
    found = commands_of(make, *many(make, 10_000))

    assert [level for level, _, _ in found] == ["error"] * 10 + ["notice"]
    assert "9,990 annotations not shown" in found[-1][2]


def test_the_summary_of_ten_thousand_findings_fits(make):
    page = page_of(make, *many(make, 20_000))

    assert len(page.encode()) < 1_000_000
    assert re.search(r"[\d,]+ findings more: see the log", page)


def test_an_annotation_over_several_lines_has_no_columns(make):
    key = make.pem("k")

    (error, _) = commands_of(make, make.found(f'"{key}"', key))

    assert set(error[1]) == {"file", "line", "endLine", "title"}


@pytest.mark.parametrize(
    "path",
    [
        *("<img src=x>.py", "[a](https://e.example).py", "a|b.py", "`a`.py", "@somebody/a.py", "a&lt;b.py"),
        *("www.e.example/a.py", "WWW.e.example/a.py", "https://e.example/a.py"),
    ],
)
def test_no_name_of_a_file_is_markup_of_the_summary(make, path):
    value = make.generated("c")

    row = next(line for line in page_of(make, make.found(f'"{value}"', value, path=path)).splitlines() if ".py" in line)

    assert row.replace("\\|", "").count("|") == 6
    assert not re.search(r"(?<!\\)[<>&\[\]`]|@\w|www\.|[^\\]://", row, re.IGNORECASE)
