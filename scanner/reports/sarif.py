"""`--format sarif`: SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os.html.

No snippets: code scanning pages show them to everybody who may read the repository.
"""

from __future__ import annotations

import pathlib
import urllib.parse
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from scanner.config import SEVERITIES
from scanner.model import Confidence, Finding, ScanResult, Skipped, SuppressedBy, Suppression
from scanner.reports.context import FixNote, ReportContext, shown
from scanner.reports.json import dumps, plain
from scanner.reports.masking import Net, make_net
from scanner.reports.verdict import gaps, verdict
from scanner.reports.words import sentence
from scanner.sources.paths import path_on_disk

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
PLACE = "unhardcodePlace/v1"

# https://cwe.mitre.org/data/definitions/798.html: Use of Hard-coded Credentials
_CWE = "https://cwe.mitre.org/data/definitions/798.html"
# GitHub's thresholds: over 9.0 critical, from 7.0 high, from 4.0 medium.
# https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
_SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
# Braces and brackets in message text are placeholders and links (SARIF 3.11.5, 3.11.6).
_MESSAGE = str.maketrans("{}[]", "()()")
_IN_SOURCE = (SuppressedBy.INLINE, SuppressedBy.FOREIGN)


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield one SARIF log with one run, one result per line."""
    net = make_net(result.findings, context.documents)
    findings = shown(result, context)
    rules = _rules(findings, net)
    run = {
        "tool": {"driver": {"name": "unhardcode", "version": context.version, "rules": list(rules.values())}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"uri": root_uri(context.root)}},
        "invocations": [_invocation(result, context, net)],
    }
    index = {rule: number for number, rule in enumerate(rules)}
    yield f'{{"$schema": {dumps(SCHEMA)}, "version": "2.1.0", "runs": [{dumps(run)[:-1]}, "results": ['
    between = "\n"
    for finding in findings:
        yield f"{between}{dumps(_result(finding, index[finding.rule], context, net))}"
        between = ",\n"
    yield "\n]}]}\n"


def level(finding: Finding) -> str:
    """SARIF's level: error if both severity and confidence are high, note if either is low, else warning."""
    if finding.confidence is Confidence.LOW or finding.severity == "low":
        return "note"
    if finding.confidence is Confidence.HIGH and finding.severity in ("high", "critical"):
        return "error"
    return "warning"


def root_uri(root: str) -> str:
    """The file URI of the scanned folder, with the final slash that SARIF requires (3.14.14)."""
    uri = pathlib.PurePath(root).as_uri()
    return uri if uri.endswith("/") else f"{uri}/"


def relative_uri(path: str) -> str:
    """A report's path as a URI reference to its bytes: all but plain characters are percent-encoded, colons too."""
    return urllib.parse.quote(path_on_disk(path), safe="/")


def _rules(findings: Sequence[Finding], net: Net) -> dict[str, dict[str, Any]]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return {rule: _rule(rule, by_rule[rule], net) for rule in sorted(by_rule)}


def _rule(rule: str, findings: list[Finding], net: Net) -> dict[str, Any]:
    first = findings[0]
    rotate = plain(next((f.rotate for f in findings if f.rotate), ""), net)
    severity = max((f.severity for f in findings), key=_severity_rank)
    title = _message(first.title, net)
    return {
        "id": rule,
        "name": "".join(word.capitalize() for word in rule.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title}: a credential that stands in the repository in plain text."},
        "helpUri": rotate if rotate.startswith("https://") and rotate.isascii() else _CWE,
        "help": {"text": _help(rule, rotate)},
        "defaultConfiguration": {"level": "error" if _severity_rank(severity) > 1 else "warning"},
        "properties": {
            "tags": ["security", "external/cwe/cwe-798"],
            "security-severity": _SECURITY_SEVERITY.get(severity, "5.5"),
            "precision": str(max(findings, key=lambda f: f.confidence.rank).confidence),
        },
    }


def _help(rule: str, rotate: str) -> str:
    where = f" ({rotate.translate(_MESSAGE)})" if rotate else ""
    return (
        f"1. Rotate the credential{where}: whoever can read the repository or its history has it. "
        "2. Run `unhardcode migrate PATH`: it moves the value into AWS Secrets Manager or SSM Parameter Store and "
        "rewrites the code; `unhardcode explain PATH:LINE` shows the evidence. 3. If it is no credential, say so on "
        f"its line: `# unhardcode: ignore[{rule}] reason`."
    )


def _severity_rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else 1


def _result(finding: Finding, rule_index: int, context: ReportContext, net: Net) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding),
        "message": {"text": _message(sentence(finding), net)},
        "locations": [{"physicalLocation": _location(finding, net)}],
        "partialFingerprints": {PLACE: finding.place},
        "properties": _properties(finding),
    }
    if finding.suppressed is not None:
        result["suppressions"] = [_suppression(finding.suppressed, net)]
    note = context.fixes.get(finding.place)
    if note is not None and note.replacements:
        result |= _fix(finding, note, net)
    elif note is not None and note.refusal is not None:
        result["properties"]["refusal"] = note.refusal
    return result


def _fix(finding: Finding, note: FixNote, net: Net) -> dict[str, Any]:
    """The edits of a fix, and the other places that they change (SARIF 3.27.30, 3.27.22)."""
    changes: dict[str, list[dict[str, Any]]] = {}
    for part in note.replacements:
        if plain(part.text, net) != part.text:
            return {}  # it contains a copy of a value: masked, the edit would be a different one
        changes.setdefault(part.path, []).append(
            {"deletedRegion": _region(part.start, part.end), "insertedContent": {"text": part.text}}
        )
    elsewhere = [part for part in note.replacements if (part.path, part.start[0]) != (finding.path, finding.start[0])]
    fix = {
        "description": {"text": _message(note.description, net)},
        "artifactChanges": [
            {"artifactLocation": _artifact(path, net), "replacements": parts} for path, parts in changes.items()
        ],
    }
    related = [
        {
            "id": number,
            "message": {"text": "changes with it"},
            "physicalLocation": {
                "artifactLocation": _artifact(part.path, net),
                "region": _region(part.start, part.end),
            },
        }
        for number, part in enumerate(elsewhere, 1)
    ]
    return {"fixes": [fix]} | ({"relatedLocations": related} if related else {})


def _location(finding: Finding, net: Net) -> dict[str, Any]:
    return {"artifactLocation": _artifact(finding.path, net), "region": _region(finding.start, finding.end)}


def _artifact(path: str, net: Net) -> dict[str, str]:
    return {"uri": relative_uri(plain(path, net)), "uriBaseId": ROOT}


def _region(start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
    # GitHub requires every line and column.
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}


def _properties(finding: Finding) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "confidence": str(finding.confidence),
        "severity": finding.severity,
        "kind": str(finding.kind),
        "masked": finding.masked,
        "tracked": finding.tracked,
        "introduced": finding.introduced,
    }
    if finding.commit is not None:
        properties["commit"] = {"id": finding.commit.id, "date": finding.commit.date}
        properties["inHead"] = finding.in_head
    return properties


def _suppression(suppression: Suppression, net: Net) -> dict[str, str]:
    return {
        "kind": "inSource" if suppression.by in _IN_SOURCE else "external",
        "status": "accepted",
        "justification": plain(suppression.text, net),
    }


def _invocation(result: ScanResult, context: ReportContext, net: Net) -> dict[str, Any]:
    ending = verdict(result, context)
    missed = gaps(result, context)
    skipped = [one for one in result.coverage.skipped if not (one.gap or context.require_complete)]
    notifications = [_gap(one, net) for one in missed]
    notifications += _notes("skipped", skipped, net) + _notes("not fully parsed", result.coverage.notes, net)
    return {
        "executionSuccessful": not missed,
        "exitCode": int(ending.status),
        "exitCodeDescription": ending.because,
        "toolExecutionNotifications": notifications,
    }


def _gap(skipped: Skipped, net: Net) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": f"not scanned: {_message(skipped.reason, net)}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(skipped.path, net)}}],
    }


def _notes(what: str, skipped: Sequence[Skipped], net: Net) -> list[dict[str, Any]]:
    by_reason = Counter(one.reason for one in skipped)
    return [
        {"level": "note", "message": {"text": f"{what}: {number:,} {_message(reason, net)}"}}
        for reason, number in by_reason.most_common()
    ]


def _message(text: str, net: Net) -> str:
    return plain(text, net).translate(_MESSAGE)
