"""A plan, its diff and its proof as text of at most 100 columns. No value is ever in it."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fixers.insertions import joined_insertions
from fixers.model import Edit, Outcome, Plan, PlannedSecret, Refusal, RefusalReason
from fixers.own_keys import ARGUMENTS
from fixers.prices import reads_note
from fixers.rewriting import splice, unique_edits
from fixers.spelling import SHORTEST_SEARCHED
from fixers.stores.kinds import KINDS
from fixers.value_search import Search, may_stand, search_for, traces
from fixers.workspace import Workspace
from scanner.model import Finding, SecretValue, Span
from scanner.reports.masking import is_distinctive

WIDTH = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTINUES = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character
_OURS = re.compile(r"(\w*get_secret_(?:value|bytes)\([^()]*\)|\{\{resolve:[^{}]*\}\}|\bfrom [\w.]+ import [\w, ]+)")


def render_plan(plan: Plan) -> str:
    """What was found, where each value would live and why, what it costs, and what stays."""
    lines = [f"Environment {plan.env}, application {plan.app}." if plan.app else f"Environment {plan.env}.", ""]
    lines += [*_summary(plan), ""]
    if plan.secrets:
        lines += [*_secrets(plan), ""]
        lines += [*_cost(plan.secrets), ""]
    if plan.new_files:
        lines += [*(f"New file: {_shown(new.path)}" for new in plan.new_files), ""]
    if plan.refusals:
        lines += [*_refusals(plan.refusals), ""]
    for note in plan.notes:
        lines += _wrapped(f"Note: {_shown(note)}", "", "      ")
    return "\n".join(lines).rstrip("\n") + "\n"


def render_diff(plan: Plan, workspace: Workspace, findings: Iterable[Finding] = ()) -> str:
    """Unified diff of every file that the plan changes, each credential as an ellipsis.

    `findings` are further ones whose values must not show either: suppressed, or of low confidence.
    """
    known = [
        *(found for fix in plan.fixes for found in fix.findings),
        *(stay.finding for stay in plan.refusals),
        # What was judged to be none is an ordinary word as often as not: hiding it everywhere would hide the diff.
        *(finding for finding in findings if finding.suppressed is None or finding.score >= 0),
    ]
    values = sorted({value for found in known for value in _searched(found)}, key=len, reverse=True)
    edits = unique_edits(edit for fix in plan.fixes for edit in fix.edits)
    touched = sorted({edit.path for edit in edits})
    chunks: list[str] = []
    hidden: dict[str, list[Span]] = {}
    for path in touched:
        spans = [span for found in known if found.path == path and found.commit is None for span in (found.span,)]
        hidden[path] = masked(workspace.document(path).text, spans, values)
    search = _other_spellings(workspace, hidden, edits, values)
    for path in touched:
        own = [edit for edit in (*edits, *joined_insertions(plan.imports)) if edit.path == path]
        chunks += _file_diff(path, workspace.document(path).text, own, hidden[path], values, search)
    for new in plan.new_files:
        before = workspace.document(new.path).text if new.path in workspace.files else ""
        chunks += _diff(new.path, before, new.content, created=new.path not in workspace.files)
    return "".join(chunks)


def render_proof(outcomes: Sequence[Outcome]) -> str:
    """What became of each fix, one line each, and the count."""
    width = max((len(outcome.secret) for outcome in outcomes), default=0)
    lines = []
    for outcome in outcomes:
        level = f" ({outcome.level})" if outcome.level else ""
        lines += _wrapped(
            f"{outcome.status:<9} {outcome.secret:<{width}}  {_shown(outcome.detail)}{level}".rstrip(), "  ", " " * 12
        )
    counts = Counter(outcome.status for outcome in outcomes)
    summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return "\n".join([*lines, f"{_count(len(outcomes), 'fix', 'fixes')}: {summary or 'nothing to do'}."]) + "\n"


def masked(text: str, spans: Iterable[Span], values: Sequence[str], search: Search | None = None) -> list[Span]:
    """Where a text must not be shown: the given spans and every occurrence of a value, merged, in order.

    A word that somebody took as a password (`secret`) is hidden where it stands alone: `app_secrets` tells nothing.
    `search` is for the values that nobody writes by chance: escaped, encoded and cut ones are hidden too.
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


def _summary(plan: Plan) -> list[str]:
    places = sum(len(fix.findings) for fix in plan.fixes)
    stores = Counter(secret.store for secret in plan.secrets if secret.action != "skip")
    parts = [_count(stores[kind.word], kind.one, kind.many) for kind in KINDS.values() if stores[kind.word]]
    stay = len(plan.refusals)
    files = len({edit.path for fix in plan.fixes for edit in fix.edits})
    moved = f"{_count(places, 'place', 'places')} will read {' and '.join(parts)}" if parts else "Nothing can be moved"
    return _wrapped(
        f"{moved}; {_count(files, 'file', 'files')} will change; {_count(stay, 'place stays', 'places stay')} as "
        f"{'it is' if stay == 1 else 'they are'}.",
        "",
        "",
    )


def _secrets(plan: Plan) -> Iterator[str]:
    rows = [
        (secret.name, stored_in(secret), ", ".join(member.env for member in secret.members)) for secret in plan.secrets
    ]
    widths = [max(len(row[column]) for row in (*rows, ("NAME", "STORE", ""))) for column in (0, 1)]
    lines = [f"{name:<{widths[0]}}  {store:<{widths[1]}}  {names}" for name, store, names in rows]
    fits = max(map(len, lines)) <= WIDTH
    if fits:
        yield f"{'NAME':<{widths[0]}}  {'STORE':<{widths[1]}}  VARIABLE"
    for secret, line, (name, store, names) in zip(plan.secrets, lines, rows, strict=True):
        yield from [line] if fits else [name, f"    in: {store}; variable: {names}"]
        if secret.action != "create":
            yield f"    action: {secret.action}"
        yield from _wrapped(f"why: {secret.reason}; rotation: {secret.rotation}", "    ", "         ")
        if secret.constants:
            yield f"    with: {', '.join(key for key, _ in secret.constants)}"
        for member in secret.members:
            for finding in member.findings:
                yield from _wrapped(f"{_place(finding)}{f' -> {member.key}' if member.key else ''}", "    ", "        ")


def stored_in(secret: PlannedSecret) -> str:
    """The store, type and tier of a secret in words, without what goes without saying."""
    kind = KINDS[secret.store]
    special = "" if secret.type == kind.types[0] else f", {secret.type}"
    return kind.title + special + (f", {secret.tier}" if secret.tier else "")


def _cost(secrets: Sequence[PlannedSecret]) -> Iterator[str]:
    counts: Counter[tuple[str, float]] = Counter()
    for secret in secrets:
        if secret.action != "skip":
            counts[stored_in(secret), secret.monthly_cost] += 1
    width = max((len(where) for where, _ in counts), default=0)
    yield "Cost a month"
    for (where, each), number in sorted(counts.items()):
        yield f"    {number:>4} x {where:<{width}}  at ${each:.2f}  ${number * each:8.2f}"
    yield f"    {'total':<{width + 17}}${sum(secret.monthly_cost for secret in secrets):8.2f}"
    yield from _wrapped(reads_note(), "    ", "    ")


def _refusals(refusals: Sequence[Refusal]) -> Iterator[str]:
    yield "Stays as it is"
    for reason in RefusalReason:
        group = [refusal for refusal in refusals if refusal.reason is reason]
        if not group:
            continue
        yield f"  {reason} ({len(group)})"
        alike: dict[tuple[str, ...], list[Finding]] = {}
        for refusal in group:
            finding = refusal.finding
            commit = finding.commit.id if finding.commit else ""
            alike.setdefault((finding.path, commit, finding.title, refusal.detail), []).append(finding)
        for (*_, detail), findings in alike.items():
            yield from _wrapped(f"{_place(*findings)}: {_shown(detail)}", "    ", "        ")
        for step in dict.fromkeys(refusal.next_step for refusal in group):
            yield from _wrapped(f"next: {_shown(step)}", "    ", "          ")


def _place(first: Finding, *others: Finding) -> str:
    """A place, or those of one file that are alike: `shop/views.py:12, 40 and 41  Password by its name (3 places)`."""
    commit = f" in {first.commit.id[:12]}" if first.commit else ""
    *lines, last = dict.fromkeys(str(finding.start[0]) for finding in (first, *others))
    listed = f"{', '.join(lines)} and {last}" if lines else last
    several = f" ({len(others) + 1} places)" if others else ""
    return f"{_shown(first.path)}:{listed}{commit}  {_shown(first.title)}{several}"


def _other_spellings(
    workspace: Workspace, hidden: Mapping[str, Sequence[Span]], edits: Sequence[Edit], values: Sequence[str]
) -> Search:
    """A search for what is left beside the values as they are, which are hidden already."""
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
    """The diff of one file: what is masked is masked in the text before the edits, and beside them after it.

    `spans` are where values stand as they are, `search` finds them otherwise.
    """
    hidden = masked(text, spans, (), search)
    before = [_masking(path, text, span) for span in hidden]
    beside = [_masking(path, text, part) for span in hidden for part in _outside(span, edits)]
    changes = [replace(edit, expects="", new=_hidden_outside_calls(edit.new, values, search)) for edit in edits]
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
    """An ellipsis for each line of the span, so that lines keep their numbers."""
    return Edit(path=path, span=span, expects="", new=re.sub(r"[^\r\n]+", "…", text[span.start : span.end]))


def _hidden_outside_calls(new: str, values: Sequence[str], search: Search) -> str:
    """Our own text with values masked, but for the names in our imports, calls and references."""
    pieces = _OURS.split(new)
    for index in range(0, len(pieces), 2):
        hidden = masked(pieces[index], (), values, search)
        pieces[index] = splice(pieces[index], [_masking("", pieces[index], span) for span in hidden])
    return "".join(pieces)


def _diff(path: str, before: str, after: str, *, created: bool = False) -> list[str]:
    shown = _shown(path)
    lines = difflib.unified_diff(
        _split(before), _split(after), "/dev/null" if created else f"a/{shown}", f"b/{shown}", lineterm=""
    )
    return [f"{_CONTROL.sub('�', line)}\n" for line in lines]


def _split(text: str) -> list[str]:
    """Lines as Python and editors count them. What ends them is never changed, so it is not shown."""
    return re.split(r"\r\n?|\n", text.removesuffix("\n")) if text else []


def _searched(finding: Finding) -> Iterator[str]:
    """The texts to search for: the value, and the rest of a pair of AWS keys."""
    pair = (sibling.value for sibling in finding.literal.siblings if sibling.name in ARGUMENTS)
    for value in (finding.value, *pair):
        if value is not None and len(value.reveal("text")) >= SHORTEST_SEARCHED:
            yield value.reveal("text")


def _shown(text: str) -> str:
    """Text of the repository without characters that act on a terminal."""
    return _CONTROL.sub("�", text).replace("\t", " ").replace("\n", " ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
