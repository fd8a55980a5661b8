"""A migrated Lambda function, invoked as the runtime does it: a fresh process, a handler, names in the environment."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
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


@pytest.fixture
def function(
    repository: Path, git: Callable[..., str], made: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A migrated function, its value, and the environment that a runtime has."""
    value = made(40)
    (repository / "pyproject.toml").write_text('[project]\nname = "signer"\n')
    (repository / "handler.py").write_text(HANDLER.format(value=value))
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
        assert unhardcode.run(["migrate", "--yes", "--env", "prod"]) == 0
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
