"""Python files that a tool loads by path: they cannot import neighbours, and a new file may be loaded like them.

Alembic's `env.py` and revisions: https://alembic.sqlalchemy.org/en/latest/tutorial.html. Steps of yoyo:
https://ollycope.com/software/yoyo/latest/. Ansible's modules, which go to another machine alone, and plugins:
https://docs.ansible.com/ansible/latest/dev_guide/developing_locally.html. Configuration of Jupyter and IPython:
https://traitlets.readthedocs.io/en/stable/config.html#python-configuration-files
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.import_roots import Files
from fixers.project_imports import imported, read_quietly
from fixers.workspace import Workspace

_ALEMBIC = re.compile(rb"^[ \t]*(?:from[ \t]+alembic[ \t]+import|import[ \t]+alembic)\b", re.MULTILINE)
# In alembic.ini, or below [tool.alembic] in pyproject.toml: what is put on sys.path, `.` in every template since 1.5.
_ON_PATH = re.compile(rb"^[ \t]*prepend_sys_path[ \t]*=[ \t\[]*[\"']?(?:%\(here\)s/?)?([^\s:;,\"'\]]*)", re.MULTILINE)
_ANSIBLE = re.compile(
    r"library|(?:action|become|cache|callback|connection|filter|inventory|lookup|strategy|test|vars)_plugins"
)
_CURRENT_APP = re.compile(rb"\bcurrent_app\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLoaded:
    """Who loads a file by its path, the folder that is on sys.path then (None: nothing shows one), what it imports."""

    tool: str
    root: PurePosixPath | None
    tops: frozenset[str] = frozenset()


def loaded_by_tool(file: PurePosixPath, tree: ast.Module, files: Files, workspace: Workspace) -> ToolLoaded | None:
    """The tool that loads the file; None where none is known to."""
    sole = _loaded_alone(file, tree, workspace)
    if sole is not None:
        return ToolLoaded(tool=sole, root=None)
    environment = _environment(file, tree, files, workspace)
    if environment is None:
        return None
    sources = [read_quietly(str(each), workspace) for each in {environment, file}]
    tops = {name.partition(".")[0] for source in sources for name in imported(source)}
    tops -= {"alembic", *sys.stdlib_module_names}
    return ToolLoaded(
        tool="Alembic", root=next(_roots(environment, tops, files, workspace), None), tops=frozenset(tops)
    )


def _loaded_alone(file: PurePosixPath, tree: ast.Module, workspace: Workspace) -> str | None:
    """The tool that loads a file with nothing of the project on sys.path."""
    if _is_configuration(tree):
        return "Jupyter or IPython"
    names = frozenset(imported(read_quietly(str(file), workspace)))
    tops = {name.partition(".")[0] for name in names}
    if "yoyo.step" in names or ("yoyo" in tops and "steps" in _bound(tree)):
        return "yoyo"
    if "ansible" in tops and (_ANSIBLE.fullmatch(file.parent.name) or "ansible.module_utils.basic" in names):
        return "Ansible"
    return None


def _is_configuration(tree: ast.Module) -> bool:
    """Whether a file calls the `get_config` that is only there where its loader has put it."""
    called = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_config"
        for node in ast.walk(tree)
    )
    return (
        called
        and not any(
            (isinstance(node, ast.alias) and (node.asname or node.name) in ("get_config", "*"))
            or (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "get_config")
            or (isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path")
            for node in ast.walk(tree)
        )
        and "get_config" not in _bound(tree)
    )


def _environment(file: PurePosixPath, tree: ast.Module, files: Files, workspace: Workspace) -> PurePosixPath | None:
    """The `env.py` that Alembic loads before a file or as that file; the file itself where a revision has none."""
    if file.name != "env.py" and not _is_revision(tree):
        return None
    near = (above / "env.py" for above in file.parents)
    found = (each for each in near if str(each) in files.paths)
    own = file if _is_revision(tree) else None
    return next((each for each in found if _ALEMBIC.search(read_quietly(str(each), workspace))), own)


def _is_revision(tree: ast.Module) -> bool:
    return {"revision", "down_revision"} <= _bound(tree)


def _bound(tree: ast.Module) -> set[str]:
    """Every name that a file assigns to."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _roots(environment: PurePosixPath, tops: set[str], files: Files, workspace: Workspace) -> Iterator[PurePosixPath]:
    above = environment.parent.parents
    for folder in above:
        for root in (folder, folder / "src"):
            if any(files.holds(root / top) for top in tops):
                yield root
    for folder in above:
        for name in ("alembic.ini", "pyproject.toml"):
            found = _ON_PATH.search(read_quietly(str(folder / name), workspace))
            if found is not None:
                yield folder / found[1].decode("utf-8", "replace")
    if _CURRENT_APP.search(read_quietly(str(environment), workspace)):  # flask has loaded the application already
        yield environment.parent.parent
