"""Run probes and answer with keyed digests. Run alone: `python -I lab_driver.py < request.json`.

Reads {"key", "environment", "stubs", "warm", "runs": [{"id", "folder", "paths", "probes", "variables"}]}; writes a JSON
object of lists, one digest or `error: TYPE` for each probe. Every run has a forked process of its own: nothing that one
case imports, sets or prints is there for the next. Values never leave it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import os
import runpy
import signal
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SECONDS = 30
_AT_ONCE = 2
# Clients that would connect to something: what they are called with is all that a probe needs.
_RECORDED = frozenset(
    """psycopg2 psycopg asyncpg pymysql MySQLdb mysql sqlalchemy stripe openai anthropic redis pymongo requests httpx
    smtplib twilio slack_sdk jwt paramiko celery github ftplib ldap3 pika sendgrid telegram imaplib minio elasticsearch
    sentry_sdk hvac itsdangerous neo4j pyodbc""".split()
)


class Recorder:
    """Stands for anything: remembers how it was called and what was set on it, and shows it as its repr."""

    def __init__(self, name: str, *made: Any) -> None:
        self.__dict__["_name"], self.__dict__["_made"] = name, made

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__dict__[name] = made = Recorder(f"{self._name}.{name}")
        return made

    def __call__(self, *given: Any, **named: Any) -> Recorder:
        made = Recorder(self._name, given, sorted(named.items()))
        self.__dict__.setdefault("_calls", []).append(made)
        return made

    def __repr__(self) -> str:
        kept = {name: found for name, found in vars(self).items() if name not in ("_name", "_made")}
        return f"{self._name}{self._made}{sorted(kept.items())}"

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __await__(self) -> Any:
        yield from ()
        return self


class _Module(types.ModuleType):
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = Recorder(f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name.partition(".")[0] in _RECORDED:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


def digest(key: bytes, value: object) -> str:
    """Keyed digest of a probe's result, by its repr; ValueError where that holds an address."""
    shown = repr(value)
    if " at 0x" in shown:
        raise ValueError
    return hmac.new(
        key, f"{type(value).__name__}\0{shown}".encode("utf-8", "backslashreplace"), hashlib.sha256
    ).hexdigest()


def evaluated(folder: Path, probe: str) -> object:
    """What a probe gives: `module:expression`, or `script.py:expression` for a file that is run."""
    where, _, expression = probe.partition(":")
    if where.endswith(".py") or "/" in where:
        sys.path.insert(0, str((folder / where).parent))
        space = runpy.run_path(str(folder / where), run_name="__main__")
    else:
        space = vars(importlib.import_module(where))
    return eval(expression, {**space, "asyncio": asyncio, "os": os, "sys": sys})


def answer(key: bytes, run: dict[str, Any]) -> list[str]:
    """One run's answers, in this process."""
    folder = Path(run["folder"])
    os.chdir(folder)
    os.environ.update(run["variables"])
    sys.path[:0] = [str(folder / path) for path in run["paths"]]
    for name in [name for name in sys.modules if name.partition(".")[0] in _RECORDED]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder())
    signal.alarm(_SECONDS)
    answers = []
    for probe in run["probes"]:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                result = evaluated(folder, probe)
            answers.append(digest(key, result) + digest(key, printed.getvalue())[:8])
        except BaseException as error:  # noqa: BLE001 - a probe may end in anything, and that is its answer
            message = str(error) if type(error).__name__ == "SecretUnavailable" else ""
            answers.append(f"error: {type(error).__name__} {message}".strip())
    if run["variables"] and not run["aws"] and "boto3" in sys.modules and not run["boto3"]:
        answers.append("error: boto3 was imported although every variable is set")
    return answers


def start(key: bytes, run: dict[str, Any]) -> tuple[int, int]:
    """Fork a process for one run: its id, and where its answer can be read."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_RDWR)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        with os.fdopen(writing, "w") as file:
            json.dump(answer(key, run), file)
        os._exit(0)
    os.close(writing)
    return process, reading


def finish(process: int, reading: int) -> list[str]:
    """Wait for one run."""
    with os.fdopen(reading) as file:
        said = file.read()
    os.waitpid(process, 0)
    return json.loads(said) if said else ["error: the process died"]


def warm() -> None:
    """Import what every run against the store would import, and read botocore's files once."""
    import boto3.session
    from botocore.loaders import JSONFileLoader, Loader

    read, listed = JSONFileLoader.load_file, Loader.list_available_services
    kept: dict[str, Any] = {}
    services: dict[str, list[str]] = {}

    def load_file(self: JSONFileLoader, path: str) -> Any:
        if path not in kept:
            kept[path] = read(self, path)
        return kept[path]

    def list_available_services(self: Loader, type_name: str) -> list[str]:
        if type_name not in services:
            services[type_name] = listed(self, type_name)
        return services[type_name]

    JSONFileLoader.load_file, Loader.list_available_services = load_file, list_available_services
    session = boto3.session.Session(region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    for service in ("ssm", "secretsmanager"):
        session.client(service)


def main() -> int:
    """Answer one request."""
    request = json.load(sys.stdin)
    key = bytes.fromhex(request["key"])
    if request["environment"] is not None:
        os.environ.clear()
        os.environ.update(request["environment"])
    sys.path.append(request["stubs"])
    sys.dont_write_bytecode = True
    if request["warm"]:
        warm()
    waiting: list[tuple[str, int, int]] = []
    answers: dict[str, list[str]] = {}
    for run in request["runs"]:
        run["aws"] = request["warm"]
        if len(waiting) == _AT_ONCE:
            name, *started = waiting.pop(0)
            answers[name] = finish(*started)
        waiting.append((run["id"], *start(key, run)))
    answers |= {name: finish(*started) for name, *started in waiting}
    json.dump(answers, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
