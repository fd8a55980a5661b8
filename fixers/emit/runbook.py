"""MIGRATION.md: what to do, in which order, and how to check the result. It contains no value."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from fixers.emit import aftercare
from fixers.emit.awscli import form
from fixers.emit.crossaccount import CrossAccount
from fixers.emit.markdown import code, codes, place, plain
from fixers.model import Plan, PlannedSecret, RefusalReason
from fixers.plan_report import stored_in
from fixers.stores.arns import ACCOUNT_PLACEHOLDER, REGION_PLACEHOLDER, Account
from fixers.stores.kinds import KINDS, kind_of
from fixers.stores.model import PLAIN_TYPES, StoreKind

_PERMISSIONS = """\
## 1. Permissions

- {migration}: for whoever does steps 2 to 4, and only until they are done. It allows exactly their calls.
- {readers}: for the role of the running program. It can read these names and nothing else. `-??????` in an ARN
  stands for the six characters that Secrets Manager appends: it can be granted before the secrets exist.
  A program that is started with SECRETS_ENV reads other names, and needs a policy for those.
- {injectors}: for what reads the secrets before the program starts (ECS's task execution role, `unhardcode run`).
- cloudformation.yaml and secrets.tf contain the last two for CloudFormation and Terraform: use one of the three."""
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_ATTACHED = 10
_TOO_MANY = """\
- IAM attaches at most {most} managed policies to one role or user, 20 where that quota was raised, and {first} is one
  of {count}: move the secrets in parts (`unhardcode plan PATH`), or give several roles what each of them reads."""
_SEVERAL = """\
- Policies with `-for-ENVIRONMENT` in their name are for the programs of that environment, the others for those of
  {env}. A value in code that every environment runs is stored under {env}: each of them needs that policy as well."""
_DELETION = """\
- {deletion}: **only** to undo everything with `unhardcode migrate --undo --delete-stored`, together with the first one.
  It allows deleting what this plan creates; parameters are deleted for good."""
_PATHS = """\
- {paths}: **only** for `unhardcode run --path`. It allows reading everything below these paths, now and
  later, and a Deny for one parameter does not prevent it: single names are safer."""
_ACROSS = """\
- {identity}: for the role in the other account, by its own administrators. In this account, for each
  secret, `--block-public-policy` so that a mistake does not open it to everybody:

```sh
{commands}
```

  Then add cross-account-key-statement.json to the statements of the key's policy; the others must stay. The other
  account names a secret by its full ARN."""
_UPLOAD = """\
## 2. Upload

```sh
sh {script}
```

It stores every value, reads it back and compares. Each goes through a pipe; none is on a command line, in a
variable or in a file. It can be run again: it skips what is already stored. It stops at a name that holds another
value, and does not change it. Run it in the working tree of this plan, before step 4."""
_REWRITE = """\
## 4. Rewrite the code

```sh
unhardcode fix --plan {plan}          # the diff, values masked
unhardcode fix --plan {plan} --write  # only what reads back equal from the store
```"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The names of the policies beside the runbook, and `folder` relative to the tree's root.

    `readers` and `injectors` are by environment: each entry's policies go to one role.
    """

    readers: tuple[tuple[str, ...], ...]
    injectors: tuple[tuple[str, ...], ...]
    migration: tuple[str, ...]
    deletion: tuple[str, ...]
    paths: tuple[str, ...]
    folder: str
    across: CrossAccount | None = None
    across_files: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All policy names."""
        by_role = (*self.readers, *self.injectors, self.migration, self.deletion, self.paths, self.across_files)
        return tuple(name for names in by_role for name in names)


def runbook(plan: Plan, account: Account, written: Written) -> str:
    """The runbook as Markdown."""
    moved = plan.moving
    plan_file = shlex.quote(f"{written.folder}/plan.toml")
    parts = [
        _head(plan, moved, account, written.folder),
        _table(moved),
        _policies(plan, account, written),
        _upload(moved, plan_file),
        _read_back(moved, plan_file),
        iter([_REWRITE.format(plan=plan_file)]),
        aftercare.deploy(moved, account),
        aftercare.rotate(moved, plan_file),
        aftercare.done(plan_file),
        aftercare.purge(plan_file),
        _stays(plan),
    ]
    return "\n\n".join("\n".join(part) for part in (list(lines) for lines in parts) if part) + "\n"


def _head(plan: Plan, moved: Sequence[PlannedSecret], account: Account, folder: str) -> Iterator[str]:
    places = sum(len(member.findings) for secret in moved for member in secret.members)
    settings = sum(secret.type in PLAIN_TYPES for secret in moved)
    what = f"{len(moved) - settings} credentials" + (f" and {settings} settings" if settings else "")
    yield f"# Moving {what} of {plain(plan.app)} ({plain(plan.env)}) into AWS"
    yield ""
    yield f"{places} places in the code hold a value that belongs in AWS. Do the steps in this order: the running"
    yield "program works before and after each of them. No file of this folder contains a value."
    yield ""
    yield f"Commands are for the root of the repository; this folder is {code(folder)} there."
    if account.region != REGION_PLACEHOLDER:
        region = shlex.quote(account.region)
        yield f"They all go to one region:\n\n```sh\nexport AWS_REGION={region} AWS_DEFAULT_REGION={region}\n```"


def _table(moved: Sequence[PlannedSecret]) -> Iterator[str]:
    yield "| name | store | action | variable | from |"
    yield "| --- | --- | --- | --- | --- |"
    for secret in moved:
        variables = ", ".join(code(member.env) for member in secret.members)
        places = "<br>".join(place(finding) for member in secret.members for finding in member.findings)
        yield f"| {code(secret.name)} | {stored_in(secret)} | {secret.action} | {variables} | {places} |"


def _policies(plan: Plan, account: Account, written: Written) -> Iterator[str]:
    if not written.readers:
        return
    names = {"readers": written.readers, "injectors": written.injectors, "migration": (written.migration,)}
    yield _PERMISSIONS.format(**{word: codes(chain.from_iterable(groups)) for word, groups in names.items()})
    if any("-for-" in name for name in written.every):
        yield _SEVERAL.format(env=plain(plan.env))
    for files in chain.from_iterable(names.values()):
        if len(files) > _ATTACHED:
            yield _TOO_MANY.format(most=_ATTACHED, first=code(files[0]), count=len(files))
    if written.deletion:
        yield _DELETION.format(deletion=codes(written.deletion))
    if written.paths:
        yield _PATHS.format(paths=codes(written.paths))
    if written.across is not None:
        yield from _other_account(written.across, written)
    missing = [text for text in (ACCOUNT_PLACEHOLDER, REGION_PLACEHOLDER) if text in (account.id, account.region)]
    if not missing:
        return
    yield f"\nThey contain {' and '.join(map(code, missing))}: fill that in before you give them to IAM.\n"
    yield "```sh"
    if ACCOUNT_PLACEHOLDER in missing:
        yield "export AWS_ACCOUNT_ID=$(aws sts get-caller-identity --query Account --output text)"
    if REGION_PLACEHOLDER in missing:
        yield "export AWS_REGION=eu-west-1  # where the secrets will be; in China or GovCloud emit with --region"
    for name in written.every:
        source = f"{written.folder}/{name}"
        filled = shlex.quote(source.removesuffix(".json") + ".filled.json")
        yield f"envsubst '{' '.join(missing)}' <{shlex.quote(source)} >{filled}"
    yield "```"


def _other_account(across: CrossAccount, written: Written) -> Iterator[str]:
    if across.resource is not None:
        policy = shlex.quote(f"file://{written.folder}/cross-account-secret-policy.json")
        sharing = ((kind_of(name).commands.share, name) for name in across.shared)
        commands = "\n".join(share(name, policy) for share, name in sharing if share is not None)
        identity = [name for name in written.across_files if "identity" in name]
        yield _ACROSS.format(identity=codes(identity), commands=commands)
    for name, reason in across.unreadable:
        yield f"- {code(name)} cannot be read from another account: {plain(reason)}."


def _upload(moved: Sequence[PlannedSecret], plan_file: str) -> Iterator[str]:
    yield _UPLOAD.format(script=plan_file.replace("plan.toml", "upload.sh"))
    returns = [secret.name for secret in moved if form(secret) == "returns"]
    if returns:
        yield f"\n{codes(returns)}: the value contains carriage returns, which the AWS CLI would drop."
        yield f"`unhardcode migrate --plan {plan_file}` stores it as it is."


def _read_back(moved: Sequence[PlannedSecret], plan_file: str) -> Iterator[str]:
    named = [(kind, [secret.name for secret in moved if secret.store == word]) for word, kind in KINDS.items()]
    yield "## 3. Check\n"
    yield "To compare without showing a value (exit status 0: equal):\n\n```sh"
    for command, name in _reads([(kind, names[:1]) for kind, names in named]):
        yield f"{command} --output json | unhardcode value --plan {plan_file} --check -- {shlex.quote(name)}"
    yield "```\n\nTo list the stored names:\n\n```sh"
    for kind, names in reversed(named):
        yield from map(kind.commands.lists, _paths(names))
    yield "```\n\nTo read them. These print the value on your terminal:\n\n```sh"
    for command, _ in _reads(named):
        yield command
    yield "```"


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
            yield f"- {place(refusal.finding)}, {plain(refusal.finding.title)}: {plain(refusal.detail)}"
        for step in dict.fromkeys(refusal.next_step for refusal in group):
            yield f"- Next: {plain(step)}"


def _reads(named: Iterable[tuple[StoreKind, Sequence[str]]]) -> Iterator[tuple[str, str]]:
    for kind, names in named:
        for name in names:
            yield kind.commands.reads(name), name


def _paths(names: Sequence[str]) -> list[str]:
    """The part of each name before its last slash."""
    return sorted({name.rpartition("/")[0] for name in names} - {""})
