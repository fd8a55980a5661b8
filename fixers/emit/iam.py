"""IAM policies: what the running program may read, and what the person who migrates may do. Exact ARNs only.

Which role needs which: ECS resolves `secrets` with the task execution role, before the container starts (injection);
the program's own calls use the task role, a function's execution role, or the role of its machine (reader).
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.forms import Grant, KeyUse, Permissions
from fixers.stores.kinds import KINDS
from fixers.stores.model import PLAIN_TYPES, StoreKind

# A managed policy may have 6,144 characters without white space; the margin is for placeholders that may get longer.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_CHARACTERS = 6_000
_KEY_ID = re.compile(r"(?:mrk-)?[0-9a-f-]{32,36}")

Policy: TypeAlias = dict[str, Any]
_Statement: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The policies for programs in one environment: for those that read, are given values at start, or read by path.

    `environment` is "" for the plan's own.
    """

    environment: str
    readers: tuple[Policy, ...]
    injectors: tuple[Policy, ...]
    paths: tuple[Policy, ...]


def accesses(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Access, ...]:
    """The policies of each environment, the plan's own first: a program in staging reads no secret of production."""
    return tuple(
        Access(
            environment=environment,
            readers=reader_policies(own, account),
            injectors=injection_policies(own, account),
            paths=path_policies(own, account),
        )
        for environment, own in by_environment(secrets).items()
    )


def by_environment(secrets: Sequence[PlannedSecret]) -> dict[str, list[PlannedSecret]]:
    """The secrets of each environment that has some, the plan's own ("") first."""
    found: dict[str, list[PlannedSecret]] = {}
    for secret in sorted(secrets, key=lambda each: each.environment):
        found.setdefault(secret.environment, []).append(secret)
    return found


def reader_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """The permissions of a running program to read only these secrets; several policies if one is too long."""
    return _reading(secrets, account, "Read", lambda permissions: permissions.read)


def injection_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """The permissions to resolve references before the program starts: ECS task execution role, `unhardcode run`.

    They cover the same names as the program's, by the call that takes several names if the store has one.
    """
    return _reading(secrets, account, "Inject", lambda permissions: permissions.inject)


def _reading(
    secrets: Sequence[PlannedSecret], account: Account, doing: str, action: Callable[[Permissions], str]
) -> tuple[Policy, ...]:
    groups = _by_store(secrets)
    allowed = [
        _allow(f"{doing}{_noun(kind)}", [action(kind.permissions)], _patterns(kind, own, account))
        for kind, own in groups
    ]
    return _documents([*allowed, *_decrypt(groups, account)])


def path_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """The permissions to read whole paths, for `unhardcode run --path`: everything below them, now and in future."""
    statements = []
    for kind, own in _by_store(secrets):
        inside = [each for each in own if "/" in each.name.removeprefix(kind.references.prefix)]
        grant = kind.permissions.below(inside, account)
        if grant is not None:
            statements += [_granted(grant), *_decrypt([(kind, inside)], account)]
    return _documents(statements)


def migration_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """The permissions of the person who migrates: look up, read back, and create or update what is planned."""
    groups = _by_store(secrets)
    writing = [_granted(grant) for kind, own in groups for grant in kind.permissions.writing(own, account)]
    encrypting = [
        statement
        for kind, own in groups
        for use in kind.permissions.encrypting(own)
        for statement in _keys(use, kind, account)
    ]
    return _documents([*writing, *_decrypt(groups, account), *encrypting])


def deletion_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """The permissions that `migrate --undo --delete-stored` needs besides: only for what the plan creates."""
    made = [each for each in secrets if each.action == "create"]
    return _documents(
        _allow(f"Delete{_noun(kind)}", [kind.permissions.delete], _patterns(kind, own, account))
        for kind, own in _by_store(made)
    )


def _by_store(secrets: Iterable[PlannedSecret]) -> list[tuple[StoreKind, list[PlannedSecret]]]:
    """The secrets of each store."""
    every = list(secrets)
    return [(kind, [each for each in every if each.store == kind.word]) for kind in KINDS.values()]


def _patterns(kind: StoreKind, secrets: Sequence[PlannedSecret], account: Account) -> list[str]:
    return [kind.permissions.pattern(account, each.name) for each in secrets]


def _noun(kind: StoreKind) -> str:
    return kind.many.capitalize()


def _granted(grant: Grant) -> _Statement:
    return _allow(grant.sid, list(grant.actions), grant.arns)


def _allow(sid: str, actions: list[str], resources: Sequence[str]) -> _Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(dict.fromkeys(resources))}


def _decrypt(groups: Sequence[tuple[StoreKind, list[PlannedSecret]]], account: Account) -> Iterator[_Statement]:
    for kind, own in groups:
        yield from _keys(KeyUse(doing="Decrypt", actions=("kms:Decrypt",), secrets=tuple(own)), kind, account)


def _keys(use: KeyUse, kind: StoreKind, account: Account) -> Iterator[_Statement]:
    """Statements for customer keys, which allow use only through this store; AWS's own keys need none."""
    named = dict.fromkeys(each.kms_key for each in use.secrets if each.kms_key and each.type not in PLAIN_TYPES)
    through = account.via(kind.service)
    sid, actions = f"{use.doing}{_noun(kind)}", list(use.actions)
    arns = [_key(key, account) for key in named if "alias/" not in key]
    yield _allow(sid, actions, arns) | {"Condition": through}
    # An alias is not allowed in Resource.
    # https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    aliases = [key[key.index("alias/") :] for key in named if "alias/" in key]
    # An alias in another account is named by its ARN.
    keys = [f"{_key(key, account).partition('alias/')[0]}key/*" for key in named if "alias/" in key]
    condition = {**through, "ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
    yield _allow(f"{sid}ByAlias", actions, keys) | {"Condition": condition}


def _key(key: str, account: Account) -> str:
    """The ARN of a key or an alias."""
    if key.startswith("alias/"):
        return account.arn("kms", key)
    return account.arn("kms", f"key/{key}") if _KEY_ID.fullmatch(key) else key


def _documents(statements: Iterable[_Statement]) -> tuple[Policy, ...]:
    """Policies with these statements, as few as AWS's limit allows; a statement may be split over several policies."""
    documents: list[list[_Statement]] = []
    room = 0
    for statement in statements:
        frame = len(str(statement | {"Resource": []}))
        opened: _Statement | None = None
        for resource in statement["Resource"]:
            needed = len(resource) + 3 + (frame if opened is None else 0)
            if needed > room:
                documents.append([])
                room, opened = POLICY_CHARACTERS - len('{"Version":"2012-10-17","Statement":[]}'), None
                needed = len(resource) + 3 + frame
            if opened is None:
                opened = statement | {"Resource": []}
                documents[-1].append(opened)
            opened["Resource"].append(resource)
            room -= needed
    return tuple({"Version": "2012-10-17", "Statement": document} for document in documents)
