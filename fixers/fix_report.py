"""`unhardcode fix --format json|sarif`: findings with the edits or the refusal that the planner has for each."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from fixers.insertions import joined_insertions
from fixers.leaks import leak_search, leaks
from fixers.model import Edit, Fix, Plan
from fixers.planning import Planned
from fixers.rewriting import unique_edits
from scanner.reports.context import FixNote, Replacement, ReportContext
from scanner.text import line_starts, position


def render_findings(made: Planned, form: str, version: str) -> Iterator[str]:
    """The report in one of the formats of `unhardcode scan`, with its `fix` fields filled in."""
    context = ReportContext(
        root=str(made.scanned.root.folder),
        version=version,
        min_confidence=made.options.min_confidence,
        fail_on=None,
        documents=made.scanned.texts.get,
        fixes=fix_notes(made),
    )
    report = importlib.import_module(f"scanner.reports.{form}")
    yield from report.render(made.scanned.result, context)


def fix_notes(made: Planned) -> Mapping[str, FixNote]:
    """A note for each finding of a plan, by its place; without edits that copy a value from the text around them."""
    notes = {refusal.finding.place: FixNote(refusal=refusal.reason) for refusal in made.plan.refusals}
    imports = defaultdict(list)
    for edit in joined_insertions(made.plan.imports):
        imports[edit.path].append(edit)
    touched = {edit.path for fix in made.plan.fixes for edit in fix.edits}
    starts = {path: line_starts(made.workspace.document(path).text) for path in touched}
    search = leak_search(made.plan, [edit.new for fix in made.plan.fixes for edit in fix.edits])
    for fix in made.plan.fixes:
        told = leaks(search, [edit.new for edit in fix.edits])
        note = FixNote(
            safety=fix.safety,
            description=_description(fix, made.plan),
            replacements=tuple(
                _replacement(edit, starts[edit.path]) for edit in (() if told else _edits(fix, imports))
            ),
        )
        notes |= {finding.place: note for finding in fix.findings}
    return notes


def _edits(fix: Fix, imports: Mapping[str, list[Edit]]) -> Iterable[Edit]:
    own = unique_edits(fix.edits)
    touched = {edit.path for edit in own}
    return sorted((*own, *(edit for path in touched for edit in imports[path])), key=lambda e: (e.path, e.span))


def _description(fix: Fix, plan: Plan) -> str:
    beside = f" The new file {plan.new_files[0].path} goes with it." if plan.new_files else ""
    return f"Read it from {fix.secret}, once its value is stored there: `unhardcode migrate` does both.{beside}"


def _replacement(edit: Edit, starts: list[int]) -> Replacement:
    start, end = position(starts, edit.span.start), position(starts, edit.span.end)
    return Replacement(path=edit.path, start=start, end=end, text=edit.new)
