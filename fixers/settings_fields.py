"""Fields of pydantic's settings classes that read a `.env` variable: each resolves the reference that it is given.

`api_key: str` becomes `api_key: Annotated[str, BeforeValidator(resolve_references)]`: what a variable, a file or a
caller gives is passed on, and a reference becomes the value before it is checked.
https://docs.pydantic.dev/latest/concepts/validators/#before-after-wrap-and-plain-validators
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from fixers.python_environment import dotted, resolve
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader, ReaderSite
from fixers.settings_modules import Module, parsed
from fixers.workspace import Workspace
from scanner.text import line_starts

_BASE = "pydantic_settings.BaseSettings"
# What pydantic-settings hands on as the text that it read: other types it parses as JSON first.
_TEXTS = frozenset({"str", "bytes", "SecretStr", "SecretBytes"})
# How a field, and an alias of one, are said to read a variable.
_HOWS = ("a field of ", "pydantic.Field(alias=", "pydantic.Field(validation_alias=")
_URLS = ("Dsn", "Url")
# They see what was read before a field's own validator does, or in its place.
_EARLIER = frozenset({"before", "wrap", "plain"})
_OLD = frozenset({"validator", "root_validator"})


def field_sites(
    workspace: Workspace, opaque: Sequence[OtherReader], known: dict[str, Module | None]
) -> tuple[tuple[ReaderSite, ...], tuple[OtherReader, ...]]:
    """The readers that are such fields, each as the span of its annotation, and the others."""
    sites: list[ReaderSite] = []
    others: list[OtherReader] = []
    for reader in opaque:
        module = parsed(workspace, reader.path, known) if reader.how.startswith(_HOWS) else None
        annotation = _annotation(module, reader.line) if module is not None else None
        if module is None or annotation is None:
            others.append(reader)
            continue
        span = node_span(line_starts(module.text), module.text, annotation)
        sites.append(ReaderSite(path=reader.path, line=annotation.lineno, span=span, quote='"'))
    return tuple(dict.fromkeys(sites)), tuple(others)


def _annotation(module: Module, line: int) -> ast.expr | None:
    """What the field that a line belongs to is annotated with, where a validator of ours may stand in it."""
    fields = [node for node in module.nodes if isinstance(node, ast.AnnAssign)]
    there = [node for node in fields if node.lineno <= line <= (node.end_lineno or 0)]
    field = there[0] if len(there) == 1 else None  # of two on one line either may be meant
    model = module.parents.get(field) if field is not None else None
    if field is None or not isinstance(model, ast.ClassDef) or not _is_settings(module, model):
        return None
    return field.annotation if _is_text(module, field.annotation) and not _looks_earlier(module) else None


def _is_settings(module: Module, model: ast.ClassDef) -> bool:
    """Whether a class is one of pydantic-settings, by itself or by other classes of its file."""
    classes = {node.name: node for node in module.nodes if isinstance(node, ast.ClassDef)}
    waiting, seen = [model], set[str]()
    while waiting:
        each = waiting.pop()
        seen.add(each.name)
        bases = [dotted(base) for base in each.bases]
        if any(resolve(base, module.names) == _BASE for base in bases):
            return True
        waiting += [classes[base] for base in bases if base in classes and base not in seen]
    return False


def _is_text(module: Module, annotation: ast.expr) -> bool:
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            sides = [side for side in (left, right) if not (isinstance(side, ast.Constant) and side.value is None)]
            return len(sides) == 1 and _is_text(module, sides[0])
        case ast.Subscript(value=owner, slice=inner):
            return _last(module, owner) == "Optional" and _is_text(module, inner)
        case ast.Name() | ast.Attribute():
            name = _last(module, annotation)
            return name in _TEXTS or name.endswith(_URLS)
    return False


def _last(module: Module, node: ast.expr) -> str:
    return resolve(dotted(node), module.names).rpartition(".")[2]


def _looks_earlier(module: Module) -> bool:
    """Whether a validator of the file may see the reference itself."""
    for node in module.nodes:
        match node:
            case ast.keyword(arg="mode", value=ast.Constant(value=str() as mode)) if mode in _EARLIER:
                return True
            case ast.keyword(arg="mode", value=value) if not isinstance(value, ast.Constant):
                return True
            case ast.Name() | ast.Attribute() if _last(module, node) in _OLD:
                return True
    return False
