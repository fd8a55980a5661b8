"""The emitted policies, enforced by resource (ministack with AUTH=true): enough, and nothing more.

No emulator enforces KMS statements: their text is checked in tests/fixers/emit/test_iam.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

Run = Callable[..., tuple[int, str, str]]
REGION, ACCOUNT = "us-east-1", "000000000000"
DATABASE, API, MAIL = "prod/shop/db", "/prod/shop/api-key", "/prod/shop/mail-token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """An AWS that asks for permissions, and its owner's clients."""

    url: str
    keys: tuple[str, str]
    forget: Callable[[], None]

    def client(self, name: str, keys: tuple[str, str] | None = None) -> Any:
        access_key, secret_key = keys or self.keys
        return boto3.client(
            name,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )

    def user(self, name: str, policies: list[dict[str, Any]]) -> tuple[str, str]:
        """Make a user that may do this and nothing else; the key pair."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        for number, policy in enumerate(policies):
            iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=json.dumps(policy))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    def environment(self, keys: tuple[str, str]) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": keys[0],
            "AWS_SECRET_ACCESS_KEY": keys[1],
        }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, emulators: SimpleNamespace) -> Iterator[Guarded]:
    with emulators.ministack(tmp_path_factory.mktemp("guarded"), auth=True) as made:
        yield Guarded(url=made.url, keys=made.keys, forget=made.forget)


@pytest.fixture
def guarded(server: Guarded) -> Guarded:
    server.forget()
    return server


def policies(shop: Any, run: Run, folder: Path, stem: str, *more: str) -> list[dict[str, Any]]:
    """What --emit says, for this account and region."""
    if not folder.exists():
        status, _, err = run(shop, "migrate", "--emit", str(folder), "--region", REGION, *more)
        assert status == 0, err
    names = [path for path in sorted(folder.glob("*.json")) if path.stem.rstrip("-0123456789") == stem]
    assert names
    return [_for_ministack(json.loads(path.read_text().replace("${AWS_ACCOUNT_ID}", ACCOUNT))) for path in names]


def _for_ministack(policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with what this emulator asks for and AWS does not.

    It authorises CreateSecret on an ARN without the six characters, AWS on one with them: `-??????` "enables you to
    grant permissions to a secret that doesn't yet exist"
    (https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html).
    """
    for statement in policy["Statement"]:
        if "secretsmanager:CreateSecret" in statement["Action"]:
            statement["Resource"] += [arn.removesuffix("-??????") for arn in statement["Resource"]]
    return policy


def refused(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether AWS says that this may not be done."""
    try:
        call(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"]).startswith("AccessDenied")
    return False


def as_user(monkeypatch: pytest.MonkeyPatch, guarded: Guarded, keys: tuple[str, str]) -> None:
    for name, value in guarded.environment(keys).items():
        monkeypatch.setenv(name, value)


def test_without_a_policy_nothing_is_stored(
    shop: Any, guarded: Guarded, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.files()
    as_user(monkeypatch, guarded, guarded.user("nobody", []))
    status, _, err = run(shop, "migrate", "--yes")
    assert (status, "access denied" in err) == (3, True)
    assert guarded.client("secretsmanager").list_secrets()["SecretList"] == []
    assert shop.files() == before


def test_the_migration_policy_is_enough_and_the_running_program_reads_its_own_and_nothing_else(
    shop: Any, guarded: Guarded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrating = policies(shop, run, tmp_path / "out", "iam-policy-migration")
    reading = policies(shop, run, tmp_path / "out", "iam-policy")
    as_user(monkeypatch, guarded, guarded.user("migrator", migrating))
    status, out, err = run(shop, "migrate", "--yes")
    assert status == 0, out + err

    owner, parameters = guarded.client("secretsmanager"), guarded.client("ssm")
    for name in ("prod/shop/db-admin", "prod/shop", "prod/other/db", "dev/shop/db"):
        owner.create_secret(Name=name, SecretString="not yours")
    for name in ("/prod/shop/api-key-admin", "/prod/other/api-key"):
        parameters.put_parameter(Name=name, Value="not yours", Type="SecureString")

    keys = guarded.user("program", reading)
    code = "import shop.pay, shop.mail; from shop.app_secrets import get_secret_value as get; import json, sys; "
    code += f"json.dump([get({DATABASE!r}, 'password'), shop.pay.API_KEY, shop.mail.TOKEN], sys.stdout)"
    environment = {"PATH": "/usr/bin:/bin", "MAIL_TOKEN": f"{{{{resolve:ssm-secure:{MAIL}}}}}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=shop.folder,
        env=environment | guarded.environment(keys),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    same = json.loads(done.stdout) == list(shop.values)
    assert same

    secrets, ssm = guarded.client("secretsmanager", keys), guarded.client("ssm", keys)
    for name in ("prod/shop/db-admin", "prod/shop", "prod/other/db", "dev/shop/db"):
        assert refused(secrets.get_secret_value, SecretId=name), name
    for name in ("/prod/shop/api-key-admin", "/prod/other/api-key"):
        assert refused(ssm.get_parameter, Name=name, WithDecryption=True), name
    assert refused(ssm.get_parameters, Names=[API, "/prod/other/api-key"], WithDecryption=True)
    assert refused(ssm.get_parameters_by_path, Path="/prod/shop", Recursive=True, WithDecryption=True)
    assert refused(ssm.describe_parameters)
    assert refused(secrets.list_secrets)
    assert refused(secrets.put_secret_value, SecretId=DATABASE, SecretString="mine now")
    assert refused(secrets.delete_secret, SecretId=DATABASE)
    assert refused(ssm.put_parameter, Name=API, Value="mine now", Type="SecureString", Overwrite=True)
    assert refused(ssm.delete_parameter, Name=API)


def test_a_deletion_needs_a_policy_of_its_own_and_that_deletes_nothing_else(
    shop: Any, guarded: Guarded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, words = shop.files(), ("migrate", "--undo", "--delete-stored", "--yes")
    migrating = policies(shop, run, tmp_path / "out", "iam-policy-migration")
    deleting = policies(shop, run, tmp_path / "out", "iam-policy-deletion")
    as_user(monkeypatch, guarded, guarded.user("migrator", migrating))
    assert run(shop, "migrate", "--yes")[0] == 0
    monkeypatch.setattr("fixers.migrate.typed", lambda parameters: True)  # a person types that, not a test
    status, _, err = run(shop, *words)
    assert (status, "access denied" in err, "allow ssm:DeleteParameter" in err) == (3, True, True), err
    assert shop.files() == before

    keys = guarded.user("remover", [*migrating, *deleting])
    as_user(monkeypatch, guarded, keys)
    status, out, err = run(shop, *words)
    assert (status, out.count("  deleted  ")) == (0, 3), out + err
    owner, parameters = guarded.client("secretsmanager"), guarded.client("ssm")
    assert owner.describe_secret(SecretId=DATABASE)["DeletedDate"]
    assert parameters.describe_parameters()["Parameters"] == []
    owner.create_secret(Name="prod/shop/db-admin", SecretString="not yours")
    parameters.put_parameter(Name="/prod/shop/api-key-admin", Value="not yours", Type="SecureString")
    assert refused(guarded.client("secretsmanager", keys).delete_secret, SecretId="prod/shop/db-admin")
    assert refused(guarded.client("ssm", keys).delete_parameter, Name="/prod/shop/api-key-admin")


@pytest.mark.slow
def test_each_single_statement_of_the_migration_policy_is_needed(
    shop: Any, guarded: Guarded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of the secrets is there with another value, so that every kind of statement is in the policy.
    extra = shop.folder / "shop/more.py"
    extra.write_text('import psycopg2\n\n\ndef other():\n    return psycopg2.connect(host="b", user="u", '
                     f'password="{shop.values[2][::-1]}", dbname="b")\n')  # fmt: skip
    assert run(shop, "plan", "-o", "plan.toml")[0] == 0
    plan = shop.folder / "plan.toml"
    head, mark, rest = plan.read_text().partition('store = "secretsmanager"')
    plan.write_text(head + mark + rest.replace('action = "create"', 'action = "update"', 1))
    (updated,) = [line.split('"')[1] for line in head.splitlines() if line.startswith("name = ")][-1:]
    whole = policies(shop, run, tmp_path / "out", "iam-policy-migration", "--plan", "plan.toml")
    (policy,) = whole
    sids = [statement["Sid"] for statement in policy["Statement"]]
    assert {"LookAtSecrets", "CreateSecrets", "UpdateSecrets", "LookAtParameters", "WriteParameters"} == set(sids)
    before = shop.files()
    for left_out in (*sids, None):
        guarded.forget()
        guarded.client("secretsmanager").create_secret(Name=updated, SecretString="another")
        statements = [statement for statement in policy["Statement"] if statement["Sid"] != left_out]
        as_user(monkeypatch, guarded, guarded.user("migrator", [{**policy, "Statement": statements}]))
        status, out, err = run(shop, "migrate", "--yes", "--plan", "plan.toml")
        if left_out is None:
            assert status == 0, out + err
        else:
            assert (left_out, status, "access denied" in err) == (left_out, 3, True)
            assert shop.files() == before
