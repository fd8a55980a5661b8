"""Find where a file adds folders to sys.path before it imports from them: a generated import belongs after that."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_CHANGES = frozenset({"append", "extend", "insert"})


def behind_path_change(tree: ast.Module) -> tuple[list[ast.stmt], list[ast.stmt]] | None:
    """The statements up to the last change of sys.path among a file's imports, and the imports that directly follow.

    None if there is no change, or if it follows anything but imports and names of folders.
    """
    last, named = -1, set[str]()
    changing = [number for number, node in enumerate(tree.body) if _changes(node)]
    for number in changing:
        between = tree.body[last + 1 : number]
        named |= {each.id for each in ast.walk(tree.body[number]) if isinstance(each, ast.Name)}
        if not _only_prepares(between, named):
            break
        last = number
    if last < 0:
        return None
    imports: list[ast.stmt] = []
    for node in tree.body[last + 1 :]:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            break
        imports.append(node)
    return tree.body[: last + 1], imports


def _changes(node: ast.stmt) -> bool:
    """Whether a top-level statement only changes sys.path, possibly on a condition."""
    match node:
        case ast.If(body=body, orelse=[]):
            return all(_changes(each) for each in body)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method))) if method in _CHANGES:
            return ast.unparse(owner) in ("sys.path", "path")
        case ast.Expr(value=ast.Call(func=called)):
            return ast.unparse(called) in ("site.addsitedir", "addsitedir")
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return ast.unparse(target) in ("sys.path", "sys.path[:]", "sys.path[0:0]", "sys.path[:0]", "sys.path[0]")
    return False


def _only_prepares(nodes: Sequence[ast.stmt], named: set[str]) -> bool:
    """Whether statements are only imports, strings and the folders that a change of sys.path names, none a value."""
    for node in reversed(nodes):
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in named:
                named |= {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}
            case _:
                return False
    return True
