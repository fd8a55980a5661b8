"""How a Python file reads environment variables: its own names for os.environ and os.getenv."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import TypeGuard

from fixers.python_names import bindings

READERS = frozenset({"os.getenv", "os.environ.get"})
# Constructors of objects that read a variable when called: https://django-environ.readthedocs.io/,
# https://github.com/sloria/environs, https://www.starlette.io/config/
MAKERS = frozenset(
    {"environ.Env", "environ.FileAwareEnv", "environs.Env", "starlette.config.Config"}
    | {"decouple.Config", "decouple.AutoConfig"}
)
_CASTS_FIRST = frozenset({"environ.Env", "starlette.config.Config"})
_KEY_AND_DEFAULT = 2
_OBJECT_READS = frozenset(
    """str bool int float decimal list tuple dict json bytes url path uuid enum log_level date datetime timedelta get
    get_value db db_url cache cache_url email email_url search_url""".split()
)
ENVIRON = frozenset({"os.environ", "os.environb"})


def qualified_names(tree: ast.Module) -> dict[str, str]:
    """The qualified name of each imported name: `{"env": "os.environ"}` for `from os import environ as env`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def imported_names(tree: ast.Module) -> dict[str, str]:
    """As `qualified_names`, plus relative imports (`.util.env`)."""
    names = qualified_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            module = "." * node.level + (f"{node.module}." if node.module else "")
            names.update({alias.asname or alias.name: f"{module}{alias.name}" for alias in node.names})
    return names


def all_names(tree: ast.Module) -> dict[str, str]:
    """As `imported_names`, plus names bound once to what reads variables."""
    names, bound = imported_names(tree), bindings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() as value) if bound[name] == 1:
                stands_for = resolve(dotted(value), names)
                if stands_for in ENVIRON | READERS:
                    names[name] = stands_for
    return names


def resolve(written: str, names: Mapping[str, str]) -> str:
    """A dotted expression with its first part replaced by its qualified name."""
    first, dot, rest = written.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def reads_variable(function: str, names: Mapping[str, str]) -> bool:
    """Whether calling this dotted expression reads one variable and returns a string: os.getenv, os.environ.get."""
    return resolve(function, names) in READERS


def only_reads(function: ast.AST, names: Mapping[str, str], *, method: bool = False) -> TypeGuard[ast.FunctionDef]:
    """Whether a function reads the variable named by its first parameter, and returns its value or raises.

    `def env(name, default=None): value = os.environ.get(name, default)`, then checks and `return value`.
    """
    if not isinstance(function, ast.FunctionDef):
        return False
    decorators = [dotted(each) for each in function.decorator_list]
    parameters = [*function.args.posonlyargs, *function.args.args]
    if method and decorators != ["staticmethod"]:
        parameters = parameters[1:]
    if not parameters or decorators not in ([], *([["staticmethod"], ["classmethod"]] if method else [])):
        return False
    held: set[str] = set()

    def reads(node: ast.expr | None) -> bool:
        match node:
            case ast.Call(func=called, args=[ast.Name(id=name), *_]):
                return name == parameters[0].arg and resolve(dotted(called), names) in ("os.getenv", "os.environ.get")
            case ast.Subscript(value=value, slice=ast.Name(id=name)):
                return name == parameters[0].arg and resolve(dotted(value), names) == "os.environ"
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


def dotted(node: ast.expr) -> str:
    """The dotted name of an expression; calls and subscripts in it are skipped."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return f"{dotted(inner)}()"
    return "?"


def constants_of(tree: ast.Module) -> dict[str, str]:
    """The file's names that are bound once, to a string: `KEY = "DB_PASSWORD"`."""
    bound = bindings(tree)
    found: dict[str, str] = {}
    # A star import may bind a name that a function binds too.
    for node in tree.body if bound["*"] else ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() as text))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str() as text))
            ) if bound[name] == 1:
                found[name] = text
    return found


def environ_objects(tree: ast.Module, names: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Names bound once to `environ.Env(DEBUG=(bool, False))` or environs' equivalent, with the variables it converts.

    https://django-environ.readthedocs.io/en/latest/quickstart.html
    """
    bound = bindings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        called, given = resolve(dotted(node.value.func), names), {each.arg: each.value for each in node.value.keywords}
        eager = isinstance(given.get("eager"), ast.Constant) and set(given) == {"eager"}
        if None not in given and (called == "environ.Env" or (called == "environs.Env" and eager)):
            scheme = frozenset(filter(None, given)) if called == "environ.Env" else frozenset[str]()
            yield from ((name, scheme) for name in map(dotted, node.targets) if bound[name] <= 1)


def reader_objects(tree: ast.Module, names: Mapping[str, str]) -> frozenset[str]:
    """Names bound to objects that read variables."""
    return frozenset(
        dotted(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and resolve(dotted(node.value.func), names) in MAKERS
        for target in node.targets
    )


def made_readers(tree: ast.Module, names: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Names bound once to an object that reads variables when called, with how many of its arguments convert nothing.

    The second is the cast of some: https://django-environ.readthedocs.io/en/latest/api.html,
    https://www.starlette.io/config/. Elsewhere it is the default, and the third is the cast.
    """
    bound = bindings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and not node.value.keywords:
            maker = resolve(dotted(node.value.func), names)
            if maker in MAKERS - {"environ.FileAwareEnv"}:
                count = 1 if maker in _CASTS_FIRST else _KEY_AND_DEFAULT
                yield from ((name, count) for name in map(dotted, node.targets) if bound[name] <= 1)


def asked_by(call: ast.Call, names: Mapping[str, str], objects: Collection[str]) -> bool:
    """Whether a call asks such an object, or decouple, for the variable named by its first argument."""
    written = dotted(call.func)
    owner, _, method = written.rpartition(".")
    read = written in objects or (owner in objects and method in _OBJECT_READS)
    return read or resolve(written, names) == "decouple.config"


def is_copy(value: ast.expr | None, names: Mapping[str, str]) -> bool:
    """Whether an expression copies all variables: `os.environ.copy()`, `dict(os.environ)`, `{**os.environ}`."""
    match value:
        case ast.Call(func=ast.Attribute(value=owner, attr="copy")) | ast.Call(func=ast.Name(id="dict"), args=[owner]):
            return resolve(dotted(owner), names) in ENVIRON
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return any(each.arg is None and resolve(dotted(each.value), names) in ENVIRON for each in keywords)
        case ast.Dict(keys=keys, values=values):
            given = (each for key, each in zip(keys, values, strict=True) if key is None)
            return any(resolve(dotted(each), names) in ENVIRON for each in given)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return any(resolve(dotted(each), names) in ENVIRON for each in (left, right))
    return False


def environment_copies(tree: ast.Module, names: Mapping[str, str]) -> frozenset[str]:
    """Names bound to copies of all variables.

    Also names bound to all variables themselves, if the name is bound to something else too and is not in `names`.
    """

    def is_itself(value: ast.expr | None) -> bool:
        return value is not None and resolve(dotted(value), names) in ENVIRON

    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and (is_copy(node.value, names) or is_itself(node.value)):
            found.update(map(dotted, node.targets if isinstance(node, ast.Assign) else [node.target]))
    return frozenset(found - {name for name in found if names.get(name) in ENVIRON})
