from __future__ import annotations

import random
import string
from types import SimpleNamespace

import pytest

from scanner.model import (
    Commit,
    Confidence,
    Coverage,
    CredentialKind,
    Evidence,
    Finding,
    Literal,
    Role,
    ScanResult,
    SecretValue,
    Skipped,
    Span,
    SuppressedBy,
    Suppression,
)
from scanner.reports.context import ReportContext
from scanner.text import line_starts, position


def generated(seed: str, length: int = 24) -> str:
    """A value that no file holds: letters and digits by seed, a digit among them for sure."""
    source = random.Random(seed)
    return "".join(source.choices(string.ascii_letters + string.digits, k=length - 1)) + source.choice(string.digits)


def pem_block(seed: str) -> str:
    body = "\n".join(generated(f"{seed}{line}", 64) for line in range(4))
    label = "RSA PRIVATE " + "KEY"
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----"


def found(text: str, value: str, *, path: str = "src/shop/db.py", prefix: str = "", occurrence: int = 0, **changes):
    """The finding of `value` as it stands verbatim in `text`."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(value, start + 1)
    starts = line_starts(text)
    end = start + len(value)
    literal = Literal(
        span=Span(start - 1, end + 1),
        value=SecretValue(value),
        role=changes.pop("role", Role.KEYWORD),
        name=changes.pop("name", "password"),
        symbol=changes.pop("symbol", "connect"),
        body=start,
    )
    fields = {
        "rule": "psycopg2-connect",
        "title": "PostgreSQL password",
        "kind": CredentialKind.PASSWORD,
        "severity": "high",
        "value": SecretValue(value),
        "evidence": (
            Evidence(name="sink", weight=4.5, text="the argument password of psycopg2.connect"),
            Evidence(name="test-path", weight=-0.5, text="the path says that this is a test"),
        ),
        "score": 4.0,
        "confidence": Confidence.HIGH,
        "fingerprint": f"f{start:031x}",
        "place": f"{start:032x}",
        "tracked": True,
    }
    return Finding(
        path=path,
        span=Span(start, end),
        start=position(starts, start),
        end=position(starts, end),
        literal=literal,
        prefix=prefix,
        **(fields | changes),
    )


def result_of(*findings: Finding, skipped: tuple[Skipped, ...] = (), notes: tuple[Skipped, ...] = (), files: int = 3):
    return ScanResult(findings=findings, coverage=Coverage(files=files, bytes=4321, skipped=skipped, notes=notes))


def context_of(texts: dict[str, str] | None = None, **changes) -> ReportContext:
    fields = {"root": "/srv/shop", "version": "0.1.0", "documents": (texts or {}).get}
    return ReportContext(**(fields | changes))


def hostile_case():
    """Values everywhere that they can get to: several a line, many lines, paths, names, titles, authors, reasons."""
    first, second, token = generated("first"), generated("second", 12), "tk_live_" + generated("token", 32)
    key, path_value = pem_block("key"), generated("path", 20)
    python_path, env_path = "src/shop/db.py", f"deploy/{path_value}/.env"
    python = (
        f'connect(password="{first}", backup="{second}")  # was {token} and {first}\r\n'
        f'KEY = """{key}"""; API = "{token}"\r\n'
        f'copy = "{first}"\r\n'
    )
    env = f"PASSWORD={path_value}\nNOTE={second}\n"
    commit = Commit(id="c" * 40, author=f"A {token} <a@example.com>", date="2026-01-02T03:04:05+00:00", path=env_path)
    findings = (
        found(python, first, name=second, symbol=f"C.{token}"),
        found(python, second, evidence=(Evidence(name="name", weight=2.5, text=f"named {first}"),)),
        found(python, token, occurrence=1, prefix="tk_live_", rule="tk-token", title=f"Token of {second}x{first}"),
        found(python, key, rule="pem-private-key", kind=CredentialKind.PRIVATE_KEY, rotate=f"https://x.test/{first}"),
        found(env, path_value, path=env_path, suppressed=Suppression(SuppressedBy.INLINE, token)),
        found(env, second, path=env_path, commit=commit, in_head=False, introduced="range"),
    )
    result = result_of(
        *findings,
        skipped=(
            Skipped(path=f"{token}.bin", reason="binary"),
            Skipped(path=env_path, reason=f"I/O {first}", gap=True),
        ),
        notes=(Skipped(path=f"x/{path_value}.yaml", reason="read as text"),),
    )
    values = [first, second, token.removeprefix("tk_live_"), path_value, *key.split("\n")[1:-1]]
    return SimpleNamespace(result=result, texts={python_path: python, env_path: env}, values=values)


def assert_no_value(output: str, values: list[str]) -> None:
    """No value and no six characters of one; the message never quotes either."""
    __tracebackhide__ = True
    leaks = sum(value[at : at + 6] in output for value in values for at in range(len(value) - 5))
    if leaks:
        pytest.fail(f"{leaks} pieces of values are in the output")


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(
        generated=generated,
        pem=pem_block,
        found=found,
        result=result_of,
        context=context_of,
        hostile=hostile_case,
        assert_no_value=assert_no_value,
    )
