"""upload.sh: AWS CLI commands that read each value from a pipe. The script contains none, and can be run twice.

Values on a command line are visible to every user of the machine and kept in the shell's history:
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
from fixers.stores.kinds import KINDS
from fixers.stores.limits import tag_value
from fixers.stores.model import DESCRIPTION, REPOSITORY_TAG

_HEAD = """\
#!/bin/sh
# Written by unhardcode. It contains no values: each goes through a pipe from `unhardcode value` into the AWS CLI.
# It can be run again at any time: it skips what is already stored, and stops at a name that holds another value.
# Exit status: 0 all is stored; 1 a name is taken; 2 it cannot start; 3 AWS or reading a value failed.
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
@LOOK_AT@

missing() {
  case $answer in
  *"($1)"*) there=no ;;
  *)
    printf '%s\\n' "$answer" >&2
    stop 3 "cannot look at $name: see above, then run this again"
    ;;
  esac
}

@READ@

@CREATE@

@UPDATE@

@RESTORE@

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

# settle @KINDS@ NAME create|update|adopt|restore TYPE text|binary|returns [OPTION...]
settle() {
  kind=$1 name=$2 action=$3 type=$4 form=$5 key=
  shift 5
  from=--secret-string=file:///dev/stdin
  [ "$form" != binary ] || from=--secret-binary=fileb:///dev/stdin
  "look_at_$kind"
  [ "$there" != deleted ] || bring_back
  case $key${1:-} in
@KEYS@  esac
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


def upload_script(
    secrets: Sequence[PlannedSecret], *, root: Path, folder: Path, repository: str, region: str | None = None
) -> str:
    """The script for `folder`, beside plan.toml; `root` is the tree that holds the values, both absolute.

    `repository` is the tag's value that says for whom a secret was created. Raises FixError for a value that no store
    can hold as text.
    """
    # Values that the CLI cannot send come last, so that the others do not wait for them.
    ordered = sorted(secrets, key=lambda secret: form(secret) == "returns")
    return "\n".join((_HEAD, *_settings(root, folder, repository, region), "", _body(), *_calls(ordered), ""))


def _body() -> str:
    """The functions, including those specific to each store."""
    kinds = KINDS.values()
    own = [kind.commands for kind in kinds]
    texts = {
        "@LOOK_AT@\n": [each.look_at for each in own],
        "@READ@\n": [each.read for each in own],
        "@CREATE@\n": [each.create for each in own],
        "@UPDATE@\n": [each.update for each in own],
        "@RESTORE@\n": [each.restore for each in own if each.restore],
    }
    body = _BODY.replace("@KINDS@", "|".join(kind.one for kind in kinds))
    body = body.replace("@KEYS@", "".join(each.keys for each in own))
    for mark, functions in texts.items():
        body = body.replace(mark, "\n".join(functions))
    return body


def form(secret: PlannedSecret) -> str:
    """How the CLI can take the value: text, binary, or returns (the CLI reads files with universal line ends)."""
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
        kind = KINDS[secret.store]
        words = ["settle", kind.one, secret.name, secret.action, secret.type, form(secret)]
        yield shlex.join([*words, *kind.commands.options(secret)])
