"""`baseline audit`: decide on the findings one by one; each decision is saved at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scanner.baseline import Baseline, Row
from scanner.baseline_match import rows_of
from scanner.model import Finding
from scanner.reports.masking import Net, hide, make_net, make_page, masked_text, printable
from scanner.text import line_span

_AROUND = 2
_QUESTION = "accept it? [y]es, [n]o, [s]kip, [q]uit"


def undecided(matched: Sequence[Row | None], *, again: bool) -> list[int]:
    """Numbers of the findings that nobody has decided about with a reason; with `again` all of them."""
    return [number for number, row in enumerate(matched) if again or row is None or (row.accepted and not row.reason)]


def audit(
    findings: Sequence[Finding],
    matched: Sequence[Row | None],
    baseline: Baseline,
    texts: Callable[[str], str | None],
    everything: Sequence[Finding],
    *,
    again: bool,
    owner: str,
    ask: Callable[[str], str],
    say: Callable[[str], None],
    save: Callable[[Baseline], None],
) -> Baseline:
    """Ask about each finding; `save` is called after each answer, so that an interrupted session loses nothing.

    `everything` is all that was found, including suppressed findings: all values are masked in the lines shown.
    """
    rows = rows_of(findings, baseline, matched, Row(path="", kind="", digest=""))
    todo = undecided(matched, again=again)
    net = make_net(everything, texts)
    in_file: dict[str, list[Finding]] = {}
    for each in everything:
        in_file.setdefault(each.path, []).append(each)
    for count, number in enumerate(todo, 1):
        finding = findings[number]
        say(f"\n[{count} of {len(todo)}]")
        for line in shown(finding, in_file[finding.path], texts(finding.path), net):
            say(line)
        answer = _answer(ask)
        if answer == "q":
            break
        if answer == "s":
            continue
        accepted = answer == "y"
        reason = _reason(ask, say) if accepted else ""
        row = replace(rows[number], accepted=accepted, reason=reason, owner=owner or rows[number].owner, expires="")
        old = matched[number]
        baseline = replace(baseline, rows=(row, *(other for other in baseline.rows if other != old)))
        save(baseline)
    return baseline


def shown(finding: Finding, others: Sequence[Finding], text: str | None, net: Net) -> Iterator[str]:
    """What the user sees: position, title, reasons, and the lines around it with every value masked."""
    path = printable(hide(finding.path, net))
    yield f"{path}:{finding.start[0]}:{finding.start[1]}  {finding.title}  [{finding.rule}]  {finding.confidence}"
    evidence = sorted(finding.evidence, key=lambda piece: -abs(piece.weight))[:4]
    for piece in evidence:
        yield f"  {'for' if piece.weight > 0 else 'against':>8}  {printable(hide(piece.text, net))}"
    page = make_page(text, others)
    if page is None:
        return
    first = max(finding.start[0] - _AROUND, 1)
    for line in range(first, min(finding.end[0] + _AROUND, len(page.starts)) + 1):
        row = masked_text(page, line_span(page.starts, page.text, line), net)
        yield f"  {line:>6} |{'>' if line == finding.start[0] else ' '} {row[:200]}"


def _answer(ask: Callable[[str], str]) -> str:
    while True:
        answer = ask(_QUESTION).strip().lower()[:1]
        if answer in ("y", "n", "s", "q"):
            return answer


def _reason(ask: Callable[[str], str], say: Callable[[str], None]) -> str:
    while True:
        reason = ask("why").strip()
        if len(reason) > 2:  # a `q` here is meant for the question before
            return reason[:500]
        say("one sentence that a reviewer can accept; Ctrl-C leaves, and keeps the answers so far")
