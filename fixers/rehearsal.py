"""Rehearse a whole migration in memory: upload to an embedded AWS, read back, rewrite, prove. Changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from fixers.changes import changed_files
from fixers.emulator import embedded_aws
from fixers.model import Outcome, Plan, PlannedSecret
from fixers.outcomes import outcomes
from fixers.payload import payload
from fixers.proof import emulated_aws, prove
from fixers.runtime.source import module_source
from fixers.stores.model import Stores
from fixers.stores.registry import stores_at
from fixers.storing import Ready, store_secret
from fixers.workspace import Workspace
from scanner.errors import FixError, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """The result of a rehearsal: an outcome for each fix, and the files as they would be."""

    outcomes: tuple[Outcome, ...]
    files: dict[str, bytes]

    @property
    def succeeded(self) -> bool:
        """Whether every fix was applied and proven."""
        return all(outcome.status == "proven" for outcome in self.outcomes)


def rehearse(plan: Plan, workspace: Workspace, key: bytes) -> Rehearsed:
    """Carry out a plan against an embedded AWS that exists for this call only."""
    files = changed_files(plan, workspace, key)
    if not plan.fixes:
        return Rehearsed(outcomes=(), files=files)
    with embedded_aws() as endpoint:
        failed = dict(_failures(plan, stores_at(endpoint)))
        proofs = [proof for fix in plan.fixes for proof in fix.proofs]
        results = prove(
            proofs, emulated_aws(endpoint), module_source=module_source(plan.style, plan.prefix_from), key=key
        )
    return Rehearsed(outcomes=outcomes(plan, failed, results), files=files)


def _failures(plan: Plan, stores: Stores) -> Iterator[tuple[str, str]]:
    """Store every secret and read it back; yields names and reasons of those that failed."""
    for secret in plan.moving:
        try:
            reason = _stored(secret, stores, plan.app)
        except (StoreError, FixError) as error:
            reason = error.message
        if reason is not None:
            yield secret.name, reason


def _stored(secret: PlannedSecret, stores: Stores, app: str) -> str | None:
    """Why a store does not accept this secret. All names are new here, so updates and adoptions are creations."""
    store, value = stores(secret.store), payload(secret)
    problems = store.problems(secret, value)
    if problems:
        return problems[0]
    store_secret(Ready(secret=secret, payload=value, action="create"), store, app=app, token=str(uuid.uuid4()))
    return None
