"""SARIF 2.1.0. test_published.py validates the output against OASIS's schema."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re

import pytest

from scanner.model import Confidence, Evidence, Skipped, SuppressedBy, Suppression
from scanner.reports import sarif


def run_of(make, *findings, result=None, **changes):
    log = json.loads("".join(sarif.render(result or make.result(*findings), make.context(**changes))))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


def every(node, key):
    """All values that stand under a key, at any depth."""
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == key)
        for value in node.values():
            yield from every(value, key)
    if isinstance(node, list):
        for value in node:
            yield from every(value, key)


def test_no_source_text_is_in_the_log(make):
    case = make.hostile()
    run = run_of(make, result=case.result, show_suppressed=True)

    for key in ("snippet", "contextRegion", "artifacts", "contents"):
        assert list(every(run, key)) == []


def test_a_clean_scan_has_an_empty_list_of_results(make):
    run = run_of(make)

    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["invocations"][0] == {
        "executionSuccessful": True,
        "exitCode": 0,
        "exitCodeDescription": "no finding of medium confidence or higher",
        "toolExecutionNotifications": [],
    }


def test_suppressed_findings_carry_a_suppression_and_live_ones_do_not(make):
    value = make.generated("a")
    live = make.found(f'"{value}"', value)
    inline = dataclasses.replace(live, path="b.py", suppressed=Suppression(SuppressedBy.INLINE, "a reason"))
    accepted = dataclasses.replace(
        live, path="c.py", suppressed=Suppression(SuppressedBy.BASELINE, "see Ann's comment on the marker")
    )

    assert len(run_of(make, live, inline, accepted)["results"]) == 1
    results = run_of(make, live, inline, accepted, show_suppressed=True)["results"]

    kinds = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: r.get("suppressions") for r in results}
    assert kinds["src/shop/db.py"] is None
    assert kinds["b.py"] == [{"kind": "inSource", "status": "accepted", "justification": "ignored inline: a reason"}]
    assert kinds["c.py"][0]["kind"] == "external"


def test_each_result_points_at_its_rule(make):
    value = make.generated("b")
    page = f'"{value}"'
    findings = [make.found(page, value, rule=rule, path=f"{rule}.py") for rule in ("z-rule", "a-rule", "m-rule")]

    run = run_of(make, *findings)

    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["a-rule", "m-rule", "z-rule"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_rule_says_how_to_rotate_and_where_help_is(make):
    value = make.generated("c")
    finding = make.found(f'"{value}"', value, rotate="https://example.com/rotate")

    (rule,) = run_of(make, finding)["tool"]["driver"]["rules"]

    assert rule["helpUri"] == "https://example.com/rotate"
    assert "https://example.com/rotate" in rule["help"]["text"]
    assert rule["name"] == "Psycopg2Connect"
    assert rule["shortDescription"]["text"] == "PostgreSQL password"
    assert rule["properties"]["security-severity"] == "8.0"


@pytest.mark.parametrize(
    ("severity", "confidence", "expected"),
    [
        pytest.param("critical", Confidence.LOW, "note", id="low confidence is a note whatever the severity"),
        pytest.param("low", Confidence.HIGH, "note", id="low severity is a note whatever the confidence"),
        pytest.param("high", Confidence.MEDIUM, "warning", id="medium confidence is a warning"),
        pytest.param("medium", Confidence.HIGH, "warning", id="medium severity is a warning"),
        pytest.param("high", Confidence.HIGH, "error", id="high in both is an error"),
    ],
)
def test_level(make, severity, confidence, expected):
    value = make.generated("d")
    finding = make.found(f'"{value}"', value, severity=severity, confidence=confidence)

    assert sarif.level(finding) == expected


def test_regions_count_code_points_and_places_are_the_fingerprint(make):
    value = make.generated("e", 10)
    finding = make.found(f'\U0001f511 = "{value}"', value)

    run = run_of(make, finding)

    assert run["columnKind"] == "unicodeCodePoints"
    (result,) = run["results"]
    assert result["partialFingerprints"] == {"unhardcodePlace/v1": finding.place}
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 16}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("a b/ü.py", "a%20b/%C3%BC.py", id="spaces and letters are encoded"),
        pytest.param("c:d/e.py", "c%3Ad/e.py", id="a colon does not look like a scheme"),
        pytest.param("100%/x#y?.py", "100%25/x%23y%3F.py", id="percent signs, hashes and question marks are encoded"),
        pytest.param("bad%FF%25FF.py", "bad%FF%25FF.py", id="what is no text is a byte, and so is its percent sign"),
        pytest.param("a\nb\x1b.py", "a%0Ab%1B.py", id="control characters are encoded"),
    ],
)
def test_paths_become_uri_references(make, path, uri):
    value = make.generated("f")

    (result,) = run_of(make, make.found(f'"{value}"', value, path=path))["results"]

    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": uri, "uriBaseId": "SRCROOT"}
    assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", location["uri"])


def test_the_base_is_the_scanned_folder_and_ends_in_a_slash(make):
    assert run_of(make)["originalUriBaseIds"] == {"SRCROOT": {"uri": "file:///srv/shop/"}}
    assert sarif.root_uri("/") == "file:///"
    assert sarif.root_uri("/a b") == "file:///a%20b/"


def test_gaps_are_error_notifications_and_make_the_run_unsuccessful(make):
    skipped = (Skipped(path="gone here", reason="no such file", gap=True), Skipped(path="x.png", reason="binary"))

    (invocation,) = run_of(make, result=make.result(skipped=skipped))["invocations"]

    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 3
    gap, note = invocation["toolExecutionNotifications"]
    assert (gap["level"], gap["message"]["text"]) == ("error", "not scanned: no such file")
    assert gap["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "gone%20here"
    assert note == {"level": "note", "message": {"text": "skipped: 1 binary"}}


def test_brackets_and_braces_in_messages_are_no_links_or_placeholders(make):
    value = make.generated("g")
    evidence = (Evidence(name="x", weight=1.0, text="see [this](http://x.test) {0}"),)

    (result,) = run_of(make, make.found(f'"{value}"', value, evidence=evidence))["results"]

    assert not set("[]{}") & set(result["message"]["text"])


def test_ten_thousand_findings_stay_within_githubs_limits(make):
    # https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
    value = make.generated("h")
    finding = make.found(f'"{value}"', value)
    many = [
        dataclasses.replace(
            finding,
            path=f"src/{make.generated(f'path {n // 10}')}.py",
            start=(n + 1, 1),
            place=make.generated(f"place {n}", 64),
            rule=f"rule-{n % 300}",
        )
        for n in range(10_000)
    ]

    page = "".join(sarif.render(make.result(*many), make.context()))

    assert len(gzip.compress(page.encode())) < 10_000_000
    (run,) = json.loads(page)["runs"]
    assert len(run["results"]) == 10_000 < 25_000
    assert len(run["tool"]["driver"]["rules"]) == 300
    assert all(len(rule["properties"]["tags"]) <= 10 for rule in run["tool"]["driver"]["rules"])
    assert all(len(r["locations"]) + len(r.get("relatedLocations", ())) <= 100 for r in run["results"])
