"""upload.sh: AWS CLI commands that take each value from a pipe. The script holds none, and can be run twice.

Values on a command line are seen by every user of the machine and kept in the shell's history:
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security_cli-exposure-risks.html
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixers.model import PlannedSecret
from fixers.payload import payload
from fixers.stores.limits import tag_value
from fixers.stores.model import DESCRIPTION, PLAIN_TYPES, REPOSITORY_TAG

_HEAD = """\
#!/bin/sh
# Written by unhardcode. No value stands here: each goes through a pipe from `unhardcode value` into the AWS CLI.
# It can be run again at any time: what is there and equal stays as it is, and it stops at a name that holds
# something else. Exit status: 0 all is stored; 1 a name is taken; 2 it cannot start; 3 AWS or reading a value failed.
set -eu
umask 077

stop() {
  code=$1
  shift
  printf 'upload.sh: %s\\n' "$*" >&2
  exit "$code"
}
"""

_BODY = """\
tab=$(printf '\\t')
unhardcode=${UNHARDCODE:-unhardcode}
command -v "$unhardcode" >/dev/null || stop 2 "unhardcode is not on PATH: set UNHARDCODE to its absolute path"
command -v aws >/dev/null || stop 2 'the AWS CLI is not on PATH'

# No pager, no questions; values are UTF-8 whatever the locale says (PYTHONUTF8 for version 1 of the CLI).
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_CLI_FILE_ENCODING=UTF-8 AWS_CLI_OUTPUT_ENCODING=UTF-8 PYTHONUTF8=1
export AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}" AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-6}"

# The CLI's history is a database of everything that it sends.
case $(aws configure get cli_history || :) in
enabled) stop 2 'cli_history is enabled, which keeps values on disk: aws configure set cli_history disabled' ;;
esac

# The look_at functions set `there`: no, deleted, empty (a secret without a value), ours (it has the tag of this
# repository) or foreign; and `key`: aws where a secret has no KMS key of its own.
look_at_secret() {
  if answer=$(aws secretsmanager describe-secret --secret-id="$name" --output=text --query="@TAGS@" 2>&1); then
    case $answer in
    *"tag${tab}deleted${tab}"*) there=deleted ;;
    *"tag${tab}empty${tab}"*) there=empty ;;
    *"tag${tab}kept${tab}$repository" | *"tag${tab}keyed${tab}$repository") there=ours ;;
    *) there=foreign ;;
    esac
    case $answer in
    *"tag${tab}kept${tab}"*) key=aws ;;
    esac
    return
  fi
  missing ResourceNotFoundException
}

look_at_parameter() {
  if answer=$(aws ssm get-parameter --name="$name" --output=text --query="['type', Parameter.Type]" 2>&1); then
    case $answer in
    *"type${tab}$type") ;;
    *) stop 1 "$name exists and is no $type: nothing was changed. Choose another name in plan.toml, or delete it" ;;
    esac
    answer=$(aws ssm list-tags-for-resource --resource-type=Parameter --resource-id="$name" --output=text \\
      --query="@PARAMETER_TAGS@") || stop 3 "cannot read the tags of $name: see above"
    case $answer in
    *"tag${tab}$repository") there=ours ;;
    *) there=foreign ;;
    esac
    return
  fi
  missing ParameterNotFound
}

missing() {
  case $answer in
  *"($1)"*) there=no ;;
  *)
    printf '%s\\n' "$answer" >&2
    stop 3 "cannot look at $name: see above, then run this again"
    ;;
  esac
}

read_secret() {
  aws secretsmanager get-secret-value --secret-id="$name" --version-stage=AWSCURRENT --output=json
}

read_parameter() {
  aws ssm get-parameter --name="$name" --with-decryption --output=json
}

create_secret() {
  value | aws secretsmanager create-secret --name="$name" "$from" --description="$description" --tags="$tags" "$@" \\
    >/dev/null
}

create_parameter() {
  value | aws ssm put-parameter --name="$name" --type="$type" --value=file:///dev/stdin \\
    --description="$description" --tags="$tags" "$@" >/dev/null
}

update_secret() {
  value | aws secretsmanager put-secret-value --secret-id="$name" "$from" >/dev/null
}

# One attempt: this call has no token, and one that took effect without an answer would be two versions.
update_parameter() {
  value | AWS_MAX_ATTEMPTS=1 aws ssm put-parameter --name="$name" --type="$type" --value=file:///dev/stdin \\
    --overwrite "$@" >/dev/null
}

bring_back() {
  [ "$action" = restore ] ||
    stop 1 "$name is scheduled for deletion: set its action to restore in plan.toml, or choose another name"
  aws secretsmanager restore-secret --secret-id="$name" >/dev/null ||
    stop 3 "cannot restore $name: see above, then run this again"
  there=foreign
}

value() {
  "$unhardcode" value --plan "$plan" -- "$name"
}

# Whether the store holds exactly what stands in the tree; neither is shown.
same() {
  equal=0
  "read_$kind" | "$unhardcode" value --plan "$plan" --check -- "$name" || equal=$?
  [ "$equal" -le 1 ] || stop 3 "cannot compare $name: see above, then run this again"
  return "$equal"
}

sendable() {
  [ "$form" != returns ] ||
    stop 1 "$name holds carriage returns, which the AWS CLI drops: unhardcode migrate --plan '$plan' stores it"
}

# settle secret|parameter NAME create|update|adopt|restore TYPE text|binary|returns [OPTION...]
settle() {
  kind=$1 name=$2 action=$3 type=$4 form=$5 key=
  shift 5
  from=--secret-string=file:///dev/stdin
  [ "$form" != binary ] || from=--secret-binary=fileb:///dev/stdin
  "look_at_$kind"
  [ "$there" != deleted ] || bring_back
  case $key${1:-} in
  aws--kms-key-id=*alias/aws/secretsmanager) ;;
  aws--kms-key-id=*)
    stop 1 "$name is encrypted with AWS's own key: give it the plan's with aws secretsmanager update-secret\
 --kms-key-id, or empty kms_key in plan.toml"
    ;;
  esac
  if [ "$there" = no ]; then
    [ "$action" = create ] || stop 1 "$name does not exist: there is nothing to $action"
    sendable
    "create_$kind" "$@" || stop 3 "cannot create $name: see above, then run this again"
  elif [ "$there" != empty ] && same; then
    [ "$there" = ours ] || [ "$action" != create ] ||
      stop 1 "$name exists, with an equal value, and was not made for $repository: set its action to adopt in plan.toml"
    printf 'kept    %s\\n' "$name"
    return
  else
    [ "$there" != empty ] || [ "$action" = update ] ||
      stop 1 "$name exists, but without a value: set its action to update in plan.toml"
    [ "$action" = update ] || [ "$action" = restore ] || stop 1 "$name holds another value: nothing was changed.\\
 Choose another name in plan.toml, or set its action to update"
    sendable
    "update_$kind" "$@" || stop 3 "cannot update $name: see above, then run this again"
  fi
  same || stop 3 "$name was stored, and reads back as something else"
  printf 'stored  %s\\n' "$name"
}
"""
# JMESPath. The word in front tells the answer from warnings that a CLI may print beside it.
_OWN_TAG = f"[?Key=='{REPOSITORY_TAG}'].Value | [0]"
_HELD = "VersionIdsToStages && (KmsKeyId && 'keyed' || 'kept')"
_SECRET_TAGS = f"['tag', DeletedDate && 'deleted' || {_HELD} || 'empty', Tags{_OWN_TAG}]"
_PARAMETER_TAGS = f"['tag', TagList{_OWN_TAG}]"


def upload_script(
    secrets: Sequence[PlannedSecret], *, root: Path, folder: Path, repository: str, region: str | None = None
) -> str:
    """The script for `folder`, beside plan.toml; `root` is the tree that holds the values, both absolute.

    `repository` is the tag's value that says for whom a secret was created. Raises FixError for a value that no
    store could hold as text.
    """
    body = _BODY.replace("@TAGS@", _SECRET_TAGS).replace("@PARAMETER_TAGS@", _PARAMETER_TAGS)
    # What the CLI cannot send comes last: nothing that it can send waits for it.
    ordered = sorted(secrets, key=lambda secret: form(secret) == "returns")
    return "\n".join((_HEAD, *_settings(root, folder, repository, region), "", body, *_calls(ordered), ""))


def form(secret: PlannedSecret) -> str:
    """How the CLI can take the value: text, binary, or returns (it reads files with universal line ends)."""
    stored = payload(secret)
    if stored.is_bytes:
        return "binary"
    return "returns" if b"\r" in stored.reveal("bytes") else "text"


def _settings(root: Path, folder: Path, repository: str, region: str | None) -> Iterator[str]:
    yield 'here=$(CDPATH=\'\' cd -- "$(dirname -- "$0")" && pwd)'
    yield "plan=$here/plan.toml"
    inside = folder.is_relative_to(root)
    to_root = shlex.quote(os.path.relpath(root, folder) if inside else str(root))
    yield f'cd -- "$here"/{to_root}' if inside else f"cd -- {to_root}"
    tag = tag_value(repository)
    yield f"repository={shlex.quote(tag)}"
    yield f"tags={shlex.quote(json.dumps([{'Key': REPOSITORY_TAG, 'Value': tag}]))}"
    yield f"description={shlex.quote(DESCRIPTION)}"
    if region is not None:
        yield f"export AWS_REGION={shlex.quote(region)} AWS_DEFAULT_REGION={shlex.quote(region)}"
    else:
        yield "# As `unhardcode fix` and the rewritten code find it; the CLI reads one of them, by its version."
        yield "region=${AWS_DEFAULT_REGION:-${AWS_REGION:-}}"
        yield '[ -z "$region" ] || export AWS_REGION="$region" AWS_DEFAULT_REGION="$region"'


def _calls(secrets: Sequence[PlannedSecret]) -> Iterator[str]:
    if secrets:
        yield "# The plan must be of this tree, and its values still there."
        yield f'"$unhardcode" value --plan "$plan" -- {shlex.quote(secrets[0].name)} >/dev/null'
        yield ""
    for secret in secrets:
        kind = "secret" if secret.store == "secretsmanager" else "parameter"
        words = ["settle", kind, secret.name, secret.action, secret.type, form(secret), *_options(secret)]
        yield shlex.join(words)


def _options(secret: PlannedSecret) -> Iterator[str]:
    if secret.store == "secretsmanager":
        if secret.kms_key:
            yield f"--kms-key-id={secret.kms_key}"
        return
    # Always said: the account's default tier may be one that costs.
    yield f"--tier={secret.tier or 'Standard'}"
    if secret.kms_key and secret.type not in PLAIN_TYPES:
        yield f"--key-id={secret.kms_key}"
