"""Resolve Python names: the qualified names that a callable or an assignment's target can have."""

from __future__ import annotations

import ast

from scanner.readers.pyleaf import arguments, string_of
from scanner.readers.pyscope import Scope, nearest

ENV_GETTERS = frozenset(
    (
        "os.getenv os.environ.get os.environ.setdefault os.environ.pop os.getenvb decouple.config environ.Env.str"
        " environ.Env environs.Env.str starlette.config.Config"
    ).split()
)


def is_env_getter(scope: Scope, node: ast.expr) -> bool:
    """Whether a callable reads an environment variable."""
    return not ENV_GETTERS.isdisjoint(callees_of(scope, node))


def env_key(scope: Scope, node: ast.expr) -> str | None:
    """The variable that `os.environ.get(K)`, `os.getenv(K)` or `os.environ[K]` reads; None for other expressions."""
    if isinstance(node, ast.Call):
        every = arguments(node)
        return string_of(every[0][1]) if every and is_env_getter(scope, node.func) else None
    if isinstance(node, ast.Subscript) and "os.environ" in callees_of(scope, node.value):
        return string_of(node.slice)
    return None


def is_nameable(node: ast.expr) -> bool:
    """Whether `callees_of` would find any name, without computing it."""
    if isinstance(node, ast.Subscript):
        return string_of(node.slice) is not None and is_nameable(node.value)
    return isinstance(node, (ast.Name, ast.Attribute))


def callees_of(scope: Scope, node: ast.expr) -> tuple[str, ...]:
    """Qualified names that a callable expression, or an attribute or entry that is assigned, can have."""
    match node:
        case ast.Name(id=name):
            if name in scope.imports:
                return (scope.imports[name],)
            return (*(f"{module}.{name}" for module in scope.stars), name)
        case ast.Attribute(value=value, attr=name):
            return tuple(dict.fromkeys(f"{owner}.{name}" for owner in owners_of(scope, value)))
        case ast.Subscript(value=value, slice=ast.Constant(value=str() | bytes()) as key):
            return tuple(f"{owner}[{string_of(key)}]" for owner in callees_of(scope, value))
    return ()


def owners_of(scope: Scope, node: ast.expr) -> tuple[str, ...]:
    """What the object before a dot can be: a module, a class, an instance of one, or unknown ("")."""
    match node:
        case ast.Name(id=name):
            if name in scope.imports:
                return (scope.imports[name],)
            return _instances(scope, name, node.lineno) or ("",)
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            return _instances(scope, name, node.lineno) or ("",)
        case ast.Attribute(value=value, attr=name):
            return tuple(f"{owner}.{name}" for owner in owners_of(scope, value) if owner) or (f".{name}",)
        case ast.Call(func=func):
            return callees_of(scope, func) or ("",)
        case ast.Await(value=value):
            return owners_of(scope, value)
    return ("",)


def _instances(scope: Scope, name: str, line: int) -> tuple[str, ...]:
    """Classes of which a name is bound to an instance: by the nearest binding before the line, else the first."""
    seen = scope.instances.get(name)
    if not seen:
        return ()
    found = _dotted(scope, seen[nearest(seen, line)][1])
    return (found,) if found else ()


def _dotted(scope: Scope, node: ast.expr) -> str | None:
    """The qualified name of a constructor call or an annotation."""
    match node:
        case ast.Call(func=func):
            return _dotted(scope, func)
        case ast.Name(id=name):
            return scope.imports.get(name, name)
        case ast.Attribute(value=value, attr=name):
            owner = _dotted(scope, value)
            return f"{owner}.{name}" if owner else None
        case ast.Subscript(slice=inner) | ast.BinOp(left=inner):
            return _dotted(scope, inner)
    return None
