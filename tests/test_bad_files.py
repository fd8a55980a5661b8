"""Files that cannot be read, or are not what their name says: they are told, and stop nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


def _skipped(out: str) -> dict[str, str]:
    return {entry["path"]: entry["reason"] for entry in json.loads(out)["coverage"]["skipped"]}


def _found(out: str) -> list[str]:
    return [finding["path"] for finding in json.loads(out)["findings"]]


@pytest.mark.skipif(
    not shutil.which("setpriv"), reason="root reads everything, and only setpriv makes it less of a root"
)
def test_what_cannot_be_read_is_a_gap_and_no_mistake_and_every_command_says_so(
    repository: Path, value: str, git: Callable[..., str]
) -> None:
    def run(*words: str) -> tuple[int, str]:
        drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--"] if os.geteuid() == 0 else []
        command = [*drop, sys.executable, "-I", "-m", "unhardcode", *words]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    for name in ("a.py", "locked.py"):
        (repository / name).write_text(f'ADMIN_PASSWORD = "{value}"\n')
    git(repository, "add", "-A")
    (repository / "locked.py").chmod(0)

    status, told = run("scan", "locked.py")
    assert (status, "not scanned  locked.py: not readable" in told) == (3, True)
    status, told = run("explain", "locked.py:1")
    assert (status, "locked.py: not readable" in told) == (3, True)
    (repository / "shut").mkdir(mode=0)
    for words in (("scan", "shut/a.py"), ("explain", "shut/a.py:1"), ("plan", "shut/a.py"), ("scan", "shut")):
        status, told = run(*words)
        assert (status, "shut" in told, "not readable" in told) == (3, True, True)
        assert "spelling" not in told
    (repository / "shut").rmdir()
    status, told = run("baseline", "create", "--reason", "known")
    assert (status, "1 finding accepted" in told, "1 could not be looked at" in told) == (0, True, True)
    assert run("scan")[0] == 3


def test_the_name_of_a_file_commands_no_terminal_and_no_runner(run: Run, tmp_path: Path) -> None:
    status, _, err = run(tmp_path, "scan", "no\x1b[31m\n::error::file")
    assert status == 3
    assert "\x1b" not in err
    assert err.count("\n") == 2


def test_one_unreadable_file_stops_nothing_and_is_told(run: Run, tmp_path: Path, value: str) -> None:
    (tmp_path / "a.py").write_text(f'password = "{value}"\n')
    (tmp_path / "locked.py").write_text("x = 1\n")
    (tmp_path / "locked.py").chmod(0)
    (tmp_path / "binary.py").write_bytes(b"\0\1\2" * 100)
    (tmp_path / "large.py").write_bytes(b"x = 1\n" * 1_000_000)
    (tmp_path / "link.py").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe.py")
    status, out, _ = run(tmp_path, "scan", ".", "--format", "json")
    assert status == 1
    assert _found(out) == ["a.py"]
    skipped = _skipped(out)
    assert skipped["binary.py"] == "binary"
    assert "larger" in skipped["large.py"]
    assert "link" in skipped["link.py"]
    assert "regular" in skipped["pipe.py"]
    if os.geteuid():  # root reads everything
        assert "readable" in skipped["locked.py"]


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", id="a pointer of LFS"),
        pytest.param(
            b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n",
            id="a whole pointer of LFS",
        ),
        pytest.param(b"\xff\xfe\n\n", id="the mark of UTF-16"),
        pytest.param(b"\xfe\xff#\n", id="the mark of UTF-16, the other way round"),
        pytest.param(b"# caf\xc3\xa9\0 is what the project is called\n", id="a stray NUL"),
    ],
)
@pytest.mark.parametrize("mode", ["", "--staged", "--history"])
def test_no_beginning_of_a_file_hides_the_rest(
    run: Run, git: Callable[..., str], tmp_path: Path, value: str, head: bytes, mode: str
) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".env").write_bytes(head + f"DB_PASSWORD={value}\n".encode())
    git(tmp_path, "add", "-A")
    if mode == "--history":
        git(tmp_path, "commit", "-q", "-m", "x")
    status, out, _ = run(tmp_path, *f"scan -q {mode}".split())
    assert (status, ".env:" in out) == (1, True)


def test_a_mark_of_utf32_before_another_text_is_no_clean_file(run: Run, tmp_path: Path, value: str) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\0\0" + f"DB_PASSWORD={value}\n".encode())
    status, out, _ = run(tmp_path, "scan")
    assert (status, "skipped 1 (1 binary)" in out) == (3, True)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
)
def test_wide_text_is_scanned(run: Run, tmp_path: Path, value: str, encoding: str) -> None:
    (tmp_path / "a.env").write_bytes(f"DB_PASSWORD={value}\nOTHER=1\n".encode(encoding))
    (tmp_path / "a.py").write_bytes(f'# café\npassword = "{value}"\n'.encode(encoding))
    status, out, _ = run(tmp_path, "scan", ".", "--format", "json")
    assert status == 1
    assert sorted(_found(out)) == ["a.env", "a.py"]


def test_text_that_is_not_utf8_is_scanned(run: Run, tmp_path: Path, value: str) -> None:
    (tmp_path / "a.py").write_bytes(f'# -*- coding: latin-1 -*-\nname = "é"\npassword = "{value}"\n'.encode("latin-1"))
    (tmp_path / "b.py").write_bytes(b'name = "\xff\xfe"\npassword = "' + value.encode() + b'"\n')
    status, out, _ = run(tmp_path, "scan", ".", "--format", "json")
    assert status == 1
    assert _found(out) == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.py", 'def f(:\n    password = "{value}"\n'),
        ("old.py", 'print "hello"\npassword = "{value}"\n'),
        ("broken.yaml", "a: [1, 2\npassword: {value}\n"),
        ("helm.yaml", "{{{{ if .Values.x }}}}\npassword: {value}\n{{{{ end }}}}\n"),
        ("broken.json", '{{"a": [1, 2, "password": "{value}"\n'),
        ("broken.toml", '[a\npassword = "{value}"\n'),
    ],
)
def test_what_does_not_parse_is_read_as_text_and_said(
    run: Run, tmp_path: Path, value: str, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text.format(value=value))
    status, out, err = run(tmp_path, "scan", ".")
    assert status == 1
    assert name in out
    assert "plain text" in out + err
    assert value not in out + err


def test_a_dotenv_with_a_syntax_error_keeps_its_good_lines(run: Run, tmp_path: Path, value: str) -> None:
    (tmp_path / ".env").write_text(f"this is no line\nDB_PASSWORD={value}\n'\"\n")
    status, out, err = run(tmp_path, "scan", ".")
    assert status == 1
    assert value not in out + err


def test_names_with_newlines_and_invalid_utf8_are_kept_apart(
    run: Run, repository: Path, value: str, git: Callable[..., str]
) -> None:
    for name in (b"new\nline.py", b"inv\xffalid.py", b"-dash.py", b"sp ace.py", b":(top)x.py"):
        Path(os.fsdecode(bytes(repository) + b"/" + name)).write_text(f'password = "{value}"\n')
    git(repository, "add", "-A")
    for arguments in (("scan",), ("scan", "--staged")):
        status, out, _ = run(repository, *arguments, "--format", "json")
        assert status == 1
        assert _found(out) == ["-dash.py", ":(top)x.py", "inv%FFalid.py", "new\nline.py", "sp ace.py"]
    out = run(repository, "scan")[1]
    assert "new\nline" not in out
