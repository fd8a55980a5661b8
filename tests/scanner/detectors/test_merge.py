"""Several detectors at the same characters: one candidate, named by who knows most."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from scanner.detectors.candidate import CERTAIN, NAME, SINK, STRONG, URL, WEAK, Candidate, merge
from scanner.model import CredentialKind, Literal, Role, SecretValue, Span

Growth = Callable[[Callable[[int], object], int], float]


def candidate(rank: int, start: int, end: int, *evidence: str, rule: str = "") -> Candidate:
    return Candidate(
        rank=rank,
        rule=rule or f"rank-{rank}",
        title="x",
        kind=CredentialKind.PASSWORD,
        severity="high",
        literal=Literal(span=Span(0, 100), value=SecretValue("x"), role=Role.ASSIGNMENT),
        span=Span(start, end),
        value=SecretValue("x"),
        evidence=evidence,
    )


def test_what_only_touches_stays_apart() -> None:
    merged = merge([candidate(NAME, 5, 10), candidate(SINK, 0, 5)])
    assert [each.span for each in merged] == [Span(0, 5), Span(5, 10)]


def test_the_password_inside_a_url_is_the_place_not_the_whole_url() -> None:
    (merged,) = merge([candidate(NAME, 0, 40, "name-strong"), candidate(URL, 20, 28, "url-password")])
    assert (merged.span, merged.evidence) == (Span(20, 28), ("url-password", "name-strong"))


def test_a_providers_shape_names_what_a_sink_and_a_name_see_too() -> None:
    (merged,) = merge([candidate(SINK, 0, 20, "sink"), candidate(CERTAIN, 0, 20), candidate(NAME, 0, 20, "name-weak")])
    assert merged.rule == f"rank-{CERTAIN}"
    assert set(merged.evidence) == {"sink", "name-weak"}


def test_a_weak_shape_names_nothing_that_a_name_says() -> None:
    (merged,) = merge([candidate(WEAK, 0, 20, "provider-weak"), candidate(NAME, 0, 20, "name-strong")])
    assert merged.rule == f"rank-{NAME}"


def test_of_two_of_one_rank_the_longer_wins() -> None:
    (merged,) = merge([candidate(STRONG, 5, 10, rule="short"), candidate(STRONG, 0, 10, rule="long")])
    assert merged.rule == "long"


def test_evidence_counts_once() -> None:
    (merged,) = merge([candidate(SINK, 0, 5, "sink"), candidate(SINK, 0, 5, "sink", "setting")])
    assert merged.evidence == ("sink", "setting")


@given(
    st.lists(
        st.tuples(st.sampled_from([CERTAIN, STRONG, URL, SINK, NAME, WEAK]), st.integers(0, 30), st.integers(1, 12)),
        max_size=12,
    )
)
def test_what_is_merged_never_overlaps_and_covers_no_more_than_before(rows: list[tuple[int, int, int]]) -> None:
    given_ = [candidate(rank, start, start + size) for rank, start, size in rows]
    merged = merge(given_)
    assert all(left.span.end <= right.span.start for left, right in itertools.pairwise(merged))
    assert {each.span for each in merged} <= {each.span for each in given_}
    assert merge(merged) == merged


@given(
    st.lists(
        st.tuples(st.sampled_from([CERTAIN, STRONG, URL, SINK, NAME, WEAK]), st.integers(0, 30), st.integers(1, 12)),
        max_size=12,
    )
)
def test_each_goes_to_the_best_that_it_overlaps(rows: list[tuple[int, int, int]]) -> None:
    given_ = [candidate(*row[:2], row[1] + row[2], f"piece-{number}") for number, row in enumerate(rows)]
    best: list[tuple[Span, set[str]]] = []
    for each in sorted(given_, key=lambda c: (-c.rank, c.span.start - c.span.end, c.span.start)):
        meets = (row for row in best if each.span.start < row[0].end and row[0].start < each.span.end)
        row = next(meets, None)
        if row is None:
            best.append((each.span, set(each.evidence)))
        else:
            row[1].update(each.evidence)
    assert [(each.span, set(each.evidence)) for each in merge(given_)] == sorted(best, key=lambda row: row[0])


def test_many_on_one_line_take_no_longer_each(growth: Growth) -> None:
    def merged(count: int) -> int:
        many = [candidate(rank, 4 * at, 4 * at + 3, "x") for at in range(count) for rank in (SINK, NAME)]
        return len(merge(many))

    assert merged(500) == 500
    assert growth(merged, 2_500) < 8
