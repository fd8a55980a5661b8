"""The outcome of each fix, from the proofs of its expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fixers.model import Fix, Outcome, Plan
from fixers.proof import ProofResult


def outcomes(plan: Plan, failed: Mapping[str, str], results: Iterable[ProofResult]) -> tuple[Outcome, ...]:
    """The outcome of each fix. `failed` are reasons by secret; `results` are those of all the plan's proofs."""
    by_proof = {id(result.proof): result for result in results}
    return tuple(
        _outcome(fix, failed.get(fix.secret), [by_proof[id(proof)] for proof in fix.proofs]) for fix in plan.fixes
    )


def _outcome(fix: Fix, failure: str | None, results: Sequence[ProofResult]) -> Outcome:
    """The outcome of one fix: proven if every expression gave the value with its variable unset and with it set."""
    if failure is not None:
        return Outcome(secret=fix.secret, status="failed", level=None, detail=failure)
    wrong = [result for result in results if not (result.unset and result.set)]
    if wrong:
        first = wrong[0]
        detail = first.error or "the new expression gives another value"
        return Outcome(
            secret=fix.secret,
            status="failed",
            level="expression",
            detail=f"{first.proof.path}:{first.proof.line}: {detail}",
        )
    if not results:
        return Outcome(secret=fix.secret, status="unproven", level=None, detail="there is no expression to evaluate")
    places = len({(result.proof.path, result.proof.line) for result in results})
    detail = f"stored, read back equal, {places} rewritten place{'s' if places > 1 else ''} gave the same value"
    return Outcome(secret=fix.secret, status="proven", level="expression", detail=detail)
