"""Standard input: what cannot be read was not seen, and is never a clean scan."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize("words", ["scan --stdin", "scan --push=origin", "value --plan plan.toml --check NAME"])
@pytest.mark.parametrize(
    ("shell", "said"),
    [
        pytest.param("<&-", "standard input is closed", id="closed"),
        pytest.param("0>taken", "standard input cannot be read (Bad file descriptor)", id="for writing only"),
    ],
)
def test_an_input_that_gives_nothing_is_not_seen(repository: Path, words: str, shell: str, said: str) -> None:
    status, printed = _shell(repository, f"unhardcode {words} {shell}")
    assert (status, printed) == (3, f"unhardcode: {said}\n  give it a pipe or a file\n")


def test_a_folder_as_input_ends_python_itself_and_is_never_a_clean_scan(repository: Path) -> None:
    status, printed = _shell(repository, "unhardcode scan --stdin < .")
    assert status != 0
    assert "<stdin> is a directory" in printed


def test_a_size_beyond_all_memory_is_no_bug_and_one_that_is_passed_is_a_gap(
    repository: Path, made: Callable[..., str]
) -> None:
    (repository / "a.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    for size in (2**40, 2**63, 10**30):
        assert _shell(repository, f"unhardcode scan --stdin --max-size {size} < a.py")[0] == 1
    status, printed = _shell(repository, "unhardcode scan --stdin --max-size 10 < a.py")
    assert (status, "not scanned  <stdin>: larger than 10 bytes" in printed) == (3, True)


def test_no_command_is_named_for_a_text_that_has_no_name(repository: Path, made: Callable[..., str]) -> None:
    status, printed = _shell(repository, f"echo 'PASSWORD = \"{made(24)}\"' | unhardcode scan --stdin")
    assert (status, "<stdin>:1:" in printed, "unhardcode explain" in printed) == (1, True, False)
    assert "unhardcode plan" not in printed


def test_a_pushed_ref_whose_name_is_no_text_is_no_bug(repository: Path) -> None:
    line = "refs/heads/\\377 " + "1" * 40 + " refs/heads/x " + "0" * 40
    status, printed = _shell(repository, f"printf '{line}\\n' | unhardcode scan --push=origin")
    assert "bug" not in printed
    assert (status, "no object of the repository" in printed) == (3, True)


def _shell(folder: Path, script: str) -> tuple[int, str]:
    """Exit status and all output of a script in which `unhardcode` is ours."""
    ours = f'unhardcode() {{ "{sys.executable}" -I -m unhardcode "$@"; }}\n'
    done = subprocess.run(["bash", "-c", ours + script], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr
