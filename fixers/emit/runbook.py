"""MIGRATION.md: what to do, in which order, and how to look at what was done. No value stands in it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from fixers.emit.awscli import form
from fixers.emit.iam import ACCOUNT_PLACEHOLDER, REGION_PLACEHOLDER, Account
from scanner.model import Finding, Plan, PlannedSecret, RefusalReason

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_PERMISSIONS = """\
## 1. Permissions

- {migration}: for whoever runs the next step, and only until it is done. It allows exactly its calls.
- {policies}: for the role of the running program. It can read these names and nothing else. `-??????` in an ARN
  stands for the six characters that Secrets Manager appends: it can be granted before the secrets exist.
  A program that is started with SECRETS_ENV reads other names, and needs a policy for those."""
_UPLOAD = """\
## 2. Upload

```sh
sh {script}
```

It stores every value, reads it back and compares. Each goes through a pipe; none is on a command line, in a
variable or in a file. It can be run again: what is there and equal stays as it is. It stops at a name that holds
something else, and changes nothing there. It runs in the working tree of this plan, before step 4."""
_REWRITE = """\
## 4. Rewrite the code

```sh
unhardcode fix --plan {plan}          # the diff, values masked
unhardcode fix --plan {plan} --write  # only what reads back equal from the store
```"""
_DEPLOY = """\
## 5. Deploy

Give the program's role the reader policy, then deploy the rewritten code. Where there is no AWS (tests, CI, a
laptop) set the variables of the table instead: they are looked at first.

- ECS: boto3 in the program uses the *task role*. A `secrets` entry of the task definition is resolved by the *task
  execution role*, which then needs the same policy; its `valueFrom` is the full ARN of a secret (with the six
  characters, then `:KEY::` for one field) or a parameter's name. It is read at the start only: after a rotation
  force a new deployment.
- Lambda: the function's execution role gets the policy. Leave values out of its environment: anybody who may look
  at the function sees them there."""
_ROTATE = """\
## 6. Rotate

The old values stand in the history of the repository, in clones, backups and caches. Moving them closes none of
that: only new values do. When the new code runs everywhere, for each name: make a new value at the provider, store
it, see that the program works, then revoke the old one.
"""
_STORES = {"secretsmanager": "Secrets Manager", "parameterstore": "Parameter Store"}


def runbook(
    plan: Plan, account: Account, policies: Sequence[str], migration_policies: Sequence[str], *, folder: str
) -> str:
    """The runbook as Markdown.

    `policies` are the names of the files beside it, `folder` is where they are, as seen from the tree's root.
    """
    moved = [secret for secret in plan.secrets if secret.action != "skip"]
    plan_file = shlex.quote(f"{folder}/plan.toml")
    parts = [
        _head(plan, moved, folder),
        _table(moved),
        _policies(account, policies, migration_policies, folder),
        _upload(moved, plan_file),
        _read_back(moved, plan_file),
        iter([_REWRITE.format(plan=plan_file)]),
        _deploy(moved),
        _rotate(moved),
        _stays(plan),
    ]
    return "\n\n".join("\n".join(part) for part in (list(lines) for lines in parts) if part) + "\n"


def _head(plan: Plan, moved: Sequence[PlannedSecret], folder: str) -> Iterator[str]:
    places = sum(len(member.findings) for secret in moved for member in secret.members)
    yield f"# Moving {len(moved)} credentials of {_text(plan.app)} ({_text(plan.env)}) into AWS"
    yield ""
    yield f"{places} places in the code hold a value that belongs in AWS. Do the steps in this order: the running"
    yield "program works before and after each of them. No value stands in any file of this folder."
    yield ""
    yield f"Commands are for the root of the repository; this folder is {_code(folder)} there."


def _table(moved: Sequence[PlannedSecret]) -> Iterator[str]:
    yield "| name | store | action | variable | from |"
    yield "| --- | --- | --- | --- | --- |"
    for secret in moved:
        tier = f", {secret.tier}" if secret.tier else ""
        variables = ", ".join(_code(member.env) for member in secret.members)
        places = "<br>".join(_place(finding) for member in secret.members for finding in member.findings)
        kind = "" if secret.type in ("SecretString", "SecureString") else f", {secret.type}"
        store = f"{_STORES.get(secret.store, secret.store)}{kind}{tier}"
        yield f"| {_code(secret.name)} | {store} | {secret.action} | {variables} | {places} |"


def _policies(account: Account, policies: Sequence[str], migration: Sequence[str], folder: str) -> Iterator[str]:
    if not policies:
        return
    yield _PERMISSIONS.format(migration=_codes(migration), policies=_codes(policies))
    missing = [text for text in (ACCOUNT_PLACEHOLDER, REGION_PLACEHOLDER) if text in (account.id, account.region)]
    if not missing:
        return
    yield f"\nThey hold {' and '.join(map(_code, missing))}: fill that in before IAM gets them.\n"
    yield "```sh"
    if ACCOUNT_PLACEHOLDER in missing:
        yield "export AWS_ACCOUNT_ID=$(aws sts get-caller-identity --query Account --output text)"
    if REGION_PLACEHOLDER in missing:
        yield "export AWS_REGION=eu-west-1  # where the secrets are to live"
    for name in (*policies, *migration):
        source = f"{folder}/{name}"
        filled = shlex.quote(source.removesuffix(".json") + ".filled.json")
        yield f"envsubst '{' '.join(missing)}' <{shlex.quote(source)} >{filled}"
    yield "```"


def _upload(moved: Sequence[PlannedSecret], plan_file: str) -> Iterator[str]:
    yield _UPLOAD.format(script=plan_file.replace("plan.toml", "upload.sh"))
    returns = [secret.name for secret in moved if form(secret) == "returns"]
    if returns:
        yield f"\n{_codes(returns)}: the value holds carriage returns, which the AWS CLI would drop."
        yield f"`unhardcode migrate --plan {plan_file}` stores it as it is."


def _read_back(moved: Sequence[PlannedSecret], plan_file: str) -> Iterator[str]:
    secrets = [secret.name for secret in moved if secret.store == "secretsmanager"]
    parameters = [secret.name for secret in moved if secret.store == "parameterstore"]
    yield "## 3. Look\n"
    yield "To compare without showing anything (exit status 0: equal):\n\n```sh"
    for command, name in _reads(secrets[:1], parameters[:1]):
        yield f"{command} --output json | unhardcode value --plan {plan_file} --check -- {shlex.quote(name)}"
    yield "```\n\nTo see the names that are there:\n\n```sh"
    for path in _paths(parameters):
        shown = "--query 'Parameters[].[Name,Type,Version]'"
        yield f"aws ssm get-parameters-by-path --path {shlex.quote(path)} --recursive {shown}"
    for path in _paths(secrets):
        prefix = shlex.quote(f"Key=name,Values={path}/")
        yield f"aws secretsmanager list-secrets --filters {prefix} --query 'SecretList[].Name'"
    yield "```\n\nTo read them. These print the value on your terminal:\n\n```sh"
    for command, _ in _reads(secrets, parameters):
        yield command
    yield "```"


def _deploy(moved: Sequence[PlannedSecret]) -> Iterator[str]:
    yield _DEPLOY
    if any(secret.kms_key for secret in moved):
        yield "- The customer KMS key's own policy must let these roles use it, too."


def _rotate(moved: Sequence[PlannedSecret]) -> Iterator[str]:
    yield _ROTATE
    for secret in moved:
        findings = [finding for member in secret.members for finding in member.findings]
        steps = dict.fromkeys(finding.rotate for finding in findings if finding.rotate)
        hint = f": {'; '.join(_text(step) for step in steps)}" if steps else ""
        yield f"- {_code(secret.name)} ({_text(secret.rotation)}){hint}"


def _stays(plan: Plan) -> Iterator[str]:
    if not plan.refusals:
        return
    yield "## What stays, and what to do about it"
    for reason in RefusalReason:
        group = [refusal for refusal in plan.refusals if refusal.reason is reason]
        if not group:
            continue
        yield ""
        yield f"**{reason}**"
        yield ""
        for refusal in group:
            yield f"- {_place(refusal.finding)}, {_text(refusal.finding.title)}: {_text(refusal.detail)}"
        for step in dict.fromkeys(refusal.next_step for refusal in group):
            yield f"- Next: {_text(step)}"


def _reads(secrets: Sequence[str], parameters: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in secrets:
        yield f"aws secretsmanager get-secret-value --secret-id {shlex.quote(name)}", name
    for name in parameters:
        yield f"aws ssm get-parameter --name {shlex.quote(name)} --with-decryption", name


def _paths(names: Sequence[str]) -> list[str]:
    """What stands before the last slash of these names."""
    return sorted({name.rpartition("/")[0] for name in names} - {""})


def _place(finding: Finding) -> str:
    commit = f" in {finding.commit.id[:12]}" if finding.commit else ""
    return _code(f"{finding.path}:{finding.start[0]}") + commit


def _codes(texts: Sequence[str]) -> str:
    return ", ".join(map(_code, texts))


def _code(text: str) -> str:
    """Text as code; a backtick or a bar of a path would end it or the table's cell."""
    return f"`{_CONTROL.sub('�', text).replace('`', 'ˋ').replace('|', '¦')}`"


def _text(text: str) -> str:
    """Text of the repository without effect on a terminal or as Markdown."""
    return _MARKUP.sub(r"\\\1", _CONTROL.sub("�", text))
