"""Parsed Python files with what is needed to follow a settings file's name through them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from fixers.project_imports import stem_of
from fixers.python_environment import dotted, qualified_names, resolve
from fixers.python_syntax import parse_quietly
from fixers.workspace import Workspace
from scanner.errors import NotSeenError

PARSERS = frozenset(f"configparser.{name}" for name in ("ConfigParser", "RawConfigParser", "SafeConfigParser"))
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True, kw_only=True)
class Module:
    """A Python file: its nodes, the parent of each, the meaning of its names, and what carries the path.

    `parsers` are the names bound to configparser's parsers, and attributes that are bound to nothing else
    (`self.conf`). `texts` are the expressions that may be a string or list a folder, `folders` the parts of paths in
    strings. `seeds` are the expressions that name the file, `tainted` the names that carry its path.
    """

    path: str
    text: str = field(repr=False)
    nodes: tuple[ast.AST, ...] = field(repr=False)
    names: Mapping[str, str]
    parents: Mapping[ast.AST, ast.AST] = field(repr=False)
    bound: Mapping[ast.AST | None, frozenset[str]] = field(repr=False)
    parsers: frozenset[str]
    texts: tuple[ast.expr, ...] = field(repr=False)
    folders: frozenset[str] = field(repr=False)
    seeds: frozenset[ast.AST] = frozenset()
    tainted: set[tuple[ast.AST | None, str]] = field(default_factory=set)

    @property
    def stem(self) -> str:
        """The last part of the name that it is imported by."""
        return stem_of(self.path)


# Functions and classes by name: their modules, and the parameters that a caller passes.
Functions: TypeAlias = Mapping[str, list[tuple[Module, ast.AST, list[str]]]]


def python_files(workspace: Workspace) -> dict[str, bytes]:
    """The bytes of every readable Python file, by path."""
    found = {}
    for path in workspace.files:
        if workspace.is_python(path):
            try:
                found[path] = workspace.read(path)
            except OSError:
                continue
    return found


def parsed(workspace: Workspace, path: str, known: dict[str, Module | None]) -> Module | None:
    """One file with nothing tainted yet; None if it does not parse. The result is added to `known`."""
    if path not in known:
        known[path] = _parsed(workspace, path)
    module = known[path]
    return None if module is None else replace(module, tainted=set())


def class_of(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST | None:
    """The innermost class around a node."""
    above = parents.get(node)
    while above is not None and not isinstance(above, ast.ClassDef):
        above = parents.get(above)
    return above


def _parsed(workspace: Workspace, path: str) -> Module | None:
    try:
        text = workspace.document(path).text
        tree = parse_quietly(text)
    except (NotSeenError, SyntaxError, ValueError, RecursionError):
        return None
    parents: dict[ast.AST, ast.AST] = {}
    nodes: list[ast.AST] = [tree]
    for above in nodes:
        children = list(ast.iter_child_nodes(above))
        parents.update(dict.fromkeys(children, above))
        nodes += children
    names = qualified_names(tree)
    bound: dict[ast.AST | None, set[str]] = defaultdict(set)
    parsers: set[str] = set()
    kept: set[ast.AST] = set()  # attributes to which a parser is assigned
    inside: set[str] = set()
    texts: list[ast.expr] = []
    folders: set[str] = set()
    for node in nodes:
        match node:
            case ast.Constant(value=str(value)):
                folders.update(value.replace("\\", "/").split("/"))
                texts.append(node)
            case ast.JoinedStr() | ast.BinOp(op=ast.Add()) | ast.Call():
                texts.append(node)
            case ast.Name(id=name, ctx=ast.Store()):
                bound[scope_of(node, parents)].add(name)
            case ast.arg(arg=name):
                bound[scope_of(node, parents)].add(name)
            case ast.Assign(value=ast.Call(func=function)) | ast.AnnAssign(value=ast.Call(func=function)):
                if resolve(dotted(function), names) in PARSERS:
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    parsers.update(target.id for target in targets if isinstance(target, ast.Name))
                    kept.update(target for target in targets if dotted(target).startswith("self."))
                    owner = parents.get(node)
                    if isinstance(owner, ast.ClassDef):  # its methods use `self.conf`
                        inside.update(f"self.{dotted(target)}" for target in targets)
    stored = [node for node in nodes if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)]
    attributes = {*map(dotted, kept), *inside}  # type: ignore[arg-type]
    parsers |= attributes - {dotted(node) for node in stored if node not in kept}
    return Module(
        path=path,
        text=text,
        nodes=tuple(nodes),
        names=names,
        parents=parents,
        bound={scope: frozenset(each) for scope, each in bound.items()},
        parsers=frozenset(parsers),
        texts=tuple(texts),
        folders=frozenset(folders),
    )


def uses_any(raw: bytes, exported: Iterable[tuple[str, str]], called: Iterable[str]) -> bool:
    """Whether a file may use what another one exports (module, name), or define one of the called functions."""
    for stem, name in exported:
        word = name.strip(".()").encode()
        word = word if stem else b"." + word  # an attribute of some object
        if word in raw and stem.encode() in raw and re.search(rb"%b\b" % re.escape(word), raw):
            return True
        # `from .paths import *`: others may import it from here.
        if stem and b" import *" in raw and re.search(rb"\b%b import \*" % re.escape(stem.encode()), raw):
            return True
    return any(re.search(rb"\b(?:def|class)\s+%b\b" % re.escape(name.encode()), raw) for name in called)


def functions_of(modules: Iterable[Module]) -> Functions:
    """Functions and classes by name, with the parameters that a caller passes."""
    found: dict[str, list[tuple[Module, ast.AST, list[str]]]] = defaultdict(list)
    for module in modules:
        for node in module.nodes:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            parameters = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            owner = module.parents.get(node)
            if isinstance(owner, ast.ClassDef):
                plain = any(dotted(each) == "staticmethod" for each in node.decorator_list)
                parameters = parameters if plain else parameters[1:]
            parameters += [each.arg for each in node.args.kwonlyargs]
            found[node.name].append((module, node, parameters))
            if node.name == "__init__" and isinstance(owner, ast.ClassDef):
                found[owner.name].append((module, node, parameters))
    return found


def scope_of(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST | None:
    """The function that a node is in; None at module level. Defaults and decorators are outside the function."""
    child, above = node, parents.get(node)
    while above is not None:
        inside = not isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)) or (
            child in above.body or child is above.args
        )
        if isinstance(above, SCOPES) and inside:
            return above
        child, above = above, parents.get(above)
    return None
