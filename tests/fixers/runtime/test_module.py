"""The module that rewritten code calls."""

from __future__ import annotations

import ast
import asyncio
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st

from fixers.payload import environment_text
from fixers.runtime.source import MARK, is_generated, module_source
from scanner.model import SecretValue

ON_ANY_PYTHON = Path(__file__).parent / "module_on_any_python.py"
VERSIONS = Path("~/.pyenv/versions").expanduser()
PYTHONS = [python for minor in range(9, 15) for python in sorted(VERSIONS.glob(f"3.{minor}.*/bin/python"))]
SECRET = "generated-" + "value" * 3


class Client:
    """A client that answers from a dict and records what it was asked."""

    meta = SimpleNamespace(region_name="eu-west-1")

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []

    def get_secret_value(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        answer = self.answers[asked["SecretId"]]
        if isinstance(answer, Exception):
            raise answer
        return {"SecretBinary": answer} if isinstance(answer, bytes) else {"SecretString": answer}

    def get_parameter(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        answer = self.answers[asked["Name"]]
        if isinstance(answer, Exception):
            raise answer
        return {"Parameter": {"Value": answer}}


@pytest.fixture
def fresh() -> ModuleType:
    return load()


def load() -> ModuleType:
    module = ModuleType("app_secrets")
    exec(module_source(), module.__dict__)
    return module


def with_client(module: ModuleType, answers: dict[str, Any]) -> Client:
    client = Client(answers)
    module._clients.update({(os.getpid(), "secretsmanager"): client, (os.getpid(), "ssm"): client})
    return client


def refused(code: str, message: str = SECRET) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetSecretValue")


@pytest.fixture
def variable(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    for name in ("DB_PASSWORD", "SECRETS_ENV"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        pytest.param(
            "prod/shop/db",
            refused("AccessDeniedException"),
            ["prod/shop/db", "eu-west-1", "secretsmanager:GetSecretValue", "kms:Decrypt"],
            id="access to a secret denied names the permission",
        ),
        pytest.param(
            "/prod/shop/k",
            refused("AccessDeniedException"),
            ["/prod/shop/k", "eu-west-1", "ssm:GetParameter"],
            id="access to a parameter denied names the permission",
        ),
        pytest.param(
            "prod/shop/db", refused("ResourceNotFoundException"), ["does not exist"], id="a secret that does not exist"
        ),
        pytest.param("/prod/shop/k", refused("ParameterNotFound"), ["does not exist"], id="no such parameter"),
        pytest.param(
            "prod/shop/db", refused("InvalidRequestException"), ["restore-secret"], id="scheduled for deletion"
        ),
        pytest.param("prod/shop/db", refused("ExpiredTokenException"), ["expired"], id="expired credentials"),
        pytest.param("prod/shop/db", NoCredentialsError(), ["no AWS credentials"], id="no credentials"),
        pytest.param(
            "prod/shop/db",
            ReadTimeoutError(endpoint_url=SECRET),
            ["ReadTimeoutError", "network"],
            id="no answer in time",
        ),
        pytest.param("prod/shop/db", KeyError("SecretString"), ["KeyError"], id="an answer that was cut off"),
        pytest.param("prod/shop/db", NoRegionError(), ["AWS_REGION"], id="no region"),
        pytest.param(
            "prod/shop/db",
            ValueError(f"invalid response received: {SECRET}"),
            ["ValueError"],
            id="an answer out of order",
        ),
    ],
)
def test_failure_says_what_to_do_and_quotes_nothing(
    fresh: ModuleType, variable: object, name: str, error: Exception, words: list[str]
) -> None:
    with_client(fresh, {name: error})
    with pytest.raises(fresh.SecretUnavailable) as caught:
        fresh.get_secret_value(name)
    said = str(caught.value)
    assert all(word in said for word in words), said
    assert SECRET not in said
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("stored", [SECRET, f'["{SECRET}"]', f'"{SECRET}"', f'{{"user": "{SECRET}"}}', f"{{{SECRET}"])
def test_missing_key_is_named_without_the_json(fresh: ModuleType, variable: object, stored: str) -> None:
    with_client(fresh, {"prod/shop/db": stored})
    with pytest.raises(fresh.SecretUnavailable, match=r"prod/shop/db .* 'password'") as caught:
        fresh.get_secret_value("prod/shop/db", "password")
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_bytes_that_are_no_text_are_refused_as_text(fresh: ModuleType, variable: object) -> None:
    with_client(fresh, {"prod/shop/blob": b"\xff\x00"})
    with pytest.raises(fresh.SecretUnavailable, match="get_secret_bytes"):
        fresh.get_secret_value("prod/shop/blob")
    assert fresh.get_secret_bytes("prod/shop/blob") == b"\xff\x00"


@pytest.mark.parametrize(
    "text", ["base64:***", "base64:YQ=", "{{resolve:vault:x}}", "{{resolve:secretsmanager:x:Other:k}}"]
)
def test_variable_that_cannot_be_understood_is_named_and_not_quoted(
    fresh: ModuleType, variable: Callable[[str, str], None], text: str
) -> None:
    variable("DB_PASSWORD", text)
    with pytest.raises(fresh.SecretUnavailable, match="DB_PASSWORD") as caught:
        fresh.get_secret_bytes("prod/shop/db", env="DB_PASSWORD")
    assert text not in "".join(traceback.format_exception(caught.value))


def test_variable_comes_before_the_store(fresh: ModuleType, variable: Callable[[str, str], None]) -> None:
    client = with_client(fresh, {})
    variable("DB_PASSWORD", "x y")
    assert fresh.get_secret_value("prod/shop/db", "password", env="DB_PASSWORD") == "x y"
    assert fresh.get_secret_bytes("prod/shop/db", "password", env="DB_PASSWORD") == b"x y"
    assert client.asked == []


def test_empty_variable_is_no_answer(fresh: ModuleType, variable: Callable[[str, str], None]) -> None:
    with_client(fresh, {"prod/shop/db": SECRET})
    variable("DB_PASSWORD", "")
    assert fresh.get_secret_value("prod/shop/db", env="DB_PASSWORD") == SECRET


ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop/db-AbCdEf"


@pytest.mark.parametrize(
    ("reference", "asked", "expected"),
    [
        ("secretsmanager:db:SecretString:password", {"SecretId": "db", "VersionStage": "AWSCURRENT"}, "p"),
        ("secretsmanager:db", {"SecretId": "db", "VersionStage": "AWSCURRENT"}, '{"password": "p"}'),
        ("secretsmanager:db:SecretString", {"SecretId": "db", "VersionStage": "AWSCURRENT"}, '{"password": "p"}'),
        ("secretsmanager:db:SecretString:password:AWSPREVIOUS", {"SecretId": "db", "VersionStage": "AWSPREVIOUS"}, "p"),
        ("secretsmanager:db:SecretString:password::v-1", {"SecretId": "db", "VersionId": "v-1"}, "p"),
        (f"secretsmanager:{ARN}:SecretString:password", {"SecretId": ARN, "VersionStage": "AWSCURRENT"}, "p"),
        ("ssm-secure:/prod/k", {"Name": "/prod/k", "WithDecryption": True}, "k"),
        ("ssm-secure:/prod/k:3", {"Name": "/prod/k:3", "WithDecryption": True}, "k3"),
        ("ssm:plain", {"Name": "plain", "WithDecryption": True}, "s"),
    ],
)
def test_reference_in_a_variable_is_read_as_it_stands(
    fresh: ModuleType, variable: Callable[[str, str], None], reference: str, asked: dict[str, Any], expected: str
) -> None:
    stored = '{"password": "p"}'
    client = with_client(fresh, {"db": stored, ARN: stored, "/prod/k": "k", "/prod/k:3": "k3", "plain": "s"})
    variable("DB_PASSWORD", f"{{{{resolve:{reference}}}}}")
    variable("SECRETS_ENV", "staging")
    assert fresh.get_secret_value("prod/shop/other", "key", env="DB_PASSWORD") == expected
    assert client.asked == [asked]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("prod/shop/db", "staging/shop/db"),
        ("/prod/shop/k", "/staging/shop/k"),
        ("alone", "alone"),
        ("/alone", "/alone"),
        (ARN, ARN),
    ],
)
def test_secrets_env_replaces_the_first_part(
    fresh: ModuleType, variable: Callable[[str, str], None], name: str, read: str
) -> None:
    client = with_client(fresh, {read: "v"})
    variable("SECRETS_ENV", "staging")
    assert fresh.get_secret_value(name) == "v"
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    ("field", "text"), [("5432", "5432"), ("true", "true"), ("1.5", "1.5"), ('"5"', "5"), ("null", "null")]
)
def test_field_that_is_no_string_is_its_json_text(fresh: ModuleType, variable: object, field: str, text: str) -> None:
    with_client(fresh, {"db": f'{{"field": {field}}}'})
    assert fresh.get_secret_value("db", "field") == text


def test_answers_are_kept_for_five_minutes_and_then_read_again(fresh: ModuleType, variable: object) -> None:
    clock = [1000.0]
    fresh.__dict__["time"] = SimpleNamespace(monotonic=lambda: clock[0])
    client = with_client(fresh, {"db": "old"})
    assert fresh.get_secret_value("db") == "old"
    client.answers["db"] = "new"
    clock[0] += 299
    assert fresh.get_secret_value("db") == "old"
    clock[0] += 1
    assert fresh.get_secret_value("db") == "new"


def test_failures_are_not_kept(fresh: ModuleType, variable: object) -> None:
    client = with_client(fresh, {"db": refused("ThrottlingException")})
    with pytest.raises(fresh.SecretUnavailable):
        fresh.get_secret_value("db")
    client.answers["db"] = "new"
    assert fresh.get_secret_value("db") == "new"


def down(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetSecretValue")


@pytest.mark.parametrize(
    "outage",
    [
        EndpointConnectionError(endpoint_url="https://secretsmanager.eu-west-1.amazonaws.com"),
        ReadTimeoutError(endpoint_url="https://secretsmanager.eu-west-1.amazonaws.com"),
        CredentialRetrievalError(provider="container-role", error_msg="timed out"),
        down("ThrottlingException", 400),
        down("InternalServiceError", 500),
        down("503", 503),
    ],
)
def test_while_the_store_gives_no_answer_its_last_one_counts(
    fresh: ModuleType, variable: object, outage: Exception
) -> None:
    clock = [1000.0]
    fresh.__dict__["time"] = SimpleNamespace(monotonic=lambda: clock[0])
    client = with_client(fresh, {"db": "old"})
    assert fresh.get_secret_value("db") == "old"
    clock[0] += 300
    client.answers["db"] = outage
    assert fresh.get_secret_value("db") == "old"
    asked = len(client.asked)
    clock[0] += 59
    assert fresh.get_secret_value("db") == "old"
    assert len(client.asked) == asked, "an outage is not asked about at every call"
    client.answers["db"] = "new"
    clock[0] += 1
    assert fresh.get_secret_value("db") == "new"
    # What was forgotten on purpose is not given again.
    client.answers["db"] = outage
    fresh.refresh()
    with pytest.raises(fresh.SecretUnavailable):
        fresh.get_secret_value("db")


def test_threads_that_wait_for_an_answer_do_not_wait_one_after_the_other(fresh: ModuleType, variable: object) -> None:
    client = with_client(fresh, {})
    calls: list[int] = []
    everyone = threading.Barrier(8)

    def never(**_: str) -> None:
        calls.append(1)
        time.sleep(0.3)
        raise ReadTimeoutError(endpoint_url=SECRET)

    client.get_secret_value = never  # type: ignore[method-assign, assignment]
    failures: list[str] = []

    def read() -> None:
        everyone.wait()
        with pytest.raises(fresh.SecretUnavailable) as caught:
            fresh.get_secret_value("db")
        failures.append(str(caught.value))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 8
    assert len(set(failures)) == 1
    assert len(calls) < 3
    client.answers["db"] = "new"
    del client.get_secret_value
    assert fresh.get_secret_value("db") == "new"


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "InvalidRequestException", "DecryptionFailure"]
)
def test_what_aws_refuses_is_not_given_any_longer(fresh: ModuleType, variable: object, code: str) -> None:
    clock = [1000.0]
    fresh.__dict__["time"] = SimpleNamespace(monotonic=lambda: clock[0])
    client = with_client(fresh, {"db": SECRET})
    assert fresh.get_secret_value("db") == SECRET
    clock[0] += 300
    client.answers["db"] = down(code, 400)
    with pytest.raises(fresh.SecretUnavailable, match=code) as caught:
        fresh.get_secret_value("db")
    assert SECRET not in told_with_variables(caught.value)


def told_with_variables(error: BaseException) -> str:
    """What a report of errors shows that adds the local variables of the module's own frames."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if "_effective" in frame.f_globals]
    assert frames
    return repr([frame.f_locals for frame in frames])


@pytest.mark.parametrize(
    ("stored", "key", "given"),
    [
        pytest.param(f'{{"user": "{SECRET}"}}', "password", None, id="no such key"),
        pytest.param(SECRET, "password", None, id="no JSON"),
        pytest.param(b"\xff" + SECRET.encode(), None, None, id="no text"),
        pytest.param("x", None, f"base64:{SECRET}", id="a variable that is no base64"),
    ],
)
def test_a_report_with_local_variables_does_not_show_the_value(
    fresh: ModuleType, variable: Callable[[str, str], None], stored: Any, key: str | None, given: str | None
) -> None:
    with_client(fresh, {"db": stored})
    if given:
        variable("DB_PASSWORD", given)
    read = fresh.get_secret_bytes if given else fresh.get_secret_value
    with pytest.raises(fresh.SecretUnavailable) as caught:
        read("db", key, env="DB_PASSWORD")
    leaked = SECRET in told_with_variables(caught.value)
    assert not leaked


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file", "/opt/sso"), EOFError(), PermissionError(13, "x")]
)
def test_a_profile_whose_program_fails_is_an_unavailable_secret(
    fresh: ModuleType, variable: object, error: Exception
) -> None:
    with_client(fresh, {"db": error})
    with pytest.raises(fresh.SecretUnavailable, match=type(error).__name__):
        fresh.get_secret_value("db")


def test_refresh_forgets_one_name_or_all(fresh: ModuleType, variable: Callable[[str, str], None]) -> None:
    variable("SECRETS_ENV", "staging")
    client = with_client(fresh, {"staging/a": "1", "staging/b": "1"})

    def read_both() -> int:
        before = len(client.asked)
        fresh.get_secret_value("prod/a")
        fresh.get_secret_value("prod/b")
        return len(client.asked) - before

    assert read_both() == 2
    assert read_both() == 0
    fresh.refresh("prod/a")
    assert read_both() == 1
    fresh.refresh()
    assert read_both() == 2


def test_with_refresh_tries_once_more_with_a_new_value(fresh: ModuleType, variable: object) -> None:
    client = with_client(fresh, {"db": "old"})

    def connect() -> str:
        value: str = fresh.get_secret_value("db")
        client.answers["db"] = "new"
        if value == "old":
            raise PermissionError
        return value

    assert fresh.with_refresh(connect, on=PermissionError) == "new"
    client.answers["db"] = "old"
    fresh.refresh()
    with pytest.raises(PermissionError):
        fresh.with_refresh(connect, on=KeyError)


def test_async_variant_gives_the_same_value(fresh: ModuleType, variable: object) -> None:
    with_client(fresh, {"db": '{"k": "v"}'})
    assert asyncio.run(fresh.aget_secret_value("db", "k")) == "v"


def test_async_variant_works_where_no_loop_of_asyncios_turns_it(fresh: ModuleType, variable: object) -> None:
    with_client(fresh, {"db": '{"k": "v"}'})
    with pytest.raises(StopIteration) as end:
        fresh.aget_secret_value("db", "k").send(None)
    assert end.value.value == "v"


@given(value=st.binary(min_size=1))
def test_any_bytes_pass_through_a_variable(value: bytes) -> None:
    module = load()
    os.environ["UNHARDCODE_TEST_BYTES"] = environment_text(SecretValue(value))
    try:
        assert module.get_secret_bytes("none", env="UNHARDCODE_TEST_BYTES") == value
    finally:
        del os.environ["UNHARDCODE_TEST_BYTES"]


@pytest.mark.parametrize("style", ["module", "extension"])
def test_source_is_a_small_file_of_ours_in_ascii(style: str) -> None:
    source = module_source(style)
    assert is_generated(source)
    assert source.startswith(MARK)
    assert source.isascii()
    assert "\r" not in source
    assert len(source.splitlines()) < 190
    assert max(map(len, source.splitlines())) <= 120
    assert source.splitlines()[1:3] == ["# fmt: off", "# flake8: noqa: E302,E305"]
    assert not is_generated('"""Mine."""\n')


@pytest.mark.parametrize(
    ("name", "value", "service", "seconds"),
    [
        (None, "", "ssm", 10),
        (None, "", "secretsmanager", 10),
        ("SECRETS_MANAGER_TTL", "0", "secretsmanager", 300),
        ("SECRETS_MANAGER_TTL", "0", "ssm", 10),
        ("SSM_PARAMETER_STORE_TTL", "60", "ssm", 240),
        ("SECRETS_MANAGER_TTL", "soon", "secretsmanager", 10),
    ],
)
def test_what_the_extension_keeps_is_not_kept_as_long_again(
    monkeypatch: pytest.MonkeyPatch, name: str | None, value: str, service: str, seconds: int
) -> None:
    for each in ("SECRETS_MANAGER_TTL", "SSM_PARAMETER_STORE_TTL"):
        monkeypatch.delenv(each, raising=False)
    if name is not None:
        monkeypatch.setenv(name, value)
    module = ModuleType("app_secrets")
    exec(module_source("extension"), module.__dict__)
    clock = [1000.0]
    asked: list[str] = []
    module.__dict__["time"] = SimpleNamespace(monotonic=lambda: clock[0])
    module.__dict__["_fetch"] = lambda *wanted: asked.append(wanted[1]) or "v"
    read = "/a/b" if service == "ssm" else "a/b"
    for passed, times in ((0, 1), (seconds - 1, 1), (1, 2)):
        clock[0] += passed
        assert module.get_secret_value(read) == "v"
        assert len(asked) == times


def test_the_module_for_the_extension_needs_no_library_and_runs_on_old_pythons() -> None:
    tree = ast.parse(module_source("extension"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_another_variable_can_replace_the_first_part(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("app_secrets")
    exec(module_source(prefix_from="SHOP_STAGE"), module.__dict__)
    client = with_client(module, {"staging/shop/db": "v"})
    monkeypatch.setenv("SECRETS_ENV", "no")
    monkeypatch.setenv("SHOP_STAGE", "staging")
    assert module.get_secret_value("prod/shop/db") == "v"
    assert len(client.asked) == 1


@pytest.mark.parametrize("python", [Path(sys.executable), *PYTHONS], ids=lambda path: f"on {path.parts[-3]}")
def test_module_works_on_every_python_it_is_written_for(python: Path) -> None:
    module = Path(__file__).parents[3] / "fixers/runtime/module.py"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [python, "-I", "-W", "ignore", ON_ANY_PYTHON, module]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert (done.stdout.strip(), done.stderr.strip()) == ("ok", "")


# --- settings -----------------------------------------------------------------------------------------------


def test_a_setting_that_is_no_good_reference_is_named_by_its_variable(fresh: ModuleType) -> None:
    with pytest.raises(fresh.SecretUnavailable, match="DATABASE_PASSWORD holds a reference that cannot be understood"):
        fresh.resolve_references({"database": {"password": "{{resolve:vault:x}}"}})


def test_references_in_settings_become_values_in_place(fresh: ModuleType, variable: Callable[[str, str], None]) -> None:
    with_client(fresh, {"prod/shop/db": f'{{"password": "{SECRET}"}}', "/prod/shop/key": SECRET[::-1]})
    secret = "{{resolve:secretsmanager:prod/shop/db:SecretString:password}}"
    settings = {
        "database": {"password": secret, "port": 5432, "url": "postgres://{{resolve:no}}", "none": None},
        "list": [1, "{{resolve:ssm-secure:/prod/shop/key}}", {"pass-word": secret}],
        7: secret,
    }
    assert fresh.resolve_references(settings) is settings
    assert settings == {
        "database": {"password": SECRET, "port": 5432, "url": "postgres://{{resolve:no}}", "none": None},
        "list": [1, SECRET[::-1], {"pass-word": SECRET}],
        7: SECRET,
    }
    variable("DATABASE_PASSWORD", "set")
    variable("LIST_0_PASS_WORD", "too")
    assert fresh.resolve_references({"database": {"password": secret}, "list": [{"pass-word": secret}]}) == {
        "database": {"password": "set"},
        "list": [{"pass-word": "too"}],
    }
    # What loads the file into the environment beside it puts the reference there, too.
    variable("DATABASE_PASSWORD", secret)
    assert fresh.resolve_references({"database": {"password": secret}}) == {"database": {"password": SECRET}}
