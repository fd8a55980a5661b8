"""The names that a Python file binds, in any scope and in any way, and which of them are mappings."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

_MAKERS = frozenset({"dict", "vars", "collections.OrderedDict", "collections.defaultdict", "dotenv.dotenv_values"})
# Any value of these results that has a `get` is a dict.
_PARSERS = frozenset(
    {"json.load", "json.loads", "yaml.load", "yaml.safe_load", "yaml.full_load", "toml.load", "toml.loads"}
    | {"tomllib.load", "tomllib.loads", "tomli.load", "tomli.loads"}
)
_ANNOTATIONS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})


def bindings(tree: ast.AST) -> Counter[str]:
    """How often each name is bound; a name bound once has the same meaning wherever it is used."""
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


def mappings(tree: ast.AST, names: Mapping[str, str]) -> dict[str, bool]:
    """The names bound only to mappings; True if nested values that have a `get` are mappings too.

    `names` give the qualified names of imported ones. A parameter counts by its annotation or if it is `**kwargs`.
    """
    made: dict[str, list[bool]] = {}
    for node in ast.walk(tree):
        found: Iterable[tuple[str, bool | None]] = ()
        match node:
            case ast.Assign(targets=targets, value=value):
                kind = _kind(value, names)
                found = ((target.id, kind) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                found = [(name, False if _is_mapping(annotation) else None)]
            case ast.arguments(posonlyargs=first, args=others, kwonlyargs=named, kwarg=rest):
                found = [
                    (each.arg, False if each is rest or _is_mapping(each.annotation) else None)
                    for each in (*first, *others, *named, *([rest] if rest else []))
                ]
        for name, kind in found:
            made.setdefault(name, []).extend([] if kind is None else [kind])
    bound = bindings(tree)
    return {name: all(kinds) for name, kinds in made.items() if len(kinds) == bound[name]}


def _kind(value: ast.expr, names: Mapping[str, str]) -> bool | None:
    """Whether an expression is parsed data (True) or another mapping (False); None if it may be anything else."""
    match value:
        case ast.Dict() | ast.DictComp():
            return False
        case ast.Call(func=ast.Attribute(attr="json"), args=[], keywords=[]):
            return True  # a response's method
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=function)):
            called = f"{names.get(module, module)}.{function}"
        case ast.Call(func=ast.Name(id=function)):
            called = names.get(function, function)
        case _:
            return None
    return True if called in _PARSERS else False if called in _MAKERS else None


def _is_mapping(annotation: ast.expr | None) -> bool:
    node = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return (getattr(node, "id", None) or getattr(node, "attr", None)) in _ANNOTATIONS
