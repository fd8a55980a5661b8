from __future__ import annotations

import dataclasses

from scanner.model import Confidence, Evidence, Finding, SuppressedBy, Suppression
from scanner.reports import explain


def explained(finding: Finding, page: str | None) -> str:
    return "".join(explain.render([finding], {finding.path: page}.get, others=[finding]))


def test_a_text_that_is_not_at_hand_is_said(make):
    value = make.generated("a")
    finding = make.found(f'"{value}"', value)

    assert "the line is not shown" in explained(finding, None)


def test_all_evidence_is_printed_signed_and_adds_up_to_the_score(make):
    value = make.generated("b")
    weights = {"sink": 4.5, "env-default": 0.3, "test-path": -1.5, "comment": -0.5}
    evidence = tuple(Evidence(name=name, weight=weight, text=f"about {name}") for name, weight in weights.items())
    page = f'connect(password="{value}")\n'
    finding = make.found(page, value, evidence=evidence, score=2.8, confidence=Confidence.MEDIUM)

    lines = explained(finding, page).splitlines()

    at = next(number for number, line in enumerate(lines) if "sink " in line)
    assert lines[at : at + 6] == [
        "    +4.5  sink                   about sink",
        "    +0.3  env-default            about env-default",
        "    -0.5  comment                about comment",
        "    -1.5  test-path              about test-path",
        "  ------",
        "    +2.8  sum of the evidence",
    ]
    assert lines[-1] == "medium confidence (high from 4, medium from 2, low from 0; below 0 not reported)"
    assert '  1 | connect(password="…")' in lines


def test_a_score_that_is_not_the_sum_is_said(make):
    value = make.generated("c")
    finding = dataclasses.replace(make.found(f'"{value}"', value), score=1.0)

    assert "    +1.0  score after limits\n" in explained(finding, None)


def test_a_sum_below_zero_is_no_confidence_at_all(make):
    value = make.generated("e")
    evidence = (Evidence(name="template", weight=-8, text="about template"),)
    finding = make.found(f'"{value}"', value, evidence=evidence, score=-8.0, confidence=Confidence.LOW)

    assert "\nno confidence (high from 4, medium from 2, low from 0;" in explained(finding, None)


def test_a_suppressed_finding_gives_its_reason(make):
    value = make.generated("d")
    finding = make.found(f'"{value}"', value, suppressed=Suppression(SuppressedBy.INLINE, "known"))

    assert explained(finding, None).endswith("\nsuppressed: ignored inline: known\n")


def test_neighbours_on_the_line_are_masked(make):
    one, two = "hunter2-" + "x", "s3cret" + "-y"
    page = f'a, b = "{one}", "{two}"\n'
    first, second = make.found(page, one), make.found(page, two)

    output = "".join(explain.render([first], {first.path: page}.get, others=[first, second]))

    assert 'a, b = "…", "…"' in output
