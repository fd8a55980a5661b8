"""`migrate --incident`: what is no new value is refused; then the code reads the new one, and there is no way back."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
Made = Callable[..., str]
COMMAND = ("migrate", "--incident", "--yes")
DATABASE, API, MAIL = "prod/shop/db:password", "/prod/shop/api-key", "/prod/shop/mail-token"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | bytes], None]:
    """Make this text what standard input holds."""

    def give(text: str | bytes) -> None:
        raw = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))

    return give


@pytest.fixture
def fresh() -> SimpleNamespace:
    """New values that have nothing in common with the old ones."""
    return SimpleNamespace(database="n3w-d:b=pass", api="n3w api {}\té", mail='"n3w" mail #1')


def lines(fresh: SimpleNamespace) -> str:
    return f"{DATABASE}={fresh.database}\n\n{API}={fresh.api}\r\n{MAIL}={fresh.mail}\n"


def test_what_is_no_new_value_is_told_by_its_line_and_never_quoted(
    shop: Any, aws: Any, run: Run, typed: Callable[[str | bytes], None], fresh: SimpleNamespace
) -> None:
    before, whole = shop.files(), lines(fresh)
    for text, words in (
        ("", ("no new value", DATABASE, API, MAIL)),
        (whole.replace(MAIL, "# "), ("line 4", "not NAME=VALUE")),
        (f"{shop.values[1]}\n", ("line 1", "not NAME=VALUE")),
        (f"{shop.values[1]}=x\n", ("line 1", "no such name", DATABASE)),
        (whole + f"{API}=again\n", ("line 5", "second value")),
        (whole.replace(f"{API}=", f"{API}:="), ("line 3", "JSON")),
        (whole.replace(f"={fresh.api}", "="), ("line 3", "empty")),
        (whole.replace(fresh.database, shop.values[0]), (DATABASE, "the value in the code")),
        (b"\xff" + whole.encode(), ("not in UTF-8",)),
    ):
        typed(text)
        status, _, err = run(shop, *COMMAND)
        assert status == 2, words
        assert not [word for word in words if word not in err]
        leaked = [value for value in (*shop.values, *vars(fresh).values()) if value in err]
        assert not leaked
    assert (aws.stored(), shop.files()) == ({}, before)


def test_incident_goes_with_nothing_that_takes_back_or_pretends(shop: Any, aws: Any, run: Run) -> None:
    for option in ("--undo", "--rehearse", "--emit=out"):
        status, _, err = run(shop, "migrate", "--incident", option)
        assert status == 2
        assert "--incident" in err
    status, _, err = run(shop, "migrate", "--incident")
    assert status == 2
    assert "NAME:KEY=VALUE" in err


def test_the_code_reads_the_new_values_and_the_old_ones_are_nowhere_and_do_not_come_back(
    shop: Any, aws: Any, run: Run, typed: Callable[[str | bytes], None], fresh: SimpleNamespace, made: Made
) -> None:
    # An expression that builds more than the value: its proof is in two parts.
    url = "amqp://shop:{}@mq.internal/shop"
    old = made(22)
    (shop.folder / "shop/queue.py").write_text(f'BROKER = "{url.format(old)}"\n')
    _, planned, _ = run(shop, "plan")
    (name,) = {word for word in planned.split() if "/prod/shop/" in word and ("broker" in word or "queue" in word)}
    typed(lines(fresh) + f"{name}:={json.dumps('n/w@' + 'two lines')}\n")
    status, out, err = run(shop, *COMMAND)
    assert status == 0, out + err
    assert "first revoke or rotate" in err
    stored = aws.stored()
    assert json.loads(stored["prod/shop/db"])["password"] == fresh.database
    assert (stored[API], stored[MAIL]) == (fresh.api, fresh.mail)
    assert set(aws.versions().values()) == {1}
    values = (*shop.values, old, *vars(fresh).values())
    kept = "".join(json.dumps(journal) for journal in shop.journals()) + out + err
    assert not [value for value in values if value in kept]
    assert not [value for value in (*shop.values, old) if any(value in text for text in stored.values())]
    after = shop.files()
    assert not [path for path, raw in after.items() for value in values if value.encode() in raw]
    reads = "import shop.queue; print(shop.queue.BROKER)"
    done = subprocess.run([sys.executable, "-B", "-c", reads], cwd=shop.folder, capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == url.format("n%2Fw%40two%20lines"), done.stderr

    status, _, err = run(shop, "migrate", "--undo", "--yes")
    assert status == 1
    assert "revoked" in err
    assert shop.files() == after


def test_an_interrupted_incident_goes_on_with_the_same_new_values(
    shop: Any,
    aws: Any,
    run: Run,
    typed: Callable[[str | bytes], None],
    fresh: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("fixers.steps.prove", stop)
        typed(lines(fresh))
        assert run(shop, *COMMAND)[0] == 130
    typed(lines(fresh))
    assert run(shop, *COMMAND)[0] == 0
    assert set(aws.versions().values()) == {1}
    assert len(shop.journals()) == 1


def test_on_a_terminal_new_values_are_typed_twice_without_an_echo(shop: Any, aws: Any, fresh: SimpleNamespace) -> None:
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - the child becomes the command
        os.chdir(shop.folder)
        os.execv(sys.executable, [sys.executable, "-I", "-m", "unhardcode", "migrate", "--incident"])
    seen = b""
    answers = {b"db:password: ": "database", b"api-key: ": "api", b"mail-token: ": "mail"}

    def until(*marks: bytes) -> bytes:
        nonlocal seen
        fresh_text, limit = b"", time.monotonic() + 90
        while not any(fresh_text.endswith(mark) for mark in marks):
            assert time.monotonic() < limit, seen[-300:]
            fresh_text += os.read(terminal, 1)
        seen += fresh_text
        return fresh_text

    for _ in range(3):
        asked = until(*answers)
        time.sleep(0.2)  # getpass turns the echo off and forgets what was typed before
        value = next(getattr(fresh, name) for mark, name in answers.items() if asked.endswith(mark))
        os.write(terminal, value.encode() + b"\n")
        until(b"confirmation: ")
        time.sleep(0.2)
        os.write(terminal, value.encode() + b"\n")
    until(b"[y/N]: ")
    os.write(terminal, b"y\n")
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert not [value for value in vars(fresh).values() if value.encode() in seen]
    assert aws.stored()[API] == fresh.api
