"""Match baseline rows with findings, also after the findings have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from scanner.baseline import Baseline, Row, rows_by_digest, short_digest
from scanner.ignore import NO_REASON
from scanner.model import Finding, ScanResult, SuppressedBy, Suppression
from scanner.reports.masking import Net, hide, make_net
from scanner.source import Skipped

Held = Callable[[str], list[Finding] | None]
"""The findings at a path as things stand now; None where there is no such file any more."""


def accepted(
    result: ScanResult,
    baseline: Baseline,
    held: Held | None,
    *,
    today: str,
    name: str,
    past: bool = False,
    whole: bool = False,
) -> ScanResult:
    """The result with accepted findings suppressed; expired rows do not suppress, and are reported.

    `held` is None for history, where all versions exist side by side. `past`: commits were scanned, and rows for
    findings that only the history holds count. `whole`: all of the tree was scanned, so that a row without a finding is
    unneeded. `name` is the baseline's file name.
    """
    rows = baseline if past else replace(baseline, rows=tuple(r for r in baseline.rows if not r.history))
    matched = match(result.findings, rows, held)
    findings, remarks = [], list(result.coverage.remarks)
    for finding, row in zip(result.findings, matched, strict=True):
        if row is not None and row.accepted and finding.suppressed is None:
            if row.has_expired(today):
                where = f"{finding.path}:{finding.start[0]}"
                remarks.append(Skipped(path=where, reason=f"accepted until {row.expires}: it counts again"))
            else:
                suppression = Suppression(SuppressedBy.BASELINE, row.reason or NO_REASON)
                finding = replace(finding, suppressed=suppression)
        findings.append(finding)
    unused = len(unneeded(rows.rows, result.findings, matched, baseline))
    if whole and unused:
        what = "a row stands" if unused == 1 else f"{unused:,} rows stand"
        remarks.append(Skipped(path=name, reason=f"{what} for nothing any more (unhardcode baseline prune)"))
    coverage = result.coverage._replace(remarks=tuple(remarks))
    return result._replace(findings=tuple(findings), coverage=coverage)


def match(findings: Sequence[Finding], baseline: Baseline, held: Held | None) -> list[Row | None]:
    """The row for each finding, or None.

    At its path a row stands for its value, however the code around it changed. Elsewhere it does so if kind and name
    agree, or the file's name, and if fewer copies of the value exist at the row's path than it accepts there: a value
    that moved is known, a further copy is new.
    """
    by_digest = rows_by_digest(baseline.rows)
    net = make_net(findings)
    described = [(finding, digests_of(finding, baseline), hide(finding.literal.path, net)) for finding in findings]
    found: list[Row | None] = []
    taken: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], int] = {}
    for finding, digests, symbol in described:
        path = hide(finding.path, net)
        rows = [row for digest in digests for row in by_digest.get(digest, ())]
        here = [row for row in rows if row.path == path]
        if here:
            found.append(max(here, key=lambda row: _likeness(row, finding, symbol)))
            continue
        moved = None
        for row in sorted(rows, key=lambda row: (-_likeness(row, finding, symbol), row.identity)):
            if _is_like(row, finding, symbol, strict=held is None) and (
                held is None or _has_left(row, rows, baseline, held, taken, places)
            ):
                moved = row
                taken[row.path, row.digest] += 1
                break
        found.append(moved)
    return found


def unneeded(
    rows: Sequence[Row], findings: Sequence[Finding], matched: Sequence[Row | None], baseline: Baseline
) -> list[Row]:
    """The rows without use: no finding matches, nor a further copy of a value at its path."""
    used = {row for row in matched if row is not None}
    there = {(finding.path, digest) for finding in findings for digest in digests_of(finding, baseline)}
    return [row for row in rows if row not in used and (row.path, row.digest) not in there]


def row_of(finding: Finding, baseline: Baseline, net: Net, ordinal: int, *, like: Row | None = None) -> Row:
    """The row that stands for a finding, with reason, owner and expiry of the row `like`, which it replaces."""
    assert finding.value is not None
    place = {
        "path": hide(finding.path, net),
        "symbol": hide(finding.literal.path, net),
        "kind": finding.kind.value,
        "ordinal": ordinal,
        "rule": finding.rule,
        "digest": short_digest(baseline.keys[0], finding.value),
    }
    if like is not None:
        words = {"reason": hide(like.reason, net), "owner": hide(like.owner, net)}
        return replace(like, **place, **words)  # type: ignore[arg-type]
    return Row(**place)  # type: ignore[arg-type]


def rows_of(findings: Sequence[Finding], baseline: Baseline, likes: Sequence[Row | None], default: Row) -> list[Row]:
    """Rows for findings; those that replace no row are like `default`."""
    net = make_net(findings)
    ordinals: Counter[tuple[str, str, str]] = Counter()
    rows = []
    for finding, like in zip(findings, likes, strict=True):
        place = (finding.path, hide(finding.literal.path, net), finding.kind.value)
        rows.append(row_of(finding, baseline, net, ordinals[place], like=like or default))
        ordinals[place] += 1
    return rows


def digests_of(finding: Finding, baseline: Baseline) -> frozenset[str]:
    """The digests that a row for this value can have."""
    if finding.value is None:
        return frozenset()
    return frozenset(short_digest(key, finding.value) for key in baseline.keys)


def _likeness(row: Row, finding: Finding, symbol: str) -> int:
    return 4 * (row.symbol == symbol) + 2 * (row.kind == finding.kind.value) + (row.rule == finding.rule)


def _is_like(row: Row, finding: Finding, symbol: str, *, strict: bool) -> bool:
    same_file_name = row.path.rpartition("/")[2] == finding.path.rpartition("/")[2]
    same_kind = row.kind == finding.kind.value
    if strict:
        return same_kind and (row.symbol == symbol or same_file_name)
    return same_file_name or (same_kind and row.name == symbol.rpartition(".")[2])


def _has_left(
    row: Row,
    rows: Sequence[Row],
    baseline: Baseline,
    held: Held,
    taken: Counter[tuple[str, str]],
    places: dict[tuple[str, str], int],
) -> bool:
    """Whether fewer copies of a row's value exist at its path than are accepted there."""
    place = (row.path, row.digest)
    if place not in places:
        there = held(row.path)
        places[place] = sum(row.digest in digests_of(finding, baseline) for finding in there or ())
    capacity = sum(other.path == row.path and other.digest == row.digest for other in rows)
    return capacity - places[place] - taken[place] > 0
