"""JUnit XML. Jenkins' schema does not say what is restated here: test_published.py validates against it."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

import pytest

from scanner.model import Confidence, Skipped, SuppressedBy, Suppression
from scanner.reports import junit

ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"message"},
}
INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
}


def tree_of(make, *findings, result=None, **changes):
    root = ET.fromstring("".join(junit.render(result or make.result(*findings), make.context(**changes))))
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= INSIDE[element.tag]
    for suite in root:
        for kind, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(kind, len(list(suite.iter(tag))))) == len(list(suite.iter(tag)))
    return root


def test_a_clean_scan_is_one_passed_test(make):
    (case,) = tree_of(make).iter("testcase")

    assert case.get("name") == "no hardcoded credentials"
    assert list(case) == []


def test_what_could_not_be_seen_is_an_error_and_no_passed_test(make):
    result = make.result(skipped=(Skipped(path="x.py", reason="not readable", gap=True),))

    (case,) = tree_of(make, result=result).iter("testcase")

    assert (case.get("name"), case[0].tag, case[0].get("message")) == ("x.py", "error", "not readable")


def test_what_does_not_fail_the_scan_fails_no_test(make):
    value = make.generated("a")
    finding = make.found(f'"{value}"', value)
    old = dataclasses.replace(finding, introduced="before")
    accepted = dataclasses.replace(finding, path="b.py", suppressed=Suppression(SuppressedBy.BASELINE, "a reason"))
    unsure = dataclasses.replace(finding, path="c.py", confidence=Confidence.LOW)

    root = tree_of(make, old, accepted, unsure, show_suppressed=True, min_confidence=Confidence.LOW)

    assert len(list(root.iter("skipped"))) == 3
    assert list(root.iter("failure")) == []


def test_a_finding_is_a_failed_test_that_says_what_to_do(make):
    value = make.generated("b")

    root = tree_of(make, make.found(f'"{value}"', value, rotate="https://example.com/rotate"))

    (failure,) = root.iter("failure")
    assert failure.get("type") == "psycopg2-connect"
    assert "rotate it: https://example.com/rotate" in failure.text
    assert "# unhardcode: ignore[psycopg2-connect] reason" in failure.text


@pytest.mark.parametrize("path", ['a"<&>.py', "a\ud800\ufffe\uffff.py", "a\x00\x0b\x1b.py", "]]>.py"])
def test_no_name_of_a_file_breaks_the_document(make, path):
    value = make.generated("c")

    root = tree_of(make, make.found(f'"{value}"', value, path=path))

    assert len(list(root.iter("failure"))) == 1
