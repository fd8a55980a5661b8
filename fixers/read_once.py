"""Find where Python reads a secret only once, at import: such code gets a rotated password only after a restart."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import TypeAlias

from fixers.python_syntax import parse_quietly
from scanner.model import Kind
from scanner.readers.kinds import kind_of
from scanner.roles import PathRole, role_of
from scanner.source import Source
from scanner.sources import worktree
from scanner.sources.selection import Selection
from scanner.text import UndecodableError, decode

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def read_at_import(root: worktree.Root, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The places (path:line) where a call outside every function names one of these secrets, by its name.

    Tests do not count. A name that is built at run time is not found.
    """
    found: dict[str, list[str]] = {}
    for source in worktree.sources(root, (root.folder,), Selection()):
        if not isinstance(source, Source) or not any(name.encode() in source.raw for name in names):
            continue
        kind = kind_of(source.path, source.raw[:4096])
        if kind is not Kind.PYTHON or role_of(source.path, "") is not PathRole.SOURCE:
            continue
        try:
            tree = parse_quietly(decode(source, kind).text)
        except (UndecodableError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in _at_import(tree):
            for name in _named(node) & set(names):
                found.setdefault(name, []).append(f"{source.path}:{node.lineno}")
    return {name: tuple(dict.fromkeys(places)) for name, places in found.items()}


def _at_import(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls made when a module is imported, in line order."""
    calls = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            calls.append(node)
        waiting += _outside(node) if isinstance(node, _Function) else ast.iter_child_nodes(node)
    yield from sorted(calls, key=lambda call: call.lineno)


def _outside(function: _Function) -> Iterator[ast.AST]:
    """The parts of a function that are evaluated at its definition: decorators and defaults."""
    yield from getattr(function, "decorator_list", ())
    yield from function.args.defaults
    yield from (default for default in function.args.kw_defaults if default is not None)


def _named(call: ast.Call) -> set[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
