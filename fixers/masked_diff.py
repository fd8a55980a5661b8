"""The diff of a plan as text, with every known value masked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fixers.insertions import joined_insertions
from fixers.model import Edit, Plan
from fixers.own_keys import ARGUMENTS
from fixers.rewriting import splice, unique_edits
from fixers.spelling import SHORTEST_SEARCHED
from fixers.terminal import CONTROL, shown
from fixers.value_search import Search, may_stand, search_for, traces
from fixers.workspace import Workspace
from scanner.model import Finding, SecretValue, Span
from scanner.reports.masking import is_distinctive

_CONTINUES = bytes(range(0x80, 0xC0))  # continuation bytes of UTF-8
_OURS = re.compile(r"(\w*get_secret_(?:value|bytes)\([^()]*\)|\{\{resolve:[^{}]*\}\}|\bfrom [\w.]+ import [\w, ]+)")


def render_diff(plan: Plan, workspace: Workspace, findings: Iterable[Finding] = ()) -> str:
    """Unified diff of every file that the plan changes, with an ellipsis for each credential.

    `findings` are further ones whose values must not appear either: suppressed, or of low confidence.
    """
    findings = tuple(findings)
    known = [
        *(found for fix in plan.fixes for found in fix.findings),
        *(stay.finding for stay in plan.refusals),
        # A value that was judged to be none is often an ordinary word: masking it everywhere would hide the diff, so
        # it is masked only in its own place, as in a report.
        *(finding for finding in findings if finding.suppressed is None or finding.score >= 0),
    ]
    values = sorted({value for found in known for value in _searched(found)}, key=len, reverse=True)
    edits = unique_edits(edit for fix in plan.fixes for edit in fix.edits)
    touched = sorted({edit.path for edit in edits})
    chunks: list[str] = []
    hidden: dict[str, list[Span]] = {}
    for path in touched:
        spans = [found.span for found in (*known, *findings) if found.path == path and found.commit is None]
        hidden[path] = masked(workspace.document(path).text, spans, values)
    search = _other_spellings(workspace, hidden, edits, values)
    for path in touched:
        own = [edit for edit in (*edits, *joined_insertions(plan.imports)) if edit.path == path]
        chunks += _file_diff(path, workspace.document(path).text, own, hidden[path], values, search)
    for new in plan.new_files:
        before = workspace.document(new.path).text if new.path in workspace.files else ""
        chunks += _diff(new.path, before, new.content, created=new.path not in workspace.files)
    return "".join(chunks)


def masked(text: str, spans: Iterable[Span], values: Sequence[str], search: Search | None = None) -> list[Span]:
    """The spans of a text that must not be shown: the given spans and every occurrence of a value, merged, in order.

    A common word used as a password (`secret`) is masked only as a whole word: `app_secrets` reveals nothing. `search`
    finds the values that do not occur by chance also where they are escaped, encoded or cut.
    """
    found = [span for span in spans if span.end <= len(text)]
    found += [Span(*hit.span()) for value in values for hit in _pattern(value).finditer(text)]
    raw = text.encode("utf-8", "surrogatepass") if search is not None else b""
    for trace in traces(search, raw) if search is not None else ():
        found.append(Span(_characters(raw[: trace.start + 1]) - 1, _characters(raw[: trace.end])))
    merged: list[Span] = []
    for span in sorted(found):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        elif span.end > span.start:
            merged.append(span)
    return merged


def _characters(raw: bytes) -> int:
    return len(raw.translate(None, _CONTINUES))


def _pattern(value: str) -> re.Pattern[str]:
    return re.compile(re.escape(value) if is_distinctive(value) else rf"(?<!\w){re.escape(value)}(?!\w)")


def _other_spellings(
    workspace: Workspace, hidden: Mapping[str, Sequence[Span]], edits: Sequence[Edit], values: Sequence[str]
) -> Search:
    """A search for other spellings of the values; the plain spellings are masked already."""
    left = [edit.new for edit in edits]
    for path, spans in hidden.items():
        text, at = workspace.document(path).text, 0
        for span in spans:
            left.append(text[at : span.start])
            at = span.end
        left.append(text[at:])
    distinctive = (SecretValue(value) for value in values if is_distinctive(value))
    return search_for(may_stand(distinctive, "\n".join(left).encode("utf-8", "surrogatepass")))


def _file_diff(
    path: str, text: str, edits: Sequence[Edit], spans: Sequence[Span], values: Sequence[str], search: Search
) -> list[str]:
    """The diff of one file, masked in the text before the edits, and outside the edits in the text after them.

    `spans` are where values occur as they are; `search` finds other spellings.
    """
    hidden = masked(text, spans, (), search)
    before = [_masking(path, text, span) for span in hidden]
    beside = [_masking(path, text, part) for span in hidden for part in _outside(span, edits)]
    changes = []
    for edit in edits:
        # What is hidden in the replaced text may be repeated in the new one.
        inside = [span for span in hidden if edit.span.start <= span.start and span.end <= edit.span.end]
        repeated = sorted({text[span.start : span.end] for span in inside} - {""}, key=len, reverse=True)
        new = _hidden_outside_calls(edit.new, [*values, *repeated], search)
        changes.append(replace(edit, expects="", new=new))
    return _diff(path, splice(text, before), splice(text, [*beside, *changes]))


def _outside(span: Span, edits: Sequence[Edit]) -> Iterator[Span]:
    """The parts of a span that no edit replaces."""
    start = span.start
    for edit in unique_edits(edits):
        if edit.span.start < span.end and start < edit.span.end:
            if start < edit.span.start:
                yield Span(start, edit.span.start)
            start = max(start, edit.span.end)
    if start < span.end:
        yield Span(start, span.end)


def _masking(path: str, text: str, span: Span) -> Edit:
    """The edit that masks a span: an ellipsis for each of its lines, so that line numbers stay the same."""
    return Edit(path=path, span=span, expects="", new=re.sub(r"[^\r\n]+", "…", text[span.start : span.end]))


def _hidden_outside_calls(new: str, values: Sequence[str], search: Search) -> str:
    """Generated text with values masked, except in the names in our own imports, calls and references."""
    pieces = _OURS.split(new)
    for index in range(0, len(pieces), 2):
        hidden = masked(pieces[index], (), values, search)
        pieces[index] = splice(pieces[index], [_masking("", pieces[index], span) for span in hidden])
    return "".join(pieces)


def _diff(path: str, before: str, after: str, *, created: bool = False) -> list[str]:
    name = shown(path)
    lines = difflib.unified_diff(
        _split(before), _split(after), "/dev/null" if created else f"a/{name}", f"b/{name}", lineterm=""
    )
    return [f"{CONTROL.sub('�', line)}\n" for line in lines]


def _split(text: str) -> list[str]:
    """Lines as Python and editors count them, without line ends: edits never change these."""
    return re.split(r"\r\n?|\n", text.removesuffix("\n")) if text else []


def _searched(finding: Finding) -> Iterator[str]:
    """The texts to search for: the value, and the rest of a pair of AWS keys."""
    pair = (sibling.value for sibling in finding.literal.siblings if sibling.name in ARGUMENTS)
    for value in (finding.value, *pair):
        if value is not None and len(value.reveal("text")) >= SHORTEST_SEARCHED:
            yield value.reveal("text")
