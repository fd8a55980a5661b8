"""`unhardcode value`: where it refuses, then that it writes the very bytes and compares them."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unhardcode
from fixers.value import stored_value
from scanner.errors import StoreError
from scanner.model import SecretValue

Made = Callable[..., str]
Call = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Run a command in a folder with some standard input: exit status, standard output, standard error."""

    def run(folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = unhardcode.run(list(arguments))
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return status, captured.out, captured.err.decode()

    return run


@pytest.fixture
def password(made: Made) -> str:
    return f"{made(10)} é'\" {made(10)}"


@pytest.fixture
def pem(made: Made) -> str:
    label = "PRIVATE " + "KEY"
    return "\n".join([f"-----BEGIN {label}-----", *(made(64) for _ in range(6)), f"-----END {label}-----"])


@pytest.fixture
def tree(repository: Path, call: Call, git: Callable[..., str], password: str, pem: str) -> Path:
    """A tree with its plan: a login, a PEM key, and bytes that are no text."""
    (repository / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (repository / "db.py").write_text(
        f'import psycopg2\n\npsycopg2.connect(host="db", user="shop", password={password!r}, dbname="orders")\n'
    )
    (repository / "keys.py").write_text(f'PRIVATE_KEY = """{pem}"""\nSIGNING_KEY = {bytes(range(190, 230))!r}\n')
    git(repository, "add", "-A")
    assert call(repository, "plan", "-o", "plan.toml")[0] == 0
    return repository


def value(name: str, *options: str) -> tuple[str, ...]:
    return ("value", "--plan", "plan.toml", *options, "--", name)


# --- refusals --------------------------------------------------------------------------------------------------


def test_a_terminal_gets_nothing(tree: Path, password: str) -> None:
    leader, follower = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-I", unhardcode.__file__, *value("prod/shop/db")],
        cwd=tree,
        stdout=follower,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    os.set_blocking(leader, False)
    with pytest.raises(BlockingIOError):
        os.read(leader, 1)
    os.close(follower)
    os.close(leader)
    assert done.returncode == 2
    assert "never written to a terminal" in done.stderr
    assert "pipe" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("value", "prod/shop/db"), "--plan", id="no plan"),
        pytest.param(("value", "--plan", "absent.toml", "prod/shop/db"), "absent.toml: cannot be read", id="absent"),
        pytest.param(("value", "--plan", "db.py", "prod/shop/db"), "db.py: not valid TOML", id="another file"),
        pytest.param(value("prod/shop/nothing"), "no secret has the name prod/shop/nothing", id="an unknown name"),
        pytest.param(value("prod/shop/db", "--key", "nothing"), "has no key nothing", id="an unknown key"),
        pytest.param(value("/prod/shop/private-key", "--key", "x"), "it has none", id="a key of a plain value"),
        pytest.param(value("prod/shop/db", "--key", "password", "--check"), "leave out --key", id="a key to compare"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_written(
    call: Call, tree: Path, password: str, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = call(tree, *arguments)
    assert (status, out) == (2, b"")
    assert said in err
    leaked = password in err
    assert not leaked


def test_a_value_that_left_the_tree_is_named_with_its_place(call: Call, tree: Path) -> None:
    (tree / "db.py").write_text("import psycopg2\n")
    status, out, err = call(tree, *value("prod/shop/db"))
    assert (status, out) == (3, b"")
    assert "db.py:3: the value of prod/shop/db no longer stands there" in err
    assert "plan.toml" in err


def test_a_place_that_is_no_text_is_no_place(call: Call, tree: Path) -> None:
    text = (tree / "plan.toml").read_text()
    (tree / "plan.toml").write_text(text.replace('place = "', 'place = [] # "'))
    status, out, err = call(tree, *value("prod/shop/db"))
    assert (status, out) == (3, b""), err


def test_the_only_value_that_left_the_tree_is_named_too(call: Call, repository: Path, made: Made) -> None:
    (repository / "a.py").write_text(f'PASSWORD = "{made(20)}"\n')
    assert call(repository, "plan", "--app", "shop", "-o", "plan.toml")[0] == 0
    (repository / "a.py").write_text("PASSWORD = ask()\n")
    status, _, err = call(repository, *value("/prod/shop/password"))
    assert status == 3
    assert "a.py:1: the value of /prod/shop/password no longer stands there" in err


def test_another_value_at_the_place_is_not_that_of_the_plan(call: Call, tree: Path, password: str, made: Made) -> None:
    text = (tree / "db.py").read_text()
    (tree / "db.py").write_text(text.replace(repr(password), repr(made(20))))
    status, out, err = call(tree, *value("prod/shop/db"))
    assert (status, out) == (2, b"")
    assert "the files have changed since this plan was made" in err


def test_a_plan_for_another_tree_is_refused(call: Call, tree: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    for path in ("pyproject.toml", "db.py", "plan.toml"):
        (other / path).write_bytes((tree / path).read_bytes())
    status, out, _ = call(other, *value("prod/shop/db"))
    assert (status in (2, 3), out) == (True, b"")


def test_a_skipped_secret_has_nothing_to_upload(call: Call, tree: Path) -> None:
    text = (tree / "plan.toml").read_text()
    (tree / "plan.toml").write_text(text.replace('action = "create"', 'action = "skip"'))
    status, out, err = call(tree, *value("prod/shop/db"))
    assert (status, out) == (2, b"")
    assert "has the action skip" in err


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"Unable to locate credentials", id="words"),
        pytest.param(b"\xff\xfe", id="bytes"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"7", id="a number"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b'{"SecretString": 7}', id="a value that is no text"),
        pytest.param(b'{"Parameter": "x"}', id="a parameter that is no object"),
        pytest.param(b'{"SecretBinary": "?"}', id="binary that is not Base64"),
        pytest.param(b"[" * 100_000, id="deep nesting"),
        pytest.param(b" " * 1_000_001, id="far too much"),
    ],
)
def test_no_answer_of_aws_is_a_failure_of_the_store_and_is_not_quoted(call: Call, tree: Path, answer: bytes) -> None:
    status, out, err = call(tree, *value("prod/shop/db", "--check"), stdin=answer)
    assert (status, out) == (3, b"")
    assert "standard input" in err
    assert not answer.strip() or answer.decode("latin-1") not in err


@given(st.binary(max_size=200))
def test_any_standard_input_is_a_value_or_a_store_error(raw: bytes) -> None:
    with contextlib.suppress(StoreError):
        assert isinstance(stored_value(raw), SecretValue)


@given(st.one_of(st.text(st.characters(exclude_categories=("Cs",))), st.binary()))
def test_a_value_is_found_in_every_answer_as_aws_writes_it(plain: str | bytes) -> None:
    if isinstance(plain, bytes):
        answers: list[dict[str, Any]] = [{"Name": "x", "SecretBinary": base64.b64encode(plain).decode()}]
    else:
        answers = [{"Name": "x", "SecretString": plain}, {"Parameter": {"Name": "/x", "Value": plain}}]
    for answer in answers:
        for text in (json.dumps(answer, indent=4), json.dumps(answer, ensure_ascii=False)):
            assert stored_value(text.encode()) == SecretValue(plain)


# --- what is written and compared --------------------------------------------------------------------------------


def test_the_payload_is_written_byte_for_byte(call: Call, tree: Path, password: str, pem: str) -> None:
    status, out, err = call(tree, *value("prod/shop/db"))
    assert (status, err) == (0, "")
    fields = {"engine": "postgres", "host": "db", "username": "shop", "password": password, "dbname": "orders"}
    assert out == json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    assert call(tree, *value("/prod/shop/private-key"))[1] == pem.encode()
    assert call(tree, *value("prod/shop/signing-key"))[1] == bytes(range(190, 230))


def test_one_field_is_written_alone(call: Call, tree: Path, password: str) -> None:
    assert call(tree, *value("prod/shop/db", "--key", "password")) == (0, password.encode(), "")
    assert call(tree, *value("prod/shop/db", "--key", "username")) == (0, b"shop", "")


def test_it_is_found_from_any_folder_of_the_tree(call: Call, tree: Path, pem: str) -> None:
    (tree / "deploy").mkdir()
    status, out, _ = call(tree / "deploy", "value", "--plan", "../plan.toml", "/prod/shop/private-key")
    assert (status, out) == (0, pem.encode())


def test_the_names_of_an_edited_plan_count(call: Call, tree: Path, password: str) -> None:
    text = (tree / "plan.toml").read_text()
    (tree / "plan.toml").write_text(text.replace('"prod/shop/db"', '"prod/shop/orders"'))
    assert call(tree, *value("prod/shop/orders", "--key", "password"))[1] == password.encode()
    assert call(tree, *value("prod/shop/db"))[0] == 2


@pytest.mark.parametrize("name", ["prod/shop/db", "/prod/shop/private-key", "prod/shop/signing-key"])
def test_an_equal_value_in_the_store_is_told_from_another(call: Call, tree: Path, name: str) -> None:
    stored = call(tree, *value(name))[1]

    def answer(raw: bytes) -> bytes:
        if name.startswith("/"):
            return json.dumps({"Parameter": {"Name": name, "Value": raw.decode()}}).encode()
        if name.endswith("signing-key"):
            return json.dumps({"Name": name, "SecretBinary": base64.b64encode(raw).decode()}).encode()
        return json.dumps({"Name": name, "SecretString": raw.decode()}).encode()

    other = stored.replace(b'":"', b'":"x') if name == "prod/shop/db" else stored + b"\n"
    assert call(tree, *value(name, "--check"), stdin=answer(stored)) == (0, b"", "")
    assert call(tree, *value(name, "--check"), stdin=answer(other)) == (1, b"", "")
