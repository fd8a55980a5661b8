"""The wheel: the same bytes each time, nothing in it that should not be, and at work on every Python that is here."""

from __future__ import annotations

import functools
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


def started(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # Nothing of this environment's may be found in place of the wheel.
    inherited = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, env=inherited | environment
    )


def run(*words: str | Path, cwd: Path, status: int = 0, **environment: str) -> str:
    done = started(*words, cwd=cwd, **environment)
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


@functools.cache
def interpreter(version: str) -> Path | None:
    """A Python of this version that starts: on PATH, or beside the one that runs the tests (pyenv, uv)."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"*{version}*/bin/python{version}"))
    found = shutil.which(f"python{version}")
    for python in (*beside, *([Path(found)] if found else [])):
        if subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Built twice, in two folders, from files of different ages. (The modes of a checkout go into a wheel.)"""
    made = []
    for name in ("one", "two"):
        folder = tmp_path_factory.mktemp(name)
        tree = exported(folder / "tree")
        if name == "two":
            for file in tree.rglob("*"):
                os.utime(file, (1_700_000_000, 1_700_000_000))
        build = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, tree)
        run(*build, cwd=folder, SOURCE_DATE_EPOCH="1767225600")
        made += folder.glob("*.whl")
    return made


def test_two_builds_have_the_same_bytes(wheels):
    first, second = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)

    assert first == second


def test_it_holds_the_packages_the_rules_and_the_front_door_and_nothing_else(wheels):
    with zipfile.ZipFile(wheels[0]) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}

    sources = {
        str(file.relative_to(TOP))
        for folder in ("rules", "scanner", "fixers")
        for file in (TOP / folder).rglob("*")
        if file.suffix in (".py", ".toml")
    }
    assert names == {"unhardcode.py", *sources}


@pytest.mark.parametrize("version", PYTHONS)
def test_it_works(wheels, tmp_path, version):
    """As `pipx run` does it: into an empty environment, without the extra; then with it."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    run(python, "-m", "venv", "env", cwd=tmp_path)
    own, command = (tmp_path / "env" / "bin" / name for name in ("python", "unhardcode"))
    pip = (own, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    cache = str(wheels[0].parent / "pip")
    run(*pip, wheels[0], cwd=tmp_path, PIP_CACHE_DIR=cache)
    shop = shutil.copytree(TOP / "examples" / "shop", tmp_path / "shop")

    assert run(own, "-c", "import sys; print('%d.%d' % sys.version_info[:2])", cwd=tmp_path).strip() == version
    assert "exit 1" in run(command, "scan", shop, cwd=tmp_path, status=1)
    assert "exit 1" in run(own, "-I", "-m", "unhardcode", "scan", shop, cwd=tmp_path, status=1)
    run(command, "plan", "-o", "plan.toml", "--app", "shop", shop, cwd=tmp_path)
    assert (tmp_path / "plan.toml").is_file()
    without = started(command, "migrate", "--rehearse", "--app", "shop", shop, cwd=tmp_path)
    assert without.returncode == 2
    assert "unhardcode[rehearse]" in without.stderr
    assert len(without.stderr.strip().splitlines()) <= 2

    run(*pip, f"{wheels[0]}[rehearse]", cwd=tmp_path, PIP_CACHE_DIR=cache)
    said = run(own, "-I", "-m", "unhardcode", "migrate", "--rehearse", "--app", "shop", shop, cwd=tmp_path)
    assert "Nothing of yours was changed" in said
