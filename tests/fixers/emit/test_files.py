"""The emitted folder: what it never overwrites, what stands in it, and that all of it works from end to end."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unhardcode
from fixers.emit.files import emit
from fixers.emit.runbook import Written, runbook
from fixers.model import Plan
from fixers.stores.arns import Account
from scanner.errors import FixError, UsageError
from scanner.model import SecretValue

Made = Callable[..., str]
Call = Callable[..., tuple[int, str, str]]
FILES = {
    "plan.toml", "upload.sh", "MIGRATION.md", "cloudformation.yaml", "secrets.tf",
    "iam-policy.json", "iam-policy-migration.json", "iam-policy-deletion.json", "iam-policy-injection.json",
}  # fmt: skip
PATHS = {"iam-policy-by-path.json"}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in a folder: exit status, standard output, standard error."""

    def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        status = unhardcode.run(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def shop(repository: Path, git: Callable[..., str], made: Made) -> tuple[Path, list[str]]:
    """A small service in a repository, and the values in it: a login, a PEM key, bytes, and one in `.env`."""
    label = "PRIVATE " + "KEY"
    pem = "\n".join([f"-----BEGIN {label}-----", *(made(64) for _ in range(6)), f"-----END {label}-----", ""])
    password, variable = f"it's {made(8)}\\n\"{made(8)}", made(30)
    binary = bytes(range(200, 224)) + made(8).encode()
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n',
        "shop/__init__.py": "",
        "shop/db.py": "import psycopg2\n\n\ndef connect():\n    return psycopg2.connect("
        f'host="db.internal", user="shop", password={password!r}, dbname="orders")\n',
        "shop/key.py": f'PRIVATE_KEY = """{pem}"""\nSIGNING_KEY = {binary!r}\n',
        "shop/mail.py": 'import os\n\nTOKEN = os.environ["MAIL_TOKEN"]\n',
        ".env": f"MAIL_TOKEN={variable}\n",
    }
    for path, text in files.items():
        (repository / path).parent.mkdir(exist_ok=True)
        (repository / path).write_bytes(text.encode())
    git(repository, "add", "-A")
    return repository, [password, variable, pem.split("\n")[2], made(8)]


def an_emission(root: Path, secrets: list[Any], folder: Path, **given: Any) -> tuple[Path, ...]:
    plan = Plan(
        env="prod", app="shop", root=str(root), tree="", secrets=tuple(secrets), fixes=(), refusals=(), new_files=()
    )
    return emit(plan, folder, **{"plan_file": "# Plan of unhardcode: x\n", "repository": "shop", **given})


@pytest.mark.parametrize("name", ["upload.sh", "iam-policy.json", "plan.toml", "MIGRATION.md"])
def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path, emitting: Any, name: str) -> None:
    (tmp_path / name).write_text("theirs")
    with pytest.raises(UsageError, match="not of an earlier --emit"):
        an_emission(tmp_path, [emitting.secret("secretsmanager", "prod/shop/db", "x")], tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "theirs"}


def test_a_link_is_replaced_and_never_followed(tmp_path: Path, emitting: Any) -> None:
    secrets = [emitting.secret("secretsmanager", "prod/shop/db", "x")]
    an_emission(tmp_path, secrets, tmp_path / "out")
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    (tmp_path / "out" / "upload.sh").unlink()
    (tmp_path / "out" / "upload.sh").symlink_to(victim)
    an_emission(tmp_path, secrets, tmp_path / "out")
    assert victim.read_text() == "theirs"
    assert not (tmp_path / "out" / "upload.sh").is_symlink()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, emitting: Any) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match="out: cannot be written"):
        an_emission(tmp_path, [], tmp_path / "out")


def test_what_no_store_takes_is_refused_before_anything_is_written(tmp_path: Path, emitting: Any, made: Made) -> None:
    value = "{{" + made()
    with pytest.raises(FixError) as caught:
        an_emission(tmp_path, [emitting.secret("parameterstore", "/prod/shop/key", value)], tmp_path / "out")
    assert caught.value.message.startswith("/prod/shop/key: ")
    assert value[2:] not in caught.value.message + caught.value.hint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", [("--undo",), ("--rehearse",), ("--prove", "true"), ("--profile", "x"), ("--yes",)])
def test_emit_goes_with_nothing_that_acts(call: Call, shop: Any, option: tuple[str, ...]) -> None:
    folder, _ = shop
    assert call(folder, "migrate", "--emit", "out", *option)[0] == 2
    assert not (folder / "out").exists()


def test_rotation_of_an_earlier_plan_does_not_stay(tmp_path: Path, emitting: Any) -> None:
    secrets = [emitting.secret("secretsmanager", "prod/shop/db", "x")]
    an_emission(tmp_path, secrets, tmp_path / "out")
    (tmp_path / "out" / "rotation.yaml").write_text("of an earlier plan")
    an_emission(tmp_path, secrets, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_reader_goes_only_with_emit(call: Call, shop: Any) -> None:
    assert call(shop[0], "migrate", "--yes", "--reader", "arn:aws:iam::210987654321:role/reports")[0] == 2


def test_a_reader_of_another_account_gets_its_policies_and_the_runbook_says_what_stays_closed(
    call: Call, shop: Any
) -> None:
    folder, _ = shop
    key = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
    reader = "arn:aws:iam::210987654321:role/reports"
    assert call(folder, "migrate", "--emit", "out", "--reader", reader, "--kms-key", key)[0] == 0
    policy = json.loads((folder / "out/cross-account-secret-policy.json").read_text())
    assert policy["Statement"][0]["Principal"] == {"AWS": reader}
    text = (folder / "out/MIGRATION.md").read_text()
    assert "put-resource-policy --secret-id prod/shop/db --block-public-policy" in text
    assert "`/prod/shop/mail-token` cannot be read from another account: a parameter has no policy" in text


def test_policies_of_an_earlier_longer_plan_do_not_stay(tmp_path: Path, emitting: Any) -> None:
    many = [emitting.secret("secretsmanager", f"prod/shop/{'x' * 60}{number}", "x") for number in range(60)]
    before = {path.name for path in an_emission(tmp_path, many, tmp_path / "out")}
    an_emission(tmp_path, many[:1], tmp_path / "out")
    assert "iam-policy-2.json" in before
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_each_environment_gets_policies_of_its_own(tmp_path: Path, emitting: Any) -> None:
    """A role of staging reads nothing of production's, and no container is given a variable twice."""
    secrets = [
        emitting.secret("parameterstore", "/staging/shop/token", "x", environment="staging"),
        emitting.secret("secretsmanager", "staging/shop/db", "x", environment="staging"),
        emitting.secret("parameterstore", "/prod/shop/token", "x"),
    ]
    an_emission(tmp_path, secrets, tmp_path / "out")
    for stem in ("iam-policy", "iam-policy-injection", "iam-policy-by-path"):
        texts = {end: (tmp_path / f"out/{stem}{end}.json").read_text() for end in ("", "-for-staging")}
        assert ("prod/shop" in texts[""], "staging/shop" in texts[""]) == (True, False)
        assert ("prod/shop" in texts["-for-staging"], "staging/shop" in texts["-for-staging"]) == (False, True)
    terraform = (tmp_path / "out/secrets.tf").read_text()
    assert terraform.count('resource "aws_iam_policy" "reader_staging"') == 1
    runbook_text = (tmp_path / "out/MIGRATION.md").read_text()
    blocks = [json.loads(each.partition("```")[0]) for each in runbook_text.split("```json\n")[1:]]
    assert [[entry["name"] for entry in block["secrets"]] for block in blocks] == [["VARIABLE"], ["VARIABLE"] * 2]
    assert "`-for-ENVIRONMENT`" in runbook_text
    filled = tmp_path / "out/iam-policy-for-staging.filled.json"
    filled.write_text("theirs")
    an_emission(tmp_path, secrets[2:], tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES | PATHS | {filled.name}


def test_the_runbooks_commands_go_to_the_region_that_was_named(tmp_path: Path, emitting: Any) -> None:
    """Its script stores there; `fix --write`, `aws` and `status` would look in another one."""
    secrets = [emitting.secret("secretsmanager", "prod/shop/db", "x")]
    for region, said in (("eu-west-1", True), (None, False)):
        an_emission(tmp_path, secrets, tmp_path / "out", region=region)
        head = (tmp_path / "out/MIGRATION.md").read_text().partition("## 1. ")[0]
        assert ("export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1\n" in head) is said


def test_the_runbook_keeps_the_migrations_policy_until_the_code_is_rewritten(tmp_path: Path, emitting: Any) -> None:
    """`fix --write` looks at every name too: with the reader's policy alone it may not."""
    an_emission(tmp_path, [emitting.secret("secretsmanager", "prod/shop/db", "x")], tmp_path / "out")
    text = (tmp_path / "out/MIGRATION.md").read_text()
    assert "`iam-policy-migration.json`: for whoever does steps 2 to 4" in text
    assert text.index("## 2. Upload") < text.index("## 4. Rewrite the code") < text.index("fix --plan")


def test_the_folder_holds_no_value_and_scans_clean_and_changes_no_plan(call: Call, shop: Any) -> None:
    folder, values = shop
    before = call(folder, "plan")
    status, out, _ = call(folder, "migrate", "--emit", "deploy/aws", "--region", "eu-west-1")
    assert status == 0
    written = [Path(line) for line in out.splitlines()]
    assert {path.name for path in written} == FILES | PATHS
    for path in written:
        text = path.read_text(encoding="utf-8")
        for value in values:
            leaked = value in text
            assert not leaked, f"a value stands in {path.name}"
    assert call(folder, "scan", "deploy")[0] == 0
    assert call(folder, "plan") == before
    assert stat.S_IMODE(os.stat(folder / "deploy/aws/upload.sh").st_mode) & 0o111
    policy = json.loads((folder / "deploy/aws/iam-policy.json").read_text())
    assert "arn:aws:secretsmanager:eu-west-1:${AWS_ACCOUNT_ID}:secret:prod/shop/db-??????" in json.dumps(policy)
    again = {path: path.read_bytes() for path in written}
    assert call(folder, "migrate", "--emit", "deploy/aws", "--region", "eu-west-1")[0] == 0
    assert {path: path.read_bytes() for path in written} == again


def test_a_plan_that_a_person_edited_is_passed_on_as_it_is(call: Call, shop: Any) -> None:
    folder, _ = shop
    assert call(folder, "plan", "-o", "edited.toml")[0] == 0
    text = (folder / "edited.toml").read_text().replace('"prod/shop/db"', '"prod/shop/orders"')
    before, found, after = text.partition('name = "/prod/shop/mail-token"')
    (folder / "edited.toml").write_text(before + found + after.replace('action = "create"', 'action = "skip"', 1))
    assert call(folder, "migrate", "--plan", "edited.toml", "--emit", "out")[0] == 0
    assert (folder / "out/plan.toml").read_text() == (folder / "edited.toml").read_text()
    script = (folder / "out/upload.sh").read_text()
    assert "settle secret prod/shop/orders create SecretString text" in script
    assert "mail-token" not in script
    assert call(folder, "value", "--plan", "out/plan.toml", "prod/shop/orders")[0] == 0


def test_a_plan_without_its_head_is_passed_on_and_emitted_again(call: Call, shop: Any) -> None:
    folder, _ = shop
    assert call(folder, "plan", "-o", "edited.toml")[0] == 0
    text = (folder / "edited.toml").read_text()
    bare = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    (folder / "edited.toml").write_text(f"\ufeff{bare}", encoding="utf-8")
    for _ in range(2):
        assert call(folder, "migrate", "--plan", "edited.toml", "--emit", "out")[0] == 0
    assert (folder / "out/plan.toml").read_text() == text


def test_a_plan_that_comes_by_a_pipe_is_passed_on(call: Call, shop: Any) -> None:
    folder, _ = shop
    assert call(folder, "plan", "-o", "plan.toml")[0] == 0
    text = (folder / "plan.toml").read_text()
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    assert call(folder, "migrate", "--plan", f"/dev/fd/{reading}", "--emit", "out")[0] == 0
    os.close(reading)
    assert (folder / "out/plan.toml").read_text() == text


def test_the_runbook_says_everything_in_order_and_shows_hostile_names_as_text(call: Call, shop: Any) -> None:
    folder, _ = shop
    (folder / "tests").mkdir()
    (folder / "tests" / "a`|\x1b[31m<b>.py").write_bytes((folder / "shop/db.py").read_bytes())
    assert call(folder, "migrate", "--emit", "out")[0] == 0
    text = (folder / "out/MIGRATION.md").read_text()
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert [title.split()[2] for title in titles[:8]] == [
        "Permissions",
        "Upload",
        "Check",
        "Rewrite",
        "Deploy",
        "Rotate",
        "Check",
        "Purge",
    ]
    wiring = json.loads(text.partition("```json\n")[2].partition("```")[0])["secrets"]
    arn = "arn:aws:secretsmanager:${AWS_REGION}:${AWS_ACCOUNT_ID}:secret:prod/shop/db-SUFFIX:password::"
    assert {"name": "DB_PASSWORD", "valueFrom": arn} in wiring
    assert {"name": "MAIL_TOKEN", "valueFrom": "/prod/shop/mail-token"} in wiring
    for command in (
        "aws secretsmanager get-secret-value --secret-id prod/shop/db\n",
        "aws ssm get-parameter --name /prod/shop/mail-token --with-decryption\n",
        "aws ssm get-parameters-by-path --path /prod/shop --recursive",
        "unhardcode fix --plan out/plan.toml --write",
        "${AWS_ACCOUNT_ID} ${AWS_REGION}",
        "unhardcode rotation --plan out/plan.toml",
        "`prod/shop/db` (automatic): still in `shop/db.py:5`",
        "unhardcode status --plan out/plan.toml --fail-on-unrotated",
        "unhardcode purge --plan out/plan.toml",
        "**test-fixture**",
    ):
        assert command in text
    assert "\x1b" not in text
    assert "a`|" not in text


def test_the_runbook_asks_for_no_placeholder_that_is_not_there(tmp_path: Path, emitting: Any) -> None:
    secret = emitting.secret("secretsmanager", "prod/shop/db", "x")
    plan = Plan(
        env="prod", app="shop", root="/", tree="", secrets=(secret,), fixes=(), refusals=(), new_files=()
    )  # fmt: skip
    written = Written(readers=(("iam-policy.json",),), injectors=(), migration=(), deletion=(), paths=(), folder="out")
    text = runbook(plan, Account(id="123456789012", region="eu-west-1"), written)
    assert "envsubst" not in text


def test_the_runbook_says_where_iam_attaches_fewer_policies_to_a_role(tmp_path: Path, emitting: Any) -> None:
    secrets = [emitting.secret("secretsmanager", f"prod/shop/a-service-{number}-token", "x") for number in range(300)]
    an_emission(tmp_path, secrets, tmp_path / "aws")
    text = (tmp_path / "aws" / "MIGRATION.md").read_text()
    assert len(list((tmp_path / "aws").glob("iam-policy-migration*.json"))) > 10
    assert "`iam-policy-migration.json` is one\n  of " in text
    assert "`iam-policy.json` is one" not in text
    assert "deploy --s3-bucket BUCKET" in (tmp_path / "aws" / "cloudformation.yaml").read_text()


def from_end_to_end(folder: Path, cli: str, aws: Any, emitting: Any, call: Call) -> None:
    program = folder.parent / "unhardcode"
    main = Path(unhardcode.__file__)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I {shlex.quote(str(main))} "$@"\n')
    program.chmod(0o700)
    environment = {**aws.environment, "UNHARDCODE": str(program)}
    done = emitting.run(folder / "out/upload.sh", cli, environment)
    assert (done.returncode, done.stderr) == (0, "")
    before = list(aws.calls)
    again = emitting.run(folder / "out/upload.sh", cli, environment)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == done.stdout.replace("stored ", "kept   ")
    assert not {call for call in aws.calls[len(before) :] if "Create" in call or "Put" in call}


@pytest.mark.slow
def test_every_value_of_a_tree_is_uploaded_by_the_real_cli_and_the_code_reads_it(
    call: Call, shop: Any, aws: Any, aws_cli: str, emitting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, values = shop
    assert call(folder, "migrate", "--emit", "out", "--region", aws.environment["AWS_REGION"])[0] == 0
    with emitting.Watch([value.encode() for value in values]) as watch:
        from_end_to_end(folder, aws_cli, aws, emitting, call)
    assert watch.seen == set()
    assert json.loads(aws.store("secretsmanager").read("prod/shop/db").reveal())["password"] == values[0]
    assert aws.store("parameterstore").read("/prod/shop/mail-token") == SecretValue(values[1])
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    status, out, _ = call(folder, "fix", "--plan", "out/plan.toml", "--write")
    assert (status, "proven" in out) == (0, True)
    for path in ("shop/db.py", "shop/key.py", ".env"):
        text = (folder / path).read_text()
        assert not [number for number, value in enumerate(values) if value in text]


def test_settings_are_uploaded_as_plain_parameters(
    call: Call, shop: Any, aws: Any, either_cli: str, emitting: Any
) -> None:
    folder, values = shop
    shutil.rmtree(folder / "shop")
    (folder / ".env").write_text(
        f"MAIL_TOKEN={values[1]}\nMAIL_GREETING='hello there'\nMAIL_PEERS=a.internal,b.internal\n"
    )
    names = ("MAIL_TOKEN", "MAIL_GREETING", "MAIL_PEERS")
    (folder / "pay.py").write_text("import os\n\n" + "".join(f"{name} = os.environ['{name}']\n" for name in names))
    assert call(folder, "migrate", "--include-config", "--emit", "out")[0] == 0
    from_end_to_end(folder, either_cli, aws, emitting, call)
    stored = {name: aws.client("ssm").get_parameter(Name=f"/prod/shop/{name}")["Parameter"] for name in
              ("mail-greeting", "mail-peers", "mail-token")}  # fmt: skip
    assert {name: each["Type"] for name, each in stored.items()} == {
        "mail-greeting": "String", "mail-peers": "StringList", "mail-token": "SecureString",
    }  # fmt: skip
    assert (stored["mail-greeting"]["Value"], stored["mail-peers"]["Value"]) == ("hello there", "a.internal,b.internal")
    head = (folder / "out/MIGRATION.md").read_text().splitlines()[0]
    assert head == "# Moving 1 credentials and 2 settings of shop (prod) into AWS"


def test_a_tree_is_uploaded_from_end_to_end(call: Call, shop: Any, aws: Any, either_cli: str, emitting: Any) -> None:
    folder, values = shop
    shutil.rmtree(folder / "shop")
    (folder / "pay.py").write_text("import os\n\nTOKEN = os.environ['MAIL_TOKEN']\n")
    assert call(folder, "migrate", "--emit", "out")[0] == 0
    from_end_to_end(folder, either_cli, aws, emitting, call)
    assert aws.store("parameterstore").read("/prod/shop/mail-token") == SecretValue(values[1])
    described = aws.store("parameterstore").describe("/prod/shop/mail-token")
    assert (described.repository, described.version) == ("shop", "1")
