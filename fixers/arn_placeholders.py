"""Placeholders for ARNs that exist only after the upload; they are filled in before files are rewritten.

Secrets Manager appends a hyphen and six characters of its own to the name, and ECS needs the whole ARN.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fixers.model import Plan
from fixers.stores.arns import Account
from fixers.stores.kinds import kind_of
from fixers.stores.model import Stores
from scanner.errors import StoreError


def placeholder(name: str) -> str:
    """The placeholder for a secret's ARN until it is known; the emitted policies use the same one."""
    return kind_of(name).permissions.pattern(Account(), name)


def waiting(plan: Plan) -> frozenset[str]:
    """The names of the secrets whose ARN an edit waits for."""
    return frozenset(fix.secret for fix in plan.fixes if any(placeholder(fix.secret) in edit.new for edit in fix.edits))


def arns_of(plan: Plan, stores: Stores) -> dict[str, str]:
    """The ARNs that edits wait for, by name. Raises StoreError for a secret that the store does not have."""
    found = {}
    words = {secret.name: secret.store for secret in plan.secrets}
    for name in sorted(waiting(plan)):
        there = stores(words[name]).describe(name)
        if there is None or there.arn is None:
            raise StoreError(
                f"{name}: the store does not say its ARN, which a file needs", hint="run the command again"
            )
        found[name] = there.arn
    return found


def with_arns(plan: Plan, arns: Mapping[str, str]) -> Plan:
    """The plan with these ARNs in its edits. Edits shared by several fixes stay equal."""

    def filled(text: str) -> str:
        for name, arn in arns.items():
            text = text.replace(placeholder(name), arn)
        return text

    fixes = tuple(
        replace(fix, edits=tuple(replace(edit, new=filled(edit.new)) for edit in fix.edits)) for fix in plan.fixes
    )
    return replace(plan, fixes=fixes)
