"""`unhardcode run` gives its program the values behind references, and the program's own end is the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from fixers.emulator import embedded_aws
from fixers.run import variable_of
from fixers.stores.model import Endpoint


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as running:
        yield running


def _client(service: str, endpoint: Endpoint) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint.url,
        region_name=endpoint.region,
        aws_access_key_id=endpoint.access_key,
        aws_secret_access_key=endpoint.secret_key,
    )


@pytest.fixture
def stored(endpoint: Endpoint, made: Callable[..., str]) -> str:
    value = made(24)
    client = _client("ssm", endpoint)
    client.put_parameter(Name="/prod/app/token", Value=value, Type="SecureString", Overwrite=True)
    return value


def _run(endpoint: Endpoint, arguments: list[str], cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
        **variables,
    }
    words = [sys.executable, "-I", "-m", "unhardcode", "run", *arguments]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, env=environment)


def test_a_value_that_cannot_be_read_starts_nothing(endpoint: Endpoint, tmp_path: Path) -> None:
    done = _run(endpoint, ["--", "touch", "started"], tmp_path, TOKEN="{{resolve:ssm-secure:/prod/app/absent}}")
    assert done.returncode == 125
    assert "TOKEN" in done.stderr
    assert "/prod/app/absent" in done.stderr
    assert not (tmp_path / "started").exists()


@pytest.mark.usefixtures("stored")
def test_only_the_variables_that_hold_what_cannot_be_read_are_named(endpoint: Endpoint, tmp_path: Path) -> None:
    missing, there = "{{resolve:ssm-secure:/prod/app/token2}}", "{{resolve:ssm-secure:/prod/app/token}}"
    done = _run(endpoint, ["--", "touch", "started"], tmp_path, A=there, B=missing, C=f"x{missing}")
    assert (done.returncode, (tmp_path / "started").exists()) == (125, False)
    assert "unhardcode: B, C: cannot read /prod/app/token2" in done.stderr


def test_what_cannot_be_meant_has_our_status_and_not_one_of_the_program(endpoint: Endpoint, tmp_path: Path) -> None:
    for arguments in ([], ["--"], ["--env-file", ".", "--", "true"], ["--region", "", "--", "true"], ["--region"]):
        done = _run(endpoint, arguments, tmp_path, TOKEN="{{resolve:ssm-secure:/prod/app/token}}")
        assert done.returncode == 125, arguments
        assert done.stderr


def test_an_option_that_there_is_not_is_no_program_and_one_of_the_program_is_its_own(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    for words, said in (
        (["--env-fle", "x", "--", "true"], "No such option '--env-fle'"),
        (["--", ""], "CMD is empty"),
        (["--path", "", "--", "true"], "a path starts with a slash"),
        (["--region", "", "--", "true"], "--region is empty"),
    ):
        done = _run(endpoint, words, tmp_path)
        assert (done.returncode, done.stdout, said in done.stderr) == (125, "", True)
    for words in (["sh", "-c", "exit 7"], ["--", "sh", "-c", "exit 7"]):
        assert _run(endpoint, words, tmp_path).returncode == 7


def test_a_program_that_is_not_there_or_cannot_run_is_told_as_a_shell_does(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    assert _run(endpoint, ["--", "no-such-program"], tmp_path).returncode == 127
    assert _run(endpoint, ["--", "./plain"], tmp_path).returncode == 126


def test_references_of_the_environment_and_of_a_file_are_resolved(
    endpoint: Endpoint, tmp_path: Path, stored: str
) -> None:
    (tmp_path / ".env").write_text("A={{resolve:ssm-secure:/prod/app/token}}\nB=plain\nC=file\n")
    program = (
        "import os, sys\n"
        "sys.exit(0 if os.environ['A'] == os.environ['T'] == sys.stdin.read()"
        " and (os.environ['B'], os.environ['C']) == ('plain', 'shell') else 9)"
    )
    words = [sys.executable, "-I", "-m", "unhardcode", "run", "--env-file", ".env", "--", sys.executable, "-c", program]
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
        "T": "{{resolve:ssm-secure:/prod/app/token}}",
        "C": "shell",
    }
    done = subprocess.run(words, cwd=tmp_path, env=environment, input=stored, capture_output=True, text=True)
    assert done.returncode == 0, "the program saw other values"
    leaked = stored in done.stdout + done.stderr
    assert not leaked


def test_a_reference_inside_a_text_that_the_file_puts_together_is_resolved(
    endpoint: Endpoint, tmp_path: Path, stored: str
) -> None:
    (tmp_path / ".env").write_text("A={{resolve:ssm-secure:/prod/app/token}}\nURL=postgresql://shop:${A}@db/${A}\n")
    program = 'test "$URL" = "postgresql://shop:$A@db/$A" && case $A in *resolve*|"") exit 9;; esac'
    assert _run(endpoint, ["--env-file", ".env", "--", "sh", "-c", program], tmp_path).returncode == 0
    # A variable that is set already goes before the file, also where the file puts it into another.
    program = 'test "$URL" = "postgresql://shop:local@db/local"'
    assert _run(endpoint, ["--env-file", ".env", "--", "sh", "-c", program], tmp_path, A="local").returncode == 0
    done = _run(endpoint, ["--", "touch", "started"], tmp_path, URL="postgresql://shop:{{resolve:vault:x}}@db")
    assert (done.returncode, (tmp_path / "started").exists()) == (125, False)
    assert "URL: holds a reference that cannot be parsed" in done.stderr


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(b"A=1\nB=a\0b\n", "contains a zero byte", id="a zero byte"),
        pytest.param(b"A=1\n'B=2'=3\n", "quotes a name with `=`", id="a name that is none"),
        pytest.param(b"A=\xff\n", "not in UTF-8", id="another encoding"),
    ],
)
def test_an_environment_file_that_no_program_can_be_given_starts_nothing(
    endpoint: Endpoint, tmp_path: Path, raw: bytes, said: str
) -> None:
    (tmp_path / "a.env").write_bytes(raw)
    done = _run(endpoint, ["--env-file", "a.env", "--", "touch", "started"], tmp_path)
    assert (done.returncode, (tmp_path / "started").exists()) == (125, False)
    assert f"unhardcode: a.env: {said}" in done.stderr


def test_an_environment_file_without_an_end_starts_nothing(endpoint: Endpoint, tmp_path: Path) -> None:
    done = _run(endpoint, ["--env-file", "/dev/zero", "--", "touch", "started"], tmp_path)
    assert (done.returncode, (tmp_path / "started").exists()) == (125, False)


def test_a_line_that_sets_nothing_is_named(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text("A=1\nsource other\nB=2\n")
    done = _run(endpoint, ["--env-file", "a.env", "--", "sh", "-c", 'echo "$A$B"'], tmp_path)
    assert (done.returncode, done.stdout) == (0, "12\n")
    assert done.stderr.splitlines() == ["unhardcode: a.env:2: passed over: not NAME=VALUE"]


def test_the_program_s_end_is_the_end(endpoint: Endpoint, tmp_path: Path) -> None:
    assert _run(endpoint, ["--", "sh", "-c", "exit 7"], tmp_path).returncode == 7
    assert _run(endpoint, ["--", "sh", "-c", "kill -TERM $$"], tmp_path).returncode == -signal.SIGTERM
    assert _run(endpoint, ["--", "printf", "%s", "--env-file"], tmp_path).stdout == "--env-file"


def test_the_program_has_the_signals_that_a_shell_would_give_it(endpoint: Endpoint, tmp_path: Path) -> None:
    count = "yes | head -n 1; kill -PIPE $$"  # a program that ignores SIGPIPE would complain, and go on
    done = _run(endpoint, ["--", "bash", "-c", count], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGPIPE, "y\n", "")


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("/prod/shop/api-key", "/prod/shop/", "API_KEY"),
        ("/prod/shop/api-key", "/prod/shop", "API_KEY"),
        ("/prod/shop/db/password", "/prod/shop", "DB_PASSWORD"),
        ("/a", "/", "A"),
    ],
)
def test_a_parameter_below_a_path_has_the_variable_of_its_name(name: str, path: str, expected: str) -> None:
    assert variable_of(name, path) == expected


def test_what_no_variable_can_hold_starts_nothing(endpoint: Endpoint, tmp_path: Path) -> None:
    client = _client("secretsmanager", endpoint)
    client.create_secret(Name="prod/app/binary", SecretBinary=b"\xff\x00")
    done = _run(endpoint, ["--", "touch", "started"], tmp_path, BLOB="resolve:secretsmanager:prod/app/binary")
    assert (done.returncode, (tmp_path / "started").exists()) == (125, False)
    assert "BLOB: its value is no text" in done.stderr
    done = _run(endpoint, ["--path", "/absent/", "--", "touch", "started"], tmp_path)
    assert (done.returncode, (tmp_path / "started").exists()) == (125, False)


def test_the_environment_goes_before_files_and_those_before_a_path(endpoint: Endpoint, tmp_path: Path) -> None:
    client = _client("ssm", endpoint)
    for name in ("one", "two", "three", "fo-ur"):
        client.put_parameter(Name=f"/path/shop/{name}", Value="from the path", Type="SecureString")
    (tmp_path / "a.env").write_text("TWO=first\nTHREE=first\n")
    (tmp_path / "b.env").write_text("TWO=second\n")
    words = ["--env-file", "a.env", "--env-file", "b.env", "--path", "/path/shop/", "--", "env"]
    shown = dict(line.split("=", 1) for line in _run(endpoint, words, tmp_path, ONE="set").stdout.splitlines())
    assert [shown[name] for name in ("ONE", "TWO", "THREE", "FO_UR")] == ["set", "second", "first", "from the path"]


def test_signals_reach_the_program_itself(endpoint: Endpoint, tmp_path: Path) -> None:
    code = "import os, signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(3)); print(flush=True); input()"
    words = [sys.executable, "-I", "-m", "unhardcode", "run", "--", sys.executable, "-c", code]
    process = subprocess.Popen(words, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ))
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    assert process.wait(timeout=30) == 3
