"""AWS Secrets Manager. https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixers.model import PlannedSecret
from fixers.stores.failures import Call, translated
from fixers.stores.limits import secret_problems, tag_value
from fixers.stores.model import DESCRIPTION, REPOSITORY_TAG, DeniedError, Existing, Receipt, Seen
from fixers.stores.pace import Wait, at_once
from scanner.model import SecretValue

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
_BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsManager:
    """The store `secretsmanager`, through one client."""

    client: Any  # boto3's, whose types are made at run time
    region: str
    pace: Wait = at_once
    name: str = "secretsmanager"

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        """Say, without any call, why Secrets Manager would not take this."""
        return secret_problems(secret.name, payload.reveal())

    def read(self, name: str) -> SecretValue | None:
        """Read AWSCURRENT: text, or bytes for a binary secret; None where there is none."""
        with translated(self._call("read", name, "GetSecretValue")):
            try:
                answer = self.client.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
            except self.client.exceptions.ResourceNotFoundException:
                return None
            # A partial ARN finds other secrets: only the exact name counts.
            if answer["Name"] != name:
                return None
            return _value_of(answer)

    def describe(self, name: str) -> Existing | None:
        """Say what is there, a secret scheduled for deletion included; None where there is nothing."""
        with translated(self._call("look at", name, "DescribeSecret")):
            try:
                answer = self.client.describe_secret(SecretId=name)
            except self.client.exceptions.ResourceNotFoundException:
                return None
            return _existing(name, answer) if answer["Name"] == name else None

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Seen | None]]:
        """Describe every name; values come by twenty, one by one where BatchGetSecretValue is not allowed."""
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
                # What changed since it was described is in neither answer: then it is read alone.
                value = (values or {}).get(name) or (self.read(name) if _has_value(there) else None)
                yield name, Seen(existing=there, value=value)

    def _batch(self, names: Sequence[str]) -> dict[str, SecretValue | None] | None:
        """The values of at most twenty names, those that can be read; None where the call is not allowed."""
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
        """Make the payload AWSCURRENT; the version before it stays as AWSPREVIOUS."""
        self.pace()
        with translated(self._call("update", secret.name, "PutSecretValue", writes=True)):
            answer = self.client.put_secret_value(SecretId=secret.name, ClientRequestToken=token, **_value(payload))
            return Receipt(name=secret.name, version=answer["VersionId"], arn=answer["ARN"])

    def restore(self, name: str) -> None:
        """Cancel the deletion that a secret is scheduled for."""
        with translated(self._call("restore", name, "RestoreSecret", writes=True)):
            try:
                self.client.restore_secret(SecretId=name)
            except self.client.exceptions.InvalidRequestException:
                # Some say this of a secret that is not being deleted: an interrupted restore has done its work.
                if self.client.describe_secret(SecretId=name).get("DeletedDate"):
                    raise

    def delete(self, name: str, *, days: int) -> None:
        """Schedule the deletion: until then restore-secret brings the secret back with all its versions."""
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
        own_key=bool(answer.get("KmsKeyId")),  # left out where it is AWS's
    )


def _has_value(there: Existing) -> bool:
    return there.deletion is None and there.version != ""


def _value_of(answer: Mapping[str, Any]) -> SecretValue:
    return SecretValue(answer["SecretString"] if "SecretString" in answer else bytes(answer["SecretBinary"]))


def _value(payload: SecretValue) -> dict[str, Any]:
    value = payload.reveal()
    return {"SecretBinary": value} if isinstance(value, bytes) else {"SecretString": value}
