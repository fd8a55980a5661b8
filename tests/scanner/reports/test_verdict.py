from __future__ import annotations

import dataclasses

import pytest

from scanner.errors import Exit
from scanner.model import Confidence, Skipped, SuppressedBy, Suppression
from scanner.reports.verdict import verdict

GAP = (Skipped(path="x", reason="no such file", gap=True),)
BINARY = (Skipped(path="y", reason="binary"),)


@pytest.fixture
def finding(make):
    value = make.generated("a")
    return make.found(f'"{value}"', value)


def status(make, *findings, skipped=(), files=1, **changes):
    return verdict(make.result(*findings, skipped=skipped, files=files), make.context(**changes)).status


def test_what_does_not_count_does_not_fail(make, finding):
    assert (
        status(make, dataclasses.replace(finding, suppressed=Suppression(SuppressedBy.INLINE, "a reason"))) is Exit.OK
    )
    assert status(make, dataclasses.replace(finding, confidence=Confidence.LOW)) is Exit.OK
    assert status(make, dataclasses.replace(finding, introduced="before")) is Exit.OK
    assert status(make, finding, fail_on=None) is Exit.OK


def test_what_policy_skips_changes_nothing(make):
    assert status(make, skipped=BINARY) is Exit.OK


def test_what_policy_skips_is_a_gap_where_completeness_is_required(make):
    assert status(make, skipped=BINARY, require_complete=True) is Exit.NOT_SEEN


def test_a_finding_at_the_bound_fails(make, finding):
    medium = dataclasses.replace(finding, confidence=Confidence.MEDIUM)

    assert status(make, medium) is Exit.FINDINGS
    assert status(make, medium, fail_on=Confidence.HIGH) is Exit.OK
    assert (
        status(make, dataclasses.replace(finding, confidence=Confidence.LOW), fail_on=Confidence.LOW) is Exit.FINDINGS
    )


def test_old_findings_fail_when_asked_for(make, finding):
    assert status(make, dataclasses.replace(finding, introduced="before"), fail_on_old=True) is Exit.FINDINGS


def test_findings_go_before_gaps_and_both_are_said(make, finding):
    ending = verdict(make.result(finding, skipped=GAP), make.context())

    assert ending.status is Exit.FINDINGS
    assert ending.because == "1 finding of medium confidence or higher; also 1 gap"


def test_a_gap_alone_is_not_a_clean_scan(make):
    assert status(make, skipped=GAP) is Exit.NOT_SEEN


def test_a_scan_of_nothing_is_a_mistake_unless_it_can_be_meant(make):
    assert status(make, files=0) is Exit.NOT_SEEN
    assert status(make, files=0, nothing_is_fine=True) is Exit.OK


def test_where_all_was_skipped_nobody_is_sent_to_look_for_the_paths(make):
    binary = (Skipped(path="logo.png", reason="binary"),)
    said = verdict(make.result(skipped=binary, files=0), make.context())

    assert (said.status, said.because) == (Exit.NOT_SEEN, "every file was skipped")
    assert "check the paths" in verdict(make.result(files=0), make.context()).because
