"""Findings to a plan: which secrets, under which names, in which store; what is rewritten and what stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixers.application import app_name, segment
from fixers.choice import tier_of
from fixers.drafting import ChosenDraft, considered, documents_of, drafts, refuse, sorted_out, without
from fixers.grouping import Draft, Form, own_key
from fixers.naming import full_name, is_reserved, name_parts, name_problem, read_variables, variables
from fixers.placing import NamedDraft, Placed, Placings, place
from fixers.prices import storage_a_month
from fixers.rewriting import Refused, RewriteContext, Rewriter
from fixers.workspace import Workspace
from scanner.errors import UsageError
from scanner.identity import digest
from scanner.model import (
    Confidence,
    Document,
    Finding,
    Fix,
    Kind,
    Member,
    Plan,
    PlannedSecret,
    Refusal,
    RefusalReason,
    Safety,
    ScanResult,
)

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What the user asked for.

    `store` is auto, secretsmanager or parameterstore; `scope` the PATH that was named, POSIX from the root, "" for all.
    """

    env: str | None = None
    app: str | None = None
    store: str = "auto"
    style: str = "module"
    kms_key: str | None = None
    min_confidence: Confidence = Confidence.MEDIUM
    include_tests: bool = False
    via_run: bool = False
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a person changed in one secret of plan.toml; None where it is as planned."""

    name: str | None = None
    store: str | None = None
    type: str | None = None
    tier: str | None = None
    kms_key: str | None = None
    variables: tuple[str, ...] | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secret:
    """A draft with all that is decided about it."""

    chosen: ChosenDraft
    named: NamedDraft
    override: Override


def make_plan(
    result: ScanResult,
    workspace: Workspace,
    options: PlanOptions,
    *,
    key: bytes,
    rewriters: Mapping[Kind, Rewriter],
    overrides: Mapping[str, Override] | None = None,
    automatic: frozenset[str] = frozenset(),
    context: RewriteContext | None = None,
) -> Plan:
    """Plan a migration of every finding at or above the options' confidence: each ends in one Fix or one Refusal.

    `key` keys all digests. `overrides` are by the place of a secret's first finding. `automatic` holds the ids of
    rules whose provider's keys AWS can rotate. Raises UsageError if the application has no name.
    """
    if options.style != "module":
        raise UsageError(f"--style {options.style}: only module is there")
    env = segment(options.env or "prod", "--env")
    edited = overrides or {}
    findings = considered(result, options.min_confidence)
    documents = documents_of(findings, workspace)
    refused = sorted_out(
        findings, documents, workspace,
        scope=options.scope, include_tests=options.include_tests, rewritable=frozenset(rewriters),
    )  # fmt: skip
    chosen = drafts(
        findings, documents, refused,
        environment=env, store=options.store, automatic=automatic,
        stores=lambda draft: _override(draft, edited).store,
    )  # fmt: skip
    app = app_name(workspace, app=options.app, scope=options.scope) if chosen else options.app or ""
    read = read_variables(workspace.read(path) for path in workspace.files if path.endswith(".py"))
    secrets, placings = _settled(
        chosen, documents, rewriters, context or _context(workspace, key, via_run=options.via_run), refused,
        name=lambda drafted: _named(drafted, documents, app=app, read=read, overrides=edited, findings=findings),
    )  # fmt: skip
    return _assembled(
        Plan(
            env=env,
            app=app,
            root=str(workspace.root),
            tree="",
            secrets=tuple(_planned(secret, options, key) for secret in secrets),
            fixes=_fixes(secrets, placings),
            refusals=tuple(_refusal(finding, refused) for finding in findings if id(finding) in refused),
            new_files=placings.new_files,
            imports=placings.imports,
            notes=(*placings.notes, *_notes(result, findings, options)),
        ),
        workspace,
        key,
        findings,
    )
