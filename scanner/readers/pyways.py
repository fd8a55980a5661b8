"""Paths from a name to a value, by keys, attributes and indices: from `settings` to `settings["db"].password`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.readers.pyleaf import string_of

Step = str | int | None
"""A key or an attribute, a place in a list, or any of them."""
Steps = tuple[Step, ...]
MOST_STEPS = 8
# Calls that return the same text in another form, or the text inside.
_SAME = frozenset("encode decode strip lstrip rstrip lower upper replace get_secret_value getvalue copy".split())
_ASKING_FOR = frozenset(("get", "pop", "setdefault"))


def rooted(node: ast.expr) -> tuple[str, Steps] | None:
    """The name that an expression begins with, and the steps down from it; None for any other expression.

    A call stands for what its function returns: `settings()["password"]` is ("settings", ("password",)).
    """
    steps: list[Step] = []
    for each in _down(node, steps):
        if isinstance(each, ast.Name):
            return each.id, tuple(reversed(steps))
    return None


def comes_from(node: ast.AST, call: ast.Call) -> bool:
    """Whether an expression takes its value out of the result of a call."""
    return any(each is call for each in _down(node, []))


def _down(node: ast.AST, steps: list[Step]) -> Iterator[ast.AST]:
    """Walk an expression down to a name or constant, appending the `steps`, innermost last."""
    while len(steps) <= MOST_STEPS:
        yield node
        if isinstance(node, ast.Attribute):
            if node.attr != "__class__":
                steps.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            steps.append(_index(node.slice))
            node = node.value
        elif isinstance(node, ast.Await):
            node = node.value
        elif isinstance(node, ast.Call):
            node = _called(node, steps)
        else:
            break


def _called(node: ast.Call, steps: list[Step]) -> ast.expr:
    func = node.func
    if isinstance(func, ast.Attribute):
        if func.attr in _SAME:
            return func.value
        if func.attr in _ASKING_FOR and node.args:
            steps.append(string_of(node.args[0]))
            return func.value
    elif isinstance(func, ast.Name) and func.id == "type" and len(node.args) == 1:
        return node.args[0]
    return func


def _index(node: ast.expr) -> Step:
    match node:
        case ast.Constant(value=int() as number) if type(number) is int and number >= 0:
            return number
    return string_of(node)


def fit(one: Steps, other: Steps) -> bool:
    """Whether two paths can lead to the same value, or one of them to a part of the other's."""
    return all(mine == their or mine is None or their is None for mine, their in zip(one, other, strict=False))


def below(steps: Steps, taken: Steps) -> Steps | None:
    """The rest of a path after the first steps `taken`; None if it does not begin with them."""
    return steps[len(taken) :] if len(taken) <= len(steps) and fit(steps, taken) else None
