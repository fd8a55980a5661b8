from __future__ import annotations

from scanner.reports.context import count, ordered


def test_findings_are_ordered_by_path_then_span(make):
    one, two = make.generated("one"), make.generated("two")
    page = f"{one} {two}"
    findings = [make.found(page, two, path="b"), make.found(page, one, path="b"), make.found(page, two, path="a")]

    assert [(f.path, f.span.start) for f in ordered(findings)] == [("a", 25), ("b", 0), ("b", 25)]


def test_counts_have_their_plural():
    assert (count(0, "gap"), count(1, "gap"), count(1200, "gap")) == ("0 gaps", "1 gap", "1,200 gaps")
