"""GitLab's report, against what version 15.0.4 of its schema asks of each field that we write.

The published file itself is in no package that a test could ask for. Where somebody has it, GITLAB_SCHEMA names it:
then test_published.py validates against it, and a test below sees that what stands here is no laxer.

https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/blob/v15.0.4/dist/secret-detection-report-format.json
"""

from __future__ import annotations

import copy
import dataclasses
import json
import os
from pathlib import Path

import jsonschema
import pytest

from scanner.model import Commit, Skipped, SuppressedBy, Suppression
from scanner.reports import gitlab

TEXT = {"type": "string", "minLength": 1}
TOOL = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "version": TEXT,
        "vendor": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
    },
}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
URL = {"type": "string", "pattern": "^https?://.+"}
SCHEMA = {
    "type": "object",
    "required": ["scan", "version", "vulnerabilities"],
    "properties": {
        "version": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
        "schema": URL,
        "scan": {
            "type": "object",
            "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
            "properties": {
                "type": {"enum": ["secret_detection"]},
                "status": {"enum": ["success", "failure"]},
                "start_time": TIME,
                "end_time": TIME,
                "scanner": TOOL,
                "analyzer": TOOL,
                "messages": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["level", "value"],
                        "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": TEXT},
                    },
                },
            },
        },
        "vulnerabilities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": TEXT,
                    "name": {"type": "string", "maxLength": 255},
                    "description": {"type": "string", "maxLength": 1_048_576},
                    "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                    "solution": {"type": "string", "maxLength": 7000},
                    "identifiers": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["type", "name", "value"],
                            "properties": {"type": TEXT, "name": TEXT, "value": TEXT, "url": URL},
                        },
                    },
                    "links": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["url"],
                            "properties": {"name": {"type": "string"}, "url": URL},
                        },
                    },
                    "location": {
                        "type": "object",
                        "required": ["commit"],
                        "properties": {
                            "file": {"type": "string"},
                            "start_line": {"type": "number"},
                            "end_line": {"type": "number"},
                            "commit": {
                                "type": "object",
                                "required": ["sha"],
                                "properties": {"sha": TEXT, "author": {"type": "string"}, "date": {"type": "string"}},
                            },
                        },
                    },
                    "tracking": {
                        "type": "object",
                        "required": ["items"],
                        "properties": {
                            "type": {"const": "source"},
                            "items": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["signatures"],
                                    "properties": {
                                        "file": {"type": "string"},
                                        "start_line": {"type": "number"},
                                        "end_line": {"type": "number"},
                                        "signatures": {
                                            "type": "array",
                                            "minItems": 1,
                                            "items": {
                                                "type": "object",
                                                "required": ["algorithm", "value"],
                                                "properties": {
                                                    "algorithm": {"type": "string"},
                                                    "value": {"type": "string"},
                                                },
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def fields(node):
    """The names of all fields of a report, at any depth."""
    if isinstance(node, dict):
        return set(node).union(*map(fields, node.values()))
    return set().union(*map(fields, node)) if isinstance(node, list) else set()


def known(schema):
    """The names of all fields that a schema describes."""
    inside = [known(part) for part in schema.get("properties", {}).values()]
    return set(schema.get("properties", {})).union(*inside, known(schema["items"]) if "items" in schema else set())


def spoilt(node, whole=None, path=()):
    """Copies of a report, each with one field, at any depth, left out or with something else in its place."""
    whole = node if whole is None else whole
    for key, below in list(node.items() if isinstance(node, dict) else enumerate(node)):
        for other in ([], {}, "", "x", 7, None, KeyError):
            page = copy.deepcopy(whole)
            place = page
            for step in path:
                place = place[step]
            if other is KeyError:
                del place[key]
            else:
                place[key] = other
            yield (*path, key), other, page
        if isinstance(below, dict | list):
            yield from spoilt(below, whole, (*path, key))


def report_of(make, *findings, result=None, **changes):
    report = json.loads("".join(gitlab.render(result or make.result(*findings), make.context(**changes))))
    jsonschema.validate(report, SCHEMA)
    return report


def test_a_clean_scan_has_no_vulnerabilities(make):
    report = report_of(make)

    assert report["vulnerabilities"] == []
    assert report["scan"]["status"] == "success"


def test_a_scan_with_gaps_is_no_success(make):
    result = make.result(skipped=(Skipped(path="x.py", reason="not readable", gap=True),))

    scan = report_of(make, result=result)["scan"]

    assert scan["status"] == "failure"
    assert "not scanned: x.py: not readable" in [message["value"] for message in scan["messages"]]


def test_what_was_accepted_is_no_vulnerability(make):
    value = make.generated("a")
    accepted = make.found(f'"{value}"', value, suppressed=Suppression(SuppressedBy.BASELINE, "a reason"))

    assert report_of(make, accepted, show_suppressed=True)["vulnerabilities"] == []


def test_no_extract_of_the_source_is_in_the_report(make):
    value = make.generated("b")
    page = f'connect(user="somebody", password="{value}")\n'

    report = report_of(make, make.found(page, value), documents={"src/shop/db.py": page}.get)

    assert "somebody" not in json.dumps(report)
    assert "raw_source_code_extract" not in report["vulnerabilities"][0]


def test_ids_stay_when_lines_move_and_tell_commits_apart(make):
    value = make.generated("c")
    finding = make.found(f'"{value}"', value)
    moved = dataclasses.replace(finding, start=(9, 1), end=(9, 20))
    commit = Commit(id="c" * 40, author="A", date="2026-01-02T03:04:05+00:00", path="src/shop/db.py")
    past = dataclasses.replace(finding, commit=commit)

    (one,), (two,), (three,) = (report_of(make, each)["vulnerabilities"] for each in (finding, moved, past))

    assert one["id"] == two["id"] != three["id"]
    assert one["location"]["commit"] == {"sha": "0000000"}
    assert three["location"]["commit"]["sha"] == "c" * 40


def test_the_times_are_those_of_the_scan(make):
    scan = report_of(make, started=0.0, ended=lambda: 61.0)["scan"]

    assert (scan["start_time"], scan["end_time"]) == ("1970-01-01T00:00:00", "1970-01-01T00:01:01")


def test_no_field_is_written_that_the_schema_above_does_not_know(make):
    value = make.generated("e")
    commit = Commit(id="c" * 40, author="A", date="2026-01-02T03:04:05+00:00", path="src/shop/db.py")
    finding = make.found(f'"{value}"', value, commit=commit, rotate="https://example.com/rotate")
    gap = Skipped(path="x.py", reason="not readable", gap=True)

    report = report_of(make, result=make.result(finding, skipped=(gap,)))

    assert fields(report) <= known(SCHEMA)


@pytest.mark.slow
def test_the_schema_above_accepts_nothing_that_the_published_one_refuses(make):
    file = os.environ.get("GITLAB_SCHEMA")
    if file is None:
        pytest.skip("GITLAB_SCHEMA names no file")
    published = jsonschema.Draft7Validator(json.loads(Path(file).read_text(encoding="utf-8")))
    own = jsonschema.Draft7Validator(SCHEMA)
    value = make.generated("f")
    commit = Commit(id="c" * 40, author="A", date="2026-01-02T03:04:05+00:00", path="src/shop/db.py")
    finding = make.found(f'"{value}"', value, commit=commit, rotate="https://example.com/rotate")
    gap = Skipped(path="x.py", reason="not readable", gap=True)

    pages = list(spoilt(report_of(make, result=make.result(finding, skipped=(gap,)))))

    refused = [page for page in pages if not published.is_valid(page[-1])]
    assert [page[:-1] for page in refused if own.is_valid(page[-1])] == []
    assert len(refused) > 100


def test_a_file_is_named_as_git_knows_it(make):
    value = make.generated("d")

    (one,) = report_of(make, make.found(f'"{value}"', value, path="caf%25C3%25A9.py"))["vulnerabilities"]

    assert {one["location"]["file"], one["tracking"]["items"][0]["file"]} == {"caf%C3%A9.py"}


def test_long_titles_are_cut(make):
    value = make.generated("d")

    (one,) = report_of(make, make.found(f'"{value}"', value, title="t" * 400))["vulnerabilities"]

    assert len(one["name"]) == 255
