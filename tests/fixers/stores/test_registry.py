"""How a store is opened: what is missing is said, and with credentials of its own nothing of the user's is read."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from fixers.stores.kinds import KINDS
from fixers.stores.model import Endpoint, Store
from fixers.stores.registry import connect, users_aws
from scanner.errors import StoreError, UsageError

KEYS = ("key", "key")
CODED = """\
[profile base]
aws_access_key_id = base
aws_secret_access_key = base
[profile coded]
region = eu-north-1
role_arn = arn:aws:iam::123456789012:role/deployer
mfa_serial = arn:aws:iam::123456789012:mfa/somebody
source_profile = base
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any AWS setting."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path


def test_unknown_store_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'vault'") as caught:
        connect("vault", region="eu-west-1")
    assert all(name in caught.value.hint for name in KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_no_region_is_said_before_any_call(name: str, home: Path) -> None:
    with pytest.raises(StoreError, match="no AWS region") as caught:
        connect(name)
    assert "--region" in caught.value.hint
    with pytest.raises(StoreError, match="no AWS region"):
        connect(name, credentials=KEYS)


@pytest.mark.parametrize("name", KINDS)
def test_no_credentials_is_said_at_the_first_call(name: str, home: Path) -> None:
    store = connect(name, region="eu-west-1", endpoint="http://127.0.0.1:9")
    with pytest.raises(StoreError, match="no AWS credentials"):
        store.read("/prod/shop/x")


def asking(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]) -> None:
    """Let boto3 ask this for a code."""
    from botocore.credentials import AssumeRoleProvider

    made = functools.partialmethod(AssumeRoleProvider.__init__, prompter=answer)
    monkeypatch.setattr(AssumeRoleProvider, "__init__", made)


def test_a_profile_that_asks_for_a_code_says_so_where_nobody_can_type_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "config").write_text(CODED)

    def nobody(prompt: str) -> str:
        raise EOFError(prompt)

    asking(monkeypatch, nobody)
    store = users_aws(profile="coded").stores("parameterstore")
    with pytest.raises(StoreError, match=r"asks for a code \(MFA\)"):
        store.read("/prod/shop/x")
    assert caplog.text == "", "boto3 would have written a traceback on the terminal"


def test_a_profile_that_asks_for_a_code_asks_once_for_all_stores_and_for_the_child(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS takes a code once: a second session could not use it."""
    (home / "config").write_text(CODED)
    asked: list[str] = []

    def somebody(prompt: str) -> str:
        asked.append(prompt)
        return "123456"

    asking(monkeypatch, somebody)
    monkeypatch.setattr(
        "botocore.client.BaseClient._make_api_call",
        lambda client, name, given: {
            "AssumeRole": {
                "Credentials": {
                    "AccessKeyId": "temporary",
                    "SecretAccessKey": "secret",
                    "SessionToken": f"token for {given.get('TokenCode')}",
                    "Expiration": "2099-01-01T00:00:00Z",
                }
            },
            "GetCallerIdentity": {"Account": "123456789012"},
        }[name],
    )
    aws = users_aws(profile="coded")
    assert {aws.stores(name).region for name in KINDS} == {"eu-north-1"}  # type: ignore[attr-defined]
    assert (
        aws.credentials()
        == aws.credentials()
        == {
            "AWS_ACCESS_KEY_ID": "temporary",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token for 123456",
        }
    )
    assert aws.place() == "AWS account 123456789012 in eu-north-1 (profile coded)"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("[profile odd]\nregion = eu-west-1\ncredential_process = /nowhere/helper\n", "file or program"),
        ("[profile odd]\nregion = eu-west-1\ncredential_process = echo no json\n", "boto3 failed"),
        (
            "[profile odd]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = none\n",
            "settings",
        ),
        ("[profile odd\n", "settings"),
    ],
)
def test_settings_that_boto3_cannot_use_are_one_line(home: Path, setting: str, said: str) -> None:
    (home / "config").write_text(setting)
    with pytest.raises(StoreError, match=said) as caught:
        users_aws(profile="odd").stores("secretsmanager").read("prod/shop/x")
    assert "~/.aws/config" in caught.value.hint


def test_where_the_account_cannot_be_asked_its_place_is_said_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    said = users_aws(region="eu-west-1").place()
    assert said == "an AWS account that could not be asked for its number in eu-west-1 at http://127.0.0.1:9"
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://aws.invalid:9")
    assert users_aws(region="eu-west-1").place(["secretsmanager"]) == said
    assert users_aws(region="eu-west-1").place(["parameterstore"]) == said.replace(
        "127.0.0.1:9", "aws.invalid:9, UNENCRYPTED on its way there"
    )
    both = users_aws(region="eu-west-1").place()
    assert both.endswith(" at http://aws.invalid:9, UNENCRYPTED on its way there and http://127.0.0.1:9")
    word = secrets.token_hex(12)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://user:{word}@aws.invalid:9")
    shown = users_aws(region="eu-west-1").place(["parameterstore"])
    leaked = word in shown
    assert not leaked
    assert "at http://aws.invalid:9" in shown


@pytest.mark.parametrize("option", ["region", "profile"])
def test_an_empty_option_is_not_taken_for_none(home: Path, option: str) -> None:
    with pytest.raises(UsageError, match=f"--{option} is empty"):
        users_aws(**{option: ""})


def test_unknown_profile_is_said(home: Path) -> None:
    with pytest.raises(StoreError, match="no such AWS profile"):
        connect("secretsmanager", profile="nobody", region="eu-west-1")


def test_endpoint_that_is_no_url_is_said(home: Path) -> None:
    with pytest.raises(StoreError, match="cannot open secretsmanager"):
        connect("secretsmanager", region="eu-west-1", endpoint="not a url")


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_region_is_found_in_the_environment(variable: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "eu-central-1")
    assert connect("secretsmanager").region == "eu-central-1"  # type: ignore[attr-defined]
    assert connect("secretsmanager", region="eu-west-1").region == "eu-west-1"  # type: ignore[attr-defined]


def test_region_is_found_in_the_profile(home: Path) -> None:
    (home / "config").write_text("[profile shop]\nregion = eu-north-1\n")
    assert connect("secretsmanager", profile="shop").region == "eu-north-1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", KINDS)
def test_own_credentials_leave_the_users_settings_alone(
    name: str, aws: Endpoint, opened: Callable[[str], Store], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The emulator runs in this process: it opens its own session of boto3 at its first request.
    assert opened(name).read("/prod/shop/nothing") is None
    (home / "config").write_text("[default]\nregion = eu-north-1\nendpoint_url = http://127.0.0.1:9\n[broken\n")
    hostile = {
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "many",
        "AWS_RETRY_MODE": "bogus",
        "AWS_CA_BUNDLE": "/nowhere",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    for variable, value in hostile.items():
        monkeypatch.setenv(variable, value)
    store = connect(name, region=aws.region, endpoint=aws.url, credentials=(aws.access_key, aws.secret_key))
    assert store.read("/prod/shop/nothing") is None


def test_foreign_key_pair_is_refused_by_the_embedded_aws(aws: Endpoint, made: Callable[..., str]) -> None:
    store = connect("secretsmanager", region=aws.region, endpoint=aws.url, credentials=(made(), aws.secret_key))
    with pytest.raises(StoreError, match="does not know these credentials"):
        store.read("prod/shop/x")
