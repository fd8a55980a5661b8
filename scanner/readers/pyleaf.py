"""Facts about single `ast` nodes: the last word of a name, the text of a string, the arguments of a call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.readers.parts import COMPUTED
from scanner.readers.pywords import READING, asks_for, held_by

CLASS_MAKERS = frozenset(("namedtuple", "NamedTuple", "make_dataclass"))
TUPLES = (ast.Tuple, ast.List)
"""Types of what is taken apart by place."""


def string_of(node: ast.AST | None) -> str | None:
    """The text of a plain string or bytes node, else None; protocols have bytes as keys: `{b"password": b"..."}`."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


def leaf_of(node: ast.AST) -> str | None:
    """The last word of a name, attribute, subscript or look-up; None for other nodes."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return string_of(node.slice)
    return _leaf_of_call(node) if isinstance(node, ast.Call) else None


def _leaf_of_call(node: ast.Call) -> str | None:
    every = arguments(node)
    first = string_of(every[0][1]) if every else None
    if isinstance(node.func, ast.Name):
        return first if asks_for(node.func.id) else None
    if not isinstance(node.func, ast.Attribute):
        return None
    method, owner = node.func.attr, node.func.value
    if every and (method in ("get", "getenv") or asks_for(method)):
        return first
    if method in ("lower", "strip", "encode", "upper"):
        return leaf_of(owner)
    return held_by(leaf_of(owner)) if method in READING and not every else None


def arguments(node: ast.Call) -> list[tuple[str | None, ast.expr]]:
    """Keyword ("**" for a mapping) and value of each argument, in source order."""
    every: list[tuple[str | None, ast.expr]] = [(None, value) for value in node.args]
    every += [(keyword.arg or "**", keyword.value) for keyword in node.keywords]
    if node.keywords and any(isinstance(value, ast.Starred) for value in node.args):
        every.sort(key=lambda pair: (pair[1].lineno, pair[1].col_offset))
    return every


def flattened(node: ast.expr) -> Iterator[ast.expr]:
    """Operands of a chain of `+`, left to right."""
    stack: list[ast.expr] = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, ast.BinOp) and isinstance(top.op, ast.Add):
            stack += [top.right, top.left]
        else:
            yield top


def unstarred(node: ast.expr) -> ast.expr:
    """The operand of a star, or the node itself."""
    return node.value if isinstance(node, ast.Starred) else node


def is_string(node: ast.expr) -> bool:
    """Whether a node is a string, bytes or an f-string."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def text_of(node: ast.expr) -> str:
    """The value of a string: bytes as latin-1, with a placeholder for computed parts."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else COMPUTED for part in node.values)
    assert isinstance(node, ast.Constant)
    return node.value.decode("latin-1") if isinstance(node.value, bytes) else str(node.value)


def paired(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]] | None:
    """Targets paired with values for `user, password = "u", "p"`; None if they do not pair up."""
    if not isinstance(target, TUPLES) or not isinstance(value, TUPLES):
        return None
    names, values = list(target.elts), list(value.elts)
    if len(names) > 1 and isinstance(names[-1], ast.Starred):  # `user, password, *rest = ...`
        names[-1:] = [names[-1].value] * (len(values) - len(names) + 1)
    if len(names) != len(values) or any(isinstance(each, ast.Starred) for each in (*names, *values)):
        return None
    pairs = zip(names, values, strict=True)
    return [part for pair in pairs for part in paired(*pair) or [pair]]


def fields_of(node: ast.Call) -> list[str]:
    """The fields that a call of `namedtuple` or the like declares; none if the call does not list them."""
    match node.args[1] if len(node.args) > 1 else None:
        case ast.Constant(value=str(text)):
            return text.replace(",", " ").split()
        case ast.List(elts=fields) | ast.Tuple(elts=fields):
            # Of `NamedTuple` and `make_dataclass` each field is a pair of name and type.
            first = [each.elts[0] if isinstance(each, ast.Tuple) and each.elts else each for each in fields]
            names = [each.value for each in first if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            return names if len(names) == len(fields) else []
    return []
