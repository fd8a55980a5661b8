"""Undo: what can no longer be undone is told and nothing is touched; else every byte comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

Run = Callable[..., tuple[int, str, str]]
Git = Callable[..., str]


def refused(shop: Any, run: Run, *words: str) -> None:
    """Undo must end with status 1 and these words, and leave every file alone."""
    now = shop.files()
    status, _, err = run(shop, "migrate", "--undo", "--yes")
    assert status == 1
    for word in words:
        assert word in err
    assert shop.files() == now
    assert not [value for value in shop.values if value in err]


def test_what_can_no_longer_be_undone_is_named_and_nothing_is_touched(shop: Any, aws: Any, run: Run, git: Git) -> None:
    status, out, err = run(shop, "migrate", "--yes")
    assert status == 0, out + err
    for path in ("shop/db.py", "shop/app_secrets.py"):  # changed since, one of them made by us
        ours = (shop.folder / path).read_bytes()
        (shop.folder / path).write_text("# mine\n")
        refused(shop, run, path, "changed since")
        (shop.folder / path).write_bytes(ours)
    (shop.folder / "shop/db.py").rename(shop.folder / "moved.py")
    refused(shop, run, "shop/db.py", "changed since")
    (shop.folder / "moved.py").rename(shop.folder / "shop/db.py")
    # What git does not hold needs the value that was stored.
    aws.parameters.put_parameter(Name="/prod/shop/mail-token", Value="rotated", Overwrite=True)
    refused(shop, run, "/prod/shop/mail-token", "rotated")
    aws.parameters.delete_parameter(Name="/prod/shop/mail-token")
    refused(shop, run, "/prod/shop/mail-token", "--region")
    aws.parameters.put_parameter(Name="/prod/shop/mail-token", Value="another", Type="SecureString")
    refused(shop, run, ".env", "byte for byte")
    aws.parameters.delete_parameter(Name="/prod/shop/mail-token")
    aws.parameters.put_parameter(Name="/prod/shop/mail-token", Value=shop.values[2], Type="SecureString")
    _forget_the_past(shop, git)
    refused(shop, run, "no longer has blob")


def _forget_the_past(shop: Any, git: Git) -> None:
    git(shop.folder, "checkout", "--quiet", "--orphan", "fresh")
    git(shop.folder, "rm", "-r", "-f", "--quiet", "--cached", ".")
    git(shop.folder, "add", "pyproject.toml")
    git(shop.folder, "commit", "--quiet", "--message", "fresh")
    git(shop.folder, "branch", "--quiet", "-D", "main")
    git(shop.folder, "reflog", "expire", "--expire=all", "--all")
    git(shop.folder, "gc", "--quiet", "--prune=now")


def test_an_interrupted_undo_says_that_it_goes_on_and_does(
    shop: Any, aws: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    before = shop.files()
    assert run(shop, "migrate", "--yes")[0] == 0
    with monkeypatch.context() as patched:
        patched.setattr("fixers.undo.replace_all", stop)
        status, _, err = run(shop, "migrate", "--undo", "--yes")
    assert (status, "the same command goes on" in err) == (130, True)
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before


def test_after_a_rotation_nothing_comes_back_also_where_git_holds_it(shop: Any, aws: Any, run: Run) -> None:
    (shop.folder / ".env").unlink()
    assert run(shop, "migrate", "--yes")[0] == 0
    aws.secrets.put_secret_value(SecretId="prod/shop/db", SecretString="rotated")
    refused(shop, run, "prod/shop/db", "rotated", "keep the rewritten code")


def test_a_spelling_that_would_not_come_back_is_refused_before_anything_is_stored(
    bare_shop: Any, aws: Any, run: Run, made: Callable[..., str]
) -> None:
    # A name of a character in lower case: Python reads it, and nobody would write it so again.
    value = made(20)
    odd = bare_shop.folder / "shop/odd.py"
    odd.write_text(f'PASSWORD = "{value}\\N{{latin small letter a}}"\nTOKEN = 1\n')
    before = bare_shop.files()
    status, out, err = run(bare_shop, "migrate", "--yes")
    assert status == 0, err
    assert "not-undoable (1)" in out
    assert "shop/odd.py:1" in out
    assert odd.read_bytes() == before["shop/odd.py"]
    assert not [stored for stored in aws.stored().values() if value in stored]
    assert run(bare_shop, "migrate", "--undo", "--yes")[0] == 0
    assert bare_shop.files() == before


def test_a_file_that_is_only_in_the_index_comes_back_by_its_blob(
    shop: Any, aws: Any, run: Run, git: Git, made: Callable[..., str]
) -> None:
    odd = shop.folder / "shop/odd.py"
    odd.write_text(f'PASSWORD = "{made(20)}\\N{{latin small letter a}}"\n')
    git(shop.folder, "add", "shop/odd.py")
    before = shop.files()
    status, out, _ = run(shop, "migrate", "--yes")
    assert status == 0
    assert "not-undoable" not in out
    assert shop.files()["shop/odd.py"] != before["shop/odd.py"]
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before


def test_without_git_every_spelling_comes_back_from_the_store(
    bare_shop: Any, aws: Any, run: Run, made: Callable[..., str]
) -> None:
    odd = "p@ss/w%" + made(16)
    special = [made(18) for _ in range(8)]
    # The journal lies where the user's state is, which all tests of a run share.
    files: dict[str, bytes] = {
        "shop/escaped.py": f"PASSWORD = '{special[0]}\\'\\\\\\x41\\u00e9\\n'\n".encode(),
        "shop/joined.py": f"API_TOKEN = (\n    '{special[1]}'  # first\n    \"{special[2]}\"\n)\n".encode(),
        "shop/url.py": f'BROKER = "amqp://shop:{quote(odd, safe="")}@mq.internal/shop"\n'.encode(),
        "shop/old.py": f"# coding: latin-1\n# caf\u00e9\nSECRET_KEY = '{special[3]}\u00e9'\n".encode("latin-1"),
        "shop/marked.py": b"\xef\xbb\xbf" + f"WEBHOOK_SECRET = '{special[4]}'\r\n".encode(),
        "shop/formfeed.py": f"import os\n\x0c\nDB_PASSWORD = '{special[5]}'".encode(),
        "shop/raw.py": f"SMTP_PASSWORD = r'{special[6]}'\n".encode(),
    }
    for path, raw in files.items():
        (bare_shop.folder / path).write_bytes(raw)
    bare = replace(bare_shop, values=(*bare_shop.values, *special, odd))
    before = bare.files()
    status, out, err = run(bare, "migrate", "--yes")
    assert status == 0, err
    after = bare.files()
    assert "not-undoable" not in out
    unchanged = {path for path in files if after[path] == before[path]}
    assert unchanged == set()
    status, out, err = run(bare, "migrate", "--undo", "--yes")
    assert status == 0, err
    assert bare.files() == before


def test_a_dirty_tree_with_untracked_files_comes_back(shop: Any, aws: Any, run: Run, made: Callable[..., str]) -> None:
    (shop.folder / "shop/pay.py").write_bytes((shop.folder / "shop/pay.py").read_bytes() + b"# dirty\r\n")
    (shop.folder / "shop/new.py").write_text(f'import os\n\nPASSWORD = os.getenv("PASSWORD", "{made(20)}")\n')
    (shop.folder / "shop/mail.py").write_text('import os\n\n# dirty\nTOKEN = os.environ["MAIL_TOKEN"]\n')
    before = shop.files()
    assert run(shop, "migrate", "--yes")[0] == 0
    changed = {path for path, raw in shop.files().items() if before.get(path) != raw}
    assert {"shop/pay.py", "shop/new.py", "shop/mail.py", ".env"} <= changed
    (journal,) = (shop.folder / ".git/unhardcode").glob("*.jsonl")
    with journal.open("a") as file:
        file.write('{"step": "undo"}\n')
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 2  # an undo was interrupted: it comes first
    assert "migrate --undo" in err
    kept = json.dumps(shop.journals())
    assert not [value for value in shop.values if value in kept]
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before


def test_a_file_name_with_a_line_end_is_one_line(shop: Any, aws: Any, run: Run, made: Callable[..., str]) -> None:
    (shop.folder / "one\ntwo.py").write_text(f'password = "{made(20)}"\n')
    before = shop.files()
    for words in (["migrate", "--yes"], ["migrate", "--undo", "--yes"]):
        status, out, err = run(shop, *words)
        assert status == 0
        assert "one\ntwo" not in out + err
    assert shop.files() == before
