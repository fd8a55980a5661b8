"""Find the configparser objects in a Python file: names, and calls of functions that return one."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.project_imports import stem_of
from fixers.python_environment import dotted, resolve
from fixers.settings_modules import PARSERS, Module, class_of, scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsers:
    """A file's parsers. `makes` says for each binding of a name, in its scope, whether it creates one.

    `attributes` says so for each `self.conf`; `keepers` are the classes that create these, each with the attribute.
    `givers` are functions whose calls return one; `shared` are names that a function binds in an enclosing scope.
    """

    makes: dict[tuple[ast.AST | None, str], list[bool]]
    attributes: dict[str, list[bool]]
    keepers: frozenset[tuple[ast.AST | None, str]]
    givers: frozenset[str]
    shared: frozenset[str]

    def kind(self, module: Module, node: ast.AST) -> bool | None:
        """Whether an expression is always a parser; None if it is not one."""
        match node:
            case ast.Name(id=name):
                kinds = self._kinds(module, node, name)
                return all(kinds) if any(kinds) else None
            case ast.Attribute(attr=attr) if any(kinds := self.attributes.get(f"self.{attr}", [])):
                model = class_of(node, module.parents)
                own = dotted(node.value) in ("self", "cls", getattr(model, "name", ""))
                return own and all(kinds) and (model, f"self.{attr}") in self.keepers
            case ast.Call(func=ast.Name(id=name)):
                return True if name in self.givers else None
        return None

    def _kinds(self, module: Module, node: ast.Name, name: str) -> list[bool]:
        if name in self.shared:
            return [kind for (_, each), kinds in self.makes.items() if each == name for kind in kinds]
        return self.makes.get((scope_that_binds(module, node), name), [])

    def exported(self) -> frozenset[str]:
        """What another file may import: names, and functions with `()` appended."""
        names = {
            name for (scope, name), kinds in self.makes.items() if any(kinds) and (scope is None or name in self.shared)
        }
        return frozenset(names | {f"{name}()" for name in self.givers})


def parsers_of(module: Module, taken: Collection[str] = ()) -> Parsers:
    """A file's parsers; `taken` are the names that it imports, as `Parsers.exported` gives them."""
    shared = frozenset(
        name for node in module.nodes if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names
    )
    givers = frozenset(name.removesuffix("()") for name in taken if name.endswith("()"))
    while True:
        makes: dict[tuple[ast.AST | None, str], list[bool]] = defaultdict(list)
        attributes: dict[str, list[bool]] = defaultdict(list)
        keepers: set[tuple[ast.AST | None, str]] = set()
        for name in taken:
            makes[None, name].append(True)
        for node in module.nodes:
            if isinstance(node, ast.arg):
                makes[scope_of(node, module.parents), node.arg].append(False)
            elif isinstance(node, (ast.Name, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
                kind = _makes(module, node, givers)
                if kind is not None and isinstance(node, ast.Name):
                    makes[scope_of(node, module.parents), node.id].append(kind)
                attribute = _as_attribute(module, node)
                if kind is not None and attribute is not None:
                    attributes[attribute].append(kind)
                    keepers |= {(class_of(node, module.parents), attribute)} if kind else set()
        found = Parsers(
            makes=dict(makes), attributes=dict(attributes), keepers=frozenset(keepers), givers=givers, shared=shared
        )
        more = givers | frozenset(_givers(module, found))
        if more == givers:
            return found
        givers = more


def _makes(module: Module, target: ast.Name | ast.Attribute, givers: Collection[str]) -> bool | None:
    """Whether a binding creates a parser; None if it binds None, which is never read from."""
    match module.parents.get(target):
        case ast.Assign(targets=[single], value=value) | ast.AnnAssign(target=single, value=value) if single is target:
            if isinstance(value, ast.Constant) and value.value is None:
                return None
            called = dotted(value.func) if isinstance(value, ast.Call) else ""
            return resolve(called, module.names) in PARSERS or called in givers
        case ast.AnnAssign(value=None):
            return None
    return False


def _as_attribute(module: Module, target: ast.Name | ast.Attribute) -> str | None:
    """The attribute by which methods use it: `self.conf`, which a class body may bind as `conf`."""
    if isinstance(target, ast.Attribute):
        return f"self.{target.attr}"
    statement = module.parents.get(target)
    inside = statement is not None and isinstance(module.parents.get(statement), ast.ClassDef)
    return f"self.{target.id}" if inside else None


def _givers(module: Module, found: Parsers) -> Iterator[str]:
    """The top-level functions of a file, with a unique name, that return only a parser."""
    names = [
        node.name for node in module.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    for node in module.nodes:
        if not isinstance(node, ast.FunctionDef) or not isinstance(module.parents.get(node), ast.Module):
            continue
        makers = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
        plain = {resolve(dotted(each), module.names) for each in makers} <= {"functools.cache", "functools.lru_cache"}
        ends = [each for each in ast.walk(node) if isinstance(each, (ast.Return, ast.Yield, ast.YieldFrom))]
        values = [
            each.value for each in ends if isinstance(each, ast.Return) and scope_of(each, module.parents) is node
        ]
        alone = names.count(node.name) == 1 and (None, node.name) not in found.makes
        ends_so = bool(values) and len(values) == len(ends)
        if (
            plain
            and alone
            and ends_so
            and all(isinstance(each, ast.Name) and found.kind(module, each) for each in values)
        ):
            yield node.name


def scope_that_binds(module: Module, node: ast.Name) -> ast.AST | None:
    """The innermost function around a name that binds it; None at module level."""
    scope = scope_of(node, module.parents)
    while scope is not None and node.id not in module.bound.get(scope, ()):
        scope = scope_of(scope, module.parents)
    return scope


def imports_of(other: Module, owner: Module, names: Collection[str]) -> Iterator[tuple[ast.ImportFrom, str]]:
    """The imports by which a file gets one of these names from another, and its name there; includes star imports."""
    plain = {name.removesuffix("()"): name for name in names}
    for node in other.nodes:
        if isinstance(node, ast.ImportFrom) and _means(node, other.path, owner.path):
            for alias in node.names:
                if alias.name in plain or alias.name == "*":
                    called = "()" if plain.get(alias.name, "").endswith("()") else ""
                    yield node, f"{alias.asname or alias.name}{called}"


def _means(node: ast.ImportFrom, path: str, owner: str) -> bool:
    """Whether an import may refer to the file with this path."""
    if node.module is not None:
        return node.module.rpartition(".")[2] == stem_of(owner)
    folder = PurePosixPath(path).parent
    above = folder.parents[node.level - 2] if 1 < node.level <= len(folder.parts) + 1 else folder
    return PurePosixPath(owner).stem == "__init__" and PurePosixPath(owner).parent == above
