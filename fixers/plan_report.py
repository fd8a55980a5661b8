"""A plan and its proof as text of at most 100 columns. It never contains a value."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from fixers.model import Outcome, Plan, PlannedSecret, Refusal, RefusalReason
from fixers.prices import reads_note
from fixers.stores.kinds import KINDS
from fixers.terminal import shown
from scanner.model import Finding

WIDTH = 100


def render_plan(plan: Plan) -> str:
    """What was found, where each value would be stored and why, what it costs, and what is not migrated."""
    lines = [f"Environment {plan.env}, application {plan.app}." if plan.app else f"Environment {plan.env}.", ""]
    lines += [*_summary(plan), ""]
    if plan.secrets:
        lines += [*_secrets(plan), ""]
        lines += [*_cost(plan.secrets), ""]
    if plan.new_files:
        lines += [*(f"New file: {shown(new.path)}" for new in plan.new_files), ""]
    if plan.refusals:
        lines += [*_refusals(plan.refusals), ""]
    for note in plan.notes:
        lines += _wrapped(f"Note: {shown(note)}", "", "      ")
    return "\n".join(lines).rstrip("\n") + "\n"


def render_proof(outcomes: Sequence[Outcome]) -> str:
    """The outcome of each fix, one line each, and the count."""
    width = max((len(outcome.secret) for outcome in outcomes), default=0)
    lines = []
    for outcome in outcomes:
        level = f" ({outcome.level})" if outcome.level else ""
        lines += _wrapped(
            f"{outcome.status:<9} {outcome.secret:<{width}}  {shown(outcome.detail)}{level}".rstrip(), "  ", " " * 12
        )
    counts = Counter(outcome.status for outcome in outcomes)
    summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return "\n".join([*lines, f"{_count(len(outcomes), 'fix', 'fixes')}: {summary or 'nothing to do'}."]) + "\n"


def _summary(plan: Plan) -> list[str]:
    places = sum(len(fix.findings) for fix in plan.fixes)
    stores = Counter(secret.store for secret in plan.moving)
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
    """The store, type and tier of a secret in words, without defaults."""
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
            yield from _wrapped(f"{_place(*findings)}: {shown(detail)}", "    ", "        ")
        for step in dict.fromkeys(refusal.next_step for refusal in group):
            yield from _wrapped(f"next: {shown(step)}", "    ", "          ")


def _place(first: Finding, *others: Finding) -> str:
    """A place, or several similar ones in one file: `shop/views.py:12, 40 and 41  Password by its name (3 places)`."""
    commit = f" in {first.commit.id[:12]}" if first.commit else ""
    *lines, last = dict.fromkeys(str(finding.start[0]) for finding in (first, *others))
    listed = f"{', '.join(lines)} and {last}" if lines else last
    several = f" ({len(others) + 1} places)" if others else ""
    return f"{shown(first.path)}:{listed}{commit}  {shown(first.title)}{several}"


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
