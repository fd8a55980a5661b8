"""upload.sh, run by the real AWS CLI against an emulated AWS: it stops where it must, and values arrive unchanged."""

from __future__ import annotations

import random
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixers.emit.awscli import form, upload_script
from fixers.emit.iam import migration_policies
from fixers.model import PlannedSecret
from fixers.stores.arns import Account
from fixers.stores.model import REPOSITORY_TAG
from scanner.model import SecretValue

Made = Callable[..., str]
OURS = {REPOSITORY_TAG: "github.com/example/shop"}
TOKEN = "0123456789abcdef0123456789abcdef"


def written(folder: Path, secrets: list[PlannedSecret], **given: Any) -> Path:
    script = folder / "upload.sh"
    script.write_text(upload_script(secrets, root=folder, folder=folder, repository=OURS[REPOSITORY_TAG], **given))
    return script


Run = Callable[..., subprocess.CompletedProcess[str]]


def uploading(tmp_path: Path, cli: str, aws: Any, emitting: Any) -> Run:
    folders = iter(range(100))

    def upload(*secrets: PlannedSecret, **more: str) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / str(next(folders))
        folder.mkdir()
        program = emitting.values(folder, list(secrets))
        done: subprocess.CompletedProcess[str] = emitting.run(
            written(folder, list(secrets)), cli, {**aws.environment, "UNHARDCODE": program, **more}
        )
        return done

    return upload


@pytest.fixture
def run(tmp_path: Path, either_cli: str, aws: Any, emitting: Any) -> Run:
    """Upload secrets, with a stand-in for `unhardcode value` (and, in the fast tests, for the CLI)."""
    return uploading(tmp_path, either_cli, aws, emitting)


@pytest.fixture
def real(tmp_path: Path, aws_cli: str, aws: Any, emitting: Any) -> Run:
    """Upload secrets with the real CLI."""
    return uploading(tmp_path, aws_cli, aws, emitting)


def assert_silent(done: subprocess.CompletedProcess[str], *values: str) -> None:
    for value in values:
        leaked = value in done.stdout or value in done.stderr
        assert not leaked, "a value was printed"


# --- where it stops --------------------------------------------------------------------------------------------


def test_it_stops_at_a_secret_with_another_value_and_changes_nothing(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    ours = emitting.secret("secretsmanager", "prod/shop/db", made())
    later = emitting.secret("secretsmanager", "prod/shop/later", made())
    theirs = made()
    aws.store("secretsmanager").create(ours, SecretValue(theirs), tags=OURS, token=TOKEN)
    done = run(ours, later)
    assert done.returncode == 1
    assert "prod/shop/db holds another value: nothing was changed" in done.stderr
    assert aws.store("secretsmanager").read("prod/shop/db") == SecretValue(theirs)
    assert aws.versions(ours) == 1
    assert aws.store("secretsmanager").read("prod/shop/later") is None
    assert_silent(done, theirs, str(ours.members[0].value.reveal()))


def test_it_stops_at_a_parameter_with_another_value_and_changes_nothing(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    ours, theirs = emitting.secret("parameterstore", "/prod/shop/key", made()), made()
    aws.store("parameterstore").create(ours, SecretValue(theirs), tags=OURS, token=TOKEN)
    done = run(ours)
    assert (done.returncode, aws.versions(ours)) == (1, 1)
    assert "/prod/shop/key holds another value" in done.stderr
    assert aws.store("parameterstore").read("/prod/shop/key") == SecretValue(theirs)
    assert_silent(done, theirs)


def test_it_stops_at_an_equal_value_that_somebody_else_made_unless_it_is_adopted(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    value = made()
    ours = emitting.secret("secretsmanager", "prod/shop/db", value)
    adopted = emitting.secret("secretsmanager", "prod/shop/db", value, action="adopt")
    aws.store("secretsmanager").create(ours, SecretValue(value), tags={}, token=TOKEN)
    refused = run(ours)
    assert refused.returncode == 1
    assert "set its action to adopt" in refused.stderr
    assert run(adopted).stdout == "kept    prod/shop/db\n"
    assert aws.versions(ours) == 1


@pytest.mark.parametrize("key", ["alias/shop", None, "alias/aws/secretsmanager"])
@pytest.mark.parametrize("action", ["create", "update"])
def test_it_stops_at_a_secret_under_awss_own_key_where_the_plan_names_another(
    run: Any, aws: Any, emitting: Any, made: Made, key: str | None, action: str
) -> None:
    value = made()
    plain = emitting.secret("secretsmanager", "prod/shop/db", value)
    aws.store("secretsmanager").create(plain, SecretValue(value), tags=OURS, token=TOKEN)
    wanted = emitting.secret("secretsmanager", "prod/shop/db", value, kms_key=key, action=action)
    keyed = emitting.secret("secretsmanager", "prod/shop/keyed", made(), kms_key="alias/shop")
    done = run(keyed, wanted)
    assert done.returncode == (1 if key == "alias/shop" else 0)
    assert ("AWS's own key" in done.stderr) is (key == "alias/shop")
    assert run(keyed).stdout == "kept    prod/shop/keyed\n"


def test_it_stops_at_a_secret_that_is_being_deleted(run: Any, aws: Any, emitting: Any, made: Made) -> None:
    ours = emitting.secret("secretsmanager", "prod/shop/db", made())
    aws.store("secretsmanager").create(ours, SecretValue(made()), tags=OURS, token=TOKEN)
    aws.client("secretsmanager").delete_secret(SecretId="prod/shop/db", RecoveryWindowInDays=7)
    done = run(ours)
    assert done.returncode == 1
    assert "scheduled for deletion" in done.stderr
    assert "action to restore" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh", "ksh"])
def test_any_shell_runs_it(tmp_path: Path, stand_in: str, aws: Any, emitting: Any, made: Made, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    secrets = [
        emitting.secret("secretsmanager", "prod/shop/db", made()),
        emitting.secret("parameterstore", "/a/b", "x"),
    ]
    script = written(tmp_path, secrets)
    environment = {**aws.environment, "UNHARDCODE": emitting.values(tmp_path, secrets)}
    for word in ("stored", "kept"):
        done = emitting.run(script, stand_in, environment, shell=shell)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [f"{word:7} {secret.name}" for secret in secrets]


def test_it_stores_in_the_region_that_fix_and_the_rewritten_code_read(
    tmp_path: Path, aws: Any, emitting: Any, made: Made
) -> None:
    secret = emitting.secret("secretsmanager", "prod/shop/db", made())
    (tmp_path / "aws").write_text('#!/bin/sh\nprintf "%s %s\\n" "$AWS_REGION" "$AWS_DEFAULT_REGION" >&2\nexit 9\n')
    (tmp_path / "aws").chmod(0o700)
    program = emitting.values(tmp_path, [secret])
    for given, expected in (
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-north-1"}, "eu-north-1 eu-north-1"),
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1 eu-west-1"),
    ):
        done = emitting.run(written(tmp_path, [secret]), str(tmp_path), {"UNHARDCODE": program, **given})
        assert expected in done.stderr


def test_it_stops_at_a_secret_without_a_value_and_gives_it_one_where_the_plan_says_update(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    value = made()
    ours, updated = (
        emitting.secret("secretsmanager", "prod/shop/db", value, action=one) for one in ("create", "update")
    )
    aws.client("secretsmanager").create_secret(Name="prod/shop/db")
    done = run(ours)
    assert (done.returncode, "exists, but without a value" in done.stderr) == (1, True)
    done = run(updated)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stored  prod/shop/db\n", "")
    assert aws.store("secretsmanager").read("prod/shop/db") == SecretValue(value)
    assert aws.versions(updated) == 1


@pytest.mark.parametrize("equal", [True, False])
def test_it_brings_back_what_is_being_deleted_where_the_plan_says_restore(
    run: Any, aws: Any, emitting: Any, made: Made, equal: bool
) -> None:
    secret = emitting.secret("secretsmanager", "prod/shop/db", made(), action="restore")
    theirs = secret.members[0].value if equal else SecretValue(made())
    aws.store("secretsmanager").create(secret, theirs, tags=OURS, token=TOKEN)
    aws.client("secretsmanager").delete_secret(SecretId="prod/shop/db", RecoveryWindowInDays=7)
    done = run(secret)
    word = "kept   " if equal else "stored "
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{word} prod/shop/db\n", "")
    assert aws.store("secretsmanager").read("prod/shop/db") == secret.members[0].value
    assert aws.versions(secret) == (1 if equal else 2)
    assert run(secret).stdout == "kept    prod/shop/db\n"


def test_a_setting_stops_at_a_parameter_of_another_type_though_its_name_ends_alike(
    run: Any, aws: Any, emitting: Any
) -> None:
    aws.client("ssm").put_parameter(Name="/prod/shop/host", Value="smtp", Type="SecureString")
    done = run(emitting.secret("parameterstore", "/prod/shop/host", "smtp", type="String"))
    assert (done.returncode, "is no String:" in done.stderr) == (1, True)


def test_it_stops_at_a_parameter_that_is_not_encrypted(run: Any, aws: Any, emitting: Any, made: Made) -> None:
    value = made()
    aws.client("ssm").put_parameter(Name="/prod/shop/key", Value=value, Type="String")
    done = run(emitting.secret("parameterstore", "/prod/shop/key", value))
    assert done.returncode == 1
    assert "no SecureString" in done.stderr
    assert_silent(done, value)


def test_it_stops_where_there_is_nothing_to_adopt(run: Any, aws: Any, emitting: Any, made: Made) -> None:
    done = run(emitting.secret("parameterstore", "/prod/shop/key", made(), action="adopt"))
    assert done.returncode == 1
    assert "nothing to adopt" in done.stderr
    assert "ssm:PutParameter" not in aws.calls


def test_it_does_not_send_what_the_cli_would_change_and_says_what_does(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    returns = emitting.secret("secretsmanager", "prod/shop/a", f"{made()}\r\n{made()}")
    plain = emitting.secret("parameterstore", "/prod/shop/b", made())
    assert form(returns) == "returns"
    done = run(returns, plain)
    assert done.returncode == 1
    assert "prod/shop/a holds carriage returns" in done.stderr
    assert "unhardcode migrate --plan" in done.stderr
    assert done.stdout == "stored  /prod/shop/b\n"
    aws.store("secretsmanager").create(returns, returns.members[0].value, tags=OURS, token=TOKEN)
    assert run(returns, plain).returncode == 0


def test_it_does_not_start_where_the_cli_keeps_a_history(
    real: Any, aws: Any, emitting: Any, made: Made, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\ncli_history = enabled\n")
    done = real(emitting.secret("secretsmanager", "prod/shop/db", made()), AWS_CONFIG_FILE=str(config))
    assert done.returncode == 2
    assert "cli_history" in done.stderr
    assert aws.calls == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        pytest.param({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials", id="no credentials"),
        pytest.param({"AWS_REGION": ""}, "region", id="no region"),
        pytest.param({"AWS_ACCESS_KEY_ID": "unknown"}, "UnrecognizedClient", id="a key that AWS does not know"),
        pytest.param({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "connect", id="no network"),
    ],
)
def test_aws_that_fails_is_quoted_and_ends_it(
    real: Any, aws: Any, emitting: Any, made: Made, environment: dict[str, str], said: str
) -> None:
    done = real(emitting.secret("secretsmanager", "prod/shop/db", made()), **environment)
    assert done.returncode == 3
    assert said in done.stderr
    assert "cannot look at prod/shop/db: see above, then run this again" in done.stderr
    assert "secretsmanager:CreateSecret" not in aws.calls


def test_it_does_not_start_without_its_programs_or_its_plan(
    tmp_path: Path, emitting: Any, made: Made, aws_cli: str
) -> None:
    script = written(tmp_path, [emitting.secret("secretsmanager", "prod/shop/db", made())])
    without = emitting.run(script, aws_cli, {"UNHARDCODE": str(tmp_path / "nothing here")})
    assert (without.returncode, "UNHARDCODE" in without.stderr) == (2, True)
    program = tmp_path / "refuses"
    program.write_text("#!/bin/sh\necho 'another tree' >&2\nexit 3\n")
    program.chmod(0o700)
    refused = emitting.run(script, aws_cli, {"UNHARDCODE": str(program)})
    assert (refused.returncode, refused.stderr) == (3, "another tree\n")


# --- what arrives ----------------------------------------------------------------------------------------------


def awkward(made: Made, emitting: Any) -> list[PlannedSecret]:
    """Values that a shell, a command line or a text file could change."""
    label = "PRIVATE " + "KEY"
    pem = "\n".join([f"-----BEGIN {label}-----", *(made(64) for _ in range(4)), f"-----END {label}-----", ""])
    binary = random.Random(7).randbytes(48) + b"\x00\r\n\xff"
    text = f" '{made(12)}'\"$HOME`id`\\n\n\n\t%s {made(8)} é 漢 🔑\n\n"
    # Every character that a secret's name can have.
    return [
        emitting.secret("secretsmanager", "prod/shop/A-z_0+9=.@x", text),
        emitting.secret("secretsmanager", "prod/shop/binary", binary),
        emitting.secret("parameterstore", "/prod/shop/tls.key_1-a", pem),
        emitting.secret("parameterstore", "/prod/shop/url", f"http://127.0.0.1:9/{made(12)}"),
        emitting.secret("secretsmanager", "-prod/shop/file", f"file://{made(12)}"),
    ]


def test_awkward_values_arrive_unchanged_and_never_stand_on_a_command_line(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    secrets = awkward(made, emitting)
    values = [secret.members[0].value for secret in secrets]
    with emitting.Watch([value.reveal("bytes").strip().split(b"\n")[0] for value in values]) as watch:
        done = run(*secrets)
    assert (done.returncode, done.stderr) == (0, "")
    assert [
        aws.store(secret.store).read(secret.name) == value for secret, value in zip(secrets, values, strict=True)
    ] == [True] * len(secrets)
    assert watch.seen == set()
    assert watch.processes > len(secrets), "the CLI was never seen"
    assert_silent(done, *(value.reveal("text").strip()[:12] for value in values))
    # The policy for whoever migrates is exactly what was called.
    allowed = [
        action
        for policy in migration_policies(secrets, Account())
        for statement in policy["Statement"]
        for action in statement["Action"]
    ]
    tagging = {"secretsmanager:TagResource", "ssm:AddTagsToResource"}  # needed to create with tags
    again = run(*secrets)
    assert set(aws.calls) | tagging == set(allowed)
    assert again.stdout.splitlines() == [line.replace("stored ", "kept   ") for line in done.stdout.splitlines()]
    assert (again.returncode, [aws.versions(secret) for secret in secrets]) == (0, [1] * len(secrets))
    described = aws.store("parameterstore").describe("/prod/shop/url")
    assert (described.repository, described.type) == (OURS[REPOSITORY_TAG], "SecureString")


def test_the_real_cli_stores_a_secret_and_a_parameter_as_they_are(
    real: Any, aws: Any, emitting: Any, made: Made
) -> None:
    binary, pem = awkward(made, emitting)[1:3]
    values = [each.members[0].value.reveal("bytes").strip().split(b"\n")[0] for each in (binary, pem)]
    with emitting.Watch(values) as watch:
        done = real(binary, pem)
    assert (done.returncode, done.stderr) == (0, "")
    assert [aws.store(each.store).read(each.name) == each.members[0].value for each in (binary, pem)] == [True, True]
    assert watch.seen == set()
    assert watch.processes > 2, "the CLI was never seen"


def test_another_value_is_replaced_only_where_the_plan_says_update(
    run: Any, aws: Any, emitting: Any, made: Made
) -> None:
    secret = emitting.secret("secretsmanager", "prod/shop/db", made(), action="update")
    parameter = emitting.secret("parameterstore", "/prod/shop/key", made(), action="update")
    for each in (secret, parameter):
        aws.store(each.store).create(each, SecretValue(made()), tags={}, token=TOKEN)
    done = run(secret, parameter)
    assert (done.returncode, done.stdout) == (0, "stored  prod/shop/db\nstored  /prod/shop/key\n")
    for each in (secret, parameter):
        assert aws.store(each.store).read(each.name) == each.members[0].value
        assert aws.versions(each) == 2


# --- every call ------------------------------------------------------------------------------------------------

FAULTS = {
    "throttled": ("ThrottlingException", "Rate exceeded"),
    "expired": ("ExpiredTokenException", "The security token included in the request is expired"),
    "revoked": ("AccessDeniedException", "User: x is not authorized to perform: ssm:PutParameter on resource: y"),
    "broken": ("InternalServiceError", "An error occurred on the server side.", 500),
    "hangs up": "hangs up after it took effect",
    "lost": "lost in the middle of the request",
}


@pytest.mark.slow
@pytest.mark.parametrize("action", ["create", "update"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_every_call_stops_it_and_the_same_script_ends_in_the_same_state(
    fault: str, action: str, tmp_path: Path, aws: Any, relaying: Any, emitting: Any, stand_in: str, made: Made
) -> None:
    secrets = [
        emitting.secret(store, f"{slash}prod/shop/{action}", made(), action=action)
        for store, slash in (("secretsmanager", ""), ("parameterstore", "/"))
    ]
    program, script = emitting.values(tmp_path, secrets), written(tmp_path, secrets)
    values = [secret.members[0].value.reveal("text") for secret in secrets]

    def prepared() -> None:
        for secret in secrets:
            client = aws.client("secretsmanager" if secret.store == "secretsmanager" else "ssm")
            if secret.store == "secretsmanager":
                client.delete_secret(SecretId=secret.name, ForceDeleteWithoutRecovery=True)
            else:
                client.delete_parameters(Names=[secret.name])
            if action == "update":
                aws.store(secret.store).create(secret, SecretValue("another"), tags=OURS, token=TOKEN)

    with relaying.to(aws.environment["AWS_ENDPOINT_URL"]) as relay:
        environment = {**aws.environment, "AWS_ENDPOINT_URL": relay.url, "UNHARDCODE": program}
        prepared()
        assert emitting.run(script, stand_in, environment).returncode == 0
        calls = len(relay.order)
        assert calls >= 6
        for number in range(1, calls + 1):
            prepared()
            relay.forget()
            relay.at[number] = FAULTS[fault]
            done = emitting.run(script, stand_in, environment)
            assert done.returncode == 3, (number, done.stderr)
            assert done.stderr.count("upload.sh: ") == 1
            assert_silent(done, *values)
            again = emitting.run(script, stand_in, environment)
            assert (again.returncode, again.stderr) == (0, ""), number
            for secret in secrets:
                assert aws.store(secret.store).read(secret.name) == secret.members[0].value
                assert aws.versions(secret) == (2 if action == "update" else 1), (number, secret.name)


# --- the text --------------------------------------------------------------------------------------------------


def test_the_script_holds_no_value_and_every_word_of_the_plan_is_quoted(
    tmp_path: Path, emitting: Any, made: Made
) -> None:
    value = made()
    secret = emitting.secret("secretsmanager", "prod/shop/a'b $(id) `id`", value, kms_key="alias/it's")
    script = written(tmp_path, [secret], region="eu-west-1'; id; '")
    text = script.read_text()
    assert value not in text
    words = shlex.split(text.splitlines()[-1])
    assert words == ["settle", "secret", secret.name, "create", "SecretString", "text", "--kms-key-id=alias/it's"]
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    exported = [line for line in text.splitlines() if line.startswith("export AWS_REGION=")]
    assert shlex.split(exported[0])[1:] == ["AWS_REGION=eu-west-1'; id; '", "AWS_DEFAULT_REGION=eu-west-1'; id; '"]


def test_the_script_finds_its_tree_from_wherever_it_stands(tmp_path: Path, emitting: Any, made: Made) -> None:
    secret = emitting.secret("secretsmanager", "prod/shop/db", made())
    root = tmp_path / "it's a tree"
    inside = upload_script([secret], root=root, folder=root / "deploy" / "aws", repository="shop")
    outside = upload_script([secret], root=root, folder=tmp_path / "out", repository="shop")
    assert 'cd -- "$here"/../..\n' in inside
    assert str(root) not in inside
    assert f"cd -- {shlex.quote(str(root))}\n" in outside
