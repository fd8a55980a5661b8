from __future__ import annotations

import pytest

from scanner.reports.context import count, line_at, ordered


@pytest.mark.parametrize(
    ("page", "line", "expected"),
    [
        pytest.param("", 0, "", id="there is no line zero"),
        pytest.param("a\nb", 3, "", id="there is no line after the last"),
        pytest.param("", 1, "", id="an empty text has one empty line"),
        pytest.param("a\r\nb\rc\nd", 3, "c", id="CR LF, CR and LF end lines"),
        pytest.param(
            "a\u2028b\x0bc\x0cd\x85e\x1cf\ng", 1, "a\u2028b\x0bc\x0cd\x85e\x1cf", id="nothing else ends lines"
        ),
        pytest.param("a\n", 2, "", id="a last line end starts an empty line"),
        pytest.param("a\r\n\r\nb", 2, "", id="an empty line between CR LF"),
    ],
)
def test_line_at(page, line, expected):
    assert line_at(page, line) == expected


def test_findings_are_ordered_by_path_then_span(make):
    one, two = make.generated("one"), make.generated("two")
    page = f"{one} {two}"
    findings = [make.found(page, two, path="b"), make.found(page, one, path="b"), make.found(page, two, path="a")]

    assert [(f.path, f.span.start) for f in ordered(findings)] == [("a", 25), ("b", 0), ("b", 25)]


def test_counts_have_their_plural():
    assert (count(0, "gap"), count(1, "gap"), count(1200, "gap")) == ("0 gaps", "1 gap", "1,200 gaps")
