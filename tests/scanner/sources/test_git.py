"""A hostile repository runs nothing of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.sources import git as isolated
from scanner.sources import git_process

Git = Callable[..., str]


@pytest.fixture
def hostile(repository: Path, git: Git, tmp_path: Path) -> tuple[Path, Path]:
    """A repository whose configuration, attributes and hooks all write to a marker file; and the marker."""
    marker = tmp_path / "marker"
    program = tmp_path / "evil.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{marker}"\ncat 2>/dev/null\nexit 0\n')
    program.chmod(0o755)
    (repository / "a.py").write_text("x = 1\n")
    (repository / "b.txt").write_text("text\n")
    (repository / ".gitattributes").write_text("*.py diff=evil filter=evil\n*.txt diff=evil\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "first")
    (repository / "a.py").write_text("x = 2\n")
    git(repository, "add", "-A")
    names = (
        "core.fsmonitor core.sshCommand core.pager core.editor core.gitProxy core.alternateRefsCommand core.askPass "
        "diff.evil.textconv diff.evil.command diff.external filter.evil.clean filter.evil.smudge filter.evil.process "
        "gpg.program credential.helper"
    )
    for name in names.split():
        git(repository, "config", name, str(program))
    git(repository, "config", "log.showSignature", "true")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction"):
        shutil.copy(program, hooks / hook)
        shutil.copy(program, repository / ".git" / "hooks" / hook)
    git(repository, "config", "core.hooksPath", str(hooks))
    marker.unlink(missing_ok=True)
    return repository, marker


def _scan(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", "-m", "unhardcode", "scan", *arguments]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment})


def test_the_trap_works_with_plain_git(hostile: tuple[Path, Path], git: Git) -> None:
    repository, marker = hostile
    git(repository, "status")
    assert marker.exists()


@pytest.mark.parametrize("arguments", [(), ("--staged",), (".", "--format", "json")])
def test_a_hostile_configuration_runs_no_program(hostile: tuple[Path, Path], arguments: tuple[str, ...]) -> None:
    repository, marker = hostile
    done = _scan(repository, *arguments)
    assert done.returncode in (0, 1), done.stderr
    assert not marker.exists(), marker.read_text()


def test_a_partial_clone_fetches_nothing(hostile: tuple[Path, Path], tmp_path: Path, git: Git) -> None:
    repository, marker = hostile
    git(repository, "config", "--unset-all", "core.fsmonitor")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "remote.origin.url", "ssh://nowhere.invalid/repository")
    blob = git(repository, "rev-parse", ":a.py").strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    marker.unlink(missing_ok=True)
    done = _scan(repository, "--staged")
    assert done.returncode == 3
    assert "a.py" in done.stdout + done.stderr
    assert not marker.exists(), marker.read_text()


def test_python_of_the_repository_is_not_imported(repository: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    evil = f"open({str(marker)!r}, 'a').write(__name__)\n"
    for name in ("sitecustomize", "usercustomize", "click", "hyperscan", "json", "unhardcode"):
        (repository / f"{name}.py").write_text(evil)
    for package in ("scanner", "rules", "fixers", "platformdirs"):
        (repository / package).mkdir()
        (repository / package / "__init__.py").write_text(evil)
    (repository / ".secrets.baseline").write_text(
        '{"plugins_used": [{"name": "Evil", "path": "file://' + str(repository / "json.py") + '"}], "results": {}}'
    )
    done = _scan(repository, PYTHONPATH=str(repository))
    assert done.returncode in (0, 1), done.stderr
    assert not marker.exists(), marker.read_text()


def test_the_children_of_a_scan_are_git_and_nothing_else(hostile: tuple[Path, Path], tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    repository, marker = hostile
    log = tmp_path / "strace"
    words = ["strace", "-f", "-e", "trace=execve", "-o", str(log), sys.executable, "-I", "-m", "unhardcode", "scan"]
    subprocess.run(words, cwd=repository, capture_output=True, check=False)
    started = [line.split('execve("')[1].split('"')[0] for line in log.read_text().splitlines() if 'execve("' in line]
    assert started[0] == sys.executable or started[0].endswith("python")
    assert {Path(program).name for program in started[1:]} == {"git"}, started
    assert not marker.exists()


def test_a_repository_of_somebody_else_is_named_as_such(tmp_path: Path) -> None:
    assert "owner" in isolated._hint(b"fatal: detected dubious ownership in repository at '/x'\n")


def test_a_warning_is_no_reason() -> None:
    assert git_process.reason(b"warning: unable to access 'x'\nfatal: bad config line 1\n") == "bad config line 1"


def test_an_extension_that_this_git_does_not_know_is_named(repository: Path, git: Git) -> None:
    git(repository, "config", "core.repositoryFormatVersion", "1")
    git(repository, "config", "extensions.fromTheFuture", "yes")
    done = _scan(repository)
    assert (done.returncode, "extension found: fromthefuture" in done.stderr, "newer git" in done.stderr) == (
        3,
        True,
        True,
    )


def test_no_repository_is_none(tmp_path: Path) -> None:
    assert isolated.find(tmp_path) is None


def test_of_an_object_that_is_too_large_nothing_is_kept_and_the_next_one_comes(repository: Path, git: Git) -> None:
    ids = []
    for text in ("a" * 3_000_000, "small"):
        (repository / "a.txt").write_text(text)
        ids.append(git(repository, "hash-object", "-w", "a.txt").strip())
    large: set[str] = set()
    assert list(isolated.blobs(repository, ids, 100, large)) == [(ids[0], None), (ids[1], b"small")]
    assert large == {ids[0]}


def test_a_git_in_a_relative_folder_of_the_path_is_the_repository_s_and_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    real = git_process.program()
    monkeypatch.setenv("PATH", f"bin{os.pathsep}.{os.pathsep}{os.environ['PATH']}")
    assert git_process.program() == real
    monkeypatch.setenv("PATH", "bin")
    assert git_process.program() is None
    monkeypatch.setenv("PATH", f"bin{os.pathsep}{tmp_path / 'bin'}")
    assert git_process.program() == str(tmp_path / "bin" / "git")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param("#!/nowhere/sh\n", "cannot be started", id="its interpreter is gone"),
        pytest.param("no program\n", "cannot be started", id="no program"),
        pytest.param("#!/bin/sh\nexit 0\n", "not answer as git", id="it says nothing"),
        pytest.param(
            '#!/bin/sh\necho hello\nexec REAL "$@"\n', "does not answer as git does", id="it says more than git"
        ),
        pytest.param("#!/bin/sh\nexit 1\n", "it said nothing", id="it fails"),
        pytest.param("#!/bin/sh\nkill -9 $$\n", "it said nothing", id="it is killed"),
    ],
)
@pytest.mark.parametrize("words", ["scan", "scan --staged -q", "scan --history"])
def test_what_stands_in_the_place_of_git_and_is_none_is_said(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str, words: str
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(script.replace("REAL", git_process.program() or ""))
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    command = [sys.executable, "-I", "-m", "unhardcode", *words.split(" ")]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (3, "", False)
    assert said in done.stderr


def test_too_few_open_files_are_no_bug(repository: Path) -> None:
    command = f"ulimit -n 8; exec {sys.executable} -I -m unhardcode scan"
    done = subprocess.run(["sh", "-c", command], cwd=repository, capture_output=True, text=True)
    assert (done.returncode, "ulimit -n" in done.stderr) == (3, True)
