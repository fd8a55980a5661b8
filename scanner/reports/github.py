"""`--format github`: annotations, as GitHub's runner takes them from a step's output.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Finding, ScanResult
from scanner.reports.context import ReportContext, count, shown
from scanner.reports.masking import Net, hide, make_net, printable
from scanner.reports.verdict import failing, gaps, verdict
from scanner.reports.words import ignore_hint, rotation_hint, sentence
from scanner.sources.paths import name_on_disk

# GitHub keeps ten annotations of each level from a step and silently drops the rest.
# https://docs.github.com/rest/checks/runs, "annotations"; https://github.com/orgs/community/discussions/26680
MOST = 10


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield one command per line: errors for what fails the scan, warnings for the rest, then the outcome."""
    net = make_net(result.findings, context.documents)
    guilty = {id(finding) for finding in failing(result, context)}
    live = [finding for finding in shown(result, context) if finding.suppressed is None]
    missed = gaps(result, context)
    errors = [_annotation("error", finding, net) for finding in live if id(finding) in guilty]
    errors += [
        _command("error", {"file": name_on_disk(one.path), "title": "not scanned"}, one.reason, net) for one in missed
    ]
    warnings = [_annotation("warning", finding, net) for finding in live if id(finding) not in guilty]
    yield from errors[:MOST]
    yield from warnings[:MOST]
    left = max(0, len(errors) - MOST) + max(0, len(warnings) - MOST)
    more = f"; {count(left, 'annotation')} not shown: see the summary or the log" if left else ""
    yield _command("notice", {"title": "unhardcode"}, verdict(result, context).because + more, net)


def _annotation(level: str, finding: Finding, net: Net) -> str:
    place = {
        "file": name_on_disk(finding.path),
        "line": str(finding.start[0]),
        "endLine": str(finding.end[0]),
        "col": str(finding.start[1]),
        "endColumn": str(finding.end[1]),
        "title": f"{finding.title} [{finding.rule}]",
    }
    if finding.start[0] != finding.end[0]:
        del place["col"], place["endColumn"]  # GitHub accepts columns only within one line
    commit = f" In commit {finding.commit.id[:12]}." if finding.commit else ""
    todo = f"Rotate it: {rotation_hint(finding)}. If it is none: {ignore_hint(finding)}"
    message = f"{sentence(finding)}{commit} {todo}"
    return _command(level, place, message, net)


def _command(level: str, properties: dict[str, str], message: str, net: Net) -> str:
    joined = ",".join(f"{key}={_property(printable(hide(value, net)))}" for key, value in properties.items())
    return f"::{level} {joined}::{_data(printable(hide(message, net)))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
