"""AWS Systems Manager Parameter Store. https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fixers.stores.failures import Call, translated
from fixers.stores.limits import parameter_problems, tag_value
from fixers.stores.model import REPOSITORY_TAG, Existing, Receipt
from scanner.errors import StoreError
from scanner.model import PlannedSecret, SecretValue

_DESCRIPTION = "Created by unhardcode: this value was in source code before."


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterStore:
    """The store `parameterstore`, through one client. It has no request token: read back before repeating a write."""

    client: Any  # boto3's, whose types are made at run time
    region: str
    name: str = "parameterstore"

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        """Say, without any call, why Parameter Store would not take this."""
        return parameter_problems(secret.name, payload.reveal(), tier=secret.tier, region=self.region)

    def read(self, name: str) -> SecretValue | None:
        """Read the parameter's latest version, decrypted; None where there is none."""
        with translated(self._call("read", name, "GetParameter")):
            try:
                answer = self.client.get_parameter(Name=name, WithDecryption=True)
            except self.client.exceptions.ParameterNotFound:
                return None
            return SecretValue(answer["Parameter"]["Value"])

    def describe(self, name: str) -> Existing | None:
        """Say what is there without decrypting it; None where there is nothing."""
        with translated(self._call("look at", name, "GetParameter")):
            try:
                # DescribeParameters would need a permission on every parameter of the account.
                parameter = self.client.get_parameter(Name=name, WithDecryption=False)["Parameter"]
            except self.client.exceptions.ParameterNotFound:
                return None
        with translated(self._call("look at", name, "ListTagsForResource")):
            listed = self.client.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
            tags = {tag["Key"]: tag["Value"] for tag in listed["TagList"]}
            return Existing(
                name=name,
                version=str(parameter["Version"]),
                type=parameter["Type"],
                repository=tags.get(REPOSITORY_TAG),
                tags=tags,
            )

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        """Create the parameter with its tags; `token` has no use here."""
        del token
        listed = [{"Key": name, "Value": tag_value(value)} for name, value in sorted(tags.items())]
        return self._put("create", secret, payload, Overwrite=False, Tags=listed, Description=_DESCRIPTION)

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        """Write a new version; AWS refuses tags together with Overwrite. `token` has no use here."""
        del token
        return self._put("update", secret, payload, Overwrite=True)

    def _put(self, doing: str, secret: PlannedSecret, payload: SecretValue, **options: Any) -> Receipt:
        # Only what was planned as a plain String is one.
        kind = "String" if secret.type == "String" else "SecureString"
        key = {"KeyId": secret.kms_key} if secret.kms_key and kind == "SecureString" else {}
        value = payload.reveal()
        if isinstance(value, bytes):
            raise StoreError(f"cannot {doing} {secret.name}: a parameter holds text only", hint="use Secrets Manager")
        with translated(self._call(doing, secret.name, "PutParameter", writes=True)):
            answer = self.client.put_parameter(
                Name=secret.name,
                Value=value,
                Type=kind,
                # Always said: the account's default tier may be one that costs.
                Tier="Advanced" if secret.tier == "Advanced" else "Standard",
                **key,
                **options,
            )
            return Receipt(name=secret.name, version=str(answer["Version"]), arn=None)

    def _call(self, doing: str, name: str, action: str, *, writes: bool = False) -> Call:
        return Call(doing=doing, name=name, region=self.region, action=f"ssm:{action}", writes=writes)
