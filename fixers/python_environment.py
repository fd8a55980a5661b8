"""How a Python file reads environment variables: its own names for os.environ and os.getenv."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_READERS = frozenset({"os.getenv", "os.environ.get"})


def qualified_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name of the file stands for: `{"env": "os.environ"}` for `from os import environ as env`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def resolve(dotted: str, names: Mapping[str, str]) -> str:
    """A dotted expression with its first part as what it was imported from."""
    first, dot, rest = dotted.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def reads_variable(function: str, names: Mapping[str, str]) -> bool:
    """Whether calling this dotted expression reads one variable and gives a string: os.getenv, os.environ.get."""
    return resolve(function, names) in _READERS
