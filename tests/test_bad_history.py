"""`scan --history` and `--range` where a part of the past is not there: told with status 3, the rest is still seen.

Findings are never enough for a failure here (`--fail-on never`): with them the status would be 1, and the gap told too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode

Git = Callable[..., str]
Run = Callable[..., tuple[int, str, str]]
HISTORY, RANGE = ("--history",), ("--range", "main~2..main")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Scan in a folder: exit status, standard output, standard error."""

    def call(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        status = unhardcode.run(["scan", "--fail-on", "never", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def past(repository: Path, git: Git, made: Callable[..., str]) -> tuple[Path, list[str]]:
    """A repository whose every commit has another password, the last one none; and the passwords."""
    values = [made(20) for _ in range(4)]
    for number, value in enumerate([*values, None]):
        line = "import os\n" if value is None else f'DB_PASSWORD = "{value}"\n'
        (repository / "settings.py").write_text(line)
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message", f"Version {number}")
    return repository, values


def assert_told(status: int, out: str, err: str, values: list[str], *words: str) -> None:
    assert status == 3, err
    assert not [word for word in words if word not in (out + err).lower()], out + err
    assert "Traceback" not in err
    leaked = [value for value in values if value in out + err]
    assert not leaked


@pytest.mark.parametrize("between", ["absent..main", "main..absent", "0123456789abcdef..main", "main...absent"])
def test_a_revision_that_does_not_exist_is_named(past: tuple[Path, list[str]], run: Run, between: str) -> None:
    word = between.replace("...", "..").partition("..")[0 if between.endswith("main") else 2]
    assert_told(*run(past[0], "--range", between), past[1], word)


@pytest.mark.parametrize(("what", "word"), [(HISTORY, "shallow"), (RANGE, "main~2")], ids=["history", "range"])
def test_a_shallow_clone_says_that_its_past_is_cut_off(
    past: tuple[Path, list[str]], run: Run, git: Git, tmp_path: Path, what: tuple[str, ...], word: str
) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "2", past[0].as_uri(), "shallow")
    assert_told(*run(tmp_path / "shallow", *what), past[1], word)


@pytest.mark.parametrize("what", [HISTORY, RANGE], ids=["history", "range"])
def test_a_missing_object_is_told_and_the_others_are_seen(
    past: tuple[Path, list[str]], run: Run, git: Git, what: tuple[str, ...]
) -> None:
    folder, values = past
    blob = git(folder, "rev-parse", "main~1:settings.py").strip()
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    status, out, err = run(folder, *what)
    assert_told(status, out, err, values, blob[:7])
    if what == HISTORY:
        assert out.count("settings.py") >= 3


@pytest.mark.parametrize("what", [HISTORY, RANGE], ids=["history", "range"])
def test_a_corrupt_pack_is_told(past: tuple[Path, list[str]], run: Run, git: Git, what: tuple[str, ...]) -> None:
    folder, values = past
    git(folder, "gc", "--quiet", "--prune=now")
    (pack,) = (folder / ".git/objects/pack").glob("*.pack")
    raw = bytearray(pack.read_bytes())
    os.chmod(pack, 0o600)
    for at in range(len(raw) // 3, len(raw) - 20):  # all but the header, some objects and the checksum
        raw[at] ^= 0x55
    pack.write_bytes(raw)
    assert_told(*run(folder, *what), values)


@pytest.mark.parametrize("what", [HISTORY, ("--range", "main~2..main")], ids=["history", "range"])
@pytest.mark.parametrize("here", [".", "sub"])
def test_a_folder_means_the_same_by_whichever_way_it_is_named(
    past: tuple[Path, list[str]], run: Run, git: Git, tmp_path: Path, what: tuple[str, ...], here: str
) -> None:
    folder, values = past
    for name in ("gone", "sub"):
        (folder / name).mkdir()
        (folder / name / "settings.py").write_text(f'DB_PASSWORD = "{values[0]}"\n')
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All")
    git(folder, "rm", "-r", "--quiet", "gone")
    git(folder, "commit", "--quiet", "--message", "One less")
    (tmp_path / "link").symlink_to(folder)
    for name in ("sub", "gone", "gone/settings.py"):
        for named in (folder / name, tmp_path / "link" / name, os.path.relpath(folder / name, folder / here)):
            status, out, err = run(folder / here, *what, str(named))
            assert (status, out.count(f"{name.partition('/')[0]}/settings.py:1:16"), err) == (0, 1, "")


@pytest.mark.parametrize("what", [HISTORY, RANGE], ids=["history", "range"])
@pytest.mark.parametrize("name", ["never", "../never", "settings.py/never"])
def test_a_folder_that_never_was_is_named(
    past: tuple[Path, list[str]], run: Run, what: tuple[str, ...], name: str
) -> None:
    assert_told(*run(past[0], *what, name), past[1], name)


def test_of_a_partial_clone_is_said_how_to_complete_it(
    past: tuple[Path, list[str]], run: Run, git: Git, tmp_path: Path
) -> None:
    git(past[0], "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", past[0].as_uri(), "partial")
    assert_told(*run(tmp_path / "partial", *HISTORY), past[1], "partial", "git fetch --refetch --no-filter")
