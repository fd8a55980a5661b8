"""Store a plan's values: look up every name first, then store each value and read it back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from fixers.model import Plan, PlannedSecret
from fixers.payload import field_of, payload
from fixers.stores.kinds import KINDS
from fixers.stores.limits import tag_value
from fixers.stores.model import (
    BINARY_TYPE,
    PLAIN_TYPES,
    REPOSITORY_TAG,
    AlreadyExistsError,
    Existing,
    OutcomeUnknownError,
    Store,
    Stored,
    Stores,
)
from scanner.errors import StoreError
from scanner.model import SecretValue

# Seconds between attempts to read back: both stores may answer from a replica that does not have the value yet.
# https://github.com/hashicorp/terraform-provider-aws/pull/18462, https://github.com/aws/aws-cdk-cli/pull/830
_PAUSES = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A secret without conflicts: `action` is create, update, restore or present; `version` is the existing one.

    restore undeletes the name first; only then can its value be read to decide whether it needs a new version.
    """

    secret: PlannedSecret
    payload: SecretValue
    action: str
    version: str = ""


def check(plan: Plan, stores: Stores) -> tuple[Ready, ...]:
    """Look up every name of the plan without writing. Raises one StoreError that lists all conflicts."""
    ready: list[Ready] = []
    conflicts: list[str] = []
    wanted = plan.moving
    seen: dict[str, Ready | str] = {}
    for word in dict.fromkeys(secret.store for secret in wanted):
        by_name = {secret.name: secret for secret in wanted if secret.store == word}
        store = stores(word)
        seen |= {name: problem for name, secret in by_name.items() if (problem := _problem(secret, store))}
        for name, there in store.look([name for name in by_name if name not in seen]):
            seen[name] = _compared(by_name[name], there, plan.app)
    for secret in wanted:
        found = seen[secret.name]
        if isinstance(found, Ready):
            ready.append(found)
        else:
            conflicts.append(f"{secret.name}: {found}")
    if conflicts:
        count = f"{len(conflicts)} names" if len(conflicts) > 1 else "one name"
        raise StoreError(
            f"nothing was stored or changed, because of {count}:",
            lines=tuple(conflicts),
            hint="change name or action in a plan file (unhardcode plan -o plan.toml), then migrate --plan plan.toml",
        )
    return tuple(ready)


def store_secret(
    ready: Ready, store: Store, *, app: str, token: str, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Make the store hold the value and read it back; returns the version that holds it. Raises StoreError.

    `token` must be the same in every attempt: a repeated create then makes only one version.
    """
    secret = ready.secret
    if ready.action == "present":
        return ready.version
    if ready.action == "restore":
        store.restore(secret.name)
        there = store.describe(secret.name)
        if holds(secret, store.read(secret.name)):
            return there.version if there is not None else ""
    try:
        if ready.action in ("update", "restore"):
            version = store.update(secret, ready.payload, token=token).version
        else:
            version = store.create(secret, ready.payload, tags={REPOSITORY_TAG: app}, token=token).version
    except (AlreadyExistsError, OutcomeUnknownError):
        # Our own write may have taken effect without an answer, so the stored value decides.
        if store.read(secret.name) != ready.payload:
            raise
        there = store.describe(secret.name)
        return there.version if there is not None else ""
    if not _reads_back(store, secret.name, ready.payload, sleep):
        raise StoreError(
            f"{secret.name}: what was read back is not what was stored",
            hint="see who else writes there, then run the same command again",
        )
    return version


def _reads_back(store: Store, name: str, written: SecretValue, sleep: Callable[[float], None]) -> bool:
    for pause in _PAUSES:
        if store.read(name) == written:
            return True
        sleep(pause)
    return store.read(name) == written


def holds(secret: PlannedSecret, value: SecretValue | None) -> bool:
    """Whether code that reads this stored value gets everything that the plan would store: each of its members."""
    if value is None:
        return False
    return all(field_of(value, member.key) == _as_stored(secret, member.value) for member in secret.members)


def _problem(secret: PlannedSecret, store: Store) -> str | None:
    """The reason why the store would not accept this, found before any request."""
    return next(iter(store.problems(secret, payload(secret))), None)


def _compared(secret: PlannedSecret, seen: Stored | None, app: str) -> Ready | str:
    value = payload(secret)
    if seen is None:
        if secret.action != "create":
            return f"it does not exist, so there is nothing to {secret.action}"
        return Ready(secret=secret, payload=value, action="create")
    there = seen.existing
    if there.deletion is not None:
        if secret.action == "restore":
            return Ready(secret=secret, payload=value, action="restore")
        return (
            f"it is scheduled for deletion ({there.deletion:.10}): the action restore brings it back and gives it this "
            "value; or choose another name"
        )
    if seen.value is None and secret.action not in ("update", "restore"):
        # Created by hand or by Terraform, to be filled in later.
        return "it exists, but without a value: the action update gives it this one"
    return _against(secret, value, there, same=holds(secret, seen.value), app=app)


def _against(secret: PlannedSecret, value: SecretValue, there: Existing, *, same: bool, app: str) -> Ready | str:
    """The action for a name that exists, or a description of the conflict."""
    if there.type != "Secret" and there.type != secret.type:
        plain = ", which is not encrypted" if secret.type not in PLAIN_TYPES else ""
        return f"it exists as a {there.type}{plain}, and AWS changes no type: choose another name, or delete it first"
    kind = KINDS[secret.store]
    aws_key, change = f"alias/aws/{kind.service}", kind.commands.change_key
    if change is not None and secret.kms_key and not secret.kms_key.endswith(aws_key) and there.own_key is False:
        return (
            f"it exists, encrypted with AWS's own key and not with {secret.kms_key}: change that with "
            f"`{change(secret.name, secret.kms_key)}`, or empty kms_key"
        )
    if same:
        if there.repository == tag_value(app) or secret.action != "create":
            return Ready(secret=secret, payload=value, action="present", version=there.version)
        owner = f"by another repository ({there.repository})" if there.repository else "by somebody else"
        return f"it exists with the same value, made {owner}: its action in the plan must be adopt"
    # An interrupted restore has undeleted the name already.
    if secret.action in ("update", "restore"):
        return Ready(secret=secret, payload=value, action="update")
    return "it exists with another value: its action in the plan must be update to replace that"


def _as_stored(secret: PlannedSecret, value: SecretValue) -> SecretValue:
    """The member's value as the store returns it: bytes for SecretBinary, else text."""
    if secret.type == BINARY_TYPE:
        return SecretValue(value.reveal("bytes"))
    return SecretValue(value.reveal("bytes").decode("utf-8", "surrogatepass"))
