"""Policies by which a role in another account reads secrets: both accounts must allow it, and the key must too.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fixers.emit.iam import Policy, reader_policies
from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.kinds import KINDS
from fixers.stores.model import StoreKind
from scanner.errors import UsageError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(?:role|user)/[\w+=,.@/-]{1,512}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossAccount:
    """What each side needs: identity policies in the reader's account, each secret's policy, a statement for the key.

    `unreadable` are names that no policy can open to another account, with the reason. `shared` are the others.
    """

    identity: tuple[Policy, ...]
    resource: Policy | None
    key: Policy | None
    shared: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]


def cross_account(secrets: Sequence[PlannedSecret], account: Account, reader: str) -> CrossAccount:
    """The policies for `reader`, the ARN of a role or user in another account.

    Raises UsageError for anything else: access is never given to a whole account or to everybody.
    """
    if _PRINCIPAL.fullmatch(reader) is None:
        raise UsageError(
            f"--reader {reader}: not the ARN of one role or user",
            hint="for example arn:aws:iam::210987654321:role/reports",
        )
    reasons = {each.name: _reason(each) for each in secrets}
    open_ones = [each for each in secrets if reasons[each.name] is None]
    kinds = [KINDS[word] for word in dict.fromkeys(each.store for each in open_ones)]
    return CrossAccount(
        identity=reader_policies(open_ones, account),
        resource=_resource(reader, kinds) if open_ones else None,
        key=_key_statement(reader, account, kinds) if open_ones else None,
        shared=tuple(each.name for each in open_ones),
        unreadable=tuple((name, reason) for name, reason in reasons.items() if reason is not None),
    )


def _reason(secret: PlannedSecret) -> str | None:
    unshared = KINDS[secret.store].permissions.unshared
    if unshared is not None:
        return unshared
    if not secret.kms_key:
        return "AWS's own key opens to no other account: plan with --kms-key"
    if "alias/" in secret.kms_key:
        # https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
        return "an alias means nothing in another account: name the key by its ARN"
    return None


def _resource(reader: str, kinds: Sequence[StoreKind]) -> Policy:
    """A secret's own policy, in which `*` means that secret."""
    statement = {
        "Sid": "ReadFromAnotherAccount",
        "Effect": "Allow",
        "Principal": {"AWS": reader},
        "Action": [kind.permissions.read for kind in kinds],
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _key_statement(reader: str, account: Account, kinds: Sequence[StoreKind]) -> Policy:
    """A statement to add to the key's policy, whose other statements must stay."""
    return {
        "Sid": "DecryptForAnotherAccount",
        "Effect": "Allow",
        "Principal": {"AWS": reader},
        "Action": ["kms:Decrypt"],
        "Resource": "*",
        "Condition": account.via(*(kind.service for kind in kinds)),
    }
