"""The interpreter of proofs for tests that prove hundreds of times: forks of one process that knows boto3 already.

Reads JSON lines {"request", "environment"} and answers each with what `fixers/_prove_child.py` answers. Each fork has
its own environment, as each fresh interpreter would; that a fresh one works is what all other tests show.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3

CHILD = Path(__file__).parents[3] / "fixers" / "_prove_child.py"


def answered(child: Any, request: str, environment: dict[str, str]) -> bytes:
    """Fork, evaluate there, wait."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        status = 70
        try:
            os.environ.clear()
            os.environ.update(environment)
            with os.fdopen(writing, "w") as out:
                json.dump(child.answer(json.loads(request)), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        found = answer.read()
    os.waitpid(process, 0)
    return found or b"null"


def prepared() -> Any:
    """The module of the proof's child, and with it all of boto3 that its forks need."""
    spec = importlib.util.spec_from_file_location("_prove_child", CHILD)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    for service in ("secretsmanager", "ssm"):  # modules and endpoints, which every client reads
        boto3.session.Session("-", "-", region_name="us-east-1").client(service)
    return made


if __name__ == "__main__":
    evaluating = prepared()
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.buffer.write(answered(evaluating, asked["request"], asked["environment"]) + b"\n")
        sys.stdout.buffer.flush()
