"""The end of the runbook: deploy, rotate, check, and purge the history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from fixers.emit.iam import by_environment
from fixers.emit.markdown import code, place, plain
from fixers.emit.rotation import rotates
from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.kinds import KINDS
from fixers.stores.model import BINARY_TYPE, PLAIN_TYPES

_DEPLOY = """\
## 5. Deploy

Give the roles their policies, then deploy the rewritten code. Where there is no AWS (tests, CI, a laptop) set the
variables of the table instead: they take precedence.

| what reads | role | policy |
| --- | --- | --- |
| the program itself, in ECS | *task role* | reader |
| `secrets` of a task definition, before the container starts | *task execution role* | injection |
| a Lambda function, by boto3 or the Parameters and Secrets extension | the function's execution role | reader |
| `unhardcode run`, before it starts the program | the role of the machine or the task | injection |
"""
_WIRING = """
For ECS, under `secrets` of the container definition. The suffix of a secret's ARN is known only after the upload:
`aws secretsmanager describe-secret --secret-id NAME --query ARN --output text`.
"""
_LAMBDA = """
For Lambda: put names into the function's environment, never values (anybody who may look at the function sees them),
and read at run time. ECS injects values at the start only: after a rotation force a new deployment.
"""
_ROTATE = """\
## 6. Rotate

The old values are still in the history of the repository, in clones, backups and caches. Only a rotation makes them
worthless. Rotate when the new code runs everywhere, and not before."""
_AUTOMATIC = """
### By AWS's functions

A password must not be rotated while it is still hardcoded anywhere. This command writes rotation.yaml (CloudFormation)
and rotation.tf (Terraform), every 30 days, for those that no file contains any more, and names where the others are:

```sh
unhardcode rotation --plan {plan}
```

A program that reads a password when it starts (settings, `secrets` of a task definition) gets the new one only after
a restart: the command names such places.
"""
_MANAGED = """
If such a login is the *master user* of an RDS or Aurora database, let RDS manage it instead, without any function:
`aws rds modify-db-instance --db-instance-identifier ID --manage-master-user-password` (for a cluster
`modify-db-cluster`). RDS then creates its own secret; put its ARN into the code in place of the name.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""
_BY_HAND = """
### By hand

For each: make a new value at the provider, store it as a new version (from a pipe or a prompt, never as an argument),
check that the program works with it, then revoke the old one.
"""
_DONE = """\
## 7. Check that it is done

```sh
unhardcode status --plan {plan}                      # found, stored, gone from the code, rotated, gone from history
unhardcode status --plan {plan} --fail-on-unrotated  # for CI: exit 1 while a pushed value is still the current one
```

It needs the reader policy, and in CI a full clone.

*Rotated* means that the store's value now differs from the one in the history; both are compared as keyed digests."""
_PURGE = """\
## 8. Purge the history, if necessary

A rotated value is harmless, and rewriting history breaks every clone, every open pull request and every reference to
a commit. If the history has to be clean nevertheless, rotate first, then:

```sh
unhardcode purge --plan {plan}    # which values, in which spellings, files and messages; and the commands
```

1. Tell everybody to push or save what they have. From now on nobody pushes.
2. Run the commands that it prints. They rewrite a fresh clone, ../purged.git: `git filter-repo` (from PyPI) gets every
   spelling through a pipe, never from a file. The last one, with `--check`, must find nothing.
3. Turn branch protection off for a moment, then
   `git -C ../purged.git push --force --mirror "$(git remote get-url origin)"`.
4. Forks, pull requests and caches keep the old commits. On GitHub `refs/pull/*` cannot be pushed to, and views of old
   commits are cached: ask its support to remove them, and the owners of forks to delete or rewrite those.
   https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository
5. Everybody clones again. A `git pull` in an old clone would bring the old commits back: move unfinished work with
   `git rebase --onto`, never with a merge.
6. CI caches, build artefacts, container images, package registries and backups hold copies: expire them."""


def deploy(moved: Sequence[PlannedSecret], account: Account) -> Iterator[str]:
    """Which role needs which policy, and the entries of a task definition."""
    yield _DEPLOY + _WIRING
    for environment, own in by_environment(moved).items():
        # A container's `secrets` may contain a variable only once, but several environments use the same ones.
        if environment:
            yield f"\nIn {plain(environment)}:\n"
        yield "```json"
        yield json.dumps({"secrets": [entry for secret in own for entry in _entries(secret, account)]}, indent=2)
        yield "```"
    yield _LAMBDA.rstrip()
    if any(secret.kms_key for secret in moved):
        yield "\nThe customer KMS key's own policy must let these roles use it, too."


def rotate(moved: Sequence[PlannedSecret], plan_file: str) -> Iterator[str]:
    """What AWS rotates, and the provider's own steps for the rest."""
    yield _ROTATE
    moved = [secret for secret in moved if secret.type not in PLAIN_TYPES]
    automatic = [secret for secret in moved if rotates(dict(secret.constants).get("engine"))]
    by_hand = [secret for secret in moved if secret not in automatic]
    if automatic:
        yield _AUTOMATIC.format(plan=plan_file)
        for secret in automatic:
            places = ", ".join(place(finding) for member in secret.members for finding in member.findings)
            yield f"- {code(secret.name)} ({plain(secret.rotation)}): still in {places}"
        yield _MANAGED.rstrip()
    if by_hand:
        yield _BY_HAND
    for secret in by_hand:
        findings = [finding for member in secret.members for finding in member.findings]
        steps = dict.fromkeys(finding.rotate for finding in findings if finding.rotate)
        hint = f": {'; '.join(plain(step) for step in steps)}" if steps else ""
        yield f"- {code(secret.name)} ({plain(secret.rotation)}){hint}"


def done(plan_file: str) -> Iterator[str]:
    """How to check that every value is rotated."""
    yield _DONE.format(plan=plan_file)


def purge(plan_file: str) -> Iterator[str]:
    """How to rewrite a history, and what no rewriting reaches."""
    yield _PURGE.format(plan=plan_file)


def _entries(secret: PlannedSecret, account: Account) -> Iterator[dict[str, str]]:
    """`name` and `valueFrom` for each member. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html"""
    if secret.type == BINARY_TYPE:
        return  # ECS cannot inject it
    kind = KINDS[secret.store]
    arn = kind.permissions.arn(account, secret.name) + ("-SUFFIX" if kind.permissions.arn_end else "")
    for member in secret.members:
        yield {"name": member.env, "valueFrom": kind.references.value_from(secret.name, member.key, arn)}
