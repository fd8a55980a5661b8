"""What hooks rely on: names of files are never options, and to skip a file that was handed over is no failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import unhardcode
from scanner.errors import Exit

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))


@pytest.fixture
def shop(repository: Path, made: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a repository with one secret, one picture and one large file."""
    (repository / "settings.py").write_text(f'ADMIN_PASSWORD = "{made(24)}"\n')
    (repository / "logo.png").write_bytes(PICTURE)
    (repository / "large.csv").write_text("1;2;3\n" * 1000)
    monkeypatch.chdir(repository)
    return repository


@pytest.mark.parametrize("name", ["--fail-on=never", "-q", "--staged", "-oreport", "--exclude=*", "-h"])
def test_the_name_of_a_file_is_never_taken_for_an_option(
    shop: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (shop / name).write_text("a file that would like to be an option\n")
    assert unhardcode.run(["scan", name, "settings.py"]) == Exit.USAGE
    assert f"{name!r} is an option and the name of a file here" in capsys.readouterr().err
    assert unhardcode.run(["scan", "settings.py", name]) == Exit.USAGE
    assert unhardcode.run(["scan", "--", name, "settings.py"]) == Exit.FINDINGS
    assert unhardcode.run(["scan", f"./{name}", "settings.py"]) == Exit.FINDINGS
    assert not (shop / "report").exists()


def test_a_file_that_was_handed_over_and_skipped_fails_nothing_and_one_that_was_asked_for_does(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, said in (("logo.png", "1 binary"), ("large.csv", "1 larger than 1,000 bytes")):
        asked = ["scan", "--max-size", "1000", "-q", "--", name]
        assert unhardcode.run(asked) == Exit.NOT_SEEN
        capsys.readouterr()
        assert unhardcode.run(["scan", "--files", *asked[1:]]) == Exit.OK
        assert capsys.readouterr().out == f"unhardcode: nothing to report; skipped 1 ({said})\n"


def test_handed_over_files_are_scanned_and_no_others(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert unhardcode.run(["scan", "--files", "-q", "--"]) == Exit.OK
    assert capsys.readouterr().out == ""
    assert unhardcode.run(["scan", "--files", "-q", "--", "logo.png", "settings.py"]) == Exit.FINDINGS
    assert "scanned 1 file" in capsys.readouterr().out
