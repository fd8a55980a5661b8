"""Sentences about a finding that several reports say."""

from __future__ import annotations

from scanner.model import Finding
from scanner.reports.masking import printable

_NO_COMMENTS = (".json", ".ipynb", ".webmanifest", ".tfstate")


def sentence(finding: Finding) -> str:
    """What it is, how sure we are, and the three strongest reasons. Not yet cleaned of what a repository can say."""
    strongest = sorted((e for e in finding.evidence if e.weight > 0), key=lambda e: -e.weight)[:3]
    why = "; ".join(evidence.text for evidence in strongest)
    return f"{finding.title}, {finding.confidence} confidence" + (f": {why}." if why else ".")


def ignore_hint(finding: Finding) -> str:
    """What a person does who accepts this finding: an inline comment, or the baseline where none can be."""
    if finding.commit is not None and finding.in_head is False:
        return "unhardcode baseline update --history --reason WHY"
    if finding.path.lower().endswith(_NO_COMMENTS):
        return "unhardcode baseline update --reason WHY (this kind of file has no comments)"
    return f"# unhardcode: ignore[{printable(finding.rule)}] reason"
