"""The AWS inside the process: open to one key pair, silent, and gone afterwards."""

from __future__ import annotations

import http.client
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from fixers.emulator import embedded_aws
from fixers.model import PlannedSecret
from fixers.stores.model import Endpoint
from fixers.stores.registry import connect
from scanner.errors import UsageError
from scanner.model import SecretValue

Made = Callable[..., str]


@pytest.fixture(scope="module")
def aws() -> Iterator[Endpoint]:
    with embedded_aws() as endpoint:
        yield endpoint


def opened(endpoint: Endpoint) -> Any:
    return connect(
        "secretsmanager",
        region=endpoint.region,
        endpoint=endpoint.url,
        credentials=(endpoint.access_key, endpoint.secret_key),
    )


def planned(name: str) -> PlannedSecret:
    return PlannedSecret(
        name=name, store="secretsmanager", type="SecretString", tier=None, kms_key=None, members=(), constants=(),
        action="create", reason="", rotation="manual", monthly_cost=0.4,
    )  # fmt: skip


def status(endpoint: Endpoint, method: str, path: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(urlsplit(endpoint.url).netloc, timeout=10)
    try:
        connection.request(method, path, body=b"{}" if method == "POST" else None, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def signed(key: str) -> str:
    return f"AWS4-HMAC-SHA256 Credential={key}/20261123/us-east-1/secretsmanager/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": ""}, id="an empty one"),
        pytest.param({"Authorization": signed("AKIA" + "X" * 16)}, id="another key"),
        pytest.param({"Authorization": signed("")}, id="an empty key"),
        pytest.param({"Authorization": "Bearer x"}, id="another scheme"),
        pytest.param({"Authorization": signed("é")}, id="a key of other letters"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("POST", "/moto-api/reset"), ("GET", "/moto-api/")])
def test_request_without_the_random_key_is_refused(
    aws: Endpoint, method: str, path: str, authorization: dict[str, str]
) -> None:
    headers = {"X-Amz-Target": "secretsmanager.ListSecrets", **authorization}
    assert status(aws, method, path, headers) == 403


def test_missing_moto_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.moto_server.werkzeug_app", None)
    with pytest.raises(UsageError, match="needs moto") as caught, embedded_aws():
        pass
    assert caught.value.hint == 'pip install "unhardcode[rehearse]"'


def test_it_listens_on_loopback_only_and_shows_no_secret_key(aws: Endpoint) -> None:
    assert urlsplit(aws.url).hostname == "127.0.0.1"
    assert aws.secret_key not in repr(aws)


def test_nothing_is_logged_and_nothing_stays(made: Made, capfd: pytest.CaptureFixture[str]) -> None:
    name, value = f"prod/shop/{uuid.uuid4().hex}", made()
    with embedded_aws() as first:
        opened(first).create(planned(name), SecretValue(value), tags={}, token=str(uuid.uuid4()))
        # A request that makes the emulator fail inside.
        broken = {"Authorization": signed(first.access_key), "X-Amz-Target": "nothing.Nothing"}
        assert status(first, "POST", "/", broken) >= 400
        assert opened(first).read(name) == SecretValue(value)
    with embedded_aws() as second:
        assert opened(second).read(name) is None
        assert second.access_key != first.access_key
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
    with pytest.raises(OSError, match="refused"):
        status(first, "GET", "/", {})


def test_users_aws_is_out_of_reach_while_it_runs_and_back_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "AWS_PROFILE": "nobody",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "INITIAL_NO_AUTH_ACTION_COUNT": "0",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with embedded_aws() as endpoint:
        inside = {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
        assert opened(endpoint).read("prod/shop/x") is None
    assert inside == {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert dict(os.environ) == before
