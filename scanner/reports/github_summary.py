"""`--format github-summary`: Markdown for a job's summary page ($GITHUB_STEP_SUMMARY)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rules.lazy_patterns import lazy_pattern
from scanner.errors import Exit
from scanner.model import Finding, ScanResult
from scanner.reports.context import ReportContext, count, shown
from scanner.reports.masking import Net, hide, make_net, printable
from scanner.reports.text import size
from scanner.reports.verdict import gaps, verdict
from scanner.reports.words import ignore_hint

# A step's summary may have 1 MiB; GitHub drops a larger one completely.
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
MOST_BYTES = 900_000
# The colon of `https://` and the dot of `www.` make links of plain words: https://github.github.com/gfm/#autolinks-extension-
_MARKDOWN = lazy_pattern(r"([\\`*_{}\[\]<>()#+!|~&]|:(?=//)|(?<=www)\.)", re.IGNORECASE)


def render(result: ScanResult, context: ReportContext) -> Iterator[str]:
    """Yield the page: the outcome, a table of findings as far as it fits, what was not scanned, what to do."""
    net = make_net(result.findings, context.documents)
    ending = verdict(result, context)
    mark = "✅" if ending.status is Exit.OK else "❌"
    live = [finding for finding in shown(result, context) if finding.suppressed is None]
    yield f"## {mark} unhardcode: {_cell(ending.because, net)}\n\n"
    if live:
        yield from _table(live, net)
        yield _ADVICE.format(ignore=ignore_hint(live[0]))
    missed = gaps(result, context)
    if missed:
        yield "\n**Not scanned**\n\n"
        yield from (f"- {_cell(one.path, net)}: {_cell(one.reason, net)}\n" for one in missed[:100])
        if len(missed) > 100:
            yield f"- and {len(missed) - 100:,} more\n"
    coverage = result.coverage
    reasons = Counter(one.reason for one in coverage.skipped if not one.gap)
    skipped = ", ".join(f"{number:,} {_cell(reason, net)}" for reason, number in reasons.most_common())
    yield f"\nScanned {count(coverage.files, 'file')}, {size(coverage.bytes)}"
    yield f"; skipped {skipped}.\n" if skipped else ".\n"


_ADVICE = """
1. Rotate each credential: whoever can read the repository or its history has it.
2. `unhardcode migrate` moves values into AWS Secrets Manager or SSM Parameter Store and rewrites the code.
3. Is one none? Say so: `{ignore}`
"""


def _table(findings: list[Finding], net: Net) -> Iterator[str]:
    yield "| place | what | severity | confidence | rotate |\n| --- | --- | --- | --- | --- |\n"
    used = 0
    for number, finding in enumerate(findings):
        row = _row(finding, net)
        used += len(row.encode())
        if used > MOST_BYTES:
            yield f"\n{count(len(findings) - number, 'finding')} more: see the log.\n"
            return
        yield row


def _row(finding: Finding, net: Net) -> str:
    where = f"{finding.path}:{finding.start[0]}" + (f" in {finding.commit.id[:12]}" if finding.commit else "")
    rotate = printable(hide(finding.rotate or "", net))
    link = f"[how]({rotate})" if rotate.startswith("https://") and not re.search(r"[\s()<>|]", rotate) else ""
    what = f"{finding.title} ({finding.rule})"
    return f"| {_cell(where, net)} | {_cell(what, net)} | {finding.severity} | {finding.confidence} | {link} |\n"


def _cell(text: str, net: Net) -> str:
    """Text from a scanned tree as plain words in Markdown: no link, no image, no HTML, no mention of a user."""
    return _MARKDOWN.sub(r"\\\1", printable(hide(text, net))).replace("@", "@\u200b")
