"""The stand-in for the Lambda extension, asked as a program would."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.extension import extension_stand_in
from scanner.errors import StoreError
from scanner.model import SecretValue

HELD = {
    "prod/shop/db": SecretValue("generated"),
    "prod/shop/blob": SecretValue(b"\xff\x00"),
    "/prod/k": SecretValue("g"),
}


def read(name: str) -> SecretValue | None:
    if name == "denied":
        raise StoreError("a message that stays here")
    return HELD.get(name)


@pytest.fixture(scope="module")
def variables() -> Iterator[Any]:
    with extension_stand_in(lambda store: SimpleNamespace(read=read)) as found:  # type: ignore[arg-type,return-value]
        yield found


def asked(variables: dict[str, str], path: str, token: str | None = None) -> tuple[int, Any]:
    address = f"http://127.0.0.1:{variables['PARAMETERS_SECRETS_EXTENSION_HTTP_PORT']}{path}"
    given = variables["AWS_SESSION_TOKEN"] if token is None else token
    request = urllib.request.Request(address, headers={"X-Aws-Parameters-Secrets-Token": given} if given else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.mark.parametrize("token", ["", "other", "\xe9"])
def test_nobody_without_the_token_is_answered(variables: dict[str, str], token: str) -> None:
    assert asked(variables, "/secretsmanager/get?secretId=prod/shop/db", token) == (401, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/secretsmanager/get",
        "/secretsmanager/get?secretId=none",
        "/secretsmanager/get?secretId=denied",
        "/systemsmanager/parameters/get?name=/prod/k",
        "/systemsmanager/parameters/get?name=/prod/none&withDecryption=true",
    ],
)
def test_what_the_extension_would_refuse_is_refused_without_words(variables: dict[str, str], path: str) -> None:
    assert asked(variables, path) == (400, b"")


def test_answers_have_the_form_of_the_extensions(variables: dict[str, str]) -> None:
    status, answer = asked(variables, "/secretsmanager/get?secretId=prod%2Fshop%2Fdb&versionStage=AWSCURRENT")
    assert (status, answer["SecretString"]) == (200, "generated")
    assert asked(variables, "/secretsmanager/get?secretId=prod/shop/blob")[1]["SecretBinary"] == "/wA="
    status, answer = asked(variables, "/systemsmanager/parameters/get?name=%2Fprod%2Fk&withDecryption=true")
    assert answer == {"Parameter": {"Name": "/prod/k", "Value": "g"}}
