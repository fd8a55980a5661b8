"""Find modules whose names are listed at run time (`vars(settings)`, `globals()`), which would include a new import."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from fixers.project_imports import read_quietly, stem_of
from fixers.python_environment import dotted, imported_names, resolve
from fixers.python_syntax import parse_quietly
from fixers.workspace import Workspace

_LISTS = re.compile(rb"\bglobals\(|\b(?:vars|dir|getmembers)\(\s*(?!self\b|cls\b)\w|\b(?!self\b|cls\b)\w+\.__dict__")
_STAR = re.compile(rb"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\*", re.MULTILINE)
_LISTING = frozenset({"vars", "dir", "inspect.getmembers"})
# `globals()["NAME"]` and `globals().update(...)` list nothing.
_TAKING = frozenset({"update", "get", "setdefault", "pop"})


def listed_modules(workspace: Workspace) -> frozenset[str]:
    """Such modules, and those from which one of them imports all names, by the last part of their name."""
    found: set[str] = set()
    stars: dict[str, set[str]] = defaultdict(set)
    for path in workspace.files:
        if path.endswith((".py", ".pyw")):
            raw, own = read_quietly(path, workspace), stem_of(path)
            stars[own] |= {name.decode().rpartition(".")[2] for name in _STAR.findall(raw)}
            if _LISTS.search(raw):
                found |= _listed(raw, own)
    waiting = list(found)
    while waiting:
        waiting += (more := stars.get(waiting.pop(), set()) - found)
        found |= more
    return frozenset(found)


def _listed(raw: bytes, own: str) -> set[str]:
    try:
        tree = parse_quietly(raw.decode("utf-8", "replace"))
    except (SyntaxError, ValueError, RecursionError):
        return set()
    names, found = imported_names(tree), set[str]()
    quiet = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr in _TAKING)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="globals"), args=[]) if id(node) not in quiet:
                found.add(own)
            case ast.Call(func=function, args=[ast.Name() | ast.Attribute() as given, *_]):
                if resolve(dotted(function), names) in _LISTING and dotted(given).partition(".")[0] in names:
                    found.add(resolve(dotted(given), names).rpartition(".")[2])
            case ast.Attribute(value=ast.Name(id=name), attr="__dict__") if name in names and id(node) not in quiet:
                found.add(resolve(name, names).rpartition(".")[2])
    return found
