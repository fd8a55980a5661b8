"""Find the names in a Python file that hold the result of `dotenv_values(".env")`, alone or merged with others."""

from __future__ import annotations

import ast
import itertools
import posixpath
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from fixers.grouping import SETTING
from fixers.python_environment import dotted, is_copy, resolve
from fixers.python_names import bindings
from fixers.settings_names import is_named, with_gaps

# https://saurabh-kumar.com/python-dotenv/#load-configuration-without-altering-the-environment
_MAPPINGS = frozenset({"dotenv.dotenv_values", "dotenv.main.dotenv_values"})
# The parameter that takes the file in python-dotenv, django-environ and environs.
_PATHS = frozenset({"dotenv_path", "filename", "env_file", "path"})


def is_call(node: ast.AST, names: Mapping[str, str]) -> bool:
    """Whether an expression calls `dotenv_values`, of any file."""
    return isinstance(node, ast.Call) and resolve(dotted(node.func), names) in _MAPPINGS


def to_resolve(tree: ast.AST, names: Mapping[str, str], env_file: str) -> Iterator[ast.expr]:
    """The expressions whose references must be resolved if this file has some; not those that are resolved already.

    A call of `dotenv_values`; if its result is merged with the environment, `{**dotenv_values(), **os.environ}`, the
    whole expression: then it does not matter which of the two contains a reference.
    """
    done: set[int] = set()
    for node in ast.walk(tree):  # from the outside in
        if is_resolving(node):
            done.update(map(id, ast.walk(node)))
        elif id(node) not in done and isinstance(node, (ast.Dict, ast.BinOp)) and is_copy(node, names):
            if any(is_call(each, names) and means(each, env_file) for each in operands(node)):
                done.update(map(id, ast.walk(node)))
                yield node
        elif isinstance(node, ast.Call) and id(node) not in done and is_call(node, names) and means(node, env_file):
            yield node


def mapping_names(tree: ast.AST, names: Mapping[str, str], env_file: str) -> frozenset[str]:
    """The names and attributes bound only to such mappings: values read from them are resolved."""
    resolved = {id(node) for node in to_resolve(tree, names, env_file)}
    given: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    given[dotted(target)].append(value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                given[dotted(target)].append(value)
    if not any(is_call(node, names) for node in ast.walk(tree)):
        return frozenset()
    bound = bindings(tree)
    stored = Counter(
        dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    functions = {
        node.name: node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and bound[node.name] == 1 and _is_plain(node, names)
    }

    def found(giving: Collection[str]) -> frozenset[str]:
        return frozenset(
            name
            for name, values in given.items()
            if "?" not in name
            and "(" not in name
            and (stored[name] or bound[name]) == len(values)
            and all(_is_mapping(value, names, resolved, giving) for value in values)
        )

    plain = found(())
    return found({name for name, each in functions.items() if _gives_mapping(each, names, resolved, plain)})


def _is_plain(function: ast.FunctionDef, names: Mapping[str, str]) -> bool:
    """Whether calling a function gives what it returns: it has no decorator other than a cache."""
    makers = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return {resolve(dotted(each), names) for each in makers} <= {"functools.cache", "functools.lru_cache"}


def _gives_mapping(
    function: ast.FunctionDef, names: Mapping[str, str], resolved: Collection[int], known: Collection[str]
) -> bool:
    """Whether everything that a function returns is such a mapping, or a name for one."""
    inside = [node for node in ast.walk(function) if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom))]
    values = [node.value for node in inside if isinstance(node, ast.Return)]
    return bool(values) and all(
        isinstance(value, ast.expr) and (dotted(value) in known or _is_mapping(value, names, resolved, ()))
        for value in [*values, *(None for node in inside if not isinstance(node, ast.Return))]
    )


def is_resolving(node: ast.AST) -> bool:
    """Whether an expression is a generated call that resolves references."""
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2].lstrip("_") == SETTING


def resolving_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """The generated calls that resolve references."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_resolving(node))


def operands(node: ast.expr) -> Iterator[ast.expr]:
    """The mappings merged by `{**a, **b}` or `a | b`."""
    behind: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        behind.append(node.right)
        node = node.left
    if behind:
        yield from itertools.chain.from_iterable(map(operands, (node, *reversed(behind))))
    elif isinstance(node, ast.Dict):
        yield from (value for key, value in zip(node.keys, node.values, strict=True) if key is None)
    else:
        yield node


def _is_mapping(value: ast.expr, names: Mapping[str, str], resolved: Collection[int], giving: Collection[str]) -> bool:
    """Whether an expression is such a mapping; `giving` are functions that return one."""
    if id(value) in resolved or is_call(value, names) or (is_resolving(value) and any(_calls(value, names))):
        return True
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in giving
    together = isinstance(value, (ast.Dict, ast.BinOp)) and not is_copy(value, names)
    parts = list(operands(value)) if together else []
    return bool(parts) and all(_is_mapping(each, names, resolved, giving) for each in parts)


def _calls(value: ast.expr, names: Mapping[str, str]) -> Iterator[bool]:
    return (is_call(each, names) for each in ast.walk(value))


def means(call: ast.AST, name: str) -> bool:
    """Whether a call may read the file of this name; without an argument it reads `.env`."""
    if not isinstance(call, ast.Call):
        return False
    given = [*call.args[:1], *(each.value for each in call.keywords if each.arg in _PATHS)]
    if not given:
        return name == ".env" and not any(each.arg == "stream" for each in call.keywords)
    texts = [text for each in ast.walk(given[0]) if (text := with_gaps(each)) is not None]
    # A computed path without any text may be any file.
    return not texts or any(is_named(posixpath.basename(text), name) for text in texts)
