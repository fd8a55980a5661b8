"""The hook's short way, `--staged`, the working tree and `--history` say the same of the same files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import hook
from scanner.source import Source
from scanner.sources import staged as staged_files

Git = Callable[..., str]

QUIET = ["scan", "--staged", "-q"]
# Each stands under each name. Some hold a credential whatever the file is, some only where it is Python, or only where
# it is not, and some never.
TEXTS = (
    '{head}import paramiko\nc.connect("db.internal", 22, "bob", "{value}")\n',
    '{head}import paramiko\nc.connect("db.internal", 22, "bob", given)\n',
    '{head}password = "{value}"\n',
    "{head}database:\n  user: bob\n  password: {value}\n",
    '{{"database": {{"user": "bob", "password": "{value}"}}}}\n',
    "{head}[database]\nuser = bob\npassword = {value}\n",
    "{head}DB_PASSWORD={value}\n",
    "{head}api_key = given\n",
    '{head}url = "postgres://bob:{value}@db.internal/shop"\n',
    "user,password\nbob,{value}\n",
)
NAMES = (
    "a.py", "B.PY", "a.pyi", "app.wsgi", "mail.py.bak", "settings.py.example", "deploy", "a.conf", "a.txt", "a.md",
    ".env", ".env.py", "prod.env", "a.yml", "a.yaml.dist", "a.json", "terraform.tfstate.backup", "a.toml", "a.ini",
    "a.csv", "a.js", "a.ipynb",
)  # fmt: skip
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n"


def _written(folder: Path, made: Callable[..., str]) -> list[str]:
    """The paths of files with each text under each name."""
    paths = []
    for number, text in enumerate(TEXTS):
        for name in NAMES:
            path = folder / str(number) / name
            path.parent.mkdir(exist_ok=True)
            head = "#!/usr/bin/env python3\n" if name == "deploy" else ""
            path.write_text(text.format(head=head, value=made(20)))
            paths.append(f"{number}/{name}")
    return paths


def test_all_ways_to_the_same_files_find_the_same(
    repository: Path,
    made: Callable[..., str],
    run: Callable[..., tuple[int, str, str]],
    git: Git,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = _written(repository, made)

    def found(*arguments: str) -> set[tuple[str, str, int, str]]:
        printed = run(repository, "scan", *arguments, "--format", "json", "--fail-on", "never")[1]
        return {
            (each["path"], each["rule"], each["start_line"], each["confidence"])
            for each in json.loads(printed)["findings"]
        }

    git(repository, "add", "-A")
    staged = found("--staged")
    with_findings = {path for path, *_ in staged}
    assert len(with_findings) > len(paths) / 3
    assert found() == staged
    git(repository, "commit", "-qm", "all")
    assert found("--history", "--no-cache") == staged
    # The short way is shown one file at a time: it ends at the first that is not clean.
    short = set()
    for path in (path for path in paths if path[0] in "0267"):
        source = Source(path=path, raw=(repository / path).read_bytes())
        monkeypatch.setattr(staged_files, "sources", lambda *_, source=source: iter([source]))
        short.update([path] if hook.is_clean(QUIET) else [])
    assert short.isdisjoint(with_findings)
    # Of a clean file it may not be sure, but of the usual ones it is.
    assert {"7/a.py", "7/a.pyi", "7/B.PY", "7/deploy", "7/a.ipynb"} <= short


@pytest.mark.parametrize("raw", [POINTER.encode(), b"\0\1\2", b"x = 1\n"], ids=["pointer", "binary", "text"])
def test_the_short_way_prints_nothing_only_where_the_command_does(
    repository: Path, run: Callable[..., tuple[int, str, str]], git: Git, raw: bytes
) -> None:
    (repository / "a.dat").write_bytes(raw)
    git(repository, "add", "-A")
    status, out, err = run(repository, "scan", "--staged")
    quiet = run(repository, *QUIET)
    assert not hook.is_clean(QUIET) or quiet == (0, "", "")
    assert hook.is_clean(QUIET) is (raw == b"x = 1\n"), (status, out, err)
