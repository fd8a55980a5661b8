"""AWS Secrets Manager. https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html

Names and sizes: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixers.model import PlannedSecret
from fixers.payload import field_of
from fixers.prices import SECRET_A_MONTH
from fixers.stores.failures import Call, translated
from fixers.stores.forms import Reference
from fixers.stores.limits import size_problems, tag_value
from fixers.stores.model import (
    BINARY_TYPE,
    DESCRIPTION,
    REPOSITORY_TAG,
    Connection,
    DeniedError,
    Existing,
    Receipt,
    Stored,
    StoreKind,
    Tier,
    UnreadError,
)
from fixers.stores.pace import Wait, at_once
from fixers.stores.secretsmanager_forms import COMMANDS, PERMISSIONS, REFERENCES
from scanner.errors import StoreError
from scanner.model import SecretValue

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
_BATCH = 20
_NAME_LENGTH = 512
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]*")
_LIKE_A_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}\Z")
_VALUE_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsManager:
    """The store `secretsmanager`, through one client."""

    client: Any  # boto3's, whose types are created at run time
    region: str
    pace: Wait = at_once
    name: str = "secretsmanager"

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        """The reasons, found without a call, why Secrets Manager would not accept this."""
        return KIND.problems(secret.name, payload.reveal(), tier=None, region=self.region)

    def read(self, name: str) -> SecretValue | None:
        """Read AWSCURRENT: text, or bytes for a binary secret; None if there is none."""
        with translated(self._call("read", name, "GetSecretValue")):
            try:
                answer = self.client.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
            except self.client.exceptions.ResourceNotFoundException:
                return None
            # A partial ARN finds other secrets, so only the exact name counts.
            if answer["Name"] != name:
                return None
            return _value_of(answer)

    def describe(self, name: str) -> Existing | None:
        """Describe the secret, even if it is scheduled for deletion; None if there is none."""
        with translated(self._call("look at", name, "DescribeSecret")):
            try:
                answer = self.client.describe_secret(SecretId=name)
            except self.client.exceptions.ResourceNotFoundException:
                return None
            return _existing(name, answer) if answer["Name"] == name else None

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Stored | None]]:
        """Describe every name; values are read twenty at a time, or one by one if BatchGetSecretValue is denied."""
        batches = True
        for start in range(0, len(names), _BATCH):
            found = {name: self.describe(name) for name in names[start : start + _BATCH]}
            held = [name for name, there in found.items() if there is not None and _has_value(there)]
            values: dict[str, SecretValue | None] | None = None
            if batches and len(held) > 1:
                values = self._batch(held)
                batches = values is not None
            for name, there in found.items():
                if there is None:
                    yield name, None
                    continue
                # A value that changed after it was described is in neither answer: then it is read separately.
                value = (values or {}).get(name) or (self.read(name) if _has_value(there) else None)
                yield name, Stored(existing=there, value=value)

    def _batch(self, names: Sequence[str]) -> dict[str, SecretValue | None] | None:
        """The readable values of at most twenty names; None if the call is denied."""
        found: dict[str, SecretValue | None] = {}
        more: dict[str, str] = {}
        try:
            while True:
                with translated(self._call("read", f"{names[0]} and others", "BatchGetSecretValue")):
                    answer = self.client.batch_get_secret_value(SecretIdList=list(names), **more)
                    found |= {each["Name"]: _value_of(each) for each in answer["SecretValues"]}
                if not answer.get("NextToken"):
                    return found
                more = {"NextToken": answer["NextToken"]}
        except DeniedError:
            return None

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        """Create the secret with its tags; a retry with the same token changes nothing."""
        key = {"KmsKeyId": secret.kms_key} if secret.kms_key else {}
        self.pace()
        with translated(self._call("create", secret.name, "CreateSecret", writes=True)):
            answer = self.client.create_secret(
                Name=secret.name,
                ClientRequestToken=token,
                Description=DESCRIPTION,
                Tags=[{"Key": name, "Value": tag_value(value)} for name, value in sorted(tags.items())],
                **_value(payload),
                **key,
            )
            return Receipt(name=secret.name, version=answer["VersionId"], arn=answer["ARN"])

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        """Make the payload AWSCURRENT; the previous version becomes AWSPREVIOUS."""
        self.pace()
        with translated(self._call("update", secret.name, "PutSecretValue", writes=True)):
            answer = self.client.put_secret_value(SecretId=secret.name, ClientRequestToken=token, **_value(payload))
            return Receipt(name=secret.name, version=answer["VersionId"], arn=answer["ARN"])

    def restore(self, name: str) -> None:
        """Cancel the scheduled deletion of a secret."""
        with translated(self._call("restore", name, "RestoreSecret", writes=True)):
            try:
                self.client.restore_secret(SecretId=name)
            except self.client.exceptions.InvalidRequestException:
                # Some report this for a secret that is not scheduled for deletion: an interrupted restore succeeded.
                if self.client.describe_secret(SecretId=name).get("DeletedDate"):
                    raise

    def delete(self, name: str, *, days: int) -> None:
        """Schedule the deletion: until then restore-secret restores the secret with all its versions."""
        self.pace()
        with translated(self._call("delete", name, "DeleteSecret", writes=True)):
            try:
                self.client.delete_secret(SecretId=name, RecoveryWindowInDays=days)
            except self.client.exceptions.InvalidRequestException:
                # An attempt without an answer took effect, and boto3 has repeated it.
                if not self.client.describe_secret(SecretId=name).get("DeletedDate"):
                    raise

    def _call(self, doing: str, name: str, action: str, *, writes: bool = False) -> Call:
        return Call(doing=doing, name=name, region=self.region, action=f"secretsmanager:{action}", writes=writes)


def _existing(name: str, answer: Mapping[str, Any]) -> Existing:
    tags = {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}
    current = [version for version, labels in answer.get("VersionIdsToStages", {}).items() if "AWSCURRENT" in labels]
    deleted = answer.get("DeletedDate")
    return Existing(
        name=name,
        version=current[0] if current else "",
        type="Secret",
        repository=tags.get(REPOSITORY_TAG),
        tags=tags,
        deletion=deleted.isoformat() if deleted else None,
        arn=answer["ARN"],
        own_key=bool(answer.get("KmsKeyId")),  # absent if it is AWS's key
    )


def _has_value(there: Existing) -> bool:
    return there.deletion is None and there.version != ""


def _value_of(answer: Mapping[str, Any]) -> SecretValue:
    return SecretValue(answer["SecretString"] if "SecretString" in answer else bytes(answer["SecretBinary"]))


def _value(payload: SecretValue) -> dict[str, Any]:
    value = payload.reveal()
    return {"SecretBinary": value} if isinstance(value, bytes) else {"SecretString": value}


def _read_many(wanted: Sequence[Reference], client: Any) -> Iterator[tuple[Reference, SecretValue]]:
    """Read each version of each secret once, whichever of its fields are wanted."""
    answers: dict[tuple[str, str, str], SecretValue] = {}
    for each in wanted:
        version = (each.name, each.stage, each.version)
        try:
            if version not in answers:
                answers[version] = _read_one(each, client)
            field = field_of(answers[version], each.key or None)
            if field is None:
                raise StoreError(f"{each.name} is not a JSON object with the key {each.key!r}")
        except StoreError as error:
            raise UnreadError(error, [each]) from None
        yield each, field


def _read_one(wanted: Reference, client: Any) -> SecretValue:
    picked = {"VersionId": wanted.version} if wanted.version else {"VersionStage": wanted.stage or "AWSCURRENT"}
    action = "secretsmanager:GetSecretValue"
    with translated(Call(doing="read", name=wanted.name, region=client.meta.region_name, action=action)):
        return _value_of(client.get_secret_value(SecretId=wanted.name, **picked))


def _name_for(words: str) -> str:
    """A name that does not end like an ARN's random suffix."""
    return f"{words}-value" if _LIKE_A_SUFFIX.search(words) else words


def _name_problems(name: str, region: str | None) -> Iterator[str]:
    del region  # names have the same rules everywhere
    if not 1 <= len(name) <= _NAME_LENGTH:
        yield f"a secret's name has 1 to {_NAME_LENGTH} characters, this one {len(name)}"
    if not _NAME.fullmatch(name):
        yield "a secret's name holds only ASCII letters, digits and /_+=.@-"
    if name.startswith("/"):
        yield "a secret's name must not start with a slash: rewritten code would look for a parameter"
    if _LIKE_A_SUFFIX.search(name):
        yield "a secret's name must not end in a hyphen and six characters: AWS takes that for the end of its ARN"


def _value_problems(value: bytes | str, tier: str | None) -> Iterator[str]:
    del tier  # there is only one
    return size_problems(value, _VALUE_BYTES, "a secret")


def _opened(connection: Connection) -> SecretsManager:
    return SecretsManager(client=connection.client, region=connection.region, pace=connection.pace)


KIND = StoreKind(
    word="secretsmanager",
    title="Secrets Manager",
    service="secretsmanager",
    one="secret",
    many="secrets",
    types=("SecretString", BINARY_TYPE),
    tiers={None: Tier(most_bytes=_VALUE_BYTES, a_month=SECRET_A_MONTH)},
    # The limit of CreateSecret and PutSecretValue is 50 by default, and others write there too.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
    writes_a_second=20.0,
    has_fields=True,
    rotates=True,
    recoverable=True,
    name_for=_name_for,
    name_problems=_name_problems,
    value_problems=_value_problems,
    open=_opened,
    read_many=_read_many,
    references=REFERENCES,
    permissions=PERMISSIONS,
    commands=COMMANDS,
    terraform="aws_secretsmanager_secret",
)
