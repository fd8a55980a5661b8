"""Which names a Python file binds, in any scope and in any way."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator


def bindings(tree: ast.AST) -> Counter[str]:
    """How often each name is bound; a name that is bound once means the same wherever it is used."""
    return Counter(_bound(tree))


def used_names(tree: ast.AST) -> Iterator[str]:
    """Every name that the file uses in any scope, bound or not."""
    yield from _bound(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0]
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                yield name
            case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
                yield name
            case _ if type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
                yield str(getattr(node, "name", ""))
