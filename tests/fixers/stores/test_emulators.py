"""Where two emulators differ from AWS's model and from each other: measured, so that docs/emulators.md stays true.

None of it may be what our own tests lean on: what AWS refuses is refused by us before the first call.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from fixers.emulator import embedded_aws

TAKEN, GONE, STATE, INVALID = (
    "ResourceExistsException",
    "ResourceNotFoundException",
    "InvalidRequestException",
    "ValidationException",
)
# What AWS's model (botocore's service-2.json) says, then moto 5.2.5, then ministack 1.5.33; "ok" is success.
TABLE: dict[str, tuple[str, str, str]] = {
    "create again with the same token and value": ("ok", "ok", TAKEN),
    "the token becomes the version id": ("yes", "yes", "no"),
    "put with a used token and another value": (TAKEN, TAKEN, "ok"),
    "read what is scheduled for deletion": (STATE, STATE, STATE),
    "a secret made without a value has a version": ("no", "no", "yes"),
    "put to what is scheduled for deletion": (STATE, "ok", STATE),
    "create over what is scheduled for deletion": (STATE, TAKEN, TAKEN),
    "restore what is not scheduled": (STATE, "ok", STATE),
    "batch read of 21 secrets": (INVALID, "ok", "ok"),
    "read 11 parameters at once": (INVALID, INVALID, "ok"),
    "tags together with overwrite": (INVALID, INVALID, INVALID),
    "a secret of 65,537 bytes": (INVALID, "ok", "ok"),
    "a secret's name of 513 characters": (INVALID, "ok", "ok"),
    "a secret under a KMS key that is not there": ("EncryptionFailure", "ok", "ok"),
    "a parameter under a KMS key that is not there": ("InvalidKeyId", "ok", "ok"),
    "a Standard parameter of 4,097 bytes": (INVALID, "ok", "ok"),
    "a parameter with {{": (INVALID, "ok", "ok"),
    "a parameter of 16 levels": ("HierarchyLevelLimitExceededException", "ok", "ok"),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["moto", "ministack"])
def clients(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, emulators: SimpleNamespace
) -> Iterator[tuple[int, Any, Any]]:
    """The emulator's column, and clients that send what botocore itself would refuse to send."""

    def of(url: str, access_key: str, secret_key: str) -> tuple[Any, Any]:
        session = boto3.Session(access_key, secret_key, region_name="us-east-1")
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        return session.client("secretsmanager", endpoint_url=url, config=config), session.client(
            "ssm", endpoint_url=url, config=config
        )

    if request.param == "moto":
        with embedded_aws() as aws:
            yield (1, *of(aws.url, aws.access_key, aws.secret_key))
    else:
        with emulators.ministack(tmp_path_factory.mktemp("ministack")) as made:
            yield (2, *of(made.url, *made.keys))


def outcome(call: Callable[..., Any], **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        return INVALID if code in ("ValidationException", "InvalidParameterException") else code
    return "ok"


def test_each_emulator_does_what_the_table_says(clients: tuple[int, Any, Any]) -> None:
    column, secrets, parameters = clients
    token, name = str(uuid.uuid4()), "prod/shop/a"
    created = secrets.create_secret(Name=name, SecretString="x", ClientRequestToken=token)
    found = {
        "create again with the same token and value": outcome(
            secrets.create_secret, Name=name, SecretString="x", ClientRequestToken=token
        ),
        "the token becomes the version id": "yes" if created["VersionId"] == token else "no",
    }
    put = str(uuid.uuid4())
    secrets.put_secret_value(SecretId=name, SecretString="y", ClientRequestToken=put)
    found["put with a used token and another value"] = outcome(
        secrets.put_secret_value, SecretId=name, SecretString="z", ClientRequestToken=put
    )
    found["restore what is not scheduled"] = outcome(secrets.restore_secret, SecretId=name)
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    secrets.create_secret(Name="prod/shop/empty")
    versions = secrets.describe_secret(SecretId="prod/shop/empty").get("VersionIdsToStages")
    found["a secret made without a value has a version"] = "yes" if versions else "no"
    found["read what is scheduled for deletion"] = outcome(secrets.get_secret_value, SecretId=name)
    found["put to what is scheduled for deletion"] = outcome(secrets.put_secret_value, SecretId=name, SecretString="q")
    found["create over what is scheduled for deletion"] = outcome(secrets.create_secret, Name=name, SecretString="q")
    names = [f"prod/shop/b{number}" for number in range(21)]
    found["batch read of 21 secrets"] = outcome(secrets.batch_get_secret_value, SecretIdList=names)
    plain = {"Type": "String", "Value": "x"}
    found["read 11 parameters at once"] = outcome(parameters.get_parameters, Names=[f"/a/{n}" for n in range(11)])
    found["tags together with overwrite"] = outcome(
        parameters.put_parameter, Name="/a/t", Overwrite=True, Tags=[{"Key": "a", "Value": "b"}], **plain
    )
    found["a secret under a KMS key that is not there"] = outcome(
        secrets.create_secret, Name="a/key", SecretString="x", KmsKeyId="alias/nobody"
    )
    found["a parameter under a KMS key that is not there"] = outcome(
        parameters.put_parameter, Name="/a/key", Value="x", Type="SecureString", KeyId="alias/nobody"
    )
    found["a secret of 65,537 bytes"] = outcome(secrets.create_secret, Name="a/large", SecretString="x" * 65_537)
    found["a secret's name of 513 characters"] = outcome(secrets.create_secret, Name="a" * 513, SecretString="x")
    found["a Standard parameter of 4,097 bytes"] = outcome(
        parameters.put_parameter, Name="/a/large", Type="String", Value="x" * 4_097
    )
    found["a parameter with {{"] = outcome(parameters.put_parameter, Name="/a/b", Type="String", Value="{{x}}")
    found["a parameter of 16 levels"] = outcome(parameters.put_parameter, Name="/a" * 16, **plain)
    assert found == {what: row[column] for what, row in TABLE.items()}
