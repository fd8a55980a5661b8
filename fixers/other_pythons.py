"""Recognise Python that runs where there is no boto3, so that no style works: a browser, a JVM, an add-on, a build.

Each has its own page: https://pyodide.org/en/stable/usage/api/python-api.html, https://docs.pyscript.net/,
https://brython.info/static_doc/3.13/en/intro.html,
https://www.jython.org/jython-old-sites/docs/tutorial/interpreter.html,
https://kodi.wiki/view/Python_libraries, https://www.sublimetext.com/docs/api_environments.html,
https://docs.getdbt.com/docs/build/python-models, https://pip.pypa.io/en/stable/reference/build-system/
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from fixers.project_imports import own_imports
from fixers.rewriting import RewriteContext

_BROWSER = frozenset({"js", "pyodide", "pyodide_js", "pyscript"})
_BRYTHON = re.compile(r"browser\.(?:ajax|alert|bind|console|document|html|local_storage|timer|window)\b")
_JAVA = re.compile(r"(?:java\.(?:awt|io|lang|math|net|nio|security|sql|text|time|util)|javax\.\w+|weblogic)\b")
_BRIDGES = frozenset({"jep", "jnius", "jpype", "pyghidra"})  # they connect ordinary Python to a JVM
# Programs whose add-ons run in a Python of their own, on the computers of the people who use them.
_PROGRAMS = {
    "xbmc": "Kodi",
    "xbmcaddon": "Kodi",
    "xbmcgui": "Kodi",
    "xbmcplugin": "Kodi",
    "sublime_plugin": "Sublime Text",
    "gimpfu": "GIMP",
}
# Files that a build runs by name, and the module that they then import.
_BUILDS = {"setup.py": frozenset({"distutils", "setuptools"}), "hatch_build.py": frozenset({"hatchling"})}


def runs_elsewhere(path: str, tree: ast.Module, context: RewriteContext) -> tuple[str, str] | None:
    """What runs a file in an environment without boto3, and what to do about it; None if nothing shows that."""
    names = set(_imported_at_once(tree))
    tops = {name.partition(".")[0] for name in names}
    browser = {top for top in tops & _BROWSER if not _is_own(top, context)}
    if browser or (any(map(_BRYTHON.match, names)) and not _is_own("browser", context)):
        return (
            "it runs in a browser, which shows it to everybody who opens the page",
            "let a server make the request, and read the value there",
        )
    if any(map(_JAVA.match, names)) and not any(name.partition(".")[0] in _BRIDGES for name in context.imported):
        return (
            "it runs on the JVM, in Jython, where there is no boto3",
            "read a variable there (os.environ), which what starts it sets from the store",
        )
    program = next((_PROGRAMS[top] for top in sorted(tops & _PROGRAMS.keys()) if not _is_own(top, context)), None)
    if program is not None:
        return (
            f"it is an add-on of {program}, which runs it on its users' computers, where there is no boto3",
            "let each user enter a credential of their own in its settings",
        )
    if any(_is_model(node) for node in tree.body):
        return (
            "dbt sends it to the warehouse by itself, where there is neither another module of the project nor boto3",
            "fetch with a program that runs before dbt, or let the warehouse hold the value and give it to the model",
        )
    anywhere = {name.partition(".")[0] for name in own_imports(tree).absolute}
    if anywhere & _BUILDS.get(PurePosixPath(path).name, frozenset()):
        return (
            "a build runs it in an environment of its own, without boto3 and with no module of the project",
            "read a variable there (os.environ), which what starts the build sets",
        )
    return None


def _is_own(name: str, context: RewriteContext) -> bool:
    """Whether the project has a module or package of that name anywhere."""
    ends = (f"{name}.py", f"{name}/__init__.py")
    return any(path in ends or path.endswith(tuple(f"/{end}" for end in ends)) for path in context.workspace.files)


def _imported_at_once(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a file's top-level statements import, so that it cannot run without them."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_model(node: ast.stmt) -> bool:
    """Whether a statement is the function that dbt calls: `def model(dbt, session)`."""
    return (
        isinstance(node, ast.FunctionDef)
        and node.name == "model"
        and bool(node.args.args)
        and node.args.args[0].arg == "dbt"
    )
