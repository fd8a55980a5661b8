"""Make fields of pydantic's settings classes that read a `.env` variable resolve the reference that they are given.

`api_key: str` becomes `api_key: Annotated[str, BeforeValidator(resolve_references)]`: a value from a variable, a file
or a caller passes unchanged, and a reference is replaced by its value before validation.
https://docs.pydantic.dev/latest/concepts/validators/#before-after-wrap-and-plain-validators
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from fixers.python_environment import dotted, resolve
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader, ReaderSite
from fixers.settings_modules import Module, parsed, python_files
from fixers.workspace import Workspace
from scanner.text import line_starts

_SETTINGS = "pydantic_settings.BaseSettings"
_MODEL = "pydantic.BaseModel"
# Types for which pydantic-settings passes on the text that it read: for other types it first parses JSON.
_TEXTS = frozenset({"str", "bytes", "SecretStr", "SecretBytes"})
# How messages say that a field, or its alias, reads a variable.
_HOWS = ("a field of ", "pydantic.Field(alias=", "pydantic.Field(validation_alias=")
_URLS = ("Dsn", "Url")
# Validators that run before a field's own, or instead of it.
_EARLIER = frozenset({"before", "wrap", "plain"})
_OLD = frozenset({"validator", "root_validator"})


def field_sites(
    workspace: Workspace, key: str, opaque: Sequence[OtherReader], known: dict[str, Module | None]
) -> tuple[tuple[ReaderSite, ...], tuple[OtherReader, ...]]:
    """The readers of a variable that are such fields, each with the span of its annotation, and the other readers."""
    sites: list[ReaderSite] = []
    others: list[OtherReader] = []
    for reader in opaque:
        module = parsed(workspace, reader.path, known) if reader.how.startswith(_HOWS) else None
        annotation = _annotation(module, key, reader.line, partial(_others, workspace, known)) if module else None
        if module is None or annotation is None:
            others.append(reader)
            continue
        span = node_span(line_starts(module.text), module.text, annotation)
        sites.append(ReaderSite(path=reader.path, line=annotation.lineno, span=span, quote='"'))
    return tuple(dict.fromkeys(sites)), tuple(others)


def _others(workspace: Workspace, known: dict[str, Module | None], path: str, model: str) -> Iterator[Module | None]:
    """The other files that may validate instances of a class of this name, which may be the base of a class there."""
    word = re.compile(rb"\b%b\b" % re.escape(model.encode()))
    for other, raw in python_files(workspace).items():
        if other != path and b"validator" in raw and word.search(raw):
            yield parsed(workspace, other, known)


def _annotation(
    module: Module, key: str, line: int, others: Callable[[str, str], Iterable[Module | None]]
) -> ast.expr | None:
    """The annotation of the field on a line, if a generated validator may be added to it."""
    fields = [node for node in module.nodes if isinstance(node, ast.AnnAssign)]
    there = [node for node in fields if node.lineno <= line <= (node.end_lineno or 0)]
    field = there[0] if len(there) == 1 else None  # with two fields on one line, either may be meant
    model = module.parents.get(field) if field is not None else None
    if field is None or not isinstance(model, ast.ClassDef) or not _is_a(_SETTINGS, module, model):
        return None
    below = _below(module, field, key) or field
    names = {"*", dotted(field.target), dotted(below.target)}
    models = {model, module.parents.get(below)}
    beside = (each for one in models if isinstance(one, ast.ClassDef) for each in others(module.path, one.name))
    if any(each is None or _looks_earlier(each, names) for each in (module, *beside)):
        return None
    return below.annotation if _is_text(module, below.annotation) else None


def _below(module: Module, field: ast.AnnAssign, key: str) -> ast.AnnAssign | None:
    """The field of a nested model that a variable with delimiters names: DB__PASSWORD is `password` of `db: Db`.

    https://docs.pydantic.dev/latest/concepts/pydantic_settings/#parsing-environment-variable-values
    """
    delimiters = set(_options(module, "env_nested_delimiter"))
    parts = key.lower().split(delimiters.pop() or key) if len(delimiters) == 1 else [key]
    outer = dotted(field.target).lower()  # after a prefix
    inner = parts[next((at for at, part in enumerate(parts, 1) if part.endswith(outer)), len(parts)) :]
    found = field if inner else None
    for name in inner:
        model = _class_named(module, dotted(found.annotation)) if found is not None else None
        members = model.body if model is not None and _is_a(_MODEL, module, model) else []
        named = [node for node in members if isinstance(node, ast.AnnAssign) and dotted(node.target).lower() == name]
        found = named[0] if len(named) == 1 else None
    return found


def _options(module: Module, wanted: str) -> Iterator[str]:
    """The values of a settings option: a keyword of SettingsConfigDict, or an assignment in `class Config`."""
    for node in module.nodes:
        match node:
            case ast.keyword(arg=name, value=value) | ast.Assign(targets=[ast.Name(id=name)], value=value):
                if name == wanted:
                    yield str(getattr(value, "value", ""))


def _class_named(module: Module, name: str) -> ast.ClassDef | None:
    classes = [node for node in module.nodes if isinstance(node, ast.ClassDef) and node.name == name]
    return classes[0] if len(classes) == 1 else None


def _is_a(base: str, module: Module, model: ast.ClassDef) -> bool:
    """Whether a class is a pydantic class, directly or through other classes of its file."""
    classes = {node.name: node for node in module.nodes if isinstance(node, ast.ClassDef)}
    waiting, seen = [model], set[str]()
    while waiting:
        each = waiting.pop()
        seen.add(each.name)
        bases = [dotted(base) for base in each.bases]
        if any(resolve(each, module.names) == base for each in bases):
            return True
        waiting += [classes[base] for base in bases if base in classes and base not in seen]
    return False


def _is_text(module: Module, annotation: ast.expr) -> bool:
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            sides = [side for side in (left, right) if not (isinstance(side, ast.Constant) and side.value is None)]
            return len(sides) == 1 and _is_text(module, sides[0])
        case ast.Subscript(value=owner, slice=ast.Tuple(elts=[inner, *_])):
            # Of several validators the last runs first.
            return _last(module, owner) == "Annotated" and _is_text(module, inner)
        case ast.Subscript(value=owner, slice=inner):
            return _last(module, owner) == "Optional" and _is_text(module, inner)
        case ast.Name() | ast.Attribute():
            name = _last(module, annotation)
            return name in _TEXTS or name.endswith(_URLS)
    return False


def _last(module: Module, node: ast.expr) -> str:
    return resolve(dotted(node), module.names).rpartition(".")[2]


def _looks_earlier(module: Module, names: Collection[str]) -> bool:
    """Whether a validator in the file may see the reference itself: one for a field with one of these names."""
    for node in module.nodes:
        match node:
            case ast.keyword(arg="mode", value=ast.Constant(value=str() as mode)) if mode not in _EARLIER:
                continue
            case ast.keyword(arg="mode"):
                call = module.parents.get(node)
                named = isinstance(call, ast.Call) and _last(module, call.func) == "field_validator"
                texts = [_text(each) for each in call.args] if isinstance(call, ast.Call) else []
                if not named or not texts or set(names) & set(texts):
                    return True
            case ast.Name() | ast.Attribute() if _last(module, node) in _OLD:
                return True
    return False


def _text(node: ast.expr) -> str:
    """The field that a validator is for; a star if it may be any."""
    return str(node.value) if isinstance(node, ast.Constant) else "*"
