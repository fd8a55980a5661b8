"""Where there is nothing to look at, or no git to ask: one clear line, and the right exit status."""

from __future__ import annotations

import json
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
    assert "not looked at: lib: submodule" in run(repository, "plan", "--app", "shop")[1]
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


def test_without_git_no_history_is_looked_for(run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    for mode in ("--history", "--range=A..B", "--staged"):
        status, out, err = run(repository, "scan", mode)
        assert (status, out, "git was not found on PATH" in err) == (3, "", True)


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
