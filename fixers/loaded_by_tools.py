"""Python files that a tool loads by path: they cannot import neighbours, and a new file may be loaded like them.

Alembic's `env.py` and revisions: https://alembic.sqlalchemy.org/en/latest/tutorial.html. Steps of yoyo:
https://ollycope.com/software/yoyo/latest/. Ansible's modules, which go to another machine alone, and plugins:
https://docs.ansible.com/ansible/latest/dev_guide/developing_locally.html. Configuration of Jupyter and IPython:
https://traitlets.readthedocs.io/en/stable/config.html#python-configuration-files. Salt's own modules, each of which is
one that can be called: https://docs.saltproject.io/en/latest/ref/file_server/dynamic-modules.html. WSGI files:
https://modwsgi.readthedocs.io/en/latest/user-guides/configuration-guidelines.html. Folders of Airflow:
https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/modules_management.html
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.import_roots import Files
from fixers.path_changes import behind_path_change
from fixers.project_imports import imported, own_imports, read_quietly
from fixers.workspace import Workspace

_ALEMBIC = re.compile(rb"^[ \t]*(?:from[ \t]+alembic[ \t]+import|import[ \t]+alembic)\b", re.MULTILINE)
# In alembic.ini, or in [tool.alembic] of pyproject.toml: the entries for sys.path; every template since 1.5 has `.`.
_ON_PATH = re.compile(rb"^[ \t]*prepend_sys_path[ \t]*=[ \t\[]*[\"']?(?:%\(here\)s/?)?([^\s:;,\"'\]]*)", re.MULTILINE)
_ANSIBLE = re.compile(
    r"library|(?:action|become|cache|callback|connection|filter|inventory|lookup|strategy|test|vars)_plugins"
)
# File names that identify the tool which loads the file; tried with nox 2026.10 and Pelican 4.12.
_BY_NAME = (
    (re.compile(r"(?:.*/)?noxfile\.py"), "nox"),
    (re.compile(r"(?:.*/)?(?:pelican|publish)conf\.py"), "Pelican"),
    (re.compile(r"(?:.*/)?hooks/(?:pre_prompt|(?:pre|post)_gen_project)\.py"), "cookiecutter"),
    (re.compile(r".*\.wsgi"), "mod_wsgi"),
)
_SALT = re.compile(
    r"_(?:beacons|engines|executors|grains|matchers|modules|outputters|pillar|proxy|queues|renderers|returners"
    r"|runners|sdb|serializers|states|thorium|tokens|tops|utils|wheel)"
)
_OF_SALT = frozenset({"__grains__", "__opts__", "__pillar__", "__salt__", "__utils__"})
_AIRFLOW = ("dags", "plugins")
_ISOLATED = re.compile(rb"#![^\r\n]*\bpython[\d.]*(?:[ \t]+-\w+)*?[ \t]+-\w*[IP]")
_CURRENT_APP = re.compile(rb"\bcurrent_app\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLoaded:
    """The tool that loads a file by path, the folder then on sys.path (None: unknown), and what the file imports.

    `tests` says that others, such as the project's tests, may import it as a module of the folder above.
    """

    tool: str
    root: PurePosixPath | None
    tops: frozenset[str] = frozenset()
    tests: bool = False


def loaded_by_tool(file: PurePosixPath, tree: ast.Module, files: Files, workspace: Workspace) -> ToolLoaded | None:
    """The tool that loads the file by path; None if no known tool does."""
    sole = _loaded_alone(file, tree, files, workspace)
    if sole is not None:
        return _by_own_path(sole, file, tree, files)
    folder = _of_airflow(file, tree)
    if folder is not None:
        return ToolLoaded(tool="Airflow", root=folder, tests=True)
    environment = _environment(file, tree, files, workspace)
    if environment is None:
        return None
    sources = [read_quietly(str(each), workspace) for each in {environment, file}]
    tops = {name.partition(".")[0] for source in sources for name in imported(source)}
    tops -= {"alembic", *sys.stdlib_module_names}
    return ToolLoaded(
        tool="Alembic", root=next(_roots(environment, tops, files, workspace), None), tops=frozenset(tops)
    )


def _by_own_path(tool: str, file: PurePosixPath, tree: ast.Module, files: Files) -> ToolLoaded:
    """The result for a file that adds to sys.path itself: it can import what is beside the modules that it imports."""
    changed = behind_path_change(tree)
    if changed is None:
        return ToolLoaded(tool=tool, root=None)
    behind = own_imports(ast.Module(body=list(changed[1]), type_ignores=[])).absolute
    tops = frozenset(name.partition(".")[0] for name in behind) - sys.stdlib_module_names
    folders = (each for above in file.parents for each in (above, above / "src"))
    root = next((each for each in folders if any(files.holds(each / top) for top in tops)), None)
    return ToolLoaded(tool=tool, root=root, tops=tops)


def _of_airflow(file: PurePosixPath, tree: ast.Module) -> PurePosixPath | None:
    """The folder of DAGs or plugins that Airflow has on sys.path and from which it loads the file by path."""
    imports = own_imports(tree)
    if imports.relative or not any(name.partition(".")[0] == "airflow" for name in imports.absolute):
        return None
    place = next((number for number, part in enumerate(file.parts[:-1]) if part in _AIRFLOW), None)
    return None if place is None else PurePosixPath(*file.parts[: place + 1])


def _loaded_alone(file: PurePosixPath, tree: ast.Module, files: Files, workspace: Workspace) -> str | None:
    """The tool that loads a file with nothing of the project on sys.path except what the file adds itself."""
    named = next((tool for pattern, tool in _BY_NAME if pattern.fullmatch(str(file))), None)
    if named is not None:
        return named
    if _SALT.fullmatch(file.parent.name) and _is_for_salt(tree, files):
        return "Salt"
    if _ISOLATED.match(read_quietly(str(file), workspace)):
        return "Python with -I or -P"
    if _is_configuration(tree):
        return "Jupyter or IPython"
    names = frozenset(imported(read_quietly(str(file), workspace)))
    tops = {name.partition(".")[0] for name in names}
    if "yoyo.step" in names or ("yoyo" in tops and "steps" in _bound(tree)):
        return "yoyo"
    if "ansible" in tops and (_ANSIBLE.fullmatch(file.parent.name) or "ansible.module_utils.basic" in names):
        return "Ansible"
    # A script passed to Blender, not an add-on in a package, which it imports: https://docs.blender.org/api/current/
    if "bpy" in tops and not files.is_package(file.parent) and not own_imports(tree).relative:
        return "Blender"
    return None


def _is_for_salt(tree: ast.Module, files: Files) -> bool:
    used = any(isinstance(node, ast.Name) and node.id in _OF_SALT for node in ast.walk(tree))
    return used or any(path.endswith(".sls") for path in files.paths)


def _is_configuration(tree: ast.Module) -> bool:
    """Whether a file calls `get_config`, which exists only if the file's loader has defined it."""
    called = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_config"
        for node in ast.walk(tree)
    )
    return (
        called
        and not any(
            (isinstance(node, ast.alias) and (node.asname or node.name) in ("get_config", "*"))
            or (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == "get_config")
            or (isinstance(node, ast.arg) and node.arg == "get_config")
            for node in ast.walk(tree)
        )
        and "get_config" not in _bound(tree)
    )


def _environment(file: PurePosixPath, tree: ast.Module, files: Files, workspace: Workspace) -> PurePosixPath | None:
    """The `env.py` that Alembic loads before a file or as that file; the file itself for a revision without one."""
    if file.name != "env.py" and not _is_revision(tree):
        return None
    near = (above / "env.py" for above in file.parents)
    found = (each for each in near if str(each) in files.paths)
    own = file if _is_revision(tree) else None
    return next((each for each in found if _ALEMBIC.search(read_quietly(str(each), workspace))), own)


def _is_revision(tree: ast.Module) -> bool:
    return {"revision", "down_revision"} <= _bound(tree)


def _bound(tree: ast.Module) -> set[str]:
    """Every name that a file assigns."""
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
