"""`--format json`: one object, described by docs/json.md and docs/scan.schema.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rules.lazy_patterns import lazy_pattern
from scanner.model import Commit, Finding, ScanResult, Skipped
from scanner.reports.context import FixNote, ReportContext, shown
from scanner.reports.masking import Net, hide, make_net

SCHEMA = 1

_SURROGATE = lazy_pattern("[\ud800-\udfff]")


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield the object in chunks, one finding per line; keys keep their order."""
    net = make_net(result.findings, context.documents)
    yield f'{dumps(head_object(result, context, net))[:-1]}, "findings": ['
    between = "\n"
    for finding in shown(result, context):
        yield f"{between}{dumps(finding_object(finding, context, net))}"
        between = ",\n"
    yield "\n]}\n"


def dumps(value: Any) -> str:
    """One line of JSON in ASCII."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def plain(text: str, net: Net) -> str:
    """A string from the scanned tree without known values and lone surrogates (which strict JSON readers refuse)."""
    return _SURROGATE.sub("\ufffd", hide(text, net))


def head_object(result: ScanResult, context: ReportContext, net: Net) -> dict[str, Any]:
    """The members before the findings: schema, tool, coverage."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "unhardcode", "version": context.version},
        "coverage": _coverage(result, net),
    }


def finding_object(finding: Finding, context: ReportContext, net: Net) -> dict[str, Any]:
    """A finding as in docs/json.md; fields are listed explicitly, so that a new one cannot leak."""
    return {
        "fingerprint": finding.fingerprint,
        "place": finding.place,
        "rule": finding.rule,
        "title": plain(finding.title, net),
        "kind": str(finding.kind),
        "confidence": str(finding.confidence),
        "severity": finding.severity,
        "path": plain(finding.path, net),
        "tracked": finding.tracked,
        "start_line": finding.start[0],
        "start_column": finding.start[1],
        "end_line": finding.end[0],
        "end_column": finding.end[1],
        "masked": finding.masked,
        "evidence": [
            {"name": e.name, "weight": round(e.weight, 3), "text": plain(e.text, net)} for e in finding.evidence
        ],
        "commit": _commit(finding.commit, net),
        "in_head": finding.in_head,
        "introduced": finding.introduced,
        "suppressed": None if finding.suppressed is None else plain(finding.suppressed.text, net),
        "fix": _fix(context.fixes.get(finding.place)),
    }


def _coverage(result: ScanResult, net: Net) -> dict[str, Any]:
    coverage = result.coverage
    return {
        "files": coverage.files,
        "bytes": coverage.bytes,
        "skipped": _rows(coverage.skipped, net),
        "notes": _rows(coverage.notes, net),
        "remarks": _rows(coverage.remarks, net),
    }


def _rows(rows: tuple[Skipped, ...], net: Net) -> list[dict[str, str]]:
    return [{"path": plain(row.path, net), "reason": plain(row.reason, net)} for row in rows]


def _commit(commit: Commit | None, net: Net) -> dict[str, str] | None:
    if commit is None:
        return None
    return {
        "id": commit.id,
        "author": plain(commit.author, net),
        "date": commit.date,
        "path": plain(commit.path, net),
    }


def _fix(note: FixNote | None) -> dict[str, str | None] | None:
    if note is None:
        return None
    return {
        "safety": note.safety,
        "refusal": note.refusal,
    }
