"""`--include-config`: what stays where it is, then that settings become plain parameters, and come back by an undo."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
SETTINGS = {
    "MAIL_HOST": "smtp.internal",
    "MAIL_PEERS": "a.internal,b.internal",
    "MAIL_GREETING": "'hello, world'",
    "MAIL_FROM": "${MAIL_HOST}",
    "MAIL_EMPTY": "",
    "AWS_PROFILE": "shop",
    "PORT": "25",
    "MAIL_UNREAD": "nobody",
}


@pytest.fixture
def settled(shop: Any) -> Any:
    """The shop with settings beside its secret, all but one of which Python reads."""
    env = shop.folder / ".env"
    env.write_text(env.read_text() + "".join(f"{name}={value}\n" for name, value in SETTINGS.items()))
    reads = [f'{name} = os.environ["{name}"]\n' for name in ("MAIL_TOKEN", *SETTINGS) if name != "MAIL_UNREAD"]
    (shop.folder / "shop/mail.py").write_text("import os\n\n" + "".join(reads))
    (shop.folder / ".env.example").write_text("MAIL_HOST=example\n")
    return shop


def test_without_being_asked_no_setting_moves(settled: Any, aws: Any, run: Run) -> None:
    assert run(settled, "plan", "-o", "plan.toml")[0] == 0
    assert "mail-greeting" not in (settled.folder / "plan.toml").read_text()


def test_what_the_system_reads_and_what_others_are_made_of_and_what_nothing_reads_stays(
    settled: Any, aws: Any, run: Run
) -> None:
    assert run(settled, "plan", "--include-config", "-o", "plan.toml")[0] == 0
    tables = tomllib.loads((settled.folder / "plan.toml").read_text())
    types = {table["name"].removeprefix("/prod/shop/"): table["type"] for table in tables["secret"]}
    assert types == {
        "mail-token": "SecureString",
        "mail-peers": "StringList",
        "mail-greeting": "String",
        "prod/shop/db": "SecretString",
        "api-key": "SecureString",
    }
    lines = settled.folder.joinpath(".env").read_text().splitlines()
    stays = {lines[table["line"] - 1].partition("=")[0]: table["reason"] for table in tables["refusal"]}
    assert stays == {"MAIL_HOST": "dynamic", "MAIL_UNREAD": "reader-unknown"}


def test_settings_become_plain_parameters_that_the_program_reads_and_an_undo_gives_back(
    settled: Any, aws: Any, run: Run
) -> None:
    env = settled.folder / ".env"
    env.write_text(env.read_text().replace("MAIL_FROM=${MAIL_HOST}\n", ""))
    before = settled.files()
    status, out, err = run(settled, "migrate", "--include-config", "--yes")
    assert status == 0, out + err
    described = {one["Name"]: one["Type"] for one in aws.parameters.describe_parameters()["Parameters"]}
    assert described["/prod/shop/mail-host"] == "String"
    assert described["/prod/shop/mail-peers"] == "StringList"
    assert described["/prod/shop/mail-token"] == "SecureString"
    assert aws.stored()["/prod/shop/mail-peers"] == "a.internal,b.internal"
    text = env.read_text()
    assert "MAIL_HOST={{resolve:ssm:/prod/shop/mail-host}}\n" in text
    assert "{{resolve:ssm-secure:/prod/shop/mail-token}}" in text
    assert "PORT=25\nMAIL_UNREAD=nobody\n" in text
    assert "AWS_PROFILE=shop\n" in text
    assert 'get_secret_value("/prod/shop/mail-host", env="MAIL_HOST")' in (settled.folder / "shop/mail.py").read_text()
    assert run(settled, "migrate", "--undo", "--yes")[0] == 0
    assert settled.files() == before


def test_the_plan_may_put_a_setting_into_secrets_manager(settled: Any, aws: Any, run: Run) -> None:
    assert run(settled, "plan", "--include-config", "-o", "plan.toml", "--store", "secretsmanager")[0] == 0
    tables = tomllib.loads((settled.folder / "plan.toml").read_text())["secret"]
    assert {table["type"] for table in tables} == {"SecretString"}
