"""Which files run where there is no boto3."""

from __future__ import annotations

import ast
from types import SimpleNamespace

import pytest

from fixers.other_pythons import runs_elsewhere
from fixers.rewrite_context import rewrite_context

ELSEWHERE = {
    "a build": ("setup.py", "if True:\n    from setuptools import setup\n", {}, "a build"),
    "a hook of a build": ("hatch_build.py", "from hatchling.builders.hooks.plugin.interface import X\n", {}, "a build"),
    "PyScript": ("main.py", "from pyscript import display\n", {}, "a browser"),
    "Brython": ("main.py", "from browser import ajax\n", {}, "a browser"),
    "WebLogic": ("start.py", "import weblogic\n", {}, "Jython"),
    "Jython": ("start.py", "from java.util import Properties\n", {}, "Jython"),
    "an add-on of Kodi": ("default.py", "import sys\nimport xbmcgui\n", {}, "Kodi"),
    "a plugin of Sublime Text": ("run.py", "import sublime_plugin\n", {}, "Sublime Text"),
    "dbt": ("models/a.py", "def model(dbt, session):\n    pass\n", {}, "dbt"),
}
HERE = {
    "a module of that name": ("js/setup.py", "import os\n", {}),
    "a package of the project's own": ("a.py", "import js\n", {"js/__init__.py": ""}),
    "another browser": ("a.py", "from browser import Chrome\n", {}),
    "in Pyodide only": ("a.py", "try:\n    import pyodide\nexcept ImportError:\n    pyodide = None\n", {}),
    "Java from the usual Python": ("a.py", "from java.util import Properties\n", {"b.py": "import jpype\n"}),
    "a stand-in for Kodi": ("tests/run.py", "import xbmcgui\n", {"tests/xbmcgui.py": ""}),
    "a model of another kind": ("models/a.py", "def model(session):\n    pass\n", {}),
}


def told(path: str, text: str, more: dict[str, str], making: SimpleNamespace, root: object) -> tuple[str, str] | None:
    context = rewrite_context(making.tree(root, {path: text, **more}), key=bytes(32))
    return runs_elsewhere(path, ast.parse(text), context)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_no_boto3_is_there(name: str, making: SimpleNamespace, tmp_path: object) -> None:
    path, text, more, who = ELSEWHERE[name]
    found = told(path, text, more, making, tmp_path)
    assert found is not None
    assert who in found[0]


@pytest.mark.parametrize("name", HERE)
def test_the_usual_python(name: str, making: SimpleNamespace, tmp_path: object) -> None:
    assert told(*HERE[name], making, tmp_path) is None
