"""From the command line to a plan: scan, plan, apply a plan file, leave out what must not be done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from fixers.configuration import configuration
from fixers.copies import copies
from fixers.model import Plan, PlannedSecret
from fixers.overrides import NOTHING, Override
from fixers.plan import PlanOptions, context_of, make_plan
from fixers.planfile import apply_overrides, open_plan_file, options_of
from fixers.rewriting import Refused, rewriters
from fixers.workspace import Workspace, open_workspace
from scanner import coded_rules, session
from scanner.errors import UsageError
from scanner.reports.masking import hide, make_net
from scanner.running import Scanned, scan_paths
from scanner.sources import worktree


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with what it was made from. `remake` makes it again with the user's changes, the `overrides`.

    `remarks` are sentences about configuration without effect. `file` is the text of the plan file that it follows, ""
    if there is none.
    """

    plan: Plan
    options: PlanOptions
    workspace: Workspace
    scanned: Scanned
    remake: Callable[[Mapping[str, Override]], Plan]
    overrides: Mapping[str, Override]
    remarks: tuple[str, ...] = ()
    file: str = ""


def planned(named: Path, options: PlanOptions) -> Planned:
    """Scan a folder or file and plan for it."""
    scanned = scan_paths((named,))
    below = worktree.relative(scanned.root, Path.cwd() / named)
    return _planned(named, scanned, replace(options, scope="" if below == "." else below))


def planned_from(file: Path, named: Path) -> Planned:
    """Plan again with the options and changes of a plan file. `named` is in the tree that it was made for."""
    read = open_plan_file(file)
    options = options_of(read)
    below = worktree.root_of(named).folder / options.scope
    first = _planned(below, scan_paths((below,)), options)
    changes: dict[str, Override] = {}

    def remake(overrides: Mapping[str, Override]) -> Plan:
        changes.update(overrides)
        return first.remake(overrides)

    return replace(first, plan=apply_overrides(first.plan, read, remake), overrides=changes, file=read.text)


def without_secrets(before: Planned, names: Collection[str], why: Refused) -> Planned:
    """The plan without some of its secrets, whose findings are refused for this reason."""
    if not names:
        return before
    gone = [secret for secret in before.plan.secrets if secret.name in names]
    places = {finding.place for secret in gone for member in secret.members for finding in member.findings}
    overrides = dict(before.overrides)
    for secret in gone:
        for member in secret.members:
            for finding in member.findings:
                overrides[finding.place] = replace(overrides.get(finding.place, NOTHING), action="skip")
    plan = before.remake(overrides)
    reason, detail, next_step = why
    refusals = tuple(
        replace(refusal, reason=reason, detail=detail, next_step=next_step)
        if refusal.finding.place in places
        else refusal
        for refusal in plan.refusals
    )
    secrets = tuple(
        secret
        for secret in plan.secrets
        if secret.action != "skip" or secret.members[0].findings[0].place not in places
    )
    return replace(before, plan=replace(plan, secrets=secrets, refusals=refusals), overrides=overrides)


def without_values_as_names(plan: Plan) -> Plan:
    """A plan without values in file names: those of refused findings are masked, as in reports.

    Raises UsageError if such a file would change, because plans, journals and diffs contain its name.
    """
    moving = [one for fix in plan.fixes for one in fix.findings]
    net = make_net([*moving, *(stay.finding for stay in plan.refusals)])
    for path in sorted({*(one.path for one in moving), *(edit.path for fix in plan.fixes for edit in fix.edits)}):
        if hide(path, net) != path:
            raise UsageError(
                f"{hide(path, net)}: this name contains the value of a credential",
                hint="rename it, and rotate the value: history keeps names; if it is none, an ignore comment says so",
            )
    stays = (
        replace(stay, finding=replace(stay.finding, path=hide(stay.finding.path, net)), detail=hide(stay.detail, net))
        for stay in plan.refusals
    )
    return replace(plan, refusals=tuple(stays), notes=tuple(hide(note, net) for note in plan.notes))


def _planned(named: Path, scanned: Scanned, options: PlanOptions) -> Planned:
    workspace = open_workspace(scanned.root.folder, worktree.names(scanned.root, named))
    result, config = scanned.result, scanned.config
    further = copies(workspace, result.findings, options.min_confidence, config, scope=options.scope, key=scanned.key)
    result = result._replace(findings=(*result.findings, *further))
    if options.include_config:
        settings = configuration(workspace, result.findings, scope=options.scope, key=scanned.key)
        result = result._replace(findings=(*result.findings, *settings))
    automatic = frozenset(rule.id for rule in session.load_rules().providers if rule.rotation == "automatic")

    context = context_of(workspace, options, scanned.key)  # shared by all rounds

    def make(overrides: Mapping[str, Override]) -> Plan:
        return make_plan(
            result,
            options,
            context,
            rewriters=rewriters(),
            automatic=automatic,
            overrides=overrides,
        )

    plan = make({})
    # Names decide the store, and are known only now. The command line's choice for all secrets takes precedence.
    stores = scanned.config.stores if options.store == "auto" else ()
    asked = _store_overrides(plan, stores)

    def remake(overrides: Mapping[str, Override]) -> Plan:
        return make({**asked, **{place: own.over(asked.get(place, NOTHING)) for place, own in overrides.items()}})

    return Planned(
        plan=remake({}) if asked else plan,
        options=options,
        workspace=workspace,
        scanned=scanned,
        remake=remake,
        overrides={},
        remarks=tuple(_without_effect(plan, stores, scanned.root.folder, whole=not options.scope)),
    )


def _store_overrides(plan: Plan, stores: Sequence[tuple[str, str]]) -> dict[str, Override]:
    """Overrides by the configuration's patterns, by the place of a secret's first finding. The first match applies."""
    found = {}
    for secret in plan.secrets:
        fitting = next(((pattern, store) for pattern, store in stores if _fits(pattern, secret)), None)
        if fitting is not None and fitting[1] != secret.store:
            reason = f"asked for by stores.{fitting[0]!r} of the configuration"
            found[secret.members[0].findings[0].place] = Override(store=fitting[1], reason=reason)
    return found


def _without_effect(plan: Plan, stores: Sequence[tuple[str, str]], root: Path, *, whole: bool) -> Iterator[str]:
    """Remarks on configuration patterns without effect; for a part of the tree, only those about unknown rules."""
    idle = [pattern for pattern, _ in stores if not any(_fits(pattern, secret) for secret in plan.secrets)]
    ids = coded_rules.rule_ids(session.known_at(root)[1]()) if idle else []
    for pattern in idle:
        what, _, glob = pattern.partition(":")
        said = coded_rules.no_such_rule(glob, ids) if what == "rule" else None
        if said is not None:
            yield f"stores in the configuration: {said}"
        elif whole and plan.secrets:
            yield f"stores in the configuration: {pattern!r} fits no secret of this plan"


def _fits(pattern: str, secret: PlannedSecret) -> bool:
    what, _, glob = pattern.partition(":")
    if what == "rule":
        return any(fnmatchcase(each.rule, glob) for member in secret.members for each in member.findings)
    return fnmatchcase(secret.name.removeprefix("/"), glob.removeprefix("/"))
