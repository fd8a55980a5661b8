"""Import roots: the folders that stand on sys.path, as far as files and imports show it.

The nearest folder above a file without `__init__.py` is one, or one further up where other files show that folders
below it are namespace packages (https://peps.python.org/pep-0420/).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.project_imports import OwnImports


@dataclass(frozen=True, slots=True)
class Files:
    """What the workspace holds, for questions about folders."""

    paths: frozenset[str]

    def is_package(self, folder: PurePosixPath) -> bool:
        """Whether a folder is a regular package."""
        return str(folder / "__init__.py") in self.paths

    def modules_in(self, folder: PurePosixPath) -> list[str]:
        """The names of the modules in a folder."""
        places = [PurePosixPath(path) for path in self.paths if path.endswith(".py")]
        return sorted(place.stem for place in places if place.parent == folder)

    def holds(self, module: PurePosixPath) -> bool:
        """Whether a module or folder of that name is there; file systems may not tell case apart."""
        name = str(module).lower()
        return any(path.lower() in (name, f"{name}.py") or path.lower().startswith(f"{name}/") for path in self.paths)


def regular_root(file: PurePosixPath, files: Files) -> PurePosixPath:
    """The nearest folder above a file that is no regular package."""
    folder = file.parent
    while files.is_package(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def import_root(
    file: PurePosixPath, files: Files, imported: frozenset[str], imports: OwnImports | None = None
) -> PurePosixPath:
    """The import root: further up than the regular one where a longer dotted name of the file is imported somewhere.

    Or where the file itself imports others of the namespace that it is in: without their folder on sys.path it fails.
    """
    regular = regular_root(file, files)
    folder, neighbours = file.parent.parts, files.modules_in(file.parent)
    for start in range(len(regular.parts)):
        above = PurePosixPath(*folder[:start])
        dotted = ".".join(folder[start:])
        if any(f"{dotted}.{name}" in imported for name in (*neighbours, "*")):
            return above
        if imports is not None and not imports.extends_path and _shares(folder[start], above, regular, imports, files):
            return above
    return regular


def _shares(top: str, above: PurePosixPath, regular: PurePosixPath, imports: OwnImports, files: Files) -> bool:
    """Whether a file imports a module that is there only if `above`, which holds its own `top`, is on sys.path."""
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
    """The regular packages right below a folder, sorted."""
    depth = len(root.parts)
    found = {PurePosixPath(path) for path in files.paths if path.endswith("/__init__.py")}
    return sorted(file.parent for file in found if len(file.parts) == depth + 2 and file.is_relative_to(root))
