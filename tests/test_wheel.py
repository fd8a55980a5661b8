"""The wheel: the same bytes each time, nothing in it that should not be, and at work on every Python that is here."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
TOP = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def run(*words: str | Path, cwd: Path, status: int = 0) -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""}
    )
    assert done.returncode == status, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def exported(folder: Path) -> Path:
    """The tree as git has it in the index and the working tree, without what lies about."""
    folder.mkdir()
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=TOP).split("\n")
    for name in filter(None, listed):
        if (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Built twice, in two folders, from files of different ages."""
    made = []
    for name in ("one", "two"):
        folder = tmp_path_factory.mktemp(name)
        tree = exported(folder / "tree")
        if name == "two":
            for file in tree.rglob("*"):
                os.utime(file, (1_700_000_000, 1_700_000_000))
        os.environ["SOURCE_DATE_EPOCH"] = "1767225600"
        try:
            run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, tree, cwd=folder)
        finally:
            del os.environ["SOURCE_DATE_EPOCH"]
        made += folder.glob("*.whl")
    return made


def test_two_builds_have_the_same_bytes(wheels):
    first, second = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)

    assert first == second


def test_it_holds_the_packages_the_rules_and_the_front_door(wheels):
    with zipfile.ZipFile(wheels[0]) as packed:
        names = [name for name in packed.namelist() if ".dist-info/" not in name]

    assert {name.split("/")[0] for name in names} == {"rules", "scanner", "fixers", "unhardcode.py"}
    for folder in ("providers", "sinks", "names"):
        here = {file.name for file in (TOP / "rules" / folder).glob("*.toml")}
        assert {name.rpartition("/")[2] for name in names if name.startswith(f"rules/{folder}/")} == here


@pytest.mark.parametrize("version", PYTHONS)
def test_it_works(wheels, tmp_path, version):
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"no Python {version} here")
    run(python, "-m", "venv", "env", cwd=tmp_path)
    own = tmp_path / "env" / "bin" / "python"
    run(own, "-m", "pip", "install", "-q", f"{wheels[0]}[rehearse]", cwd=tmp_path)
    shop = shutil.copytree(TOP / "examples" / "shop", tmp_path / "shop")

    assert "exit 1" in run(own, "-I", "-m", "unhardcode", "scan", shop, cwd=tmp_path, status=1)
    assert "Nothing of yours was changed" in run(
        own, "-I", "-m", "unhardcode", "migrate", "--rehearse", shop, cwd=tmp_path
    )
