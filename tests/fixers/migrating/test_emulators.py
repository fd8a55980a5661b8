"""What a migration does, against two emulators that share no code; docs/emulators.md says where they differ.

Conflict, adopt, update, restore, delete, undo, for both stores. Kills are in test_kill.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
DATABASE, API, MAIL = "prod/shop/db", "/prod/shop/api-key", "/prod/shop/mail-token"
MIGRATE = ("migrate", "--yes", "--plan", "plan.toml")

pytestmark = pytest.mark.parametrize("served", ["moto", "ministack"], indirect=True)


def planned(shop: Any, run: Run, **actions: str) -> None:
    """Write plan.toml with these actions, by the last part of the name."""
    assert run(shop, "plan", "-o", "plan.toml")[0] == 0
    plan = shop.folder / "plan.toml"
    head, *secrets = plan.read_text().split("[[secret]]\n")
    for number, text in enumerate(secrets):
        for part, action in actions.items():
            if text.partition("\n")[0].endswith(f'/{part}"'):
                secrets[number] = text.replace('action = "create"', f'action = "{action}"')
    plan.write_text("[[secret]]\n".join([head, *secrets]))


def test_conflicts_are_told_and_nothing_is_written(shop: Any, aws: Any, run: Run) -> None:
    aws.secrets.create_secret(Name=DATABASE, SecretString="another")
    aws.parameters.put_parameter(Name=API, Value=shop.values[1], Type="SecureString")
    aws.parameters.put_parameter(Name=MAIL, Value="another", Type="SecureString")
    stored, before = aws.stored(), shop.files()
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    for name, words in ((DATABASE, "another value"), (API, "must be adopt"), (MAIL, "another value")):
        (line,) = [line for line in err.splitlines() if line.startswith(f"  {name}: it exists with")]
        assert words in line
    assert (aws.stored(), shop.files()) == (stored, before)


def test_update_and_adopt_do_what_the_plan_says(shop: Any, aws: Any, run: Run) -> None:
    aws.secrets.create_secret(Name=DATABASE, SecretString="another")
    aws.parameters.put_parameter(Name=API, Value=shop.values[1], Type="SecureString")
    aws.parameters.put_parameter(Name=MAIL, Value="another", Type="SecureString")
    planned(shop, run, **{"db": "update", "api-key": "adopt", "mail-token": "update"})
    status, out, err = run(shop, *MIGRATE)
    assert status == 0, out + err
    assert json.loads(aws.stored()[DATABASE])["password"] == shop.values[0]
    assert (aws.stored()[API], aws.stored()[MAIL]) == (shop.values[1], shop.values[2])
    assert aws.versions() == {DATABASE: 2, API: 1, MAIL: 2}


@pytest.mark.parametrize("equal", [False, True])
def test_restore_brings_back_and_writes_only_another_value(shop: Any, aws: Any, run: Run, equal: bool) -> None:
    text = json.dumps({"password": shop.values[0]}) if equal else "another"
    aws.secrets.create_secret(Name=DATABASE, SecretString=text)
    aws.secrets.delete_secret(SecretId=DATABASE, RecoveryWindowInDays=7)
    status, _, err = run(shop, "migrate", "--yes")
    assert (status, "the action restore" in err) == (3, True)
    planned(shop, run, db="restore")
    status, out, err = run(shop, *MIGRATE)
    assert status == 0, out + err
    assert json.loads(aws.stored()[DATABASE])["password"] == shop.values[0]
    assert aws.versions()[DATABASE] == (1 if equal else 2)


def test_create_prove_undo_delete(shop: Any, aws: Any, run: Run) -> None:
    before = shop.files()
    status, out, err = run(shop, "migrate", "--yes")
    assert status == 0, out + err
    assert out.count("proven") >= 3
    stored = aws.stored()
    assert json.loads(stored[DATABASE])["password"] == shop.values[0]
    assert (stored[API], stored[MAIL]) == (shop.values[1], shop.values[2])
    assert set(aws.versions().values()) == {1}
    described = aws.secrets.describe_secret(SecretId=DATABASE)
    assert {"Key": "unhardcode:repository", "Value": "shop"} in described["Tags"]
    assert "unhardcode" in described["Description"]
    tags = aws.parameters.list_tags_for_resource(ResourceType="Parameter", ResourceId=API)["TagList"]
    assert {"Key": "unhardcode:repository", "Value": "shop"} in tags
    assert aws.parameters.get_parameter(Name=API)["Parameter"]["Type"] == "SecureString"
    status, out, err = run(shop, "migrate", "--undo", "--delete-stored", "--yes")
    assert status == 0, err
    assert shop.files() == before
    assert f"deleted    {DATABASE}" in out
    assert aws.secrets.describe_secret(SecretId=DATABASE)["DeletedDate"]
    aws.secrets.restore_secret(SecretId=DATABASE)
    assert json.loads(aws.stored()[DATABASE])["password"] == shop.values[0]


def test_after_a_rotation_an_undo_is_refused(shop: Any, aws: Any, run: Run) -> None:
    assert run(shop, "migrate", "--yes")[0] == 0
    after = shop.files()
    aws.parameters.put_parameter(Name=API, Value="rotated", Type="SecureString", Overwrite=True)
    status, _, err = run(shop, "migrate", "--undo", "--yes")
    assert (status, "rotated" in err, shop.files() == after) == (1, True, True)


def test_bytes_and_keys_and_tiers_read_back_as_they_went_in(aws: Any, served: Any) -> None:
    from fixers.model import PlannedSecret
    from fixers.stores.registry import connect
    from scanner.model import SecretValue

    facts: dict[str, Any] = {
        "kms_key": None, "members": (), "constants": (), "action": "create", "reason": "", "rotation": "manual",
        "monthly_cost": 0.0,
    }  # fmt: skip
    end = aws.endpoint
    for store, type_, tier, value in (
        ("secretsmanager", "SecretBinary", None, bytes(range(256))),
        ("secretsmanager", "SecretString", None, "é\n" * 20_000),
        ("parameterstore", "SecureString", "Standard", "é" * 2_048),
        ("parameterstore", "SecureString", "Advanced", "x" * 8_192),
        ("parameterstore", "String", "Standard", "plain"),
        ("parameterstore", "StringList", "Standard", "one,two"),
    ):
        slash = "/" if store == "parameterstore" else ""
        name = f"{slash}prod/shop/{type_}{tier}".lower()
        opened = connect(store, region=end.region, endpoint=end.url, credentials=(end.access_key, end.secret_key))
        secret = PlannedSecret(name=name, store=store, type=type_, tier=tier, **facts)
        assert opened.problems(secret, SecretValue(value)) == ()
        opened.create(secret, SecretValue(value), tags={"unhardcode:repository": "shop"}, token="t" * 32)
        assert opened.read(name) == SecretValue(value)
        there = opened.describe(name)
        assert there is not None
        assert (there.repository, there.type) == ("shop", type_ if slash else "Secret")
        ((_, seen),) = opened.look([name])
        assert seen is not None
        assert (seen.value, seen.existing) == (SecretValue(value), there)
