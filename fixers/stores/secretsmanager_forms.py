"""How references, policies, commands and code name secrets of AWS Secrets Manager."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.forms import Commands, Grant, KeyUse, Permissions, Quoted, Reference, References
from fixers.stores.model import REPOSITORY_TAG

_WORD = "secretsmanager"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
_REFERENCE = re.compile(
    r"resolve:secretsmanager:(?P<secret>arn(?::[^:{}]*){6}|[^:{}]+)"
    r"(?::SecretString(?::(?P<key>[^:{}]*)(?::(?P<stage>[^:{}]*)(?::(?P<version>[^:{}]*))?)?)?)?"
)
# JMESPath. The first word distinguishes the answer from warnings that a CLI may print with it.
_HELD = "VersionIdsToStages && (KmsKeyId && 'keyed' || 'kept')"
_TAGS = f"['tag', DeletedDate && 'deleted' || {_HELD} || 'empty', Tags[?Key=='{REPOSITORY_TAG}'].Value | [0]]"


def _spelled(name: str, key: str | None, plain: bool) -> str:
    del plain  # every secret is encrypted
    return f"resolve:secretsmanager:{name}{'' if key is None else f':SecretString:{key}'}"


def _parsed(text: str) -> Reference | None:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    parts = {part: found[part] or "" for part in ("key", "stage", "version")}
    return Reference(store=_WORD, name=found["secret"], **parts)


def _value_from(name: str, key: str | None, arn: str) -> str:
    """The secret's whole ARN, or `ARN:KEY::` for one key of its JSON."""
    del name
    return arn if key is None else f"{arn}:{key}::"


def _inline(client: str, name: str, quoted: Quoted, binary: bool) -> str:
    """AWS's own example: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets-python-sdk.html"""
    field = quoted("SecretBinary" if binary else "SecretString")
    return f"{client}({quoted(_WORD)}).get_secret_value(SecretId={name})[{field}]"


def _extension_answer(name: str, value: bytes | str) -> dict[str, object]:
    if isinstance(value, bytes):
        return {"Name": name, "SecretString": None, "SecretBinary": base64.b64encode(value).decode("ascii")}
    return {"Name": name, "SecretString": value, "SecretBinary": None}


REFERENCES = References(
    prefix="",
    begins=("resolve:secretsmanager:",),
    spelled=_spelled,
    parsed=_parsed,
    resolved_at=None,
    value_from=_value_from,
    sam_policy=lambda _name: "AWSSecretsManagerGetSecretValuePolicy: {SecretArn: ...}",
    inline=_inline,
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
    extension="/secretsmanager/get",
    extension_name=lambda asked: asked.get("secretId"),
    extension_answer=_extension_answer,
)


def _arn(account: Account, name: str) -> str:
    return account.arn(_WORD, f"secret:{name}")


def _writing(secrets: Sequence[PlannedSecret], account: Account) -> Iterator[Grant]:
    def patterns(some: Sequence[PlannedSecret]) -> tuple[str, ...]:
        return tuple(PERMISSIONS.pattern(account, each.name) for each in some)

    # A name that does not exist yet is looked up without the suffix, and created with it.
    looked = tuple(arn for each in secrets for arn in (_arn(account, each.name), *patterns([each])))
    made = patterns([each for each in secrets if each.action != "adopt"])
    changed = patterns([each for each in secrets if each.action in ("update", "restore")])
    restored = patterns([each for each in secrets if each.action == "restore"])
    yield Grant(
        sid="LookAtSecrets", actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"), arns=looked
    )
    yield Grant(sid="CreateSecrets", actions=("secretsmanager:CreateSecret", "secretsmanager:TagResource"), arns=made)
    yield Grant(sid="UpdateSecrets", actions=("secretsmanager:PutSecretValue",), arns=changed)
    yield Grant(sid="RestoreSecrets", actions=("secretsmanager:RestoreSecret",), arns=restored)


def _encrypting(secrets: Sequence[PlannedSecret]) -> Iterator[KeyUse]:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
    written = tuple(each for each in secrets if each.action != "adopt")
    yield KeyUse(doing="Encrypt", actions=("kms:GenerateDataKey",), secrets=written)


# https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
PERMISSIONS = Permissions(
    arn=_arn,
    # A hyphen and six characters: `*` would also match every secret whose name continues with a hyphen.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
    arn_end="-??????",
    read="secretsmanager:GetSecretValue",
    inject="secretsmanager:GetSecretValue",
    delete="secretsmanager:DeleteSecret",
    writing=_writing,
    encrypting=_encrypting,
    unshared=None,
)

_LOOK_AT = f"""\
look_at_secret() {{
  if answer=$(aws secretsmanager describe-secret --secret-id="$name" --output=text --query="{_TAGS}" 2>&1); then
    case $answer in
    *"tag${{tab}}deleted${{tab}}"*) there=deleted ;;
    *"tag${{tab}}empty${{tab}}"*) there=empty ;;
    *"tag${{tab}}kept${{tab}}$repository" | *"tag${{tab}}keyed${{tab}}$repository") there=ours ;;
    *) there=foreign ;;
    esac
    case $answer in
    *"tag${{tab}}kept${{tab}}"*) key=aws ;;
    esac
    return
  fi
  missing ResourceNotFoundException
}}
"""
_READ = """\
read_secret() {
  aws secretsmanager get-secret-value --secret-id="$name" --version-stage=AWSCURRENT --output=json
}
"""
_CREATE = """\
create_secret() {
  value | aws secretsmanager create-secret --name="$name" "$from" --description="$description" --tags="$tags" "$@" \\
    >/dev/null
}
"""
_UPDATE = """\
update_secret() {
  value | aws secretsmanager put-secret-value --secret-id="$name" "$from" >/dev/null
}
"""
_RESTORE = """\
bring_back() {
  [ "$action" = restore ] ||
    stop 1 "$name is scheduled for deletion: set its action to restore in plan.toml, or choose another name"
  aws secretsmanager restore-secret --secret-id="$name" >/dev/null ||
    stop 3 "cannot restore $name: see above, then run this again"
  there=foreign
}
"""
_KEYS = """\
  aws--kms-key-id=*alias/aws/secretsmanager) ;;
  aws--kms-key-id=*)
    stop 1 "$name is encrypted with AWS's own key: give it the plan's with aws secretsmanager update-secret\
 --kms-key-id, or empty kms_key in plan.toml"
    ;;
"""


def _options(secret: PlannedSecret) -> Iterator[str]:
    if secret.kms_key:
        yield f"--kms-key-id={secret.kms_key}"


def _value_in(answer: Mapping[str, Any]) -> object:
    if answer.get("SecretString") is not None:
        return answer["SecretString"]
    return base64.b64decode(answer["SecretBinary"], validate=True) if "SecretBinary" in answer else None


def _lists(path: str) -> str:
    prefix = shlex.quote(f"Key=name,Values={path}/")
    return f"aws secretsmanager list-secrets --filters {prefix} --query 'SecretList[].Name'"


def _share(name: str, policy: str) -> str:
    return (
        f"aws secretsmanager put-resource-policy --secret-id {shlex.quote(name)} --block-public-policy "
        f"--resource-policy {policy}"
    )


COMMANDS = Commands(
    look_at=_LOOK_AT,
    read=_READ,
    create=_CREATE,
    update=_UPDATE,
    restore=_RESTORE,
    keys=_KEYS,
    options=_options,
    reading="get-secret-value",
    reads=lambda name: f"aws secretsmanager get-secret-value --secret-id {shlex.quote(name)}",
    value_in=_value_in,
    lists=_lists,
    change_key=lambda name, key: f"aws secretsmanager update-secret --secret-id {name} --kms-key-id {key}",
    share=_share,
)
