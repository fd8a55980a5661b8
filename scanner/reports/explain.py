"""`unhardcode explain`: print the evidence of a finding; the sum of its weights gives the confidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scanner.judge import HIGH, LOW, MEDIUM
from scanner.model import Commit, Evidence, Finding
from scanner.reports.masking import Net, Page, hide, make_net, make_page, masked_line, printable
from scanner.reports.words import ignore_hint, rotation_hint

THRESHOLDS = (("high", HIGH), ("medium", MEDIUM), ("low", LOW))


def render(
    findings: Sequence[Finding], documents: Callable[[str], str | None], *, others: Sequence[Finding]
) -> Iterator[str]:
    """Yield for each finding the evidence for and against, its sum, and the masked line.

    `documents` gives the text that was scanned at a path. `others` are all findings of the scan, including these: their
    spans are masked as well.
    """
    net = make_net(others, documents)
    pages: dict[tuple[str, Commit | None], Page | None] = {}
    for finding in findings:
        key = finding.path, finding.commit
        if key not in pages:
            pages[key] = make_page(documents(finding.path), [f for f in others if (f.path, f.commit) == key])
        yield from _explained(finding, pages[key], net)


def _explained(finding: Finding, page: Page | None, net: Net) -> Iterator[str]:
    yield from _identity(finding, net)
    yield from _context(finding, page, net)
    yield "\n"
    yield from (_evidence_row(evidence, net) for evidence in _by_weight(finding.evidence))
    yield from _total(finding)
    if finding.suppressed is not None:
        yield f"\nsuppressed: {_clean(finding.suppressed.text, net)}\n"


def _identity(finding: Finding, net: Net) -> Iterator[str]:
    line, column = finding.start
    path = _clean(finding.path, net)
    # A line that starts with `::` is a command to GitHub's runner.
    shown = f"./{path}" if path.startswith(":") else path
    yield f"{shown}:{line}:{column}  {_clean(finding.title, net)}  [{printable(finding.rule)}]\n"
    rows = {
        "kind": finding.kind,
        "severity": finding.severity,
        "shown as": finding.masked,
        "role": finding.literal.role,
        "name": finding.literal.name or "",
        "inside": finding.literal.symbol,
        "provider": finding.provider or "",
        "commit": finding.commit.id if finding.commit else "",
        "rotate": rotation_hint(finding),
        "ignore": ignore_hint(finding) if finding.suppressed is None else "",
        "fingerprint": finding.fingerprint,
        "place": finding.place,
    }
    for label, value in rows.items():
        if value:
            yield f"  {label:<12} {_clean(str(value), net)}\n"


def _context(finding: Finding, page: Page | None, net: Net) -> Iterator[str]:
    if page is None:
        yield "  (the line is not shown: the scanned text is not available or has changed)\n"
        return
    yield f"\n  {finding.start[0]} | {masked_line(page, finding, net)}\n"


def _by_weight(evidence: Sequence[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda e: (-e.weight, e.name))


def _evidence_row(evidence: Evidence, net: Net) -> str:
    return f"  {evidence.weight:+6.1f}  {printable(evidence.name):<22} {_clean(evidence.text, net)}\n"


def _total(finding: Finding) -> Iterator[str]:
    total = sum(evidence.weight for evidence in finding.evidence)
    yield "  ------\n"
    yield f"  {total:+6.1f}  sum of the evidence\n"
    # Weights are decimal fractions stored in binary: a difference below a hundredth is none.
    if abs(total - finding.score) >= 0.01:
        yield f"  {finding.score:+6.1f}  score after limits\n"
    bounds = ", ".join(f"{name} from {bound:g}" for name, bound in THRESHOLDS)
    confidence = finding.confidence if finding.score >= LOW else "no"
    yield f"\n{confidence} confidence ({bounds}; below 0 not reported)\n"


def _clean(text: str, net: Net) -> str:
    return printable(hide(text, net))
