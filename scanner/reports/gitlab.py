"""`--format gitlab`: GitLab's secret detection report, version 15.

https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/blob/v15.0.4/dist/secret-detection-report-format.json
No extract of the source, because everybody who may see the merge request sees the report.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from scanner.model import Finding, ScanResult
from scanner.reports.context import ReportContext, shown
from scanner.reports.json import dumps, plain
from scanner.reports.masking import Net, make_net
from scanner.reports.verdict import gaps, verdict
from scanner.reports.words import ignore_hint, message_of, reword_hint, rotation_hint, sentence, stray_hint, stray_of
from scanner.sources.paths import name_on_disk

VERSION = "15.0.4"
_SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/"
    f"v{VERSION}/dist/secret-detection-report-format.json"
)
_CWE = "https://cwe.mitre.org/data/definitions/798.html"
_SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}
# What GitLab's own analyzer writes for a file outside a commit.
_NO_COMMIT = "0000000"
# An arbitrary fixed UUID: a namespace for findings, named by their place, rule and commit.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, _SCHEMA.replace(VERSION, "15"))
_LONGEST_NAME = 255


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield the report, one vulnerability per line; findings that do not count have no place in the format."""
    net = make_net(result.findings, context.documents)
    head = {"version": VERSION, "schema": _SCHEMA, "scan": _scan(result, context, net)}
    yield f'{dumps(head)[:-1]}, "vulnerabilities": ['
    between = "\n"
    for finding in shown(result, context):
        if finding.suppressed is None:
            yield f"{between}{dumps(_vulnerability(finding, net))}"
            between = ",\n"
    yield "\n]}\n"


def _scan(result: ScanResult, context: ReportContext, net: Net) -> dict[str, Any]:
    tool = {
        "id": "unhardcode",
        "name": "unhardcode",
        "version": context.version,
        "vendor": {"name": "unhardcode"},
    }
    missed = gaps(result, context)
    messages = [
        {"level": "warn", "value": f"not scanned: {plain(one.path, net)}: {plain(one.reason, net)}"} for one in missed
    ]
    messages.append({"level": "info", "value": verdict(result, context).because})
    return {
        "type": "secret_detection",
        "status": "failure" if missed else "success",
        "start_time": _time(context.started),
        "end_time": _time(context.ended()),
        "scanner": tool,
        "analyzer": tool,
        "messages": messages,
    }


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _vulnerability(finding: Finding, net: Net) -> dict[str, Any]:
    commit = finding.commit
    found_in: dict[str, str] = {"sha": _NO_COMMIT}
    if commit is not None:
        found_in = {"sha": commit.id, "author": plain(commit.author, net), "date": commit.date}
    rotate = plain(finding.rotate or "", net)
    links = [{"name": "How to rotate it", "url": rotate}] if rotate.startswith("https://") else []
    return {
        "id": str(uuid.uuid5(_NAMESPACE, f"{finding.place}\n{finding.rule}\n{commit.id if commit else ''}")),
        "name": plain(finding.title, net)[:_LONGEST_NAME],
        "description": plain(sentence(finding), net),
        "severity": _SEVERITIES.get(finding.severity, "Unknown"),
        "solution": plain(
            "Rotate it, since whoever can read the repository or its history has it: "
            f"{rotation_hint(finding)}. Then {_next(finding)}. If it is no credential: {ignore_hint(finding)}",
            net,
        ),
        "identifiers": [
            {"type": "unhardcode_rule_id", "name": f"unhardcode rule {finding.rule}", "value": finding.rule},
            {"type": "cwe", "name": "CWE-798", "value": "798", "url": _CWE},
        ],
        "links": links,
        "location": {
            "file": plain(name_on_disk(finding.path), net),
            "start_line": finding.start[0],
            "end_line": finding.end[0],
            "commit": found_in,
        },
        "tracking": _tracking(finding, net),
    }


def _next(finding: Finding) -> str:
    if message_of(finding):
        return reword_hint(finding)
    if stray_of(finding):
        return stray_hint(finding)
    return "run `unhardcode migrate`, which moves the value into AWS and rewrites the code"


def _tracking(finding: Finding, net: Net) -> dict[str, Any]:
    """The data by which GitLab recognises a finding after its line has moved: our place, which contains no value."""
    return {
        "type": "source",
        "items": [
            {
                "file": plain(name_on_disk(finding.path), net),
                "start_line": finding.start[0],
                "end_line": finding.end[0],
                "signatures": [{"algorithm": "scope_offset", "value": finding.place}],
            }
        ],
    }
