"""Where Python reads environment variables by constant names, in a form that a call can replace or in another."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from fixers.python_environment import qualified_names, resolve
from fixers.python_syntax import node_span, parse_quietly
from scanner.model import Span
from scanner.text import line_starts

# Expressions that give the variable as the string that it is.
_PLAIN_CALLS = frozenset({"os.getenv", "os.environ.get", "decouple.config"})
_PLAIN_METHODS = frozenset({"", "str"})
# Objects that read variables when called, made by one of these: https://django-environ.readthedocs.io/,
# https://github.com/sloria/environs, https://www.starlette.io/config/
_MAKERS = frozenset(
    {"environ.Env", "environs.Env", "starlette.config.Config", "decouple.Config", "decouple.AutoConfig"}
)
_CONVERTING = frozenset({"cast", "parse_default", "subcast", "validate"})
# Keywords that name a variable for a library to read (click, typer, pydantic).
_NAMING = frozenset({"envvar", "env", "alias", "validation_alias", "env_var", "auto_envvar"})
_OURS = ("get_secret_value", "get_secret_bytes")
_READING = re.compile(r"env|getenv|config|dotenv|settings|secret", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A Python expression that reads the variable `key`. `how` says in what way; `span` is None where it stays."""

    key: str
    line: int
    how: str
    span: Span | None
    quote: str = '"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    text: str
    starts: list[int]
    names: Mapping[str, str]
    readers: frozenset[str]
    prefixes: tuple[str, ...]


def python_sites(text: str, wanted: Callable[[str], bool]) -> Iterator[Site]:
    """Every place of a file that reads a wanted variable; nothing where the file does not parse."""
    try:
        tree = parse_quietly(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    names = qualified_names(tree)
    file = _File(
        text=text,
        starts=line_starts(text),
        names=names,
        readers=frozenset(_reader_names(tree, names)),
        prefixes=("", *_prefixes(tree)),
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield from _subscript(file, node, wanted)
        elif isinstance(node, ast.Call):
            yield from _call(file, node, wanted)
        elif isinstance(node, ast.ClassDef):
            yield from _settings(file, node, wanted)


def _subscript(file: _File, node: ast.Subscript, wanted: Callable[[str], bool]) -> Iterator[Site]:
    key = _constant(node.slice)
    if key is None or not wanted(key):
        return
    dotted = resolve(_dotted(node.value), file.names)
    if dotted == "os.environ":
        yield _site(file, node, key, f'os.environ["{key}"]')
    elif _READING.search(dotted) and not _is_target_mapping(dotted):
        yield _opaque(node, key, f'{dotted}["{key}"]')


def _call(file: _File, node: ast.Call, wanted: Callable[[str], bool]) -> Iterator[Site]:
    written = _dotted(node.func)
    dotted = resolve(written, file.names)
    if dotted.rpartition(".")[2].lstrip("_").startswith(_OURS):
        named = next((_constant(each.value) for each in node.keywords if each.arg == "env"), None)
        if named is not None and wanted(named):
            yield _opaque(node, named, f"{written}(env=...)")
        return
    for keyword in node.keywords:
        named = _constant(keyword.value)
        if keyword.arg in _NAMING and named is not None and wanted(named):
            yield _opaque(node, named, f"{dotted}({keyword.arg}=...)")
    first = node.args[0] if node.args else next((each.value for each in node.keywords if each.arg == "key"), None)
    key = _constant(first)
    if key is None or not wanted(key):
        return
    converts = any(keyword.arg in _CONVERTING or keyword.arg is None for keyword in node.keywords)
    owner, _, method = written.rpartition(".")
    plain = dotted in _PLAIN_CALLS or written in file.readers or (owner in file.readers and method in _PLAIN_METHODS)
    if plain and not converts:
        yield _site(file, node, key, f'{dotted}("{key}")')
    elif plain or owner in file.readers or _READING.search(dotted):
        yield _opaque(node, key, f'{dotted}("{key}")')


def _settings(file: _File, node: ast.ClassDef, wanted: Callable[[str], bool]) -> Iterator[Site]:
    """Fields of a pydantic settings class are read from variables of their names, whatever their case."""
    if not any("BaseSettings" in _dotted(base) for base in node.bases):
        return
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            for prefix in file.prefixes:
                key = f"{prefix}{statement.target.id}".upper()
                if wanted(key):
                    yield _opaque(statement, key, f"a field of the settings class {node.name}")


def _site(file: _File, node: ast.expr, key: str, how: str) -> Site:
    """Positions inside f-strings were wrong before Python 3.12: believed only if the text there is this very node."""
    try:
        span = node_span(file.starts, file.text, node)
        source = file.text[span.start : span.end]
        same = ast.dump(parse_quietly(f"({source})").body[0].value) == ast.dump(node)  # type: ignore[attr-defined]
    except (SyntaxError, ValueError, IndexError):
        same = False
    if not same:
        return _opaque(node, key, how)
    return Site(key=key, line=node.lineno, how=how, span=span, quote="'" if "'" in source else '"')


def _opaque(node: ast.expr | ast.stmt, key: str, how: str) -> Site:
    return Site(key=key, line=node.lineno, how=how, span=None)


def _reader_names(tree: ast.Module, names: Mapping[str, str]) -> Iterator[str]:
    """Names bound to readers: `env = environ.Env()`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call) or node.value.keywords:
            continue
        if resolve(_dotted(node.value.func), names) in _MAKERS:
            yield from (_dotted(target) for target in node.targets)
    # Functions of the file's own, bound once, that give what they read as it is.
    bound = [_bound_name(node) for node in ast.walk(tree)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and bound.count(node.name) == 1 and _only_reads(node, names):
            yield node.name


def _bound_name(node: ast.AST) -> str | None:
    match node:
        case (
            ast.Name(id=name, ctx=ast.Store())
            | ast.FunctionDef(name=name)
            | ast.ClassDef(name=name)
            | ast.arg(arg=name)
        ):
            return name
        case ast.alias(name=name, asname=other):
            return other or name.partition(".")[0]
    return None


def _only_reads(function: ast.FunctionDef, names: Mapping[str, str]) -> bool:
    """Whether a function reads the variable that its first parameter names, and returns that or raises.

    `def env(name, default=None): value = os.environ.get(name, default)`, then checks and `return value`.
    """
    parameters = [*function.args.posonlyargs, *function.args.args]
    if not parameters or function.decorator_list:
        return False
    held: set[str] = set()

    def reads(node: ast.expr | None) -> bool:
        match node:
            case ast.Call(func=called, args=[ast.Name(id=name), *_]):
                return name == parameters[0].arg and resolve(_dotted(called), names) in ("os.getenv", "os.environ.get")
            case ast.Subscript(value=value, slice=ast.Name(id=name)):
                return name == parameters[0].arg and resolve(_dotted(value), names) == "os.environ"
            case ast.Name(id=name):
                return name in held
        return False

    def harmless(statement: ast.stmt) -> bool:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Pass():
                return True
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if reads(value) and name not in {each.arg for each in parameters}:
                held.add(name)
                return True
            case ast.If(body=body, orelse=orelse):
                return all(map(harmless, [*body, *orelse]))
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=[]):
                caught = [each for handler in handlers for each in handler.body]
                return all(map(harmless, [*body, *orelse])) and all(isinstance(each, ast.Raise) for each in caught)
            case ast.Return(value=value):
                return reads(value)
        return False

    returned = any(isinstance(node, ast.Return) for node in ast.walk(function))
    return returned and all(map(harmless, function.body))


def _prefixes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "env_prefix":
            value: ast.expr | None = node.value
        elif isinstance(node, ast.Assign) and any(_dotted(target) == "env_prefix" for target in node.targets):
            value = node.value
        else:
            continue
        prefix = _constant(value)
        if prefix is not None:
            yield prefix


def _is_target_mapping(dotted: str) -> bool:
    """`app.config["K"]` reads the program's own configuration, not the environment."""
    return dotted.endswith(".config") or dotted in ("config", "settings")


def _constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _dotted(node: ast.expr) -> str:
    """A name with its attributes; calls and subscripts on the way count by what they are applied to."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr}"
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return f"{_dotted(inner)}()"
    return "?"
