"""`--format jsonl`: JSON lines. The first holds schema, tool and coverage, each other one a finding (docs/json.md)."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import ScanResult
from scanner.reports.context import ReportContext, shown
from scanner.reports.json import dumps, finding_object, head_object
from scanner.reports.masking import make_net


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield one line at a time."""
    net = make_net(result.findings, context.documents)
    yield dumps(head_object(result, context, net)) + "\n"
    for finding in shown(result, context):
        yield dumps(finding_object(finding, context, net)) + "\n"
