"""AWS Systems Manager Parameter Store. https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html

Names and sizes: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixers.model import PlannedSecret
from fixers.prices import ADVANCED_PARAMETER_A_MONTH, STANDARD_PARAMETER_A_MONTH
from fixers.stores.failures import Call, translated
from fixers.stores.forms import Reference
from fixers.stores.limits import size_problems, tag_value
from fixers.stores.model import (
    DESCRIPTION,
    PLAIN_TYPES,
    REPOSITORY_TAG,
    Connection,
    DeniedError,
    Existing,
    Receipt,
    Stored,
    StoreKind,
    ThrottledError,
    Tier,
    UnreadError,
)
from fixers.stores.pace import Wait, at_once
from fixers.stores.parameterstore_forms import COMMANDS, PERMISSIONS, REFERENCES
from fixers.stores.partition import partition_of
from scanner.errors import StoreError
from scanner.model import SecretValue

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
_BATCH = 10
# Seconds between attempts of calls that boto3 must not repeat.
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_LEVELS = 15
_NAME_LENGTH = 1_011  # including the ARN in front of it
_NAME = re.compile(r"[A-Za-z0-9/_.-]*")
_LONG_REGION = "us-isob-east-1"
_TIERS: dict[str | None, Tier] = {
    "Standard": Tier(most_bytes=4_096, a_month=STANDARD_PARAMETER_A_MONTH),
    "Advanced": Tier(most_bytes=8_192, a_month=ADVANCED_PARAMETER_A_MONTH),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterStore:
    """The store `parameterstore`, through one client. It has no request tokens: read back before repeating a write.

    `once` returns a client that tries each call only once; None: `client` itself does.
    """

    client: Any  # boto3's, whose types are created at run time
    region: str
    pace: Wait = at_once
    once: Callable[[], Any] | None = None
    name: str = "parameterstore"

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        """The reasons, found without a call, why Parameter Store would not accept this."""
        return KIND.problems(secret.name, payload.reveal(), tier=secret.tier, region=self.region)

    def read(self, name: str) -> SecretValue | None:
        """Read the parameter's latest version, decrypted; None if there is none."""
        found = self._parameter(name)
        return None if found is None else SecretValue(found["Value"])

    def describe(self, name: str) -> Existing | None:
        """Describe the parameter without decrypting it; None if there is none."""
        with translated(self._call("look at", name, "GetParameter")):
            try:
                # DescribeParameters would need permission for every parameter of the account.
                parameter = self.client.get_parameter(Name=name, WithDecryption=False)["Parameter"]
            except self.client.exceptions.ParameterNotFound:
                return None
        return self._existing(parameter)

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Stored | None]]:
        """Read ten at a time, or one by one if GetParameters is denied; then the tags of those that exist."""
        batches = True
        for start in range(0, len(names), _BATCH):
            some = names[start : start + _BATCH]
            parameters = self._batch(some) if batches else None
            batches = parameters is not None
            for name in some:
                found = parameters.get(name) if parameters is not None else self._parameter(name)
                if found is None:
                    yield name, None
                else:
                    yield name, Stored(existing=self._existing(found), value=SecretValue(found["Value"]))

    def _batch(self, names: Sequence[str]) -> dict[str, dict[str, Any]] | None:
        """AWS's answers for at most ten names, decrypted, by name; None if the call is denied."""
        try:
            with translated(self._call("read", f"{names[0]} and others", "GetParameters")):
                answer = self.client.get_parameters(Names=list(names), WithDecryption=True)
                return {each["Name"]: _whole(each) for each in answer["Parameters"]}
        except DeniedError:
            return None

    def _parameter(self, name: str) -> dict[str, Any] | None:
        """AWS's answer for one name, decrypted; None if it does not exist."""
        with translated(self._call("read", name, "GetParameter")):
            try:
                return _whole(self.client.get_parameter(Name=name, WithDecryption=True)["Parameter"])
            except self.client.exceptions.ParameterNotFound:
                return None

    def _existing(self, parameter: Mapping[str, Any]) -> Existing:
        name = parameter["Name"]
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
        """Create the parameter with its tags; `token` is not used."""
        del token
        listed = [{"Key": name, "Value": tag_value(value)} for name, value in sorted(tags.items())]
        return self._put("create", secret, payload, Overwrite=False, Tags=listed, Description=DESCRIPTION)

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        """Write a new version; AWS refuses tags together with Overwrite. `token` is not used.

        boto3 must not repeat this call by itself: after an attempt that took effect without an answer there would be
        two versions.
        """
        del token
        for pause in _PAUSES:
            try:
                return self._put("update", secret, payload, once=True, Overwrite=True)
            except ThrottledError:
                time.sleep(pause)
        return self._put("update", secret, payload, once=True, Overwrite=True)

    def restore(self, name: str) -> None:
        """Do nothing: a parameter is deleted at once, never scheduled for deletion."""

    def delete(self, name: str, *, days: int) -> None:
        """Delete the parameter and its history permanently; `days` is not used. A parameter already deleted is fine."""
        del days
        self.pace()
        with translated(self._call("delete", name, "DeleteParameter", writes=True)):
            try:
                self.client.delete_parameter(Name=name)
            except self.client.exceptions.ParameterNotFound:
                return

    def _put(
        self, doing: str, secret: PlannedSecret, payload: SecretValue, *, once: bool = False, **options: Any
    ) -> Receipt:
        # Only what was planned as plain text is stored unencrypted.
        kind = secret.type if secret.type in PLAIN_TYPES else "SecureString"
        key = {"KeyId": secret.kms_key} if secret.kms_key and kind == "SecureString" else {}
        value = payload.reveal()
        if isinstance(value, bytes):
            raise StoreError(f"cannot {doing} {secret.name}: a parameter holds text only", hint="use Secrets Manager")
        client = self.once() if once and self.once is not None else self.client
        self.pace()
        with translated(self._call(doing, secret.name, "PutParameter", writes=True)):
            answer = client.put_parameter(
                Name=secret.name,
                Value=value,
                Type=kind,
                # Always passed: the account's default tier may be one that costs.
                Tier="Advanced" if secret.tier == "Advanced" else "Standard",
                **key,
                **options,
            )
            return Receipt(name=secret.name, version=str(answer["Version"]), arn=None)

    def _call(self, doing: str, name: str, action: str, *, writes: bool = False) -> Call:
        return Call(doing=doing, name=name, region=self.region, action=f"ssm:{action}", writes=writes)


def _whole(parameter: dict[str, Any]) -> dict[str, Any]:
    """The parameter as AWS returned it. Raises KeyError if the answer was truncated."""
    for key in ("Name", "Type", "Value", "Version"):
        parameter[key]
    return parameter


def _read_many(wanted: Sequence[Reference], client: Any) -> Iterator[tuple[Reference, SecretValue]]:
    """Read references, ten at a time."""
    region = client.meta.region_name
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        names = [each.name for each in some]
        try:
            with translated(Call(doing="read", name=", ".join(names), region=region, action="ssm:GetParameters")):
                answer = client.get_parameters(Names=names, WithDecryption=True)
        except StoreError as error:
            raise UnreadError(error, some) from None
        values = {name: each["Value"] for each in answer["Parameters"] for name in _names(each)}
        for each in some:
            if each.name not in values:
                raise UnreadError(StoreError(f"cannot read {each.name} in {region}: it does not exist"), [each])
            yield each, SecretValue(values[each.name])


def _names(parameter: Mapping[str, Any]) -> Iterator[str]:
    """The names by which a parameter can be requested: its name or ARN, with the requested version."""
    for name in (parameter["Name"], parameter.get("ARN")):
        if name:
            yield name + parameter.get("Selector", "")


def _read_below(path: str, client: Any) -> dict[str, SecretValue]:
    """Read every parameter below a path, by full name."""
    found: dict[str, SecretValue] = {}
    action = "ssm:GetParametersByPath"
    with translated(Call(doing="read all of", name=path, region=client.meta.region_name, action=action)):
        pages = client.get_paginator("get_parameters_by_path")
        for page in pages.paginate(Path=path, Recursive=True, WithDecryption=True):
            found.update((each["Name"], SecretValue(each["Value"])) for each in page["Parameters"])
    return found


def _name_problems(name: str, region: str | None) -> Iterator[str]:
    where = region or _LONG_REGION
    longest = _NAME_LENGTH - len(f"arn:{partition_of(where)}:ssm:{where}:123456789012:parameter")
    segments = name.split("/")[1:]
    if not name.startswith("/"):
        yield "a parameter's name must start with a slash"
    if not 1 <= len(name) <= longest:
        yield f"a parameter's name in {where} has 1 to {longest} characters, this one {len(name)}"
    if not _NAME.fullmatch(name):
        yield "a parameter's name holds only ASCII letters, digits, _.- and slashes"
    if "" in segments:
        yield "a parameter's name must not hold an empty part"
    if len(segments) > _LEVELS:
        yield f"a parameter's name has at most {_LEVELS} levels, this one {len(segments)}"
    if name.lstrip("/").lower().startswith(REFERENCES.reserved):
        yield "a parameter's name must not start with aws or ssm"


def _value_problems(value: bytes | str, tier: str | None) -> Iterator[str]:
    tier = tier or "Standard"
    if isinstance(value, bytes):
        yield "a parameter holds text only: store bytes in Secrets Manager"
    elif tier not in _TIERS:
        yield "a parameter's tier is Standard or Advanced"
    else:
        yield from size_problems(value, _TIERS[tier].most_bytes, f"a parameter of the tier {tier}")
        if "{{" in value:
            yield "a parameter must not hold {{: AWS refuses what looks like a reference. Store it in Secrets Manager"


def _opened(connection: Connection) -> ParameterStore:
    return ParameterStore(
        client=connection.client, region=connection.region, pace=connection.pace, once=connection.once
    )


KIND = StoreKind(
    word="parameterstore",
    title="Parameter Store",
    service="ssm",
    one="parameter",
    many="parameters",
    types=("SecureString", *PLAIN_TYPES),
    tiers=_TIERS,
    # PutParameter's limit is 3 by default, and 10 if the account pays for more.
    # https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm (Parameter Store)
    writes_a_second=3.0,
    has_fields=False,
    rotates=False,
    recoverable=False,
    name_for=lambda words: f"/{words}",
    name_problems=_name_problems,
    value_problems=_value_problems,
    open=_opened,
    read_many=_read_many,
    read_below=_read_below,
    references=REFERENCES,
    permissions=PERMISSIONS,
    commands=COMMANDS,
)
