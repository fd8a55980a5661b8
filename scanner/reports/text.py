"""The report for people: at a terminal, or at the end of a failing CI job's log."""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.errors import Exit
from scanner.model import Confidence, Finding, Kind, ScanResult, Skipped, Suppression
from scanner.readers.kinds import kind_of
from scanner.reports.context import ReportContext, count, is_sure_enough, ordered, shown
from scanner.reports.masking import Net, Page, hide, make_net, make_page, masked_line, printable
from scanner.reports.verdict import gaps, verdict
from scanner.reports.words import ignore_hint, message_of, reword_hint, rotation_hint, stray_hint, stray_of
from scanner.roles import PathRole, role_of
from scanner.sources.paths import path_on_disk
from scanner.sources.stdin import STDIN_PATH

MOST_LISTED = 20  # notes and skipped paths; gaps are listed without limit

_BOLD, _DIM, _RED, _YELLOW, _GREEN = "1", "2", "31", "33", "32"
_COLORS = {"critical": _RED, "high": _RED, "medium": _YELLOW, "low": _DIM}
_UNITS = ("kB", "MB", "GB", "TB")


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield the report in chunks that end with a line end."""
    net = make_net(result.findings, context.documents)
    in_file = _by_place(result.findings)
    for key, group in itertools.groupby(shown(result, context), key=_place_key):
        yield from _render_file(list(group), _page(in_file[key], context), net, context)
    yield from _summary(result, context, net)


def render_quiet(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield the report if there is something to do; else one line on what is left out, or nothing at all."""
    if shown(result, context) or verdict(result, context).status is not Exit.OK:
        yield from render(result, context)
        return
    net = make_net(result.findings, context.documents)
    lower = sum(finding.suppressed is None for finding in result.findings)  # none of them is shown
    parts = [f"{count(lower, 'finding')} below {context.min_confidence}"] if lower else []
    if result.coverage.skipped:
        parts.append(f"skipped {len(result.coverage.skipped):,} ({_reasons(result.coverage.skipped, net)})")
    if result.coverage.notes:
        parts.append(f"not fully parsed: {_reasons(result.coverage.notes, net)}")
    if parts:
        yield f"unhardcode: nothing to report; {'; '.join(parts)}\n"


def _place_key(finding: Finding) -> tuple[str, str]:
    return finding.path, finding.commit.id if finding.commit else ""


def _by_place(findings: Sequence[Finding]) -> dict[tuple[str, str], list[Finding]]:
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in ordered(findings):
        grouped.setdefault(_place_key(finding), []).append(finding)
    return grouped


def _page(findings: list[Finding], context: ReportContext) -> Page | None:
    first = findings[0]
    # A path's text in the working tree may differ from an old commit's.
    if context.documents is None or first.commit is not None:
        return None
    return make_page(context.documents(first.path), findings)


def _render_file(findings: list[Finding], page: Page | None, net: Net, context: ReportContext) -> Iterator[str]:
    said = [list(_reasons_and_hints(finding, net, context)) for finding in findings]
    for finding, rows, after in zip(findings, said, [*said[1:], None], strict=True):
        yield from _render_finding(finding, page, net, context)
        # Text that several successive findings share is printed once, after them.
        yield from rows if rows != after else ()
    first = findings[0]
    if message_of(first):
        if any(finding.suppressed is None for finding in findings):
            yield _row("fix", reword_hint(first), context)
    elif stray_of(first):
        yield _row("fix", stray_hint(first), context)
    elif first.commit is None:
        yield from _fix_hints(findings, net, context) if _in_a_file(first) else ()
    elif any(finding.suppressed is None and finding.introduced == "range" for finding in findings):
        # For the user who removed it in a later commit, and wonders why the same gate still fails.
        commit = first.commit.id[:12]
        yield _row("fix", f"a later commit does not take it out of {commit}: git rebase -i {commit}^", context)
    yield "\n"


def _render_finding(finding: Finding, page: Page | None, net: Net, context: ReportContext) -> Iterator[str]:
    yield _headline(finding, net, context) + "\n"
    if finding.commit is not None:
        yield _row("commit", _commit(finding, net), context)
    if page is not None:
        yield _row(f"{finding.start[0]} |", masked_line(page, finding, net), context)


def _reasons_and_hints(finding: Finding, net: Net, context: ReportContext) -> Iterator[str]:
    """The main evidence, then how to rotate and ignore the finding, or why it is suppressed."""
    if finding.evidence:
        yield _row("why", _why(finding, net), context)
    if finding.suppressed is not None:
        yield _row("hidden", f"suppressed: {_clean(finding.suppressed.text, net)}", context)
        return
    yield _row("rotate", _clean(rotation_hint(finding), net), context)
    yield _row("ignore", ignore_hint(finding), context)


def _headline(finding: Finding, net: Net, context: ReportContext) -> str:
    path = _clean(finding.path, net)
    # A line that starts with `::` is a command to GitHub's runner.
    shown_path = f"./{path}" if path.startswith(":") else path
    place = f"{shown_path}:{finding.start[0]}:{finding.start[1]}"
    severity = _paint(finding.severity, _COLORS.get(finding.severity, _BOLD), context)
    parts = [_paint(place, _BOLD, context), _clean(finding.title, net), f"[{printable(finding.rule)}]"]
    parts.append(f"severity {severity}, confidence {finding.confidence}")
    marks = [mark for mark in (_tracked_mark(finding), _age_mark(finding)) if mark]
    return "  ".join(parts) + (f"  ({', '.join(marks)})" if marks else "")


def _tracked_mark(finding: Finding) -> str:
    return "not tracked by git" if finding.tracked is False else ""


def _age_mark(finding: Finding) -> str:
    return {"before": "already there before", "range": "new"}.get(finding.introduced or "", "")


def _commit(finding: Finding, net: Net) -> str:
    commit = finding.commit
    if commit is None:
        return ""
    still = "" if finding.in_head is None else (", still in HEAD" if finding.in_head else ", no longer in HEAD")
    return _clean(f"{commit.id[:12]}  {commit.date}  {commit.author}", net) + still


def _why(finding: Finding, net: Net) -> str:
    strongest = sorted(finding.evidence, key=lambda e: -abs(e.weight))
    reasons = [_clean(e.text, net) for e in strongest if e.weight > 0][:3]
    doubts = [_clean(e.text, net) for e in strongest if e.weight < 0][:1]
    return "; ".join(reasons) + (f"; but {doubts[0]}" if doubts and reasons else "".join(doubts))


def _in_a_file(finding: Finding) -> bool:
    """Whether another command can examine it again: not in a commit, a message or standard input."""
    return finding.commit is None and not (message_of(finding) or stray_of(finding) or finding.path == STDIN_PATH)


def _fix_hints(findings: list[Finding], net: Net, context: ReportContext) -> Iterator[str]:
    live = [finding for finding in findings if finding.suppressed is None]
    refusals = {note.refusal for f in live if (note := context.fixes.get(f.place)) and note.refusal}
    refused = [f for f in live if (note := context.fixes.get(f.place)) and note.refusal]
    if len(refused) < len(live):
        first, *others = _ways(findings[0], _argument(findings[0], net, context))
        yield _row("fix", first, context)
        yield from (_row("or", way, context) for way in others)
    if refusals:
        yield _row("fix", f"{len(refused)} by hand: {', '.join(sorted(refusals))} (see unhardcode plan)", context)


def _ways(finding: Finding, argument: str) -> Iterator[str]:
    """What to do about a file. A migration of this path alone refuses tests, examples and documentation."""
    role = role_of(finding.path, finding.path)
    if role is PathRole.SOURCE:
        # A plan names the step left to the user; a migration would say that it has nothing to do.
        by_hand = kind_of(finding.path, b"") is Kind.TEXT
        yield f"unhardcode plan {argument} shows what to do by hand" if by_hand else f"unhardcode migrate {argument}"
        yield from _by_hand(finding, argument)
        return
    yield "replace it with a value that is not a credential"
    if role is not PathRole.DOCS:
        yield f"unhardcode migrate {argument} --include-tests"


def _by_hand(finding: Finding, argument: str) -> Iterator[str]:
    """What a user without AWS can do about a file of this kind."""
    base = finding.path.rpartition("/")[2].lower()
    if base.endswith(".py"):
        yield 'read it from the environment: os.environ["NAME"]'
    elif finding.tracked and (base == ".env" or base.startswith(".env.")):
        yield f"keep the file out of git: git rm --cached {argument}, and name it in .gitignore"


def _summary(result: ScanResult, context: ReportContext, net: Net) -> Iterator[str]:
    live = [finding for finding in result.findings if finding.suppressed is None]
    sure = [finding for finding in live if is_sure_enough(finding, context)]
    yield f"{_counts(sure)}\n"
    first = next((finding for finding in shown(result, context) if _in_a_file(finding)), None)
    if first is not None:
        yield f"for all evidence: unhardcode explain {_argument(first, net, context)}:{first.start[0]}\n"
    if len(sure) < len(live):
        lower = count(len(live) - len(sure), "finding")
        yield f"{lower} below {context.min_confidence} not shown (--min-confidence low shows them)\n"
    suppressed = [finding.suppressed for finding in result.findings if finding.suppressed is not None]
    if suppressed:
        hint = "" if context.show_suppressed else " (--show-suppressed shows them)"
        yield f"{count(len(suppressed), 'finding')} suppressed: {_kinds_of(suppressed)}{hint}\n"
    yield from _coverage(result, context, net)
    ending = verdict(result, context)
    color = _GREEN if ending.status is Exit.OK else _RED
    yield _paint(f"exit {int(ending.status)}: {ending.because}", color, context) + "\n"


def _kinds_of(suppressed: list[Suppression]) -> str:
    kinds = Counter(suppression.by for suppression in suppressed)
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common())


def _counts(sure: list[Finding]) -> str:
    if not sure:
        return "no findings"
    number = Counter(finding.confidence for finding in sure)
    levels = [level for level in reversed(Confidence) if number[level]]
    return f"{count(len(sure), 'finding')}: " + ", ".join(f"{number[level]:,} {level}" for level in levels)


def _coverage(result: ScanResult, context: ReportContext, net: Net) -> Iterator[str]:
    coverage = result.coverage
    missed = gaps(result, context)
    skipped = [one for one in coverage.skipped if not (one.gap or context.require_complete)]
    line = f"scanned {count(coverage.files, 'file')}, {size(coverage.bytes)}"
    if skipped:
        line += f"; skipped {len(skipped):,} ({_reasons(skipped, net)})"
    yield line + "\n"
    for one in missed:
        yield f"  {_paint('not scanned', _RED, context)}  {_clean(one.path, net)}: {_clean(one.reason, net)}\n"
    if coverage.notes:
        yield f"not fully parsed: {_reasons(coverage.notes, net)}\n"
        yield from _first_of(coverage.notes, net)
    if coverage.remarks:
        yield "to clean up:\n"
        yield from _first_of(coverage.remarks, net)


def _first_of(rows: Sequence[Skipped], net: Net) -> Iterator[str]:
    for one in rows[:MOST_LISTED]:
        yield f"  {_clean(one.path, net)}: {_clean(one.reason, net)}\n"
    if len(rows) > MOST_LISTED:
        yield f"  and {len(rows) - MOST_LISTED:,} more\n"


def _reasons(skipped: Sequence[Skipped], net: Net) -> str:
    by_reason = Counter(one.reason for one in skipped)
    return ", ".join(f"{number:,} {_clean(reason, net)}" for reason, number in by_reason.most_common())


def size(octets: int) -> str:
    """A number of bytes in the largest unit of which there is at least one: `1.4 MB`."""
    if octets < 1000:
        return f"{octets} bytes"
    power = min((len(str(octets)) - 1) // 3, len(_UNITS))
    return f"{octets / 1000**power:.1f} {_UNITS[power - 1]}"


def _argument(finding: Finding, net: Net, context: ReportContext) -> str:
    path = os.fsdecode(path_on_disk(finding.path))
    if _clean(path, net) != path:
        return "PATH"  # not something that could be pasted into a shell
    if context.here not in ("", context.root):
        with contextlib.suppress(ValueError):  # another drive on Windows
            path = os.path.relpath(os.path.join(context.root, path), context.here)
        if _clean(path, net) != path:
            return "PATH"
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _clean(text: str, net: Net) -> str:
    return printable(hide(text, net))


def _row(label: str, text: str, context: ReportContext) -> str:
    return f"  {_paint(f'{label:>8}', _DIM, context)}  {text}\n"


def _paint(text: str, code: str, context: ReportContext) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if context.color else text
