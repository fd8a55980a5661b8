"""Where Python reads a settings file: the calls that parse it, found by following the file's name through the code.

A string that ends in the file's name is followed through names, `open`, paths, parameters and returns, in all files of
the workspace. Each way must end in a call that parses it; any other end is a reader that we cannot rewrite.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixers.python_environment import resolve
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader
from fixers.settings_modules import (
    SCOPES,
    Functions,
    Module,
    dotted_name,
    functions_of,
    parsed,
    python_files,
    scope_of,
    uses_any,
)
from fixers.workspace import Workspace
from scanner.model import Kind, Span
from scanner.text import line_starts

LOADERS: Mapping[Kind, frozenset[str]] = {
    Kind.YAML: frozenset(f"yaml.{name}" for name in ("safe_load", "load", "full_load", "unsafe_load")),
    Kind.JSON: frozenset(
        f"{module}.{name}" for module in ("json", "simplejson", "ujson", "rapidjson") for name in ("load", "loads")
    )
    | {"orjson.loads"},
    Kind.TOML: frozenset(f"{module}.{name}" for module in ("tomllib", "tomli", "toml") for name in ("load", "loads")),
}
# They make something else of what was read than dictionaries, lists and strings.
_CONVERTING = frozenset({"object_hook", "object_pairs_hook", "cls", "parse_constant", "_dict", "decoder"})
# Functions and methods that give a path, an open file or its text for a path, and those that keep nothing of it.
_GIVING = frozenset(
    """open io.open codecs.open str bytes os.fspath os.path.join os.path.abspath os.path.realpath os.path.normpath
    os.path.expanduser os.path.expandvars os.path.dirname os.path.basename os.getenv os.environ.get
    os.environ.setdefault pathlib.Path pathlib.PurePath pathlib.PosixPath io.StringIO io.BytesIO
    importlib.resources.files""".split()
)
_KEEPING_NOTHING = frozenset("os.path.exists os.path.isfile os.access os.stat print len bool isinstance".split())
_GIVING_METHODS = frozenset(
    """read read_text read_bytes open resolve expanduser absolute joinpath with_suffix with_name as_posix decode encode
    strip format""".split()
)
_QUIET_METHODS = frozenset("exists is_file close info debug warning error exception".split())
_OURS = "resolve_references"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSite:
    """A call that parses the file. `wrapped` says that our own call is around it already."""

    path: str
    line: int
    span: Span
    wrapped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsReaders:
    """Who parses a settings file, and what else is done with it in Python."""

    sites: tuple[LoadSite, ...]
    opaque: tuple[OtherReader, ...]


@dataclass(slots=True, kw_only=True)
class _Search:
    """A file's name on its way through the code.

    `exported` are names (with `()`: what a call of them gives) that carry it out of a module, by the module's name;
    `called` the functions that it was given to, where no file seen so far defines them.
    """

    name: str
    kind: Kind
    stems: frozenset[str]
    modules: dict[str, Module | None] = field(default_factory=dict)
    functions: Functions = field(default_factory=dict)
    exported: set[tuple[str, str]] = field(default_factory=set)
    called: set[str] = field(default_factory=set)

    def living(self) -> list[Module]:
        """The files that parse."""
        return [module for module in self.modules.values() if module is not None]

    def size(self) -> tuple[int, ...]:
        """What grows while there is something left to follow."""
        return (sum(len(module.tainted) for module in self.living()), len(self.exported), len(self.called))


def find_load_sites(workspace: Workspace, path: str, kind: Kind) -> SettingsReaders:
    """The calls that parse the file at `path`, over the whole workspace. Only files that can matter are parsed."""
    raws = python_files(workspace)
    name = PurePosixPath(path).name
    search = _Search(name=name, kind=kind, stems=frozenset(map(_stem, raws)))
    more = [each for each, raw in raws.items() if name.encode() in raw]
    unreadable = [each for each in more if parsed(workspace, each) is None]
    while more:
        search.modules |= {each: parsed(workspace, each) for each in more}
        search.functions = functions_of(search.living())
        before = None
        while before != search.size():
            before = search.size()
            for module in search.living():
                _spread(module, search)
        rest = (each for each in raws if each not in search.modules)
        more = [each for each in rest if uses_any(raws[each], search.exported, search.called)]
    ends = [end for module in search.living() for end in _ends(module, search)]
    return SettingsReaders(
        sites=tuple(dict.fromkeys(end for end in ends if isinstance(end, LoadSite))),
        opaque=(
            *dict.fromkeys(end for end in ends if isinstance(end, OtherReader)),
            *(OtherReader(path=each, line=1, how="does not parse") for each in unreadable),
        ),
    )


def _spread(module: Module, search: _Search) -> None:
    """One round: what is bound to something that carries the path carries it, too."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Assign(targets=targets, value=value) if _carries(module, value, search):
                for target in targets:
                    _taint(module, target, search)
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.NamedExpr(target=target, value=value)
                | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
                | ast.For(target=target, iter=value)
                | ast.comprehension(target=target, iter=value)
            ) if _carries(module, value, search):
                _taint(module, target, search)
            case ast.Return(value=ast.expr() as value) if _carries(module, value, search):
                function = scope_of(node, module.parents)
                if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    module.tainted |= {(None, f"{function.name}()"), (None, f".{function.name}()")}
                    search.exported.add((module.stem, f"{function.name}()"))
            case ast.arguments():
                _defaults(module, node, search)
            case ast.Call():
                _into_parameters(module, node, search)
            case ast.ImportFrom(module=source, names=aliases):
                for alias in aliases:
                    stem = (source or "").rpartition(".")[2]
                    ends = [end for end in ("", "()") if (stem, alias.name + end) in search.exported]
                    module.tainted.update((None, (alias.asname or alias.name) + end) for end in ends)
            case ast.Attribute(value=ast.Name(id=owner), attr=attr):
                stem = module.names.get(owner, owner).rpartition(".")[2]
                ends = [end for end in ("", "()") if (stem, attr + end) in search.exported]
                module.tainted.update((None, f".{attr}{end}") for end in ends)


def _defaults(module: Module, node: ast.arguments, search: _Search) -> None:
    positional = [*node.posonlyargs, *node.args]
    filled = zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True)
    keywords = ((each, value) for each, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value)
    for parameter, value in (*filled, *keywords):
        if _carries(module, value, search):
            module.tainted.add((module.parents.get(node), parameter.arg))


def _into_parameters(module: Module, call: ast.Call, search: _Search) -> None:
    if _is_loader(module, call, search.kind):
        return
    last = _called(module, call)
    carrying = [position for position, argument in enumerate(call.args) if _carries(module, argument, search)]
    keywords = [keyword.arg for keyword in call.keywords if keyword.arg and _carries(module, keyword.value, search)]
    if (carrying or keywords) and last not in search.functions and not _is_known(module, call):
        search.called.add(last)
    for other, function, parameters in search.functions.get(last, ()):
        other.tainted.update((function, parameters[at]) for at in carrying if at < len(parameters))
        other.tainted.update((function, keyword) for keyword in keywords if keyword in parameters)


def _called(module: Module, call: ast.Call) -> str:
    """The last word of what is called; of `cls` the class around it."""
    last = dotted_name(call.func).rpartition(".")[2]
    above = module.parents.get(call)
    while last == "cls" and above is not None:
        last = above.name if isinstance(above, ast.ClassDef) else last
        above = module.parents.get(above)
    return last


def _taint(module: Module, target: ast.expr, search: _Search) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope = scope_of(node, module.parents)
            module.tainted.add((scope, node.id))
            if scope is None:
                # At the top, or in a class: an attribute either way.
                search.exported.add((module.stem, node.id))
                module.tainted.add((None, f".{node.id}"))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            module.tainted.add((None, f".{node.attr}"))


def _carries(module: Module, node: ast.AST, search: _Search) -> bool:
    """Whether the path, the open file or its text is in what an expression gives. What is parsed is no longer it."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Call) and _is_loader(module, each, search.kind):
            continue
        if _is_seed(module, each, search.name) or _is_tainted(module, each):
            return True
        if isinstance(each, ast.Call):
            # What a function of the workspace makes of it is followed through its parameters and returns.
            waiting += ast.iter_child_nodes(each) if _gives(module, each) else [each.func]
        elif not isinstance(each, (*SCOPES, ast.Compare)):
            waiting += ast.iter_child_nodes(each)
    return False


def _gives(module: Module, call: ast.Call) -> bool:
    """Whether a call gives a path, a file or a text for what it is given."""
    written = dotted_name(call.func)
    method = "." in written and written.rpartition(".")[2] in _GIVING_METHODS
    return method or resolve(written, module.names) in _GIVING


def _is_known(module: Module, call: ast.Call) -> bool:
    """Whether a call gives a path or keeps nothing of it: no reader by itself."""
    written = dotted_name(call.func)
    resolved = resolve(written, module.names)
    quiet = resolved in _KEEPING_NOTHING or ("." in written and written.rpartition(".")[2] in _QUIET_METHODS)
    return quiet or resolved == _OURS or isinstance(module.parents.get(call), ast.Raise) or _gives(module, call)


def _is_seed(module: Module, node: ast.AST, name: str) -> bool:
    """A string that ends in the file's name, and is no docstring."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    text = node.value.replace("\\", "/")
    return (text == name or text.endswith(f"/{name}")) and not isinstance(module.parents.get(node), ast.Expr)


def _is_tainted(module: Module, node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name):
            scope = scope_of(node, module.parents)
            while scope is not None and name not in module.bound.get(scope, ()):
                scope = scope_of(scope, module.parents)
            return (scope, name) in module.tainted
        case ast.Attribute(attr=attr):
            return (None, f".{attr}") in module.tainted
        case ast.Call(func=ast.Name(id=name)):
            return (None, f"{name}()") in module.tainted
        case ast.Call(func=ast.Attribute(attr=attr)):
            return (None, f".{attr}()") in module.tainted
    return False


def _ends(module: Module, search: _Search) -> Iterator[LoadSite | OtherReader]:
    """Where a path that is carried is used up: parsed, or given to something that is not known."""
    starts = line_starts(module.text)
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        given = [*owner, *node.args, *(keyword.value for keyword in node.keywords)]
        if not any(_carries(module, each, search) for each in given):
            continue
        if _is_loader(module, node, search.kind):
            if any(keyword.arg in _CONVERTING or keyword.arg is None for keyword in node.keywords):
                how = f"{dotted_name(node.func)} with types of its own"
                yield OtherReader(path=module.path, line=node.lineno, how=how)
                continue
            above = module.parents.get(node)
            yield LoadSite(
                path=module.path,
                line=node.lineno,
                span=node_span(starts, module.text, node),
                wrapped=isinstance(above, ast.Call) and dotted_name(above.func).rpartition(".")[2].lstrip("_") == _OURS,
            )
        elif not _is_known(module, node) and not _is_followed(module, node, search):
            yield OtherReader(path=module.path, line=node.lineno, how=f"{dotted_name(node.func)}(...)")


def _is_followed(module: Module, call: ast.Call, search: _Search) -> bool:
    """Whether a function of the workspace is called, whose parameters were followed."""
    written = dotted_name(call.func)
    if _called(module, call) not in search.functions:
        return False
    imported = module.names.get(written.partition(".")[0])
    return imported is None or resolve(written, module.names).rpartition(".")[0].rpartition(".")[2] in search.stems


def _is_loader(module: Module, call: ast.Call, kind: Kind) -> bool:
    written = dotted_name(call.func)
    if kind is Kind.INI:
        owner, _, method = written.rpartition(".")
        return method in ("read", "read_file") and owner in module.parsers
    return resolve(written, module.names) in LOADERS.get(kind, ())


def _stem(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem
