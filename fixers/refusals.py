"""Refusals that need no rewriter: each finding's reason, detail and next step."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from fixers import manual_steps
from fixers.model import RefusalReason
from fixers.rewriting import Refused
from fixers.stores.notation import parsed
from fixers.stores.partition import is_aws
from fixers.workspace import Workspace
from scanner.detectors.name import split_words
from scanner.model import CredentialKind, Finding, Kind
from scanner.readers.wholefile import is_whole
from scanner.roles import PathRole, in_words, role_of

# Copies that do not prevent a secret's move: they keep working, and are listed as remaining. They include files of a
# kind without a rewriter: a password in docker-compose.yml must not prevent the code from being fixed.
REMAINING = frozenset(
    {
        RefusalReason.KIND_NOT_SUPPORTED,
        RefusalReason.TEST_FIXTURE,
        RefusalReason.COMMENT,
        RefusalReason.EXAMPLE_VALUE,
        RefusalReason.KEY_FILE,
        RefusalReason.OWN_AWS_KEYS,
        RefusalReason.HISTORY_ONLY,
    }
)
_KEY_FILE = re.compile(
    r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.*\.(?:pem|key|p12|pfx|jks|keystore|ppk|kdbx|asc|p8)|"
    r".*service[-_]?account.*\.json|.*credentials\.json",
    re.IGNORECASE,
)
_TESTED = (PathRole.TEST, PathRole.FIXTURE, PathRole.EXAMPLE)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_AWS_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z2-7]{16}")
_AWS_CLIENTS = frozenset({"boto3", "botocore", "aiobotocore", "aioboto3", "boto", "s3fs", "awswrangler"})
_AWS_KINDS = (CredentialKind.ACCESS_KEY, CredentialKind.ACCESS_KEY_ID)
_FOREIGN_WORDS = frozenset({"partner", "vendor", "customer", "supplier", "external", "thirdparty", "foreign", "minio"})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def stays(
    finding: Finding, workspace: Workspace, kind: Kind, *, scope: str, include_tests: bool, rewritable: frozenset[Kind]
) -> Refused | None:
    """Why this place is refused, regardless of other places with its value; None if a rewriter may try."""
    if finding.commit is not None:
        return (
            RefusalReason.HISTORY_ONLY,
            f"it is in commit {finding.commit.id[:12]}",
            "rotate it at its provider: history is never uploaded",
        )
    return (
        _by_role(finding, scope=scope, include_tests=include_tests)
        or _key_file(finding)
        or _value_file(finding)
        or _own_aws(finding)
        or _in_template(finding)
        or _by_position(finding, kind, rewritable)
        or _by_file(finding, workspace)
    )


def is_own_aws_key(finding: Finding) -> bool:
    """Whether the finding is part of an access key of the AWS account that would store it.

    A sibling endpoint that is not AWS's, or a name that gives another owner (`PARTNER_AWS_...`), is evidence against
    it.
    """
    words = split_words(finding.literal.name or "")
    if finding.kind not in _AWS_KINDS and words[-3:] != ("aws", "session", "token"):
        return False
    before = words[: words.index("aws")] if "aws" in words else words
    return _is_aws(finding, words) and not _FOREIGN_WORDS & set(before) and not _foreign_endpoint(finding)


def _is_aws(finding: Finding, words: tuple[str, ...]) -> bool:
    callees = [callee for argument in finding.literal.arguments for callee in argument.callees]
    values = [finding.value, *(sibling.value for sibling in finding.literal.siblings)]
    return (
        "aws" in words
        or finding.rule.startswith("aws")
        or any(callee.partition(".")[0] in _AWS_CLIENTS for callee in callees)
        or any(value is not None and _AWS_KEY_ID.fullmatch(value.reveal("text")) is not None for value in values)
    )


def _foreign_endpoint(finding: Finding) -> bool:
    for sibling in finding.literal.siblings:
        if "endpoint" not in split_words(sibling.name):
            continue
        text = sibling.value.reveal("text")
        try:
            host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        except ValueError:
            continue
        if host and host not in _LOCAL and not is_aws(host):
            return True
    return False


def _by_role(finding: Finding, *, scope: str, include_tests: bool) -> Refused | None:
    role = role_of(finding.path, scope)
    if role is PathRole.SOURCE or (include_tests and role in _TESTED):
        return None
    step = "replace it with a value that is not a credential"
    if role in _TESTED:
        step += ", or plan with --include-tests"
    return RefusalReason.TEST_FIXTURE, f"it is in {in_words(role)}", step


def _key_file(finding: Finding) -> Refused | None:
    if not _KEY_FILE.fullmatch(PurePosixPath(finding.path).name):
        return None
    if finding.kind not in (CredentialKind.PRIVATE_KEY, CredentialKind.CREDENTIALS):
        return None
    return (
        RefusalReason.KEY_FILE,
        "the whole file is the credential",
        "upload it with `aws secretsmanager create-secret --name NAME --secret-binary fileb://FILE`, let the program "
        "read it from there, then remove the file",
    )


def _value_file(finding: Finding) -> Refused | None:
    if not is_whole(finding.literal, finding.path):
        return None
    # https://docs.docker.com/reference/compose-file/secrets/
    return (
        RefusalReason.KEY_FILE,
        "the whole file is the value",
        "keep it out of git, and let what deploys the program write it from the store; Compose takes a secret from a "
        "variable too (`environment: NAME` in place of `file:`), which `unhardcode run` sets",
    )


def _own_aws(finding: Finding) -> Refused | None:
    if not is_own_aws_key(finding):
        return None
    return (
        RefusalReason.OWN_AWS_KEYS,
        "a key of the AWS account itself: whoever can read the store needs no key in it",
        "remove the arguments or variables, so that boto3 finds the role or profile; then `aws iam update-access-key "
        "--status Inactive --access-key-id ID`, and once nothing fails `aws iam delete-access-key --access-key-id ID`",
    )


def _in_template(finding: Finding) -> Refused | None:
    """The refusal in a project template: cookiecutter's and copier's variables occur in its folder names."""
    if not any(mark in finding.path for mark in ("{{", "{%")):
        return None
    return (
        RefusalReason.POSITION_NOT_SUPPORTED,
        "it is in a template: every project made from it would read this one name",
        "leave a placeholder there, which each project fills in with a value of its own",
    )


def _by_position(finding: Finding, kind: Kind, rewritable: frozenset[Kind]) -> Refused | None:
    if kind not in rewritable:
        return manual_steps.by_path(finding.path, kind)
    value = finding.literal.value.reveal("text")
    if not value:
        return RefusalReason.VALUE_NOT_STORABLE, "an empty value", "remove it"
    if parsed(value) is not None:
        return RefusalReason.EXAMPLE_VALUE, "already a reference to a store", "nothing: this is what a migration writes"
    return None


def _by_file(finding: Finding, workspace: Workspace) -> Refused | None:
    if workspace.is_linked(finding.path):
        step = "plan in the folder that it really is in"
        return RefusalReason.LINKED, "the path is a symbolic link or leaves the root", step
    if not workspace.is_writable(finding.path):
        return RefusalReason.READ_ONLY, "the file or its folder cannot be written", "make it writable, then plan again"
    return None
