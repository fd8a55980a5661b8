"""`migrate`, `fix --write` and `plan --plan` as a user runs them: what is refused, then what is done."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixers import journal
from fixers.stores.secretsmanager import SecretsManager
from scanner.errors import StoreError

Run = Callable[..., tuple[int, str, str]]


def test_what_cannot_be_meant_is_a_usage_error_and_touches_nothing(shop: Any, aws: Any, run: Run) -> None:
    (shop.folder / "bad.toml").write_text("= [\n")
    assert run(shop, "plan", "-o", "plan.toml") == (0, "", "plan.toml: 3 secrets, 0 refusals\n")
    before = shop.files()
    for arguments, word in (
        ("migrate . shop", "one PATH"),
        ("migrate", "no terminal"),
        ("migrate --undo --yes", "no migration to undo"),
        ("migrate --rehearse --prove true", "--rehearse"),
        ("migrate --yes --prove 'open", "--prove"),
        ("migrate --yes --plan absent.toml", "absent.toml"),
        ("migrate --yes --plan bad.toml", "bad.toml"),
        ("fix --plan pyproject.toml", "pyproject.toml: not a plan of unhardcode"),
        ("status --offline --plan pyproject.toml", "pyproject.toml: not a plan of unhardcode"),
        ("migrate --yes --plan plan.toml --env dev", "--env"),
        ("migrate --rehearse --emit out --profile x", "leave out --emit and --profile"),
        ("migrate --undo --yes --plan plan.toml --app x", "leave out --plan and --app"),
        ("migrate --yes --recovery-days 8", "leave out --recovery-days"),
        ("migrate --emit out --region ", "--region is empty"),
        ("fix --offline", "--write"),
        ("fix --region x", "leave out --region"),
        ("fix --write --offline --region x", "leave out --region"),
        ("plan --store secretsmanager --kms-key alias/aws/ssm", "own key of another service"),
        ("plan --store parameterstore --kms-key arn:aws:kms:eu-west-1:1:alias/aws/s3", "own key of another service"),
        ("fix -o -", "- does not mean a stream here"),
        ("status --offline --profile x", "leave out --profile"),
        ("rotation --region ", "--region is empty"),
        ("plan --prefix-from ", "--prefix-from is empty"),
        ("migrate --yes --region ", "--region is empty"),
        ("migrate --yes --undo --profile ", "--profile is empty"),
        ("migrate --yes --kms-key ", "--kms-key is empty"),
        ("plan --env ", "--env is empty"),
        ("plan -o shop/pay.py", "shop/pay.py: exists, and is not a plan"),
    ):
        status, _, err = run(shop, *arguments.split(" "))
        assert status == 2, arguments
        assert word in err, arguments
    assert shop.files() == before
    assert aws.stored() == {}


def test_a_second_migration_at_the_same_time_is_refused(shop: Any, aws: Any, run: Run) -> None:
    with journal.locked(shop.folder / ".git" / "unhardcode"):
        status, _, err = run(shop, "migrate", "--yes")
    assert status == 2
    assert "another unhardcode" in err
    assert aws.stored() == {}


def test_a_plan_for_another_tree_is_refused(shop: Any, aws: Any, run: Run) -> None:
    run(shop, "plan", "-o", "plan.toml")
    (shop.folder / "shop/pay.py").write_bytes(b"\r\n" + (shop.folder / "shop/pay.py").read_bytes())
    status, _, err = run(shop, "migrate", "--yes", "--plan", "plan.toml")
    assert status == 2
    assert "plan.toml" in err
    assert aws.stored() == {}


def test_a_plan_edited_where_it_may_not_be_is_refused(shop: Any, aws: Any, run: Run) -> None:
    run(shop, "plan", "-o", "plan.toml")
    plan = shop.folder / "plan.toml"
    plan.write_text(plan.read_text().replace('path = "shop/pay.py"', 'path = "shop/db.py"'))
    status, _, err = run(shop, "migrate", "--yes", "--plan", "plan.toml")
    assert status == 2
    assert "members cannot be edited" in err
    assert aws.stored() == {}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"/prod/shop/mail-token"', '"/prod/shop/api-key"', "two secrets would be called '/prod/shop/api-key'"),
        ('"/prod/shop/api-key"', '""', "secret '/prod/shop/api-key': name is empty"),
        ('env = "SHOP_API_KEY"', 'env = "DB_PASSWORD"', "two values would be read from the variable DB_PASSWORD"),
        ('env = "SHOP_API_KEY"', 'env = "PATH"', "secret '/prod/shop/api-key': env PATH means something to the system"),
        (
            '"/prod/shop/api-key"\nstore = "parameterstore"',
            '"x"\nstore = "vault"',
            "secret 'x': store is one of secretsmanager",
        ),
    ],
)
def test_an_edit_that_cannot_be_followed_is_told_with_the_file_and_the_line_of_its_secret(
    shop: Any, aws: Any, run: Run, before: str, after: str, said: str
) -> None:
    run(shop, "plan", "-o", "my plan.toml")
    plan = shop.folder / "my plan.toml"
    head, _, tail = plan.read_text().partition(before)
    assert tail
    # The line of the name in the table that was edited.
    line = head.count("\n", 0, head.rindex("[[secret]]")) + 2
    plan.write_text(head + after + tail)
    status, _, err = run(shop, "migrate", "--yes", "--plan", "my plan.toml")
    assert status == 2
    assert err.startswith(f"unhardcode: my plan.toml:{line}: {said}"), err
    assert aws.stored() == {}


def test_every_conflict_is_listed_and_nothing_is_stored(shop: Any, aws: Any, run: Run) -> None:
    aws.secrets.create_secret(Name="prod/shop/db", SecretString="another")
    aws.parameters.put_parameter(Name="/prod/shop/mail-token", Value="another", Type="SecureString")
    stored, before = aws.stored(), shop.files()
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    assert "prod/shop/db: it exists with another value" in err
    assert "/prod/shop/mail-token: it exists with another value" in err
    assert (aws.stored(), shop.files()) == (stored, before)


def test_a_secret_that_somebody_made_without_a_value_gets_it_where_the_plan_says_update(
    shop: Any, aws: Any, run: Run
) -> None:
    aws.secrets.create_secret(Name="prod/shop/db")
    status, _, err = run(shop, "migrate", "--yes")
    assert (status, "prod/shop/db: it exists, but without a value" in err) == (3, True)
    assert run(shop, "plan", "-o", "plan.toml")[0] == 0
    plan = shop.folder / "plan.toml"
    head, name, rest = plan.read_text().partition('name = "prod/shop/db"')
    plan.write_text(head + name + rest.replace('action = "create"', 'action = "update"', 1))
    status, out, err = run(shop, "migrate", "--yes", "--plan", "plan.toml")
    assert status == 0, out + err
    assert json.loads(aws.stored()["prod/shop/db"])["password"] == shop.values[0]
    assert aws.versions()["prod/shop/db"] == 1


def test_a_secret_that_is_being_deleted_is_told(shop: Any, aws: Any, run: Run) -> None:
    aws.secrets.create_secret(Name="prod/shop/db", SecretString="another")
    aws.secrets.delete_secret(SecretId="prod/shop/db")
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    assert "scheduled for deletion" in err
    assert "/prod/shop/mail-token" not in aws.stored()


def test_without_credentials_there_is_one_line(shop: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    before = shop.files()
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    assert err.count("\n") == 2
    assert "credentials" in err
    assert shop.files() == before


@pytest.mark.parametrize("effect", [False, True], ids=["before the write", "after the write"])
def test_a_store_that_fails_in_the_middle_is_status_3_and_the_same_command_finishes(
    shop: Any, aws: Any, run: Run, monkeypatch: pytest.MonkeyPatch, effect: bool
) -> None:
    before = shop.files()
    create = SecretsManager.create

    def failing(self: SecretsManager, *arguments: Any, **options: Any) -> None:
        if effect:
            create(self, *arguments, **options)
        raise StoreError("cannot create prod/shop/db in us-east-1: access denied", hint="allow it and repeat")

    with monkeypatch.context() as patched:
        patched.setattr(SecretsManager, "create", failing)
        status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    assert err == "unhardcode: cannot create prod/shop/db in us-east-1: access denied\n  allow it and repeat\n"
    assert shop.files() == before
    assert run(shop, "migrate", "--yes")[0] == 0
    assert set(aws.versions().values()) == {1}
    assert len(aws.stored()) == 3
    assert len(shop.journals()) == 1


def test_a_file_changed_after_an_interruption_is_named_and_nothing_is_touched(
    shop: Any, aws: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("fixers.steps.replace_all", stop)
        status, _, err = run(shop, "migrate", "--yes")
    assert (status, "the same command goes on" in err) == (130, True)
    original = (shop.folder / "shop/db.py").read_bytes()
    (shop.folder / "shop/db.py").write_text("# mine\n")
    before = shop.files()
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 1
    assert "shop/db.py" in err
    assert ".jsonl" in err
    assert shop.files() == before
    (shop.folder / "shop/db.py").write_bytes(original)
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 0
    assert "interrupted" in err
    assert b"get_secret_value" in (shop.folder / "shop/db.py").read_bytes()


def test_whoever_says_no_keeps_everything(shop: Any, aws: Any) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "unhardcode", "migrate"],
        cwd=shop.folder,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.write(ours, b"n\n")
        _, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 1
    assert "Store 3 new and rewrite 4 files?" in err
    assert aws.stored() == {}


def test_a_migration_stores_proves_and_rewrites_and_an_undo_gives_every_byte_back(
    shop: Any, aws: Any, run: Run
) -> None:
    before = shop.files()
    status, out, err = run(shop, "migrate", "--yes", "--prove-import", "shop", "--prove", "true")
    said = out + err
    assert status == 0, err
    assert out.count("proven") >= 3
    assert out.count("(command)") == 3
    database, token, mail = shop.values
    stored = aws.stored()
    assert json.loads(stored.pop("prod/shop/db"))["password"] == database
    assert sorted(stored.values()) == sorted([token, mail])
    assert set(aws.versions().values()) == {1}
    described = aws.secrets.describe_secret(SecretId="prod/shop/db")
    assert {"Key": "unhardcode:repository", "Value": "shop"} in described["Tags"]
    after = shop.files()
    assert set(after) - set(before) == {"shop/app_secrets.py"}
    assert not [path for path, raw in after.items() for value in shop.values if value.encode() in raw]
    assert os.stat(shop.folder / ".env").st_mode & 0o777 == 0o640

    status, out, _ = run(shop, "migrate", "--yes")
    assert status == 0
    assert "Nothing to migrate" in out
    assert shop.files() == after
    assert set(aws.versions().values()) == {1}

    status, out, err = run(shop, "migrate", "--undo", "--yes")
    said += out + err
    assert status == 0, err
    assert "prod/shop/db" in out
    assert shop.files() == before
    assert len(aws.stored()) == 3
    assert run(shop, "migrate", "--undo", "--yes")[0] == 2

    kept = [path.read_text() for path in (shop.folder / ".git/unhardcode").glob("*.jsonl")]
    assert len(kept) == 1
    for value in shop.values:
        for piece in (value, value[:8], value[-8:]):
            assert piece not in said + kept[0]


def test_a_plan_file_decides_names_and_what_is_skipped(shop: Any, aws: Any, run: Run) -> None:
    run(shop, "plan", "-o", "plan.toml")
    plan = shop.folder / "plan.toml"
    text = plan.read_text().replace('name = "prod/shop/db"', 'name = "prod/shop/orders"')
    head, mark, rest = text.partition('name = "/prod/shop/mail-token"')
    plan.write_text(head + mark + rest.replace('action = "create"', 'action = "skip"', 1))
    status, out, err = run(shop, "migrate", "--yes", "--plan", "plan.toml")
    assert status == 0, out + err
    assert len(aws.stored()) == 2
    assert '"prod/shop/orders"' in (shop.folder / "shop/db.py").read_text()
    assert shop.values[2] in (shop.folder / ".env").read_text()
    status, out, _ = run(shop, "fix", "--plan", "plan.toml")
    assert status == 2  # made for the tree as it was


def test_an_equal_value_of_somebody_else_is_adopted_only_when_told(shop: Any, aws: Any, run: Run) -> None:
    aws.parameters.put_parameter(Name="/prod/shop/mail-token", Value=shop.values[2], Type="SecureString")
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    assert "adopt" in err
    _set_action(shop, run, "/prod/shop/mail-token", "adopt")
    assert run(shop, "migrate", "--yes", "--plan", "plan.toml")[0] == 0
    assert aws.versions()["/prod/shop/mail-token"] == 1


def test_another_value_is_replaced_only_when_told(shop: Any, aws: Any, run: Run) -> None:
    aws.secrets.create_secret(Name="prod/shop/db", SecretString="another")
    _set_action(shop, run, "prod/shop/db", "update")
    assert run(shop, "migrate", "--yes", "--plan", "plan.toml")[0] == 0
    assert json.loads(aws.stored()["prod/shop/db"])["password"] == shop.values[0]
    assert aws.versions()["prod/shop/db"] == 2


def _set_action(shop: Any, run: Run, name: str, action: str) -> None:
    run(shop, "plan", "-o", "plan.toml")
    plan = shop.folder / "plan.toml"
    head, mark, rest = plan.read_text().partition(f'name = "{name}"')
    plan.write_text(head + mark + rest.replace('action = "create"', f'action = "{action}"', 1))


def test_fix_write_refuses_what_the_store_does_not_hold(shop: Any, aws: Any, run: Run) -> None:
    before = shop.files()
    status, out, _ = run(shop, "fix", "--write")
    assert status == 1
    assert "not-stored (3)" in out
    assert shop.files() == before
    assert aws.stored() == {}


def test_fix_write_rewrites_what_the_store_holds(shop: Any, aws: Any, run: Run) -> None:
    before = shop.files()
    aws.parameters.put_parameter(Name="/prod/shop/mail-token", Value=shop.values[2], Type="SecureString")
    aws.secrets.create_secret(Name="prod/shop/db", SecretString=json.dumps({"password": shop.values[0] + "x"}))
    status, out, err = run(shop, "fix", "--write")
    assert status == 1, err
    assert "not-stored (2)" in out
    changed = {path for path, raw in shop.files().items() if before.get(path) != raw}
    assert changed == {".env", "shop/mail.py", "shop/app_secrets.py"}
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before


def test_fix_write_offline_takes_only_what_a_commit_holds(shop: Any, run: Run) -> None:
    before = shop.files()
    status, out, err = run(shop, "fix", "--write", "--offline")
    assert status == 1
    assert "shop/db.py (" in err
    assert "not-stored (1)" in out
    assert "unproven" in out
    assert (shop.folder / ".env").read_bytes() == before[".env"]
    assert b"get_secret_value" in (shop.folder / "shop/db.py").read_bytes()
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before


def test_a_failure_of_the_owners_proof_is_status_1_and_says_how_to_go_back(
    shop: Any, aws: Any, run: Run, tmp_path: Path
) -> None:
    mark = tmp_path / "ran"
    status, out, _ = run(shop, "migrate", "--yes", "--prove", f"touch {mark}", "--prove", "false")
    assert status == 1
    assert mark.exists()
    assert "`false` ended with status 1" in out
    assert "get_secret_value" in (shop.folder / "shop/db.py").read_text()

    # The same command again does not pass because all is rewritten by now.
    status, out, _ = run(shop, "migrate", "--yes", "--prove", "false")
    assert status == 1
    assert "Nothing to migrate" in out
    assert "`false` ended with status 1" in out
    status, out, _ = run(shop, "migrate", "--yes", "--prove", "true")
    assert status == 0
    assert out.count("(command)") == 3


def test_a_value_that_does_not_prove_leaves_every_file_as_it_was(
    shop: Any, aws: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Credentials that may store and not decrypt are seen by the proof's own process only.
    before = shop.files()
    monkeypatch.setattr("fixers.steps.module_source", lambda *_: "def broken(")
    status, out, err = run(shop, "migrate", "--yes")
    assert status == 1
    assert "failed" in out
    assert "No file was changed" in err
    assert shop.files() == before
    monkeypatch.undo()
