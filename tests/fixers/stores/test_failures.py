"""Every failure of AWS becomes one line of ours that says what to do, and never quotes AWS."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from botocore.exceptions import (
    ClientError,
    ConfigParseError,
    InvalidRegionError,
    LoginRefreshRequired,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSLError,
)

from fixers.stores.failures import Call, error_code, store_error, translated
from fixers.stores.model import (
    AlreadyExistsError,
    DeniedError,
    OutcomeUnknownError,
    ScheduledForDeletionError,
    ThrottledError,
)
from scanner.errors import Exit, StoreError
from scanner.model import SecretValue

QUOTED = "a-text-of-aws-that-could-hold-the-value"
CREATE = Call(
    doing="create", name="prod/shop/db", region="eu-west-1", action="secretsmanager:CreateSecret", writes=True
)
READ = Call(doing="read", name="prod/shop/db", region="eu-west-1", action="secretsmanager:GetSecretValue")


def aws(code: str, message: str = QUOTED, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "CreateSecret"
    )


@pytest.mark.parametrize(
    ("error", "kind", "what", "hint"),
    [
        pytest.param(NoRegionError(), StoreError, "no AWS region", "--region", id="no region"),
        pytest.param(
            InvalidRegionError(region_name="x y"), StoreError, "no name of a region", "--region", id="no name"
        ),
        pytest.param(NoCredentialsError(), StoreError, "no AWS credentials", "--profile", id="no credentials"),
        pytest.param(
            ProfileNotFound(profile="x"), StoreError, "no such AWS profile", "AWS_PROFILE", id="no such profile"
        ),
        pytest.param(aws("ExpiredTokenException"), StoreError, "expired", "sign in again", id="expired"),
        pytest.param(aws("UnrecognizedClientException"), StoreError, "does not know", "key pair", id="an unknown key"),
        pytest.param(aws("AccessDeniedException"), DeniedError, "access denied", "CreateSecret", id="access denied"),
        pytest.param(
            aws("AccessDeniedException", f"{QUOTED} is not authorized to perform: kms:GenerateDataKey on resource: x"),
            DeniedError,
            "access denied",
            "allow kms:GenerateDataKey",
            id="access to the KMS key denied",
        ),
        pytest.param(aws("ThrottlingException"), ThrottledError, "too many requests", "wait", id="throttled"),
        pytest.param(aws("TooManyUpdates"), ThrottledError, "too many requests", "wait", id="throttled parameters"),
        pytest.param(aws("ResourceExistsException"), AlreadyExistsError, "taken", "adopt", id="a secret that exists"),
        pytest.param(aws("ParameterAlreadyExists"), AlreadyExistsError, "taken", "adopt", id="a parameter that exists"),
        pytest.param(
            aws("InvalidRequestException", f"{QUOTED}: it was marked for deletion"),
            ScheduledForDeletionError,
            "scheduled for deletion",
            "restore-secret",
            id="scheduled for deletion",
        ),
        pytest.param(
            aws("InvalidParameterException", f"You can't delete secret {QUOTED} that still has replica regions [x]."),
            StoreError,
            "replicated to other regions",
            "remove-regions-from-replication",
            id="a deletion of what has replicas",
        ),
        pytest.param(
            aws("InternalServiceError", status=500), OutcomeUnknownError, "may have", "repeat", id="AWS fails"
        ),
        pytest.param(aws("SomethingNew", status=503), OutcomeUnknownError, "may have", "repeat", id="AWS fails newly"),
        pytest.param(aws("SomethingNew"), StoreError, "AWS answered SomethingNew", "check", id="an unknown refusal"),
        pytest.param(
            aws(f"no code {QUOTED}"), StoreError, "not AWS (HTTP 400)", "the proxy", id="the answer of somebody else"
        ),
        pytest.param(
            SSLError(endpoint_url=QUOTED, error=QUOTED), StoreError, "encrypted", "AWS_CA_BUNDLE", id="no trust"
        ),
        pytest.param(ValueError(QUOTED), StoreError, "ValueError", "check", id="a setting of no form"),
        pytest.param(
            ValueError(f"Invalid endpoint: {QUOTED}"), StoreError, "no URL", "AWS_ENDPOINT_URL", id="no endpoint"
        ),
        pytest.param(LoginRefreshRequired(), StoreError, "expired", "sign in again", id="an old login"),
        pytest.param(
            aws("AccessDeniedException", "Access to KMS is not allowed"), DeniedError, "KMS key", "enabled", id="no key"
        ),
        pytest.param(
            aws("ParameterMaxVersionLimitExceeded"), StoreError, "100 versions", "label", id="a label on the oldest"
        ),
        pytest.param(
            aws("HierarchyTypeMismatchException"), StoreError, "parameter's type", "another name", id="another type"
        ),
        pytest.param(EOFError(), StoreError, "(MFA)", "sign in", id="a code and nobody to ask"),
        pytest.param(
            FileNotFoundError(QUOTED), StoreError, "file or program", "~/.aws", id="a helper that is not there"
        ),
        pytest.param(ConfigParseError(path=QUOTED), StoreError, "settings", "~/.aws", id="a broken file of settings"),
    ],
)
def test_failure_of_a_write(error: Exception, kind: type[StoreError], what: str, hint: str) -> None:
    with pytest.raises(StoreError) as caught, translated(CREATE):
        raise error
    said = caught.value
    assert type(said) is kind
    assert said.status is Exit.NOT_SEEN
    assert said.message.startswith("cannot create prod/shop/db in eu-west-1: ")
    assert what in said.message
    assert hint in said.hint
    assert QUOTED not in "".join(traceback.format_exception(said)) + said.hint
    assert "\n" not in said.message + said.hint


def test_outcome_of_a_read_is_never_unknown() -> None:
    assert type(store_error(aws("InternalServiceError", status=500), READ)) is StoreError


def test_code_is_a_word_or_the_type() -> None:
    assert error_code(aws("Throttling")) == "Throttling"
    assert error_code(aws("")) == "ClientError"
    assert error_code(KeyError("x")) == "KeyError"


@pytest.mark.parametrize("name", ["secretsmanager", "parameterstore"])
@pytest.mark.parametrize(
    "answer",
    ["{}", "[]", "5", '{"Name": 5, "Parameter": [1], "SecretString": {"a": 1}, "VersionIdsToStages": [1]}'],
    ids=["an empty object", "a list", "a number", "members of other types"],
)
def test_an_answer_that_is_no_answer_of_aws_is_no_bug_of_ours(
    name: str, answer: str, made_stores: SimpleNamespace, made: Callable[..., str]
) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {len(answer)}\r\n\r\n"
    with made_stores.server_saying((head + answer).encode()) as url:
        store = made_stores.at(name, url)
        for ask in (lambda: store.describe("/x"), lambda: list(store.look(["/x", "/y"]))):
            with pytest.raises(StoreError, match="no complete answer in time"):
                ask()
        with pytest.raises(OutcomeUnknownError):
            store.create(made_stores.planned(name), SecretValue(made()), tags={}, token=made_stores.token())


@pytest.mark.parametrize("name", ["secretsmanager", "parameterstore"])
@pytest.mark.parametrize("raw", [None, b""], ids=["never answers", "hangs up"])
def test_write_without_an_answer_may_have_taken_effect(
    name: str, raw: bytes | None, made_stores: SimpleNamespace, made: Callable[..., str]
) -> None:
    with made_stores.server_saying(raw) as url:
        store = made_stores.at(name, url)
        with pytest.raises(OutcomeUnknownError, match="no answer, and it may have taken effect"):
            store.create(made_stores.planned(name), SecretValue(made()), tags={}, token=made_stores.token())
        with pytest.raises(StoreError, match="no complete answer in time"):
            store.read("/prod/shop/x")


@pytest.mark.parametrize("name", ["secretsmanager", "parameterstore"])
def test_answer_out_of_order_is_not_quoted(name: str, made_stores: SimpleNamespace, made: Callable[..., str]) -> None:
    value = made()
    body = f'{{"SecretString": "{value}", "Parameter": {{"Value": "{value}"'.encode()
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    with made_stores.server_saying(raw + body) as url, pytest.raises(StoreError) as caught:
        made_stores.at(name, url).read("/prod/shop/x")
    assert value not in "".join(traceback.format_exception(caught.value)) + caught.value.hint


@pytest.mark.parametrize("name", ["secretsmanager", "parameterstore"])
def test_throttled_call_is_repeated_and_then_said(name: str, made_stores: SimpleNamespace) -> None:
    body = json.dumps({"__type": "ThrottlingException", "message": QUOTED}).encode()
    raw = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
    with made_stores.server_saying(raw + body) as url, pytest.raises(StoreError, match="too many requests") as caught:
        made_stores.at(name, url, attempts=2).read("/prod/shop/x")
    assert "wait a minute" in caught.value.hint


def test_endpoint_that_is_not_there_cannot_be_reached_and_is_not_waited_for(made_stores: SimpleNamespace) -> None:
    with made_stores.server_saying(b"") as url:
        pass
    store, sent = made_stores.at("secretsmanager", url, attempts=6), []
    store.client.meta.events.register("before-send", lambda **_: sent.append(1))
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        store.read("prod/shop/x")
    assert "AWS_ENDPOINT_URL" in caught.value.hint
    assert len(sent) == 2
