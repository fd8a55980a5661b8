from __future__ import annotations

import dataclasses
import json as standard
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.model import RefusalReason, Safety
from scanner.model import Commit, Confidence, CredentialKind, Evidence, SuppressedBy, Suppression
from scanner.reports import json, jsonl
from scanner.reports.context import FixNote

DOCS = Path(__file__).parents[3] / "docs"
KEYS = [
    *("fingerprint", "place", "rule", "title", "kind", "confidence", "severity", "path", "tracked"),
    *("start_line", "start_column", "end_line", "end_column", "masked", "evidence"),
    *("commit", "in_head", "introduced", "suppressed", "fix"),
]


@pytest.fixture(scope="module")
def schema():
    return standard.loads((DOCS / "scan.schema.json").read_text("utf-8"))


def rendered(make, *findings, **changes):
    return standard.loads("".join(json.render(make.result(*findings), make.context(**changes))))


def test_a_scan_without_findings_is_still_one_whole_object(make, schema):
    report = rendered(make)

    jsonschema.validate(report, schema)
    assert report["findings"] == []


def test_what_is_not_sure_enough_and_what_is_suppressed_is_left_out(make):
    page = f'connect("{make.generated("a")}")'
    value = make.generated("a")
    sure = make.found(page, value)
    weak = dataclasses.replace(sure, confidence=Confidence.LOW)
    hidden = dataclasses.replace(sure, suppressed=Suppression(SuppressedBy.INLINE, "a reason"))

    assert rendered(make, weak, hidden)["findings"] == []
    assert len(rendered(make, weak, hidden, min_confidence=Confidence.LOW)["findings"]) == 1


def test_suppressed_findings_are_shown_on_request_however_unsure(make):
    value = make.generated("a")
    hidden = make.found(f'"{value}"', value, suppressed=Suppression(SuppressedBy.EVIDENCE), confidence=Confidence.LOW)

    [only] = rendered(make, hidden, show_suppressed=True)["findings"]
    assert only["suppressed"] == "the evidence against it is stronger"


def test_every_variant_fits_the_published_schema(make, schema):
    case = make.hostile()
    notes = {
        case.result.findings[0].place: FixNote(safety=Safety.REVIEW),
        case.result.findings[1].place: FixNote(refusal=RefusalReason.KEY_FILE),
    }
    context = make.context(case.texts, show_suppressed=True, fixes=notes)

    report = standard.loads("".join(json.render(case.result, context)))

    jsonschema.validate(report, schema)
    fixes = {f["place"]: f["fix"] for f in report["findings"]}
    assert fixes[case.result.findings[0].place] == {"safety": "review", "refusal": None}
    assert fixes[case.result.findings[1].place] == {"safety": None, "refusal": "key-file"}
    assert fixes[case.result.findings[2].place] is None


TEXTS = st.text(max_size=12) | st.sampled_from(["\x1b[31m", "a\u2028b", "::error::", "\ud800", "é/ü.py", "<b>&'\""])


@st.composite
def any_findings(draw: st.DrawFn, make) -> list:
    """Ten findings, each field of which is anything that it can be."""
    value = make.generated("f")
    plain = make.found(f'"{value}"', value)
    commits = st.none() | st.builds(Commit, id=st.just("c" * 40), author=TEXTS, date=TEXTS, path=TEXTS)
    return [
        dataclasses.replace(
            plain,
            path=draw(TEXTS) or "a",
            rule=draw(TEXTS) or "r",
            title=draw(TEXTS),
            kind=draw(st.sampled_from(CredentialKind)),
            confidence=draw(st.sampled_from(Confidence)),
            severity=draw(st.sampled_from(["low", "medium", "high", "critical"])),
            evidence=tuple(draw(st.lists(st.builds(Evidence, name=TEXTS, weight=st.floats(-9, 9), text=TEXTS)))),
            prefix=draw(st.sampled_from(["", value[:4]])),
            place=f"{number:032x}",
            tracked=draw(st.sampled_from([True, False, None])),
            commit=draw(commits),
            in_head=draw(st.sampled_from([True, False, None])),
            introduced=draw(st.sampled_from(["range", "before", None])),
            suppressed=draw(st.none() | st.builds(Suppression, st.sampled_from(SuppressedBy), TEXTS)),
        )
        for number in range(10)
    ]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_printed_of_any_finding_is_what_the_schema_says(make, schema, data):
    findings = data.draw(any_findings(make))
    context = make.context(show_suppressed=True, min_confidence=Confidence.LOW)
    output = "".join(json.render(make.result(*findings), context))
    report = standard.loads(output)

    jsonschema.Draft202012Validator(schema).validate(report)
    assert len(report["findings"]) == len(findings)
    assert make.generated("f") not in output
    lines = "".join(jsonl.render(make.result(*findings), context)).splitlines()
    assert [standard.loads(line) for line in lines[1:]] == report["findings"]


def test_the_schema_knows_exactly_the_words_and_keys_of_the_model(schema):
    finding = schema["$defs"]["finding"]

    assert list(finding["properties"]) == KEYS == finding["required"]
    assert finding["properties"]["kind"]["enum"] == [str(kind) for kind in CredentialKind]
    assert finding["properties"]["fix"]["properties"]["safety"]["enum"] == [*map(str, Safety), None]


def test_keys_stand_in_the_documented_order(make):
    value = make.generated("b")
    report = rendered(make, make.found(f'connect("{value}")', value))

    assert list(report) == ["schema", "tool", "coverage", "findings"]
    assert list(report["findings"][0]) == KEYS


def test_positions_count_code_points_and_the_end_is_one_after(make):
    value = make.generated("c", 10)
    page = f'# \U0001f511\u2028\r\nk = "\U0001f511", "{value}"\r\n'

    (finding,) = rendered(make, make.found(page, value))["findings"]

    assert (finding["start_line"], finding["start_column"]) == (2, 11)
    assert (finding["end_line"], finding["end_column"]) == (2, 21)


def test_findings_are_sorted_and_the_output_is_ascii_and_the_same_twice(make):
    values = [make.generated(str(n), 12) for n in range(3)]
    page = " ".join(f'"{value}"' for value in values)
    findings = [make.found(page, value, path=f"ü{number}.py") for number, value in enumerate(values)]

    forwards = "".join(json.render(make.result(*findings), make.context()))
    backwards = "".join(json.render(make.result(*reversed(findings)), make.context()))

    assert forwards == backwards
    assert forwards.isascii()
    assert [f["path"] for f in standard.loads(forwards)["findings"]] == ["ü0.py", "ü1.py", "ü2.py"]


def test_lone_surrogates_become_replacement_characters(make):
    value = make.generated("d")
    commit = Commit(id="a" * 40, author="A\udcff", date="2026-01-02T03:04:05+00:00", path="x")

    report = rendered(make, make.found(f'"{value}"', value, commit=commit))

    assert report["findings"][0]["commit"]["author"] == "A\ufffd"


def test_the_masked_form_is_the_public_prefix_and_an_ellipsis(make):
    value = "tk_live_" + make.generated("e")

    report = rendered(make, make.found(f'"{value}"', value, prefix="tk_live_"))

    assert report["findings"][0]["masked"] == "tk_live_…"


def test_the_example_in_the_documentation_has_the_documented_keys():
    text = (DOCS / "json.md").read_text("utf-8")

    example = standard.loads(text.split("```json\n")[1].split("```")[0])

    assert list(example["findings"][0]) == KEYS
