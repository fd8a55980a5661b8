"""Bad input gets one clear line (what, where, what to do), the right exit status, and loses nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder: exit status, standard output, standard error."""

    def call(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        status = unhardcode.run(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def value(made: Callable[..., str]) -> str:
    return made(24)


def _skipped(out: str) -> dict[str, str]:
    return {entry["path"]: entry["reason"] for entry in json.loads(out)["coverage"]["skipped"]}


def _found(out: str) -> list[str]:
    return [finding["path"] for finding in json.loads(out)["findings"]]


def test_a_path_that_does_not_exist_is_named(run: Run, tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "scan", "absent.py")
    assert (status, out) == (3, "")
    assert "absent.py" in err
    assert "spelling" in err


def test_submodules_are_looked_into_where_that_was_asked_for_and_said_where_it_cannot_be(
    run: Run, repository: Path, value: str, git: Callable[..., str], tmp_path: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "keys.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    git(library, "init", "-q")
    git(library, "add", "-A")
    git(library, "commit", "-q", "-m", "first")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")

    status, out, _ = run(repository, "scan", "--format", "json")
    assert (status, _skipped(out)) == (0, {"lib": "submodule"})
    status, out, _ = run(repository, "scan", "--recurse-submodules", "--format", "json")
    assert (status, _found(out), _skipped(out)) == (1, ["lib/keys.py"], {})
    for mode in ("--staged", "--history", "--range=HEAD..HEAD"):
        status, out, err = run(repository, "scan", "--recurse-submodules", mode)
        assert (status, out) == (2, "")
        assert "git submodule foreach" in err
    git(repository, "submodule", "--quiet", "deinit", "-f", "lib")
    status, out, _ = run(repository, "scan", "--recurse-submodules")
    assert status == 3
    assert "lib: submodule: not checked out (git submodule update --init)" in out
    for glob in ("lib", "lib/"):
        assert run(repository, "scan", "--recurse-submodules", "--exclude", glob)[0] == 0


def test_explain_takes_a_place_as_a_report_prints_it_and_asks_for_the_line(
    run: Run, repository: Path, value: str
) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    (repository / "b:7").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    for where in ("a.py:1", "a.py:1:19", "b:7:1", "b:7:1:19"):
        status, out, _ = run(repository, "explain", where)
        assert (status, where.rpartition(":")[0].partition(":")[0] in out) == (0, True)
    status, _, err = run(repository, "explain", "a.py")
    assert (status, "which line" in err) == (2, True)
    assert run(repository, "explain", "a.py:2")[0] == 3
    assert run(repository, "explain", "::")[0] == 3


def test_what_a_report_says_to_do_can_be_done_in_the_folder_that_it_was_asked_for_in(
    run: Run, repository: Path, value: str
) -> None:
    (repository / "app" / "core").mkdir(parents=True)
    (repository / "app" / "core" / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    for folder, there in (("", "app/core/a.py"), ("app", "core/a.py"), ("app/core", "a.py")):
        status, out, _ = run(repository / folder, "scan")
        assert (status, out.startswith("app/core/a.py:1:19")) == (1, True)
        assert f"unhardcode migrate {there}\n" in out
        assert f"unhardcode explain {there}:1\n" in out
        for where in (f"{there}:1", "app/core/a.py:1", "app/core/a.py:1:19"):
            assert run(repository / folder, "explain", where)[0] == 0
    (repository.parent / "elsewhere").mkdir()
    out = run(repository.parent / "elsewhere", "scan", str(repository))[1]
    assert f"unhardcode explain ../{repository.name}/app/core/a.py:1\n" in out


def test_explain_says_what_it_could_not_look_at_and_takes_a_name_that_is_no_text(
    run: Run, repository: Path, value: str
) -> None:
    (repository / "data.py").write_bytes(b"\x00" * 20)
    (repository / "app").mkdir()
    (repository / os.fsdecode(b"\xff.py")).write_text(f'ADMIN_PASSWORD = "{value}"\n')
    status, out, err = run(repository, "explain", "data.py:1")
    assert (status, out, "data.py: binary" in err) == (3, "", True)
    status, out, err = run(repository, "explain", "app:1")
    assert (status, out, "app: a folder" in err) == (2, "", True)
    assert "unhardcode explain PATH:1" in run(repository, "scan")[1]
    assert run(repository, "explain", "%FF.py:1")[0] == 0


# No fingerprint: not all of it is hexadecimal.
MARK = "Zq" + "7x" * 10


def test_explain_names_what_is_neither_a_place_nor_a_fingerprint(run: Run, repository: Path) -> None:
    for where in ("", "abc", "a.py:-1", "a.py", "::"):
        status, out, err = run(repository, "explain", where)
        assert (status, out, "no PATH:LINE and no fingerprint" in err) == (3, "", True)
    assert MARK not in run(repository, "explain", MARK)[2]  # somebody pasted the value itself
    status, _, err = run(repository, "explain", "0123456789abcdef")
    assert (status, "no finding has the fingerprint 0123456789abcdef" in err) == (3, True)
    status, _, err = run(repository, "explain", os.fsdecode(b"\xff.py:1"))
    assert (status, "no such file" in err) == (3, True)


def test_without_git_no_history_is_looked_for(run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    for mode in ("--history", "--range=A..B", "--staged"):
        status, out, err = run(repository, "scan", mode)
        assert (status, out, "git was not found on PATH" in err) == (3, "", True)


def test_a_cache_that_would_be_another_one_in_each_folder_is_refused(
    run: Run, repository: Path, value: str, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner import session

    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    git(repository, "add", "-A")
    monkeypatch.setenv("UNHARDCODE_CACHE", "cache")
    session.load_prefilter.cache_clear()
    for words in (["scan"], ["scan", "--staged", "-q"]):
        status, out, err = run(repository, *words)
        assert (status, out, "UNHARDCODE_CACHE: not an absolute path" in err) == (2, "", True)
    assert not (repository / "cache").exists()


def test_an_interruption_before_anything_is_imported_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(arguments: list[str] | None) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(unhardcode, "run", interrupted)
    with pytest.raises(SystemExit) as left:
        unhardcode.main(["scan"])
    assert left.value.code == 130
    assert capsys.readouterr().err == "unhardcode: interrupted\n"


@pytest.mark.parametrize(
    ("words", "shell", "status"),
    [
        pytest.param("rules list", "| head -n 1", "141 0", id="a reader that has enough"),
        pytest.param("scan many.py", "| head -n 1", "141 0", id="a reader that has enough of a report"),
        pytest.param("rules list", "> /dev/full", "2", id="a full disk"),
        pytest.param("scan a.py", "> /dev/full", "2", id="a full disk for a report"),
        pytest.param("scan a.py", ">&- 2>&-", "1", id="no output at all"),
        pytest.param("scan a.py", "< /dev/null", "1", id="nothing of this"),
        pytest.param("migrate", "<&-", "2", id="no input to ask on"),
    ],
)
def test_an_output_that_takes_no_more_is_no_bug(
    repository: Path, value: str, words: str, shell: str, status: str
) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    (repository / "many.py").write_text("".join(f'PASSWORD_{n} = "{value}{n}"\n' for n in range(400)))
    script = f'"{sys.executable}" -I -m unhardcode {words} {shell}; echo "${{PIPESTATUS[*]}}" >&3'
    done = subprocess.run(["bash", "-c", f"exec 3>status; {script}"], cwd=repository, capture_output=True, text=True)
    assert (repository / "status").read_text().strip() == status
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    leaked = value in done.stdout + done.stderr
    assert not leaked


def test_a_working_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f'cd gone; rmdir ../gone; "{sys.executable}" -I -m unhardcode scan'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "")
    assert "the working directory is gone" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_folder_in_the_place_of_a_configuration_is_a_mistake(run: Run, repository: Path) -> None:
    for name in (".unhardcode.toml", "pyproject.toml", ".unhardcode.rules.toml"):
        (repository / name).mkdir()
        status, _, err = run(repository, "scan")
        assert (status, "not a regular file" in err) == (2, True)
        (repository / name).rmdir()


def test_an_unknown_command_and_option_are_usage_errors(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, "scna")[0] == 2
    assert run(tmp_path, "scan", "--stagd")[0] == 2
    assert run(tmp_path, "scan", "--staged", "--stdin")[0] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--range", ""], "not a range", id="a variable of CI that is empty"),
        pytest.param(["--range", "..HEAD"], "begins nowhere", id="a variable of CI that is empty before the dots"),
        pytest.param([""], "it is empty", id="a path that is empty"),
        pytest.param(["--baseline", ""], "it is empty", id="a baseline without a name"),
        pytest.param(["-o", ""], "it is empty", id="an output without a name"),
        pytest.param(["--history", "--since", "2026-02-31"], "not a date", id="a day that no calendar has"),
        pytest.param(["--stdin", "a.py", "b.py"], "name one PATH", id="two names for one text"),
        pytest.param(["--report", "sarif=x", "--report", "json=x"], "two reports", id="two reports in one file"),
        pytest.param(["-o", "x", "--report", "json=x"], "two reports", id="a report over another"),
        pytest.param(["--report", "json=."], "a folder", id="a report in a folder's place"),
        pytest.param(["--no-baseline", "--baseline", "x"], "exclude each other", id="a baseline and none"),
        pytest.param(["--since", ""], "--since goes with --history", id="a day for no history, of a variable not set"),
        pytest.param(["--fail-since", "2026-01-01"], "--fail-since goes with", id="a day for files, which have none"),
        pytest.param(["--no-fail-on-old"], "goes with --push or --range", id="what was there before, of a tree"),
        pytest.param(["--staged", "--no-fail-on-gone"], "goes with --history", id="what is gone, of the index"),
        pytest.param(["--include", ""], "an empty GLOB", id="a glob that fits nothing"),
        pytest.param(["--exclude", "a/", "--exclude", "!a/b"], "takes nothing back", id="a glob that gives back"),
        pytest.param(["--no-cache"], "goes with --history", id="no record where none is kept"),
    ],
)
def test_an_option_that_would_do_something_else_than_meant_is_refused(
    run: Run, repository: Path, value: str, git: Callable[..., str], words: list[str], said: str
) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "first")
    status, out, err = run(repository, "scan", *words)
    assert (status, out, said in err) == (2, "", True)
    assert not (repository / "x").exists()


def test_no_link_of_a_scanned_repository_says_where_a_report_is_written(
    run: Run, repository: Path, value: str, git: Callable[..., str], tmp_path: Path
) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "profile").write_text("mine\n")
    (repository / "out.json").symlink_to(outside / "profile")
    (repository / "in.json").symlink_to("a.py")
    (repository / "gone.json").symlink_to(outside / "new")
    (repository / "folder").symlink_to(outside)
    git(repository, "add", "-A")
    for named in ("out.json", "in.json", "gone.json", "folder/profile"):
        for words in (["--format", "json", "-o", named], ["--report", f"json={named}"]):
            status, out, err = run(repository, "scan", *words)
            assert (status, out, f"{named}: a symbolic link leads elsewhere" in err) == (2, "", True)
    assert sorted(os.listdir(outside)) == ["profile"]
    assert (outside / "profile").read_text() == "mine\n"
    kept = value in (repository / "a.py").read_text()
    assert kept
    (outside / "link.json").symlink_to(outside / "report.json")
    for named in ("new.json", "./new.json", str(outside / "link.json"), "../outside/report.json", "/dev/null"):
        assert run(repository, "scan", "--format", "json", "-o", named)[0] == 1


def test_a_baseline_in_a_place_that_cannot_be_is_a_mistake(run: Run, repository: Path, value: str) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    for command in ("create", "update", "prune"):
        status, _, err = run(repository, "baseline", command, "-o", "x" * 300)
        assert (status, "too long" in err or "no such" in err) == (2, True)


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
    assert (status, "not seen  locked.py: not readable" in told) == (3, True)
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


def test_a_name_that_no_file_can_have_is_a_mistake_of_spelling(run: Run, repository: Path) -> None:
    name = "x" * 300
    for words in (
        ["scan", name],
        ["plan", name],
        ["explain", f"{name}:1"],
        ["status", name],
        ["scan", "--range=ci", name],
    ):
        status, out, err = run(repository, *words)
        assert (status in (2, 3), out, "bug" in err) == (True, "", False)


def test_the_name_of_a_file_commands_no_terminal_and_no_runner(run: Run, tmp_path: Path) -> None:
    status, _, err = run(tmp_path, "scan", "no\x1b[31m\n::error::file")
    assert status == 3
    assert "\x1b" not in err
    assert err.count("\n") == 2


def test_an_empty_folder_is_nothing_to_scan(run: Run, tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "scan", ".")
    assert status == 3
    assert "nothing" in out + err


def test_an_empty_repository_is_nothing_to_scan_but_its_empty_index_is_fine(run: Run, repository: Path) -> None:
    assert run(repository, "scan")[0] == 3
    status, out, err = run(repository, "scan", "--staged")
    assert status == 0
    assert "nothing to scan" in out + err


def test_staged_outside_a_repository_says_so(run: Run, tmp_path: Path) -> None:
    status, _, err = run(tmp_path, "scan", "--staged")
    assert status == 3
    assert "git" in err


def test_a_bare_repository_has_no_working_tree(run: Run, tmp_path: Path, git: Callable[..., str]) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")
    status, _, err = run(tmp_path / "bare.git", "scan")
    assert status == 3
    assert "bare" in err


def test_without_git_all_files_are_scanned(
    run: Run, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(f'password = "{value}"\n')
    monkeypatch.setenv("PATH", str(tmp_path))
    status, out, _ = run(tmp_path, "scan", ".", "--format", "json")
    assert status == 1
    assert _found(out) == ["a.py"]
    assert json.loads(out)["findings"][0]["tracked"] is None


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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
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


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_cache_is_made_anew(
    run: Run, tmp_path: Path, value: str, damage: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    from scanner import session

    cache = tmp_path / "cache"
    shutil.copytree(os.environ["UNHARDCODE_CACHE"], cache)
    cache.chmod(0o700)
    for file in cache.iterdir():
        if damage is None:
            whole = file.read_bytes()
            file.write_bytes(whole[: len(whole) // 2])
        else:
            file.write_bytes(damage)
    monkeypatch.setenv("UNHARDCODE_CACHE", str(cache))
    session.load_prefilter.cache_clear()
    session.load_rules.cache_clear()
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "a.py").write_text(f'password = "{value}"\n')
    try:
        assert run(folder, "scan", ".")[0] == 1
    finally:
        session.load_prefilter.cache_clear()
        session.load_rules.cache_clear()


def test_an_unknown_key_in_the_configuration_is_refused_with_the_nearest_known_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".unhardcode.toml").write_text('min-confidense = "high"\n')
    status, _, err = run(tmp_path, "scan", ".")
    assert status == 2
    assert "min-confidense" in err
    assert "min-confidence" in err


def test_a_configuration_that_is_not_toml_is_refused_with_its_line(run: Run, tmp_path: Path, value: str) -> None:
    (tmp_path / ".unhardcode.toml").write_text(f'exclude = ["a"]\npassword = {value}\n')
    status, _, err = run(tmp_path, "scan", ".")
    assert status == 2
    assert ":2:" in err
    assert value not in err


def test_a_bug_is_told_by_type_and_place_only(
    run: Run, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner import analysis

    (tmp_path / "a.py").write_text(f'password = "{value}"\n')

    def explode(*_: object) -> None:
        raise ValueError(f"cannot digest {value}")

    monkeypatch.setattr(analysis, "analyse", explode)
    status, out, err = run(tmp_path, "scan", ".")
    assert status == 70
    assert "ValueError" in err
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
