"""`unhardcode run` gives its program the values behind references, and the program's own end is the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from fixers.emulator import embedded_aws
from fixers.stores.model import Endpoint


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with embedded_aws() as running:
        yield running


@pytest.fixture
def stored(endpoint: Endpoint, made: Callable[..., str]) -> str:
    value = made(24)
    client = boto3.client(
        "ssm",
        endpoint_url=endpoint.url,
        region_name=endpoint.region,
        aws_access_key_id=endpoint.access_key,
        aws_secret_access_key=endpoint.secret_key,
    )
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


def test_the_program_s_end_is_the_end(endpoint: Endpoint, tmp_path: Path) -> None:
    assert _run(endpoint, ["--", "sh", "-c", "exit 7"], tmp_path).returncode == 7
    assert _run(endpoint, ["--", "sh", "-c", "kill -TERM $$"], tmp_path).returncode == -signal.SIGTERM
    assert _run(endpoint, ["--", "printf", "%s", "--env-file"], tmp_path).stdout == "--env-file"
