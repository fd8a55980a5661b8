"""Where Python reads a settings file: the calls that parse it, found by following the file's name through the code.

A string that ends in the file's name is followed through names, `open`, paths, parameters and returns, in all files of
the workspace. Each way must end in a call that parses it; any other end is a reader that we cannot rewrite.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixers.python_environment import qualified_names, resolve
from fixers.python_syntax import node_span, parse_quietly
from fixers.readers_of import OtherReader
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
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
# Functions and methods that give a path, a file or its text for a path, and those that keep nothing of it.
_PATHS = frozenset(
    """open io.open codecs.open str bytes os.fspath os.path.join os.path.abspath os.path.realpath os.path.normpath
    os.path.expanduser os.path.dirname os.path.exists os.path.isfile os.path.basename os.getenv os.environ.get
    os.environ.setdefault pathlib.Path pathlib.PurePath pathlib.PosixPath Path print len bool isinstance
    io.StringIO io.BytesIO os.access os.stat importlib.resources.files""".split()
)
_METHODS = frozenset(
    """read read_text read_bytes open exists is_file resolve expanduser absolute joinpath with_suffix with_name close
    as_posix decode encode strip format info debug warning error exception""".split()
)
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
class _Module:
    """A Python file: its tree with the parent of each node, what its names stand for, and what carries the path."""

    path: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)
    names: Mapping[str, str]
    parents: Mapping[ast.AST, ast.AST] = field(repr=False)
    bound: Mapping[ast.AST | None, frozenset[str]] = field(repr=False)
    tainted: set[tuple[ast.AST | None, str]] = field(default_factory=set)

    @property
    def stem(self) -> str:
        """The name that it is imported by, in the end."""
        pure = PurePosixPath(self.path)
        return pure.parent.name if pure.stem == "__init__" else pure.stem


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def find_load_sites(workspace: Workspace, path: str, kind: Kind) -> SettingsReaders:
    """The calls that parse the file at `path`, over the whole workspace."""
    name = PurePosixPath(path).name
    modules = list(_modules(workspace, name))
    functions = _functions(modules)
    exported: set[tuple[str, str]] = set()
    while True:
        before = (sum(len(module.tainted) for module in modules), len(exported))
        for module in modules:
            _spread(module, name, functions, exported, kind)
        if before == (sum(len(module.tainted) for module in modules), len(exported)):
            break
    sites: list[LoadSite] = []
    opaque: list[OtherReader] = []
    stems = frozenset(module.stem for module in modules)
    for module in modules:
        for found in _ends(module, name, functions, stems, kind):
            if isinstance(found, LoadSite):
                sites.append(found)
            else:
                opaque.append(found)
    return SettingsReaders(sites=tuple(dict.fromkeys(sites)), opaque=tuple(dict.fromkeys(opaque)))


def _modules(workspace: Workspace, name: str) -> Iterator[_Module]:
    """Every Python file that can be parsed, if any of them names the file."""
    paths = [path for path in workspace.files if path.endswith((".py", ".pyw"))]
    raws = {}
    for path in paths:
        try:
            raws[path] = workspace.read(path)
        except OSError:
            continue
    if not any(name.encode() in raw for raw in raws.values()):
        return
    for path in raws:
        try:
            text = workspace.document(path).text
            tree = parse_quietly(text)
        except (NotSeenError, SyntaxError, ValueError, RecursionError):
            continue
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        bound: dict[ast.AST | None, set[str]] = defaultdict(set)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound[_scope(node, parents)].add(node.id)
            elif isinstance(node, ast.arg):
                bound[_scope(node, parents)].add(node.arg)
        yield _Module(
            path=path,
            text=text,
            tree=tree,
            names=qualified_names(tree),
            parents=parents,
            bound={scope: frozenset(names) for scope, names in bound.items()},
        )


def _functions(modules: list[_Module]) -> Mapping[str, list[tuple[_Module, ast.AST, list[str]]]]:
    """Functions and classes by name, with the parameters that a caller fills."""
    found: dict[str, list[tuple[_Module, ast.AST, list[str]]]] = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.tree):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            parameters = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            owner = module.parents.get(node)
            if isinstance(owner, ast.ClassDef):
                plain = any(_dotted(each) == "staticmethod" for each in node.decorator_list)
                parameters = parameters if plain else parameters[1:]
            parameters += [each.arg for each in node.args.kwonlyargs]
            found[node.name].append((module, node, parameters))
            if node.name == "__init__" and isinstance(owner, ast.ClassDef):
                found[owner.name].append((module, node, parameters))
    return found


def _spread(
    module: _Module,
    name: str,
    functions: Mapping[str, list[tuple[_Module, ast.AST, list[str]]]],
    exported: set[tuple[str, str]],
    kind: Kind,
) -> None:
    """One round: what is bound to something that carries the path carries it, too."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Assign(targets=targets, value=value) if _carries(module, value, name, kind):
                for target in targets:
                    _taint(module, target, exported)
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _carries(module, value, name, kind):
                _taint(module, target, exported)
            case ast.NamedExpr(target=target, value=value) if _carries(module, value, name, kind):
                _taint(module, target, exported)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target) if _carries(
                module, value, name, kind
            ):
                _taint(module, target, exported)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value) if _carries(
                module, value, name, kind
            ):
                _taint(module, target, exported)
            case ast.Return(value=ast.expr() as value) if _carries(module, value, name, kind):
                function = _scope(node, module.parents)
                if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    module.tainted.add((None, f"{function.name}()"))
                    exported.add((module.stem, f"{function.name}()"))
            case ast.arguments():
                _defaults(module, node, name, kind)
            case ast.Call():
                _into_parameters(module, node, name, functions, kind)
            case ast.ImportFrom(module=source, names=aliases):
                for alias in aliases:
                    stem = (source or "").rpartition(".")[2]
                    for end in ("", "()"):
                        if (stem, alias.name + end) in exported:
                            module.tainted.add((None, (alias.asname or alias.name) + end))
            case ast.Attribute(value=ast.Name(id=owner), attr=attr):
                stem = module.names.get(owner, owner).rpartition(".")[2]
                for end in ("", "()"):
                    if (stem, attr + end) in exported:
                        module.tainted.add((None, f".{attr}{end}"))


def _defaults(module: _Module, node: ast.arguments, name: str, kind: Kind) -> None:
    positional = [*node.posonlyargs, *node.args]
    filled = zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True)
    keywords = ((each, value) for each, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value)
    for parameter, value in (*filled, *keywords):
        if _carries(module, value, name, kind):
            module.tainted.add((module.parents.get(node), parameter.arg))


def _into_parameters(
    module: _Module,
    call: ast.Call,
    name: str,
    functions: Mapping[str, list[tuple[_Module, ast.AST, list[str]]]],
    kind: Kind,
) -> None:
    if _is_loader(module, call, kind):
        return
    for other, function, parameters in functions.get(_dotted(call.func).rpartition(".")[2], ()):
        for position, argument in enumerate(call.args):
            if _carries(module, argument, name, kind) and position < len(parameters):
                other.tainted.add((function, parameters[position]))
        for keyword in call.keywords:
            if keyword.arg in parameters and _carries(module, keyword.value, name, kind):
                other.tainted.add((function, keyword.arg))


def _taint(module: _Module, target: ast.expr, exported: set[tuple[str, str]]) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope = _scope(node, module.parents)
            module.tainted.add((scope, node.id))
            if scope is None:
                # At the top, or in a class: an attribute either way.
                exported.add((module.stem, node.id))
                module.tainted.add((None, f".{node.id}"))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            module.tainted.add((None, f".{node.attr}"))


def _carries(module: _Module, node: ast.AST, name: str, kind: Kind) -> bool:
    """Whether the path, the open file or its text is in what an expression gives. What is parsed is no longer it."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Call) and _is_loader(module, each, kind):
            continue
        if _is_seed(module, each, name) or _is_tainted(module, each):
            return True
        if isinstance(each, ast.Call) and _dotted(each.func).rpartition(".")[2] not in _giving(each, module):
            # What another function makes of it is followed through its parameters and returns.
            waiting += [each.func]
            continue
        if not isinstance(each, (*_SCOPES, ast.Compare)):
            waiting += ast.iter_child_nodes(each)
    return False


def _giving(call: ast.Call, module: _Module) -> frozenset[str]:
    dotted = resolve(_dotted(call.func), module.names)
    last = dotted.rpartition(".")[2]
    quiet = {"print", "len", "bool", "isinstance", "exists", "isfile", "is_file", "access", "stat"}
    known = dotted in _PATHS or last in _METHODS
    return frozenset({last, _dotted(call.func).rpartition(".")[2]}) if known and last not in quiet else frozenset()


def _is_seed(module: _Module, node: ast.AST, name: str) -> bool:
    """A string that ends in the file's name, and is no docstring."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    text = node.value.replace("\\", "/")
    return (text == name or text.endswith(f"/{name}")) and not isinstance(module.parents.get(node), ast.Expr)


def _is_tainted(module: _Module, node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        scope = _scope(node, module.parents)
        while scope is not None and node.id not in module.bound.get(scope, ()):
            scope = _scope(scope, module.parents)
        return (scope, node.id) in module.tainted
    if isinstance(node, ast.Attribute):
        return (None, f".{node.attr}") in module.tainted
    if isinstance(node, ast.Call):
        dotted = _dotted(node.func)
        return (None, f"{dotted}()") in module.tainted or (None, f".{dotted.rpartition('.')[2]}()") in module.tainted
    return False


def _ends(
    module: _Module,
    name: str,
    functions: Mapping[str, list[tuple[_Module, ast.AST, list[str]]]],
    stems: frozenset[str],
    kind: Kind,
) -> Iterator[LoadSite | OtherReader]:
    """Where a path that is carried is used up: parsed, or given to something that is not known."""
    starts = line_starts(module.text)
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not any(_carries(module, each, name, kind) for each in given):
            continue
        dotted = resolve(_dotted(node.func), module.names)
        if _is_loader(module, node, kind):
            if any(keyword.arg in _CONVERTING or keyword.arg is None for keyword in node.keywords):
                yield OtherReader(path=module.path, line=node.lineno, how=f"{dotted} with its own types")
                continue
            above = module.parents.get(node)
            yield LoadSite(
                path=module.path,
                line=node.lineno,
                span=node_span(starts, module.text, node),
                wrapped=isinstance(above, ast.Call) and _dotted(above.func).rpartition(".")[2].lstrip("_") == _OURS,
            )
        elif not _is_harmless(module, node, dotted) and not _is_followed(module, node, dotted, functions, stems):
            yield OtherReader(path=module.path, line=node.lineno, how=f"{_dotted(node.func)}(...)")


def _is_harmless(module: _Module, call: ast.Call, dotted: str) -> bool:
    last = dotted.rpartition(".")[2]
    raised = isinstance(module.parents.get(call), ast.Raise)
    return raised or dotted in _PATHS or last in _METHODS or dotted == _OURS


def _is_followed(
    module: _Module,
    call: ast.Call,
    dotted: str,
    functions: Mapping[str, list[tuple[_Module, ast.AST, list[str]]]],
    stems: frozenset[str],
) -> bool:
    """Whether a function of the workspace is called, whose parameters were followed."""
    written = _dotted(call.func)
    if written.rpartition(".")[2] not in functions:
        return False
    imported = module.names.get(written.partition(".")[0])
    return imported is None or dotted.rpartition(".")[0].rpartition(".")[2] in stems


def _is_loader(module: _Module, call: ast.Call, kind: Kind) -> bool:
    return resolve(_dotted(call.func), module.names) in LOADERS.get(kind, ())


def _scope(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST | None:
    """The function that a node is in; None at the top. A default and a decorator are outside."""
    child, above = node, parents.get(node)
    while above is not None:
        inside = not isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)) or (
            child in above.body or child is above.args
        )
        if isinstance(above, _SCOPES) and inside:
            return above
        child, above = above, parents.get(above)
    return None


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr}"
        case ast.Call(func=inner):
            return f"{_dotted(inner)}()"
    return "?"
