"""Bad input gets one clear line (what, where, what to do), the right exit status, and loses nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode

Run = Callable[..., tuple[int, str, str]]


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
    for where in ("::", "\\x00:1", "\\ud800:1", "\\U000fffff:1"):
        assert run(repository, "explain", where)[0] == 3


@pytest.mark.parametrize(
    "name", ["new\nline.py", "up\u202e.py", "tag\U000e0041.py", "##[x].py", "%FF.py", "back\\x41.py"]
)
def test_explain_takes_a_name_that_a_report_escapes_as_it_prints_it(
    run: Run, repository: Path, value: str, name: str
) -> None:
    (repository / name).write_text(f'ADMIN_PASSWORD = "{value}"\n')
    where = run(repository, "scan")[1].partition("  ")[0]
    assert where.endswith(":1:19")
    assert run(repository, "explain", where)[0] == 0


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


def test_an_interruption_while_the_front_door_is_imported_is_one_line(tmp_path: Path) -> None:
    shutil.copy(unhardcode.__file__, tmp_path)
    (tmp_path / "scanner").mkdir()
    (tmp_path / "scanner" / "errors.py").write_text("raise KeyboardInterrupt\n")
    command = [sys.executable, "-I", str(tmp_path / "unhardcode.py"), "scan"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "unhardcode: interrupted\n")


def test_too_little_memory_is_no_bug(run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("scanner.commands.run", without)
    status, _, said = run(repository, "scan")
    assert (status, "bug" in said, "memory" in said) == (3, False, True)


@pytest.mark.parametrize(
    ("words", "shell", "status"),
    [
        pytest.param("rules list", "| head -n 1", "141 0", id="a reader that has enough"),
        pytest.param("scan many.py", "| head -n 1", "141 0", id="a reader that has enough of a report"),
        pytest.param("rules list", "> /dev/full", "2", id="a full disk"),
        pytest.param("scan a.py", "> /dev/full", "2", id="a full disk for a report"),
        pytest.param("scan --format json many.py", "> long", "2", id="a file that may not be longer"),
        pytest.param("scan a.py", ">&- 2>&-", "1", id="no output at all"),
        pytest.param("scan --nonsense", "2> /dev/full", "2", id="a full disk for what click says"),
        pytest.param("scan no-such.py", "2> /dev/full", "3", id="a full disk for what we say"),
        pytest.param("migrate a.py", "2> /dev/full < /dev/null", "2", id="a full disk for a question"),
        pytest.param("scan no-such.py", "2>&1 | true", "3 0", id="nobody reads what we say"),
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
    done = subprocess.run(
        ["bash", "-c", f"exec 3>status; ulimit -f {8 if '> long' in shell else 'unlimited'}; {script}"],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    assert (repository / "status").read_text().strip() == status
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    leaked = value in done.stdout + done.stderr
    assert not leaked


def test_an_unknown_command_and_option_are_usage_errors(run: Run, tmp_path: Path) -> None:
    status, _, err = run(tmp_path, "scna")
    assert (status, "did you mean scan?" in err) == (2, True)
    assert run(tmp_path, "scan", "--stagd")[0] == 2
    assert run(tmp_path, "scan", "--staged", "--stdin")[0] == 2


@pytest.mark.parametrize("words", ["baseline import", "fix --plan", "status --plan", "value x --plan"])
def test_a_file_without_an_end_is_a_mistake(run: Run, repository: Path, words: str) -> None:
    status, out, err = run(repository, *words.split(), "/dev/zero")
    assert (status, out) == (2, "")
    assert "unhardcode: /dev/zero: larger than" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--range", ""], "not a range", id="a variable of CI that is empty"),
        pytest.param(["--range", "..HEAD"], "it has no start", id="a variable of CI that is empty before the dots"),
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
        pytest.param(["--fail-on-old"], "goes with --push or --range", id="a stricter gate, of a tree"),
        pytest.param(["-o", "-"], "- does not mean a stream here", id="a file that is called like standard output"),
        pytest.param(["--report", "json=-"], "- does not mean a stream here", id="a report to standard output"),
        pytest.param(["--no-fail-on-old"], "goes with --push or --range", id="what was there before, of a tree"),
        pytest.param(["--staged", "--no-fail-on-gone"], "goes with --history", id="what is gone, of the index"),
        pytest.param(["--include", ""], "an empty GLOB", id="a glob that fits nothing"),
        pytest.param(["--exclude", "a/", "--exclude", "!a/b"], "does not negate", id="a glob that gives back"),
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
            assert (status, out, f"{named}: a symbolic link redirects it" in err) == (2, "", True)
    assert sorted(os.listdir(outside)) == ["profile"]
    assert (outside / "profile").read_text() == "mine\n"
    kept = value in (repository / "a.py").read_text()
    assert kept
    (outside / "link.json").symlink_to(outside / "report.json")
    for named in ("new.json", "./new.json", str(outside / "link.json"), "../outside/report.json", "/dev/null"):
        assert run(repository, "scan", "--format", "json", "-o", named)[0] == 1


def test_no_report_takes_the_place_of_a_file_that_has_findings(run: Run, repository: Path, value: str) -> None:
    (repository / "shop").mkdir()
    names = ["shop/a.py", "shop/b%41.py"]
    for name in names:
        (repository / name).write_text(f'ADMIN_PASSWORD = "{value}"\n')
    for name in names:
        for words in (["-o", f"../{name}"], ["--report", f"json={repository / name}"]):
            status, out, err = run(repository / "shop", "scan", *words)
            assert (status, out, "has findings, and would be overwritten" in err) == (2, "", True)
        kept = value in (repository / name).read_text()
        assert kept
    for _ in range(2):
        assert run(repository, "scan", "-o", "shop/report.txt")[0] == 1


def test_a_baseline_in_a_place_that_cannot_be_is_a_mistake(run: Run, repository: Path, value: str) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{value}"\n')
    for command in ("create", "update", "prune"):
        status, _, err = run(repository, "baseline", command, "-o", "x" * 300)
        assert (status, "too long" in err or "no such" in err) == (2, True)


def test_a_damaged_cache_is_made_anew(run: Run, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner import session

    cache = tmp_path / "cache"
    shutil.copytree(os.environ["UNHARDCODE_CACHE"], cache)
    cache.chmod(0o700)
    for number, file in enumerate(sorted(cache.iterdir())):
        whole = file.read_bytes()
        file.write_bytes((whole[: len(whole) // 2], b"garbage", b"")[number % 3])
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
