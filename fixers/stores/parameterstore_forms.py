"""How references, policies, commands and code name parameters of Parameter Store."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.forms import Commands, Grant, KeyUse, Permissions, Quoted, Reference, References
from fixers.stores.model import PLAIN_TYPES, REPOSITORY_TAG

_WORD, _SERVICE = "parameterstore", "ssm"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
_REFERENCE = re.compile(r"resolve:ssm(?:-secure)?:([^{}]+)")
_RESOLVED_AT = frozenset(
    {
        ("AWS::DirectoryService::MicrosoftAD", "Password"),
        ("AWS::DirectoryService::SimpleAD", "Password"),
        ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
        ("AWS::IAM::User", "LoginProfile.Password"),
        ("AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration.Password"),
        ("AWS::OpsWorks::App", "AppSource.Password"),
        ("AWS::OpsWorks::Stack", "CustomCookbooksSource.Password"),
        ("AWS::RDS::DBCluster", "MasterUserPassword"),
        ("AWS::RDS::DBInstance", "MasterUserPassword"),
        ("AWS::Redshift::Cluster", "MasterUserPassword"),
    }
)
# JMESPath. The first word distinguishes the answer from warnings that a CLI may print with it.
_TAGS = f"['tag', TagList[?Key=='{REPOSITORY_TAG}'].Value | [0]]"


def _spelled(name: str, key: str | None, plain: bool) -> str:
    """The reference; `ssm` is AWS's word for parameters that are not encrypted."""
    del key  # a parameter has no fields
    return f"resolve:ssm{'' if plain else '-secure'}:{name}"


def _parsed(text: str) -> Reference | None:
    found = _REFERENCE.fullmatch(text)
    return Reference(store=_WORD, name=found[1]) if found is not None else None


def _inline(client: str, name: str, quoted: Quoted, binary: bool) -> str:
    del binary  # parameters hold text only
    call = f"{client}({quoted(_SERVICE)}).get_parameter(Name={name}, WithDecryption=True)"
    return f"{call}[{quoted('Parameter')}][{quoted('Value')}]"


REFERENCES = References(
    prefix="/",
    reserved=("aws", "ssm"),
    begins=("resolve:ssm:", "resolve:ssm-secure:"),
    spelled=_spelled,
    parsed=_parsed,
    resolved_at=_RESOLVED_AT,
    value_from=lambda name, _key, _arn: name,
    sam_policy=lambda name: f"SSMParameterReadPolicy: {{ParameterName: {name[1:]}}}",
    inline=_inline,
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    extension="/systemsmanager/parameters/get",
    extension_name=lambda asked: asked.get("name") if asked.get("withDecryption") == "true" else None,
    extension_answer=lambda name, value: {"Parameter": {"Name": name, "Value": value}},
)


def _arn(account: Account, name: str) -> str:
    """The ARN: the name begins with the only slash, because `parameter//prod` matches nothing."""
    return account.arn(_SERVICE, f"parameter/{name.removeprefix('/')}")


def _writing(secrets: Sequence[PlannedSecret], account: Account) -> Iterator[Grant]:
    looked = tuple(_arn(account, each.name) for each in secrets)
    put = tuple(_arn(account, each.name) for each in secrets if each.action != "adopt")
    yield Grant(sid="LookAtParameters", actions=("ssm:GetParameter", "ssm:ListTagsForResource"), arns=looked)
    yield Grant(sid="WriteParameters", actions=("ssm:AddTagsToResource", "ssm:PutParameter"), arns=put)


def _encrypting(secrets: Sequence[PlannedSecret]) -> Iterator[KeyUse]:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html"""
    written = [each for each in secrets if each.action != "adopt"]
    standard = tuple(each for each in written if each.tier != "Advanced")
    advanced = tuple(each for each in written if each.tier == "Advanced")
    yield KeyUse(doing="EncryptStandard", actions=("kms:Encrypt",), secrets=standard)
    yield KeyUse(doing="EncryptAdvanced", actions=("kms:GenerateDataKey",), secrets=advanced)


def _below(secrets: Sequence[PlannedSecret], account: Account) -> Grant:
    """GetParametersByPath is authorised on the path alone; a Deny on a parameter below it has no effect.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    paths = sorted({each.name.rpartition("/")[0].lstrip("/") for each in secrets})
    # The path is as in the call, which may end with a slash.
    arns = tuple(_arn(account, f"{path}{end}") for path in paths for end in ("", "/"))
    return Grant(sid="ReadAllThatIsBelowThesePaths", actions=("ssm:GetParametersByPath",), arns=arns)


# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
PERMISSIONS = Permissions(
    arn=_arn,
    read="ssm:GetParameter",
    inject="ssm:GetParameters",  # ten names at once
    delete="ssm:DeleteParameter",
    writing=_writing,
    encrypting=_encrypting,
    below=_below,
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html
    unshared="a parameter has no policy of its own: let the reader assume a role of this account instead",
)

_LOOK_AT = f"""\
look_at_parameter() {{
  if answer=$(aws ssm get-parameter --name="$name" --output=text --query="['type', Parameter.Type]" 2>&1); then
    case $answer in
    *"type${{tab}}$type") ;;
    *) stop 1 "$name exists and is no $type: nothing was changed. Choose another name in plan.toml, or delete it" ;;
    esac
    answer=$(aws ssm list-tags-for-resource --resource-type=Parameter --resource-id="$name" --output=text \\
      --query="{_TAGS}") || stop 3 "cannot read the tags of $name: see above"
    case $answer in
    *"tag${{tab}}$repository") there=ours ;;
    *) there=foreign ;;
    esac
    return
  fi
  missing ParameterNotFound
}}
"""
_READ = """\
read_parameter() {
  aws ssm get-parameter --name="$name" --with-decryption --output=json
}
"""
_CREATE = """\
create_parameter() {
  value | aws ssm put-parameter --name="$name" --type="$type" --value=file:///dev/stdin \\
    --description="$description" --tags="$tags" "$@" >/dev/null
}
"""
_UPDATE = """\
# One attempt: this call has no token, and one that took effect without an answer would be two versions.
update_parameter() {
  value | AWS_MAX_ATTEMPTS=1 aws ssm put-parameter --name="$name" --type="$type" --value=file:///dev/stdin \\
    --overwrite "$@" >/dev/null
}
"""


def _options(secret: PlannedSecret) -> Iterator[str]:
    # Always passed: the account's default tier may be one that costs.
    yield f"--tier={secret.tier or 'Standard'}"
    if secret.kms_key and secret.type not in PLAIN_TYPES:
        yield f"--key-id={secret.kms_key}"


def _value_in(answer: Mapping[str, Any]) -> object:
    return answer["Parameter"]["Value"] if "Parameter" in answer else None


def _lists(path: str) -> str:
    shown = "--query 'Parameters[].[Name,Type,Version]'"
    return f"aws ssm get-parameters-by-path --path {shlex.quote(path)} --recursive {shown}"


COMMANDS = Commands(
    look_at=_LOOK_AT,
    read=_READ,
    create=_CREATE,
    update=_UPDATE,
    options=_options,
    reading="get-parameter",
    reads=lambda name: f"aws ssm get-parameter --name {shlex.quote(name)} --with-decryption",
    value_in=_value_in,
    lists=_lists,
)
