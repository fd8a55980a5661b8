"""A whole migration in memory: upload to an embedded AWS, read back, rewrite, prove. Nothing of the user's changes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from fixers.changes import changed_files
from fixers.emulator import embedded_aws
from fixers.payload import payload
from fixers.proof import ProofResult, prove
from fixers.runtime.source import module_source
from fixers.stores.model import REPOSITORY_TAG, Endpoint, Store
from fixers.stores.registry import connect
from fixers.workspace import Workspace
from scanner.errors import FixError, StoreError
from scanner.model import Fix, Outcome, Plan, PlannedSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What the rehearsal came to: an outcome for each fix, and the files as they would be."""

    outcomes: tuple[Outcome, ...]
    files: dict[str, bytes]

    @property
    def succeeded(self) -> bool:
        """Whether every fix was applied and proven."""
        return all(outcome.status == "proven" for outcome in self.outcomes)


def rehearse(plan: Plan, workspace: Workspace, key: bytes) -> Rehearsed:
    """Carry out a plan against an AWS that lives as long as this call."""
    files = changed_files(plan, workspace, key)
    if not plan.fixes:
        return Rehearsed(outcomes=(), files=files)
    with embedded_aws() as endpoint:
        failed = dict(_upload(plan, endpoint))
        proofs = [proof for fix in plan.fixes for proof in fix.proofs]
        results = prove(proofs, module_source=module_source(), key=key, endpoint=endpoint)
    by_proof = {id(result.proof): result for result in results}
    outcomes = tuple(
        outcome(fix, failed.get(fix.secret), [by_proof[id(proof)] for proof in fix.proofs]) for fix in plan.fixes
    )
    return Rehearsed(outcomes=outcomes, files=files)


def outcome(fix: Fix, failure: str | None, results: Sequence[ProofResult]) -> Outcome:
    """One fix's end: proven where every expression gave the value with its variable unset and set."""
    if failure is not None:
        return Outcome(secret=fix.secret, status="failed", level=None, detail=failure)
    wrong = [result for result in results if not (result.unset and result.set)]
    if wrong:
        first = wrong[0]
        detail = first.error or "the new expression gives another value"
        return Outcome(
            secret=fix.secret, status="failed", level="expression", detail=f"{first.proof.path}:{first.proof.line}: {detail}"
        )
    if not results:
        return Outcome(secret=fix.secret, status="unproven", level=None, detail="there is no expression to evaluate")
    places = len({(result.proof.path, result.proof.line) for result in results})
    detail = f"stored, read back equal, {places} rewritten place{'s' if places > 1 else ''} gave the same value"
    return Outcome(secret=fix.secret, status="proven", level="expression", detail=detail)


def _upload(plan: Plan, endpoint: Endpoint) -> list[tuple[str, str]]:
    """Store every secret and read it back; names and reasons of those that failed."""
    stores: dict[str, Store] = {}
    failed: list[tuple[str, str]] = []
    for secret in plan.secrets:
        if secret.action == "skip":
            continue
        if secret.store not in stores:
            stores[secret.store] = connect(
                secret.store,
                region=endpoint.region,
                endpoint=endpoint.url,
                credentials=(endpoint.access_key, endpoint.secret_key),
            )
        reason = _stored(stores[secret.store], secret, plan.app)
        if reason is not None:
            failed.append((secret.name, reason))
    return failed


def _stored(store: Store, secret: PlannedSecret, app: str) -> str | None:
    try:
        value = payload(secret)
        problems = store.problems(secret, value)
        if problems:
            return problems[0]
        store.create(secret, value, tags={REPOSITORY_TAG: app}, token=str(uuid.uuid4()))
        if store.read(secret.name) != value:
            return "what was read back is not what was stored"
    except (StoreError, FixError) as error:
        return error.message
    return None
