"""IAM policies: what the running program may read, and what the person who migrates may do. Exact ARNs only.

Who needs which: ECS resolves `secrets` with the task execution role, before the container starts (injection); what the
program itself calls goes by the task role, a function's execution role, or the role of its machine (reader).
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html

Secrets: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html; parameters:
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.model import PLAIN_TYPES

# Characters without white space that a managed policy may hold are 6,144; the placeholders may grow a little.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_CHARACTERS = 6_000
_KEY_ID = re.compile(r"(?:mrk-)?[0-9a-f-]{32,36}")

Policy: TypeAlias = dict[str, Any]
_Statement: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What programs of one environment are allowed: who reads by itself, is given values at the start, reads by path.

    `environment` is "" for the plan's own.
    """

    environment: str
    readers: tuple[Policy, ...]
    injectors: tuple[Policy, ...]
    paths: tuple[Policy, ...]


def accesses(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Access, ...]:
    """The policies of each environment, the plan's own first: what runs in staging reads nothing of production's."""
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
    """The secrets of each environment that has some, those of the plan's own ("") first."""
    found: dict[str, list[PlannedSecret]] = {}
    for secret in sorted(secrets, key=lambda each: each.environment):
        found.setdefault(secret.environment, []).append(secret)
    return found


def reader_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """What a running program needs to read these secrets and nothing else; several where one would be too long."""
    return _reading(secrets, account, "Read", "ssm:GetParameter")


def injection_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """What resolves references before the program starts: the ECS task execution role, `unhardcode run`.

    It reads the same as the program would; parameters by ssm:GetParameters, which takes ten names at once.
    """
    return _reading(secrets, account, "Inject", "ssm:GetParameters")


def _reading(
    secrets: Sequence[PlannedSecret], account: Account, doing: str, parameter_action: str
) -> tuple[Policy, ...]:
    in_secrets, in_parameters = _by_store(secrets)
    read = [account.secret(each.name) for each in in_secrets]
    statements = [
        _allow(f"{doing}Secrets", ["secretsmanager:GetSecretValue"], read),
        _allow(f"{doing}Parameters", [parameter_action], [account.parameter(each.name) for each in in_parameters]),
        *_keys("Decrypt", in_secrets, account, "secretsmanager", ["kms:Decrypt"]),
        *_keys("Decrypt", in_parameters, account, "ssm", ["kms:Decrypt"]),
    ]
    return _documents(statements)


def path_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """What reads whole paths, for `unhardcode run --path`: all that is below them now or will ever be.

    GetParametersByPath is authorised on the path alone; a Deny on a parameter below it has no effect:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    _, in_parameters = _by_store(secrets)
    parameters = [each for each in in_parameters if each.name.count("/") > 1]
    paths = sorted({each.name.rpartition("/")[0].lstrip("/") for each in parameters})
    # The path is named as the call has it, and that may end with a slash.
    arns = [account.parameter(f"{path}{end}") for path in paths for end in ("", "/")]
    statements = [
        _allow("ReadAllThatIsBelowThesePaths", ["ssm:GetParametersByPath"], arns),
        *_keys("Decrypt", parameters, account, "ssm", ["kms:Decrypt"]),
    ]
    return _documents(statements)


def migration_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """What the person who migrates calls: look, read back, and create or update what the plan says."""
    in_secrets, in_parameters = _by_store(secrets)
    # A name that is not there yet is looked up without the suffix, and created with it.
    arns = [
        arn
        for each in in_secrets
        for arn in (account.arn("secretsmanager", f"secret:{each.name}"), account.secret(each.name))
    ]
    written = [each for each in in_secrets if each.action != "adopt"]
    made = [account.secret(each.name) for each in written]
    put = [account.parameter(each.name) for each in in_parameters if each.action != "adopt"]
    standard = [each for each in in_parameters if each.action != "adopt" and each.tier != "Advanced"]
    advanced = [each for each in in_parameters if each.action != "adopt" and each.tier == "Advanced"]
    changed = [account.secret(each.name) for each in in_secrets if each.action in ("update", "restore")]
    restored = [account.secret(each.name) for each in in_secrets if each.action == "restore"]
    statements = [
        _allow("LookAtSecrets", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], arns),
        _allow("CreateSecrets", ["secretsmanager:CreateSecret", "secretsmanager:TagResource"], made),
        _allow("UpdateSecrets", ["secretsmanager:PutSecretValue"], changed),
        _allow("RestoreSecrets", ["secretsmanager:RestoreSecret"], restored),
        _allow(
            "LookAtParameters",
            ["ssm:GetParameter", "ssm:ListTagsForResource"],
            [account.parameter(each.name) for each in in_parameters],
        ),
        _allow("WriteParameters", ["ssm:AddTagsToResource", "ssm:PutParameter"], put),
        *_keys("Decrypt", in_secrets, account, "secretsmanager", ["kms:Decrypt"]),
        *_keys("Decrypt", in_parameters, account, "ssm", ["kms:Decrypt"]),
        # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
        *_keys("Encrypt", written, account, "secretsmanager", ["kms:GenerateDataKey"]),
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
        *_keys("EncryptStandard", standard, account, "ssm", ["kms:Encrypt"]),
        *_keys("EncryptAdvanced", advanced, account, "ssm", ["kms:GenerateDataKey"]),
    ]
    return _documents(statements)


def deletion_policies(secrets: Sequence[PlannedSecret], account: Account) -> tuple[Policy, ...]:
    """What `migrate --undo --delete-stored` calls beside the migration's policy: only for what the plan creates."""
    made = [each for each in secrets if each.action == "create"]
    in_secrets, in_parameters = _by_store(made)
    statements = [
        _allow("DeleteSecrets", ["secretsmanager:DeleteSecret"], [account.secret(each.name) for each in in_secrets]),
        _allow("DeleteParameters", ["ssm:DeleteParameter"], [account.parameter(each.name) for each in in_parameters]),
    ]
    return _documents(statements)


def _by_store(secrets: Iterable[PlannedSecret]) -> tuple[list[PlannedSecret], list[PlannedSecret]]:
    """Those in Secrets Manager, and those in Parameter Store."""
    every = list(secrets)
    return (
        [each for each in every if each.store == "secretsmanager"],
        [each for each in every if each.store == "parameterstore"],
    )


def _allow(sid: str, actions: list[str], resources: Sequence[str]) -> _Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": list(dict.fromkeys(resources))}


def _keys(
    doing: str, secrets: Sequence[PlannedSecret], account: Account, service: str, actions: list[str]
) -> Iterator[_Statement]:
    """Statements for customer keys, usable only through this service; AWS's own keys need none."""
    named = dict.fromkeys(each.kms_key for each in secrets if each.kms_key and each.type not in PLAIN_TYPES)
    through = account.via(service)
    sid = f"{doing}{'Secrets' if service == 'secretsmanager' else 'Parameters'}"
    arns = [_key(key, account) for key in named if "alias/" not in key]
    yield _allow(sid, actions, arns) | {"Condition": through}
    # An alias cannot stand in Resource. https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    aliases = [key[key.index("alias/") :] for key in named if "alias/" in key]
    # An alias of another account is named by its ARN.
    keys = [f"{_key(key, account).partition('alias/')[0]}key/*" for key in named if "alias/" in key]
    condition = {**through, "ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
    yield _allow(f"{sid}ByAlias", actions, keys) | {"Condition": condition}


def _key(key: str, account: Account) -> str:
    """The ARN of a key or an alias."""
    if key.startswith("alias/"):
        return account.arn("kms", key)
    return account.arn("kms", f"key/{key}") if _KEY_ID.fullmatch(key) else key


def _documents(statements: Iterable[_Statement]) -> tuple[Policy, ...]:
    """Policies with these statements, as few as AWS's limit allows; a statement may be continued in the next."""
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
