"""What a name means: the qualified names that a callable or an assignment's target can have."""

from __future__ import annotations

import ast
import bisect

import libcst as cst

from scanner.readers import pystring
from scanner.readers.pyscope import Scope
from scanner.readers.pystate import Reading, span_of
from scanner.readers.pywords import READING, asks_for, held_by

ENV_GETTERS = frozenset(
    (
        "os.getenv os.environ.get os.environ.setdefault os.environ.pop os.getenvb decouple.config environ.Env.str"
        " environ.Env environs.Env.str starlette.config.Config"
    ).split()
)


def env_key(reading: Reading, node: cst.BaseExpression) -> str | None:
    """The variable that `os.environ.get(K)`, `os.getenv(K)` or `os.environ[K]` reads."""
    if isinstance(node, cst.Call) and node.args and any(c in ENV_GETTERS for c in callees_of(reading, node.func)):
        return constant_of(node.args[0].value)
    if isinstance(node, cst.Subscript) and "os.environ" in callees_of(reading, node.value):
        return subscript_key(node)
    return None


def constant_of(node: cst.CSTNode | None) -> str | None:
    """The text of a plain string node."""
    if isinstance(node, cst.ConcatenatedString):
        left, right = constant_of(node.left), constant_of(node.right)
        return None if left is None or right is None else left + right
    if not isinstance(node, cst.SimpleString):
        return None
    try:
        value = pystring.decode(node.value).value
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def subscript_key(node: cst.Subscript) -> str | None:
    """The key of `x["key"]`."""
    if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return constant_of(node.slice[0].slice.value)
    return None


def leaf_of(node: cst.CSTNode) -> str | None:
    """The last word of a name, attribute, subscript or look-up."""
    match node:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Subscript():
            return subscript_key(node)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="get" | "getenv")), args=[argument, *_]):
            return constant_of(argument.value)
        case cst.Call(
            func=cst.Name(value=called) | cst.Attribute(attr=cst.Name(value=called)), args=[argument, *_]
        ) if asks_for(called):
            return constant_of(argument.value)
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="lower" | "strip" | "encode" | "upper"))):
            return leaf_of(inner)
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=called)), args=[]) if called in READING:
            return held_by(leaf_of(inner))
    return None


def callees_of(reading: Reading, node: cst.BaseExpression) -> tuple[str, ...]:
    """Qualified names that a callable expression can mean."""
    match node:
        case cst.Name(value=name):
            if name in reading.scope.imports:
                return (reading.scope.imports[name],)
            return (*(f"{module}.{name}" for module in reading.scope.stars), name)
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            return tuple(dict.fromkeys(f"{owner}.{name}" for owner in owners_of(reading, value)))
        case cst.Subscript(value=value):
            key = subscript_key(node)
            return tuple(f"{owner}[{key}]" for owner in callees_of(reading, value)) if key else ()
    return ()


def owners_of(reading: Reading, node: cst.BaseExpression) -> tuple[str, ...]:
    """What the object before a dot can be: a module, a class, an instance of one, or unknown ("")."""
    match node:
        case cst.Name(value=name):
            if name in reading.scope.imports:
                return (reading.scope.imports[name],)
            return _instances(reading, name, node) or ("",)
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            inner = owners_of(reading, value)
            if isinstance(value, cst.Name) and value.value in ("self", "cls"):
                return _instances(reading, name, node) or ("",)
            return tuple(f"{owner}.{name}" for owner in inner if owner) or (f".{name}",)
        case cst.Call(func=func):
            return callees_of(reading, func) or ("",)
        case cst.Await(expression=inner_node):
            return owners_of(reading, inner_node)
    return ("",)


def _instances(reading: Reading, name: str, node: cst.CSTNode) -> tuple[str, ...]:
    """Classes whose instance a name was seen to be bound to: the nearest binding before, else the first."""
    seen = reading.scope.instances.get(name)
    if not seen:
        return ()
    span = span_of(reading, node)
    line = bisect.bisect_right(reading.scope.starts, span.start) if span else 0
    before = [value for at, value in seen if at <= line]
    value = before[-1] if before else seen[0][1]
    found = _dotted(reading.scope, value)
    return (found,) if found else ()


def _dotted(scope: Scope, node: ast.expr) -> str | None:
    """The qualified name of a constructor call or an annotation, from `ast`."""
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
