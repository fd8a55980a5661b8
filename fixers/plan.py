"""Build a migration plan from findings: the secrets, their names and store, the rewrites and the refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fixers.app_name import app_name, segment
from fixers.choice import Choice
from fixers.dependencies import add_boto3
from fixers.drafting import considered, drafts, sorted_out, unmistakable
from fixers.grouping import Form
from fixers.model import Fix, Member, Plan, PlannedSecret, Refusal, Safety
from fixers.naming import shown_frameworks
from fixers.overrides import Override, known_store, override_of
from fixers.placing import Placings
from fixers.rewrite_context import rewrite_context
from fixers.rewriting import Refused, RewriteContext, Rewriter, unique_edits
from fixers.settling import Names, Settled, settle
from fixers.shipping import build_notes, shipping_notes
from fixers.stores.kinds import KINDS
from fixers.stores.limits import foreign_key_problem, key_problem
from fixers.stores.model import PLAIN_TYPES
from fixers.styles import check_style
from fixers.variables import read_variables, set_variables
from fixers.workspace import Workspace
from scanner.errors import UsageError
from scanner.identity import digest
from scanner.model import Confidence, Document, Finding, Kind, ScanResult, SecretValue
from scanner.sources.worktree import SUBMODULE

DEFAULT_ENVIRONMENT = "prod"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """Options of a plan, as the user gave them.

    `store` is auto, secretsmanager or parameterstore; `style` is module, inline or extension. `prefix_from` names a
    variable that replaces the first part of secret names at run time. `scope` is the PATH argument as a POSIX path
    relative to the root, "" for the whole tree.
    """

    env: str | None = None
    app: str | None = None
    store: str = "auto"
    style: str = "module"
    prefix_from: str | None = None
    kms_key: str | None = None
    min_confidence: Confidence = Confidence.MEDIUM
    include_tests: bool = False
    via_run: bool = False
    include_config: bool = False
    scope: str = ""


def context_of(workspace: Workspace, options: PlanOptions, key: bytes) -> RewriteContext:
    """The context shared by all plans of one workspace with the same options; it caches parsed files."""
    style = check_style(options.style, options.prefix_from)
    return rewrite_context(workspace, key=key, via_run=options.via_run, style=style)


def make_plan(
    result: ScanResult,
    options: PlanOptions,
    context: RewriteContext,
    *,
    rewriters: Mapping[Kind, Rewriter],
    overrides: Mapping[str, Override] | None = None,
    automatic: frozenset[str] = frozenset(),
) -> Plan:
    """Plan a migration of every finding at or above the options' confidence: each ends in one Fix or one Refusal.

    `context` comes from `context_of` with the same options. `overrides` are keyed by the place of one of a secret's
    findings. `automatic` holds the ids of rules whose provider's keys AWS can rotate. Raises UsageError if the
    application has no name.
    """
    workspace, key = context.workspace, context.key
    _check(options)
    env = segment(options.env or DEFAULT_ENVIRONMENT, "--env")
    edited = overrides or {}
    counted = considered(result, options.min_confidence)
    found = sorted_out(
        counted,
        workspace,
        scope=options.scope,
        include_tests=options.include_tests,
        rewritable=frozenset(rewriters),
    )
    findings, documents, refused = found.findings, found.documents, found.refused
    chosen = drafts(
        findings,
        documents,
        refused,
        environment=env,
        store=options.store,
        automatic=automatic,
        stores=lambda draft: known_store(override_of(draft, edited)),
    )
    app = app_name(workspace, app=options.app, scope=options.scope) if chosen else options.app or ""
    names = _names(app, result, context, documents, edited)
    secrets, placings = settle(chosen, names, documents, rewriters, context, refused)
    moved = _moved(secrets)
    plan = Plan(
        env=env,
        app=app,
        root=str(workspace.root),
        tree="",
        secrets=tuple(_planned(secret, options, env, key) for secret in secrets),
        fixes=tuple(_fix(secret) for secret in secrets if secret.override.action != "skip"),
        refusals=tuple(
            _refusal(finding, refused[id(finding)], moved) for finding in findings if id(finding) in refused
        ),
        new_files=(),
        notes=(*placings.notes, *_notes(result, counted, options)),
        style=context.style.name,
        prefix_from=context.style.prefix_from,
    )
    _assert_complete(plan, findings)
    return _with_files(_with_dependencies(plan, workspace, key), placings, workspace, key)


def _names(
    app: str,
    result: ScanResult,
    context: RewriteContext,
    documents: Mapping[str, Document],
    overrides: Mapping[str, Override],
) -> Names:
    """What names of secrets and variables depend on: what the project reads, sets and imports."""
    workspace = context.workspace
    return Names(
        app=app,
        read=read_variables(workspace.bytes_of(path) for path in workspace.files if workspace.is_python(path)),
        given=set_variables(workspace),
        values={finding.value for finding in result.findings if finding.value is not None},
        overrides=overrides,
        frameworks=shown_frameworks(context.imported, (document.text for document in documents.values())),
    )


def _moved(secrets: Sequence[Settled]) -> dict[SecretValue | None, str]:
    """Names of secrets by value, where the name is unambiguous: the refusal of a copy says where its value went."""
    return {
        place.value: secret.named.name
        for secret in secrets
        for place in secret.chosen.draft.findings
        if secret.override.action != "skip" and unmistakable(place)
    }


def touched_paths(plan: Plan) -> tuple[str, ...]:
    """The files that the fixes change, sorted, without new files."""
    return tuple(sorted({edit.path for fix in plan.fixes for edit in fix.edits}))


def tree_digest(paths: Sequence[str], workspace: Workspace, key: bytes) -> str:
    """Keyed digest of paths and contents, 64 hex digits; keyed, because a file may hold little but a weak value."""
    parts = [part for path in paths for part in (path, digest(key, workspace.read(path)))]
    return digest(key, "\0".join(parts))


def _check(options: PlanOptions) -> None:
    if options.store not in ("auto", *KINDS):
        raise UsageError(f"--store is auto, {' or '.join(KINDS)}")
    if options.kms_key and (problem := key_problem(options.kms_key)):
        raise UsageError(f"--kms-key: {problem}")


def _planned(secret: Settled, options: PlanOptions, env: str, key: bytes) -> PlannedSecret:
    draft, choice, override = secret.chosen.draft, secret.chosen.choice, secret.override
    tier = override.tier or choice.tier
    # Empty if the user emptied it in the plan file: then the AWS managed key is used.
    kms_key = options.kms_key if override.kms_key is None else override.kms_key
    if choice.type in PLAIN_TYPES:
        kms_key = None
    kind = KINDS[choice.store]
    if kms_key and (problem := foreign_key_problem(kms_key, kind.service)):
        hint = "leave the key out: each store then encrypts with its own"
        raise UsageError(f"{secret.named.name}: {problem}", hint=hint)
    action = override.action or "create"
    members = tuple(
        Member(
            key=member.key, env=variable, value=member.value, digest=digest(key, member.value), findings=member.findings
        )
        for member, variable in zip(draft.members, secret.named.variables, strict=True)
    )
    return PlannedSecret(
        name=secret.named.name,
        store=choice.store,
        type=choice.type,
        tier=tier,
        kms_key=kms_key or None,
        members=members,
        constants=draft.constants,
        action=action,
        reason=_reason(choice, override),
        rotation=choice.rotation,
        monthly_cost=0.0 if action == "skip" else kind.tiers[tier].a_month,
        environment="" if draft.env == env else draft.env,
    )


def _reason(choice: Choice, override: Override) -> str:
    if override.store is None:
        return choice.reason
    return override.reason or "asked for in the plan file"


def _fix(secret: Settled) -> Fix:
    draft = secret.chosen.draft
    what = {Form.LOGIN: "database login", Form.PAIR: "key pair", Form.PLAIN: draft.findings[0].title}[draft.form]
    places = len(draft.findings)
    high = all(finding.confidence is Confidence.HIGH for finding in draft.findings)
    return Fix(
        secret=secret.named.name,
        title=f"{what} in {places} place{'s' if places > 1 else ''}",
        safety=Safety.SAFE if high else Safety.REVIEW,
        findings=draft.findings,
        edits=secret.placed.edits,
        proofs=secret.placed.proofs,
    )


def _refusal(finding: Finding, refused: Refused, moved: Mapping[SecretValue | None, str]) -> Refusal:
    """The refusal. `moved` maps values to secret names: a copy that stays must be changed before rotation."""
    reason, detail, next_step = refused
    if finding.value in moved:
        detail += f"; the same value moves to {moved[finding.value]}"
    return Refusal(finding=finding, reason=reason, detail=detail, next_step=next_step)


def _notes(result: ScanResult, findings: Sequence[Finding], options: PlanOptions) -> tuple[str, ...]:
    planned = {id(finding) for finding in findings}
    low = sum(finding.suppressed is None and id(finding) not in planned for finding in result.findings)
    unseen = tuple(
        f"not looked at: {one.path}: {f'{SUBMODULE}, migrate in it' if one.reason == SUBMODULE else one.reason}"
        for one in result.coverage.skipped
        if one.gap or one.reason == SUBMODULE
    )
    if not low:
        return unseen
    below = "finding is" if low == 1 else "findings are"
    return (f"{low} {below} below {options.min_confidence} confidence and not in this plan (--min-confidence)", *unseen)


def _assert_complete(plan: Plan, findings: Sequence[Finding]) -> None:
    """Assert that every finding is in exactly one fix or refusal, so that none is skipped silently."""
    ends = Counter(id(finding) for fix in plan.fixes for finding in fix.findings)
    ends.update(id(refusal.finding) for refusal in plan.refusals)
    assert ends == Counter(map(id, findings)), "a finding has no end, or two"


def _with_dependencies(plan: Plan, workspace: Workspace, key: bytes) -> Plan:
    """The plan with boto3 added to the project's dependencies, if its style needs boto3 and a fix changes Python."""
    edited = {edit.path for fix in plan.fixes for edit in fix.edits}
    # Notebooks call boto3 directly in every style.
    changed = {
        path for path in edited if path.endswith(".ipynb") or (plan.style != "extension" and workspace.is_python(path))
    }
    if not changed:
        return plan
    found = add_boto3(changed, workspace, key)
    fixes = tuple(
        replace(fix, edits=unique_edits([*fix.edits, *found.edits]))
        if changed & {edit.path for edit in fix.edits}
        else fix
        for fix in plan.fixes
    )
    return replace(plan, fixes=fixes, notes=(*plan.notes, *found.notes))


def _with_files(plan: Plan, placings: Placings, workspace: Workspace, key: bytes) -> Plan:
    """The plan completed with what belongs to its files: their digest, import lines and the generated module."""
    touched = touched_paths(plan)
    new_files = placings.new_files if plan.fixes else ()
    shipping = shipping_notes([new.path for new in new_files], touched, workspace)
    python = {fix.secret for fix in plan.fixes if any(workspace.is_python(edit.path) for edit in fix.edits)}
    variables = {member.env for secret in plan.secrets if secret.name in python for member in secret.members}
    programs = [path for path in touched if workspace.is_python(path)]
    built = build_notes(variables if plan.style != "inline" else (), programs, workspace)
    return replace(
        plan,
        tree=tree_digest(touched, workspace, key),
        imports=tuple(edit for edit in placings.imports if edit.path in touched),
        new_files=new_files,
        notes=(*plan.notes, *shipping, *built),
    )
