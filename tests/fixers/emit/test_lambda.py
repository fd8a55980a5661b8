"""A migrated Lambda function, invoked as the runtime does it: a fresh process, a handler, names in the environment."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

import unhardcode
from fixers.emulator import embedded_aws

HANDLER = '''"""A function that signs what it is sent."""

import hashlib

PAYMENT_API_KEY = {value!r}


def handler(event, context):
    """The digest of the key: the test compares it, nobody sees the key."""
    return hashlib.sha256(PAYMENT_API_KEY.encode()).hexdigest()
'''
# What the runtime does: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
RUNTIME = "import handler, json; print(json.dumps(handler.handler({}, None)))"


# The same, kept warm: each line of standard input is an invocation, or five minutes that pass.
WARM = """
import handler, json, sys, time
passed, clock = 0.0, time.monotonic
time.monotonic = lambda: clock() + passed
for line in sys.stdin:
    if line == "invoke\\n":
        print(json.dumps(handler.handler({}, None)), flush=True)
    else:
        passed += 300.0
"""
SIGNER = '''"""A function that signs what it is sent."""

import hashlib


def handler(event, context):
    """The digest of the password: the test compares it, nobody sees the password."""
    SMTP_PASSWORD = {value!r}
    return hashlib.sha256(SMTP_PASSWORD.encode()).hexdigest()
'''


@pytest.fixture
def function(
    request: pytest.FixtureRequest,
    repository: Path,
    git: Callable[..., str],
    made: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """A migrated function, its value, and the environment that a runtime has."""
    source, *options = getattr(request, "param", [HANDLER])
    value = made(40)
    (repository / "pyproject.toml").write_text('[project]\nname = "signer"\n')
    (repository / "handler.py").write_text(source.format(value=value))
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "The function")
    monkeypatch.chdir(repository)
    with embedded_aws() as endpoint:
        environment = {
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
            "AWS_REGION": endpoint.region,
            "AWS_DEFAULT_REGION": endpoint.region,
        }
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        assert unhardcode.run(["migrate", "--yes", "--env", "prod", *options]) == 0
        yield repository, value, environment


def invoked(folder: Path, environment: dict[str, str], **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", RUNTIME],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: str = json.loads(done.stdout)
    return answer


def test_a_function_gets_its_value_by_the_name_in_its_code_or_in_its_environment(function: Any) -> None:
    folder, value, environment = function
    source = (folder / "handler.py").read_text()
    leaked = value in source
    assert not leaked
    expected = hashlib.sha256(value.encode()).hexdigest()
    assert invoked(folder, environment) == expected
    reference = "{{resolve:ssm-secure:/prod/signer/payment-api-key}}"
    assert invoked(folder, environment, PAYMENT_API_KEY=reference) == expected


class Extension:
    """What answers on the extension's port: `value` for whoever shows the token; `asked` are the paths it saw.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    """

    def __init__(self, value: str) -> None:
        self.value = value
        self.asked: list[str] = []
        self.failing = False


@contextmanager
def extension(value: str, token: str) -> Iterator[tuple[Extension, str]]:
    """The extension on loopback, and its port."""
    served = Extension(value)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            known = self.headers["X-Aws-Parameters-Secrets-Token"] == token
            secret = "secretsmanager" in self.path
            answer: dict[str, Any] = (
                {"SecretString": served.value} if secret else {"Parameter": {"Value": served.value}}
            )
            body = json.dumps(answer).encode() if known else b""
            self.send_response(500 if served.failing else 200 if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield served, str(server.server_address[1])
        server.shutdown()


@pytest.mark.parametrize(
    ("function", "path"),
    [
        (
            [SIGNER, "--style", "extension", "--store", "parameterstore"],
            "/systemsmanager/parameters/get?name=%2Fprod%2Fsigner%2Fsmtp-password&withDecryption=true",
        ),
        (
            [SIGNER, "--style", "extension", "--store", "secretsmanager"],
            "/secretsmanager/get?secretId=prod%2Fsigner%2Fsmtp-password&versionStage=AWSCURRENT",
        ),
    ],
    indirect=["function"],
)
def test_a_function_asks_the_extension_and_sees_a_rotation_within_five_minutes(
    function: Any, path: str, made: Callable[..., str]
) -> None:
    folder, value, _ = function
    token, rotated = made(30), made(40)
    with extension(value, token) as (served, port):
        environment = {"PATH": os.environ["PATH"], "AWS_REGION": "eu-west-1", "AWS_SESSION_TOKEN": token,
                       "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": port}  # fmt: skip
        with subprocess.Popen(
            [sys.executable, "-c", WARM], cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None

            def invoke(*lines: str) -> str:
                process.stdin.write("".join(f"{line}\n" for line in (*lines, "invoke")))
                process.stdin.flush()
                return str(json.loads(process.stdout.readline()))

            assert invoke() == digested(value)
            served.value = rotated
            assert invoke() == digested(value)
            assert served.asked == [path], "a warm function asks once in five minutes"
            assert invoke("later") == digested(rotated)
            assert served.asked == [path, path]
            served.failing = True
            assert invoke("later") == digested(rotated), "while it gives no answer, the last one counts"
            served.failing = False
            process.stdin.close()
        stranger = subprocess.run(
            [sys.executable, "-c", RUNTIME], cwd=folder, env={**environment, "AWS_SESSION_TOKEN": "no"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert stranger.returncode == 1
    assert "401" in stranger.stderr
    assert "AWS_SESSION_TOKEN" in stranger.stderr
    leaked = [each for each in (value, rotated) if each in stranger.stderr]
    assert not leaked


def digested(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
