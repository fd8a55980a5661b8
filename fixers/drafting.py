"""Turn findings into drafts of secrets with a store; findings that cannot be moved are refused with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixers import manual_steps
from fixers.choice import Choice, choose, not_storable
from fixers.grouping import Draft, Form, by_parameter, group, own_key
from fixers.model import RefusalReason
from fixers.naming import environment_of
from fixers.refusals import REMAINING, stays
from fixers.rewriting import STRUCTURED, Refused
from fixers.stores.kinds import KINDS
from fixers.strength import STRONG_BITS, strength
from fixers.workspace import Workspace
from scanner import companions
from scanner.errors import NotSeenError, UsageError
from scanner.model import Confidence, CredentialKind, Document, Finding, Kind, Literal, Role, ScanResult
from scanner.readers.kinds import kind_of

if TYPE_CHECKING:
    from scanner.readers.dotenv import Binding


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedOut:
    """Findings to move, their documents by path, and refusals by `id` of the finding."""

    findings: tuple[Finding, ...]
    documents: dict[str, Document]
    refused: dict[int, Refused]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenDraft:
    """A draft with its store."""

    draft: Draft
    choice: Choice


def considered(result: ScanResult, minimum: Confidence) -> tuple[Finding, ...]:
    """The findings that a plan covers: not suppressed, at or above `minimum`, and further copies of their values.

    A key id counts with its secret. A copy counts only if equality cannot be chance: a provider's format, or enough
    bits.
    """
    live = [finding for finding in result.findings if finding.suppressed is None]
    counted = [
        finding for finding in result.findings if finding.suppressed is None or companions.is_counted(finding, live)
    ]
    sure = [finding for finding in counted if finding.confidence.rank >= minimum.rank]
    values = {finding.value for finding in sure if finding.value is not None and unmistakable(finding)}
    return tuple(finding for finding in counted if finding.confidence.rank >= minimum.rank or finding.value in values)


def unmistakable(finding: Finding) -> bool:
    """Whether the form of a value alone shows that another place with the same value holds the same credential."""
    return bool(finding.prefix) or (finding.value is not None and strength(finding.value) >= STRONG_BITS)


def _documents_of(findings: Iterable[Finding], workspace: Workspace) -> dict[str, Document]:
    """The files with findings, except unreadable ones."""
    found: dict[str, Document] = {}
    for path in sorted({finding.path for finding in findings if finding.commit is None}):
        try:
            found[path] = workspace.document(path)
        except NotSeenError:
            continue  # its findings are refused as not-parsable
    return found


def by_variable(findings: Sequence[Finding], documents: Mapping[str, Document]) -> tuple[Finding, ...]:
    """The findings; parts of a variable's or setting's value (a URL, JSON, PEM) are extended to all of it."""
    from fixers.structured import whole_values
    from scanner.readers.dotenv import bindings

    found = {path: bindings(document) for path, document in documents.items() if document.kind is Kind.DOTENV}
    ways = {path: whole_values(document) for path, document in documents.items() if document.kind in STRUCTURED}
    whole = [
        ways[finding.path](finding)
        if finding.path in ways and finding.commit is None
        else _in_variable(finding, found.get(finding.path, ()))
        for finding in findings
    ]
    named: dict[str | None, set[str]] = defaultdict(set)
    for finding in whole:
        named[own_key(finding)].add(finding.path)
    inis = {path for path, document in documents.items() if document.kind is Kind.INI}
    # Most reads of INI take any variable: two files with the same section and option need not share one.
    return tuple(
        each if each.path in inis and each.literal.span == made.literal.span and len(named[own_key(made)]) > 1 else made
        for each, made in zip(findings, whole, strict=True)
    )


def _in_variable(finding: Finding, found: Sequence[Binding]) -> Finding:
    owner = next((each for each in found if each.value is not None and each.span.contains(finding.span)), None)
    if owner is None or owner.value is None or finding.literal.role is Role.VARIABLE:
        return finding
    literal = Literal(
        span=owner.span, value=owner.value, role=Role.VARIABLE, name=owner.key, body=owner.body, offsets=owner.offsets
    )
    return replace(finding, literal=literal)


def sorted_out(
    counted: Sequence[Finding], workspace: Workspace, *, scope: str, include_tests: bool, rewritable: frozenset[Kind]
) -> SortedOut:
    """Split the findings into those that a rewriter may try and those that are refused, with reasons."""
    documents = _documents_of(counted, workspace)
    findings = by_variable(counted, documents)
    refused: dict[int, Refused] = {}
    by_file: dict[str, Refused | None] = {}
    for finding in findings:
        kind = _kind(finding, documents)
        reason = stays(finding, workspace, kind, scope=scope, include_tests=include_tests, rewritable=rewritable)
        if reason is None and kind in STRUCTURED and finding.path in documents:
            reason = by_file.setdefault(finding.path, manual_steps.of(documents[finding.path]))
        if finding.path not in documents and (reason is None or reason[0] not in REMAINING):
            reason = (RefusalReason.NOT_PARSABLE, "the file cannot be read as text", "look at it by hand")
        if reason is not None:
            refused[id(finding)] = reason
    return SortedOut(findings=findings, documents=documents, refused=refused)


def drafts(
    findings: Sequence[Finding],
    documents: Mapping[str, Document],
    refused: MutableMapping[int, Refused],
    *,
    environment: str,
    store: str,
    automatic: frozenset[str],
    stores: Callable[[Draft], str | None],
) -> tuple[ChosenDraft, ...]:
    """Group the findings and choose each group's store; what cannot be stored is added to `refused`.

    `store` is auto or the user's choice for all; `stores` gives the user's choice for one draft, or None.
    """
    moving = [finding for finding in findings if _may_move(refused.get(id(finding)))]
    grouped = group(
        moving,
        environment=lambda finding: environment_of(finding.path, environment),
        kind=lambda finding: _kind(finding, documents),
        text=lambda finding: documents[finding.path].text if finding.path in documents else "",
    )
    if store in KINDS and not KINDS[store].has_fields:
        grouped = tuple(part for draft in grouped for part in by_parameter(draft))
    found = []
    for draft in grouped:
        one = _chosen(draft, stores(draft) or store, automatic)
        reason = _companion(one.draft) or not_storable(one.draft, one.choice.store)
        held = {id(place): refused[id(place)] for place in draft.findings if id(place) in refused}
        if reason is not None:
            held.setdefault(id(draft.findings[0]), reason)
        if held:
            refuse(draft, draft.findings, held, refused)
        else:
            found.append(one)
    return tuple(found)


def refuse(
    draft: Draft, places: Iterable[Finding], reasons: Mapping[int, Refused], refused: MutableMapping[int, Refused]
) -> None:
    """Refuse places of a draft: those in `reasons` for their own reason, the others because of the first of them."""
    cause = next(finding for finding in draft.findings if id(finding) in reasons)
    reason, detail, step = reasons[id(cause)]
    where = f"{cause.path}:{cause.start[0]}"
    for finding in places:
        other = (reason, f"its secret is also in {where}, which stays: {detail}", step)
        refused[id(finding)] = reasons.get(id(finding), other)


def without_places(draft: Draft, gone: frozenset[int]) -> Draft | None:
    """The draft without some places (by `id`); None if a member has no place left."""
    members = tuple(
        replace(member, findings=tuple(finding for finding in member.findings if id(finding) not in gone))
        for member in draft.members
    )
    return replace(draft, members=members) if all(member.findings for member in members) else None


def _kind(finding: Finding, documents: Mapping[str, Document]) -> Kind:
    return documents[finding.path].kind if finding.path in documents else kind_of(finding.path, b"")


def _may_move(reason: Refused | None) -> bool:
    """Whether the finding counts for its secret: a listed copy does not, a place that cannot change does."""
    return reason is None or (reason[0] not in REMAINING and reason[0] is not RefusalReason.VALUE_NOT_STORABLE)


def _chosen(draft: Draft, store: str, automatic: frozenset[str]) -> ChosenDraft:
    if store in KINDS and not KINDS[store].has_fields and draft.form is not Form.PLAIN:
        parts = by_parameter(draft)
        if len(parts) > 1:
            raise UsageError(
                f"a pair is one secret: it cannot be one {KINDS[store].one}",
                hint=f"plan with --store {store} to split it",
            )
        draft = parts[0]
    rotates = any(finding.rule in automatic for finding in draft.findings)
    return ChosenDraft(draft=draft, choice=choose(draft, store, automatic=rotates))


def _companion(draft: Draft) -> Refused | None:
    alone = draft.form is Form.PLAIN and draft.part is None
    if not alone or draft.findings[0].kind is not CredentialKind.ACCESS_KEY_ID:
        return None
    return (
        RefusalReason.COMPANION_MISSING,
        "a key id without its key",
        "find where its key is kept; both must move together",
    )
