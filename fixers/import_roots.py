"""Import roots: the folders on sys.path, as far as files and imports show.

A file's import root is the nearest folder above it without `__init__.py`, or one further up if other files show that
the folders below that one are namespace packages (https://peps.python.org/pep-0420/).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from fixers.project_imports import OwnImports
from fixers.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Files:
    """The workspace's files, for questions about folders. `on_path` are packages that are on sys.path themselves."""

    paths: frozenset[str]
    on_path: frozenset[str]

    def is_package(self, folder: PurePosixPath) -> bool:
        """Whether a folder is a regular package."""
        return str(folder / "__init__.py") in self.paths

    def modules_in(self, folder: PurePosixPath) -> list[str]:
        """The names of the modules in a folder."""
        places = [PurePosixPath(path) for path in self.paths if path.endswith(".py")]
        return sorted(place.stem for place in places if place.parent == folder)

    def holds(self, module: PurePosixPath) -> bool:
        """Whether a module or folder of that name exists, ignoring case as some file systems do."""
        name = str(module).lower()
        return any(path.lower() in (name, f"{name}.py") or path.lower().startswith(f"{name}/") for path in self.paths)


def packages_on_path(workspace: Workspace, names: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Folders that have an `__init__.py` and are on sys.path nevertheless, as far as the imported `names` show.

    A Django project's manage.py, or `uvicorn main:app`, is often started in such a folder: then `core.config` is
    imported, which exists in `app/`, and no other folder has a `core`. Each comes with whether something imports
    `app.core` as well: then the outermost package is on sys.path for some programs only, and one further in is not.
    """
    modules: dict[str, set[PurePosixPath]] = {}
    for path in workspace.files:
        if path.endswith(".py"):
            module = PurePosixPath(path.removesuffix("/__init__.py").removesuffix(".py"))
            if len(module.parts) > 1:
                modules.setdefault(".".join(module.parts[-2:]), set()).add(module.parent.parent)
    started = {PurePosixPath(path).parent for path in workspace.files if PurePosixPath(path).name == "manage.py"}
    found = set[PurePosixPath]()
    for name in {".".join(name.split(".")[:2]) for name in names}:
        folders = modules.get(name, set())
        if len(folders) == 1:
            found |= folders
    inner = {pair for name in names for pair in pairwise(name.split("."))}
    for folder in found | started:
        below = {
            PurePosixPath(path).relative_to(folder).parts[0].removesuffix(".py") for path in _below(folder, workspace)
        }
        whole = any((folder.name, each) in inner for each in below)
        outermost = folder in found and f"{folder.parent}/__init__.py" not in workspace.files
        if f"{folder}/__init__.py" in workspace.files and (outermost or not whole):
            yield str(folder), whole


def _below(folder: PurePosixPath, workspace: Workspace) -> Iterator[str]:
    return (path for path in workspace.files if path.startswith(f"{folder}/") and path.endswith(".py"))


def regular_root(file: PurePosixPath, files: Files) -> PurePosixPath:
    """The nearest folder above a file that is not a regular package, or is one that is on sys.path."""
    folder = file.parent
    while files.is_package(folder) and folder != folder.parent and str(folder) not in files.on_path:
        folder = folder.parent
    return folder


def import_root(file: PurePosixPath, files: Files, imported: frozenset[str], imports: OwnImports) -> PurePosixPath:
    """The import root, above the regular one if something imports the file's module by a longer dotted name.

    Also if the file itself imports other modules of its namespace package: without that folder on sys.path it would
    fail.
    """
    regular = regular_root(file, files)
    folder, neighbours = file.parent.parts, files.modules_in(file.parent)
    for start in range(len(regular.parts)):
        above = PurePosixPath(*folder[:start])
        dotted = ".".join(folder[start:])
        if any(f"{dotted}.{name}" in imported for name in (*neighbours, "*")):
            return above
        if not imports.extends_path and _shares(folder[start], above, regular, imports, files):
            return above
    return regular


def _shares(top: str, above: PurePosixPath, regular: PurePosixPath, imports: OwnImports, files: Files) -> bool:
    """Whether a file imports a module found only if `above`, which contains its own `top`, is on sys.path."""
    for name in imports.absolute:
        first, dot, rest = name.partition(".")
        if (
            first == top
            and dot
            and not files.holds(regular / first)
            and files.holds(above / first / rest.replace(".", "/"))
        ):
            return True
    return False


def packages_in(root: PurePosixPath, files: Files) -> list[PurePosixPath]:
    """The regular packages directly below a folder, sorted."""
    depth = len(root.parts)
    found = {PurePosixPath(path) for path in files.paths if path.endswith("/__init__.py")}
    return sorted(file.parent for file in found if len(file.parts) == depth + 2 and file.is_relative_to(root))
