"""The life of a value: found, stored, gone from the code, rotated, purged; with real git and git filter-repo."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3.session
import pytest

import unhardcode
from fixers.emulator import embedded_aws

Made = Callable[..., str]
Git = Callable[..., str]
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Run a command in a folder: exit status, standard output, standard error."""

    def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        status = unhardcode.run(list(arguments))
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return run


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An emulated AWS that every command finds; a client for its secrets."""
    with embedded_aws() as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint.url,
            "AWS_ACCESS_KEY_ID": endpoint.access_key,
            "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
            "AWS_REGION": endpoint.region,
            "AWS_DEFAULT_REGION": endpoint.region,
        }.items():
            monkeypatch.setenv(name, value)
        yield boto3.session.Session().client("secretsmanager")


@pytest.fixture
def shop(repository: Path, git: Git, made: Made, tmp_path: Path) -> tuple[Path, str]:
    """A service whose password was pushed, in many spellings; and the password."""
    password = f"{made(7)}/{made(6)}'{made(8)}"
    source = "import psycopg2\n\n\ndef connect():\n    return psycopg2.connect(host='db', user='shop', dbname='o',\n"
    source += f"        password={password!r})\n"
    files = {"pyproject.toml": '[project]\nname = "shop"\n', "shop/__init__.py": "", "shop/db.py": source}
    _commit(repository, git, files, "The shop")
    past = {
        "old/pieces.py": f"P = ({password[:9]!r}\n     {password[9:]!r})\n",
        "old/settings.json": json.dumps({"password": password}).replace("/", "\\/"),
        "old/url.txt": "postgres://shop:" + password.replace("/", "%2F").replace("'", "%27") + "@db/o\n",
        "old/secret.yaml": "data:\n  password: " + base64.b64encode(password.encode()).decode() + "\n",
    }
    _commit(repository, git, past, f"Connect with {password}")
    (repository / "old/notes.txt").write_bytes(f"password: {password}\n".encode("utf-16"))
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "Notes")
    git(repository, "rm", "--quiet", "-r", "old")
    git(repository, "commit", "--quiet", "-m", "Without the old things")
    git(repository, "tag", "-a", "v1", "-m", f"With {password}")
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(repository, "remote", "add", "origin", str(remote))
    git(repository, "push", "--quiet", "origin", "main", "v1")
    return repository, password


def _commit(folder: Path, git: Git, files: dict[str, str], message: str) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", message)


def state(call: Call, folder: Path, *options: str, names: Sequence[str] = ("prod/shop/db:password",)) -> dict[str, Any]:
    status, out, err = call(folder, "status", "--format", "json", *options)
    assert status == 0, err
    assert [row["value"] for row in json.loads(out)["values"]] == list(names)
    (row,) = json.loads(out)["values"]
    assert isinstance(row, dict)
    return row


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("status", "--offline", "--fail-on-unrotated"), "asks the store"),
        (("status", "--plan", "nowhere.toml"), "nowhere.toml: cannot be read"),
        (("status", "a", "b"), "name one PATH"),
        (("rotation",), "no plan was given"),
        (("purge", "nothing-of-this-name"), "no such value"),
        (("purge", "--expressions", "--files"), "exclude each other"),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given),
)
def test_what_cannot_be_meant_is_refused(call: Call, shop: Any, arguments: tuple[str, ...], message: str) -> None:
    status, _, err = call(shop[0], *arguments)
    assert (status, message in err) == (2, True), err


def test_expressions_are_never_written_to_a_terminal(shop: Any, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    status, out, err = call(shop[0], "purge", "--expressions")
    assert (status, out) == (2, "")
    assert "terminal" in err


def test_a_plan_that_was_broken_is_refused(call: Call, shop: Any) -> None:
    folder, _ = shop
    assert call(folder, "plan", "-o", "plan.toml")[0] == 0
    text = (folder / "plan.toml").read_text()
    edits = (('name = "prod', "name = 7 #"), ('digest = "', "digest = 1 #"), ('\nkey = "', '\nkey = [] # "'))
    for broken in (*(text.replace(*edit) for edit in edits), text[:300]):
        (folder / "broken.toml").write_text(broken)
        assert broken != text
        status, _, err = call(folder, "status", "--offline", "--plan", "broken.toml")
        assert status == 2, err


def test_without_git_the_past_is_unknown(call: Call, tmp_path: Path, made: Made) -> None:
    (tmp_path / "a.py").write_text(f'import psycopg2\n\npsycopg2.connect(host="h", user="u", password="{made(20)}")\n')
    status, out, _ = call(tmp_path, "status", "--offline")
    assert status == 0
    assert "there is no git repository here" in out
    assert call(tmp_path, "purge")[0] == 3


def test_a_part_of_the_history_that_is_not_here_fails_the_gate(
    call: Call, shop: Any, aws: Any, git: Git, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{tmp_path / 'remote.git'}", str(tmp_path / "shallow"))
    (tmp_path / "shallow" / "shop" / "db.py").write_text("")
    status, out, _ = call(tmp_path / "shallow", "status", "--fail-on-unrotated")
    assert (status, "this clone is shallow" in out) == (3, True)


def test_a_value_that_nobody_else_has_seen_fails_no_gate(
    call: Call, repository: Path, git: Git, made: Made, aws: Any
) -> None:
    source = f"import psycopg2\n\npsycopg2.connect(host='h', user='u', password={made(20)!r})\n"
    _commit(repository, git, {"db.py": source}, "Not pushed")
    row = state(call, repository, names=["db.py:3"])
    assert (row["rotated"], row["history"], row["exposed"]) == (False, {"objects": 1, "pushed": False}, False)
    assert call(repository, "status", "--fail-on-unrotated")[0] == 0


def test_a_value_that_is_part_of_many_texts_is_not_purged(call: Call, repository: Path, git: Git) -> None:
    source = "import psycopg2\n\npsycopg2.connect(host='h', user='u', password='{}')\n"
    _commit(repository, git, {"db.py": source.format("postgres" + "123")}, "One")
    _commit(repository, git, {"db.py": ""}, "Two")
    status, out, _ = call(repository, "purge")
    assert status == 0
    assert "left alone. Its text is too common to be replaced" in out
    assert call(repository, "purge", "--expressions")[1] == ""


def test_a_value_that_the_tree_holds_is_neither_rotated_nor_purged(call: Call, shop: Any) -> None:
    folder, password = shop
    assert call(folder, "plan", "-o", "plan.toml")[0] == 0
    row = state(call, folder, "--offline", "--plan", "plan.toml")
    assert (row["stored"], row["switched"], row["rotated"], row["purged"]) == (None, False, False, False)
    assert row["places"] == ["shop/db.py:6"]
    assert row["exposed"] is True
    status, out, err = call(folder, "rotation", "--plan", "plan.toml")
    assert (status, out) == (1, "")
    assert "prod/shop/db: not yet. It is still in shop/db.py:6" in err
    assert not (folder / "rotation.yaml").exists()
    status, out, _ = call(folder, "purge", "--plan", "plan.toml")
    assert "left alone. It is still in shop/db.py:6" in out
    assert "filter-repo" not in out
    assert call(folder, "purge", "--plan", "plan.toml", "--expressions")[1] == ""
    leaked = password in out + err
    assert not leaked


def test_a_copy_that_no_rule_finds_keeps_a_login_from_being_rotated(call: Call, shop: Any, aws: Any) -> None:
    folder, password = shop
    assert call(folder, "migrate", "--yes")[0] == 0
    (folder / "README").write_text(f"zzz {base64.b64encode(password.encode()).decode()}\n")
    status, _, err = call(folder, "rotation")
    assert status == 1
    assert "is still in README:1" in err


def test_a_place_that_reads_a_login_once_is_named_before_it_rotates(call: Call, shop: Any, aws: Any) -> None:
    folder, _ = shop
    assert call(folder, "migrate", "--yes")[0] == 0
    assert "read once" not in call(folder, "rotation")[2]
    read = 'from shop.app_secrets import get_secret_value\nPASSWORD = get_secret_value("prod/shop/db", "password")\n'
    (folder / "shop/settings.py").write_text(read)
    for options, until in (((), "at once"), (("--alternating", "prod/shop/db"), "within 30 days")):
        status, _, err = call(folder, "rotation", *options)
        assert status == 0
        assert f"read once, at import, in shop/settings.py:2: after a rotation restart the program {until}" in err


def test_a_secret_that_is_being_deleted_hides_no_other(call: Call, shop: Any, aws: Any, made: Made) -> None:
    folder, _ = shop
    (folder / "shop/mail.py").write_text(f"SMTP_PASSWORD = {made(24)!r}\n")
    assert call(folder, "migrate", "--yes", "--store", "secretsmanager")[0] == 0
    aws.delete_secret(SecretId="prod/shop/db", RecoveryWindowInDays=30)
    rows = {row["value"]: row for row in json.loads(call(folder, "status", "--format", "json")[1])["values"]}
    assert rows["prod/shop/smtp-password"]["stored"] is True
    assert rows["prod/shop/db:password"]["stored"] is False
    status, out, _ = call(folder, "status", "--fail-on-unrotated")
    assert status == 3
    assert "restore-secret" in out


def test_a_value_lives_from_found_to_purged(
    call: Call, shop: Any, aws: Any, git: Git, made: Made, tmp_path: Path
) -> None:
    folder, password = shop
    said: list[str] = []

    def says(where: Path, *arguments: str) -> tuple[int, str]:
        status, out, err = call(where, *arguments)
        said.append(out + err)
        return status, out

    assert says(folder, "plan", "-o", "plan.toml", "--kms-key", "alias/shop")[0] == 0
    assert says(folder, "migrate", "--yes", "--plan", "plan.toml")[0] == 0
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "Read the password from AWS")
    git(folder, "push", "--quiet", "origin", "main")
    row = state(call, folder)
    assert (row["stored"], row["switched"], row["rotated"], row["purged"]) == (True, True, False, False)
    assert row["exposed"] is True
    assert says(folder, "status", "--fail-on-unrotated")[0] == 1

    # A clone elsewhere has another key: it proves the same by the blobs that the committed plan names.
    elsewhere = tmp_path / "elsewhere"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "remote.git"), str(elsewhere))
    assert says(elsewhere, "status", "--plan", "plan.toml", "--fail-on-unrotated")[0] == 1
    assert state(call, elsewhere, "--plan", "plan.toml")["rotated"] is False

    # In another region nothing is stored, and nothing tells: no gate may pass on that.
    for where, arguments in ((folder, ()), (elsewhere, ("--plan", "plan.toml"))):
        asked = ("status", *arguments, "--region", "ap-southeast-2", "--fail-on-unrotated")
        status, out = says(where, *asked)
        assert status == 3
        assert "Not in the store that was asked, so nothing tells whether it was rotated: prod/shop/db:password" in out
    committed = (elsewhere / "plan.toml").read_text()
    (elsewhere / "plan.toml").write_text(committed.replace('action = "create"', 'action = "skip"'))
    assert says(elsewhere, "status", "--plan", "plan.toml", "--region", "ap-southeast-2", "--fail-on-unrotated")[0] == 0

    status, out = says(folder, "rotation", "--plan", "plan.toml", "-o", "out")
    assert (status, out.split()) == (0, ["out/rotation.yaml", "out/rotation.tf"])
    assert "RotationType: PostgreSQLSingleUser" in (folder / "out/rotation.yaml").read_text()
    assert "(alias/shop)" in (folder / "out/rotation.yaml").read_text(), "the function may use the secret's own key"
    fields = json.loads(aws.get_secret_value(SecretId="prod/shop/db")["SecretString"])
    aws.put_secret_value(SecretId="prod/shop/db", SecretString=json.dumps(fields | {"password": made(24)}))
    assert state(call, folder)["rotated"] is True
    assert says(folder, "status", "--fail-on-unrotated")[0] == 0
    assert says(elsewhere, "status", "--plan", "plan.toml", "--fail-on-unrotated")[0] == 0

    (tmp_path / "other").mkdir()
    git(tmp_path / "other", "init", "--quiet")
    assert says(tmp_path / "other", "purge", "--check", str(folder))[0] == 3, "nothing to search for"

    clone = purged(folder, says, tmp_path)
    assert _spellings(clone, git, password) == []
    assert "<REMOVED>" in git(clone, "show", "v1:shop/db.py")
    assert says(clone, "scan", "--history")[0] == 0

    for text in said:
        leaked = password in text or password[9:] in text
        assert not leaked


def purged(folder: Path, says: Callable[..., tuple[int, str]], tmp_path: Path) -> Path:
    """Run the printed commands in a shell, with the real git filter-repo; the rewritten clone."""
    beside = Path(sys.executable).parent
    if not (beside / "git-filter-repo").exists() and shutil.which("git-filter-repo") is None:
        pytest.skip("git filter-repo is not installed: pip install git-filter-repo")
    status, out = says(folder, "purge")
    assert status == 0
    assert "in 6 versions of files, 1 commit message, 1 tag message" in out
    lines = out.splitlines()
    begin = next(number for number, line in enumerate(lines) if "git clone" in line)
    end = next(number for number, line in enumerate(lines) if "--check" in line)
    program = tmp_path / "bin" / "unhardcode"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I {Path(unhardcode.__file__)} "$@"\n')
    program.chmod(0o700)
    environment = {**os.environ, "PATH": f"{program.parent}:{beside}:{os.environ['PATH']}"}
    script = "set -e\n" + "\n".join(lines[begin : end + 1])
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "prod/shop/db:password: gone" in done.stdout
    return folder.parent / "purged.git"


def _spellings(clone: Path, git: Git, password: str) -> list[str]:
    """The objects of the clone that hold the password as this test wrote it, found without our search."""
    forms = [password.encode(), password.replace("/", "\\/").encode(), password.replace("/", "%2F").encode()]
    forms += [
        base64.b64encode(password.encode()),
        password.encode("utf-16-le"),
        password[9:].encode(),
        password[:9].encode(),
    ]
    forms += [password.replace("/", "%2F").replace("'", "%27").encode()]
    found = []
    listing = git(clone, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    for line in listing.splitlines():
        oid, kind = line.split()
        raw = subprocess.run(["git", "cat-file", kind, oid], cwd=clone, capture_output=True, check=True).stdout
        found += [f"{kind} {oid}" for form in forms if form in raw]
    return found


def test_the_message_of_a_tag_is_history_and_no_place_of_the_tree(
    call: Call, repository: Path, git: Git, made: Made
) -> None:
    password = made(24)
    (repository / "app.py").write_text("import os\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "first")
    git(repository, "tag", "-a", "v1", "-m", f"password = {password}")
    status, out, _ = call(repository, "status", "--offline", "--format", "json")
    (row,) = json.loads(out)["values"]
    assert (status, row["switched"], row["places"], row["history"]["objects"]) == (0, True, [], 1)
    assert "tag-message/" in row["value"]
    status, out, _ = call(repository, "purge")
    assert (status, "in 1 tag message" in out, "left alone" in out) == (0, True, False)
    shown = password in out
    assert not shown
