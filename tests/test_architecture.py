"""Imports go one way, heavy libraries stay at home, and a clean hook loads none of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ("rules", "scanner", "fixers", "unhardcode")
HOMES = {
    "libcst": ("scanner/readers/", "fixers/python"),
    "boto3": ("fixers/stores/", "fixers/runtime/", "fixers/emulator.py"),
    "botocore": ("fixers/stores/", "fixers/runtime/", "fixers/emulator.py"),
    "moto": ("fixers/emulator.py",),
    "yaml": ("scanner/readers/",),
    "dotenv": ("scanner/readers/", "fixers/dotenv"),
    "hyperscan": ("scanner/prefilter.py", "rules/"),
}
MODULES = [
    *sorted(path for package in ("rules", "scanner", "fixers") for path in (ROOT / package).rglob("*.py")),
    ROOT / "unhardcode.py",
]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_nothing_from_above_it(path: Path) -> None:
    own = ORDER.index(path.relative_to(ROOT).parts[0].removesuffix(".py"))
    for name in _imports(path):
        root = name.split(".")[0]
        if root in ORDER and not (root == "unhardcode" and path.name == "commands.py"):
            assert ORDER.index(root) <= own, f"imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_heavy_library_is_imported_only_in_its_home(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    for name in _imports(path):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or here.startswith(homes), f"imports {name}"


def test_packages_import_nothing() -> None:
    for path in MODULES:
        if path.name == "__init__.py":
            assert not _imports(path), path


def test_the_models_import_the_standard_library_only() -> None:
    names = _imports(ROOT / "scanner" / "model.py") | _imports(ROOT / "scanner" / "source.py")
    names |= _imports(ROOT / "fixers" / "model.py")
    assert {name.split(".")[0] for name in names - {"scanner.source", "scanner.model"}} <= sys.stdlib_module_names


def test_only_one_module_starts_git() -> None:
    starters = [
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if path.relative_to(ROOT).parts[0] in ("rules", "scanner") and "subprocess" in _imports(path)
    ]
    assert starters == ["scanner/sources/git_process.py"]


def test_a_clean_staged_scan_loads_no_heavy_library(repository: Path, git: object) -> None:
    assert callable(git)
    (repository / "a.py").write_text("print('hello')\n")
    git(repository, "add", "-A")
    code = (
        "import sys, unhardcode\n"
        "status = unhardcode.run(['scan', '--staged', '-q'])\n"
        "heavy = {'click', 'dataclasses', "
        " 'libcst', 'boto3', 'botocore', 'detect_secrets', 'git', 'yaml', 'dotenv', 'rich', 'moto', 'tomllib'}\n"
        "print(status, sorted(heavy & set(sys.modules)))\n"
    )
    for _ in range(2):  # the first run fills the cache
        done = subprocess.run([sys.executable, "-I", "-c", code], cwd=repository, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == "0 []\n"
