"""Follow a settings file through Python: from strings that name it through names, paths, parameters and returns."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fixers.grouping import SETTING
from fixers.python_environment import dotted, resolve
from fixers.settings_modules import SCOPES, Functions, Module, scope_of
from fixers.settings_names import lists_folder, names_file
from scanner.model import Kind

LOADERS: Mapping[Kind, frozenset[str]] = {
    Kind.YAML: frozenset(
        f"yaml.{kind}load{all_}" for kind in ("", "safe_", "full_", "unsafe_") for all_ in ("", "_all")
    ),
    Kind.JSON: frozenset(
        f"{module}.{name}" for module in ("json", "simplejson", "ujson", "rapidjson") for name in ("load", "loads")
    )
    | {"orjson.loads"},
    Kind.TOML: frozenset(f"{module}.{name}" for module in ("tomllib", "tomli", "toml") for name in ("load", "loads")),
}
# ruamel.yaml loads dictionaries, lists and strings, or subclasses of these. https://yaml.dev/doc/ruamel.yaml/basicuse/
_RUAMEL = "ruamel.yaml.YAML"
# Functions and methods that turn a path into a path, an open file or its text, and those that keep nothing of it.
_GIVING = frozenset(
    """open io.open codecs.open str bytes os.fspath os.path.join os.path.abspath os.path.realpath os.path.normpath
    os.path.expanduser os.path.expandvars os.path.dirname os.path.basename os.getenv os.environ.get
    os.environ.setdefault pathlib.Path pathlib.PurePath pathlib.PosixPath io.StringIO io.BytesIO
    importlib.resources.files pkgutil.get_data sorted list tuple set reversed enumerate iter next
    typer.Option typer.Argument click.Path""".split()
)
# An option's default is read through an attribute or a parameter with the option's name.
_OPTIONS = frozenset({"add_argument", "option", "argument"})
_KEEPING_NOTHING = frozenset("os.path.exists os.path.isfile os.access os.stat print len bool isinstance".split())
_GIVING_METHODS = frozenset(
    """read read_text read_bytes open resolve expanduser absolute joinpath with_suffix with_name as_posix decode encode
    strip format""".split()
)
_QUIET_METHODS = frozenset("exists is_file close info debug warning error exception".split())


@dataclass(slots=True, kw_only=True)
class Search:
    """The state of the search for a file's name in the code.

    `exported` are names (with `()`: the result of calling them) that carry it out of a module, by the module's name;
    `called` are the functions that it was passed to and that no file seen so far defines.
    """

    file: PurePosixPath
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
        """Sizes that grow as long as there is something left to follow."""
        return (sum(len(module.tainted) for module in self.living()), len(self.exported), len(self.called))


def seeds(module: Module, search: Search) -> frozenset[ast.AST]:
    """The expressions in a file that name the settings file."""
    return frozenset(node for node in module.texts if names_file(module, node, search.file, search.kind))


def spread(module: Module, search: Search) -> None:
    """One round of propagation: a name that is bound to an expression carrying the path carries it too."""
    for node in module.nodes:
        match node:
            case ast.Assign(targets=targets, value=value) if carries(module, value, search):
                for target in targets:
                    _taint(module, target, search)
            case (
                ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.NamedExpr(target=target, value=value)
                | ast.withitem(context_expr=value, optional_vars=ast.expr() as target)
                | ast.For(target=target, iter=value)
                | ast.comprehension(target=target, iter=value)
            ) if carries(module, value, search):
                _taint(module, target, search)
            case ast.Return(value=ast.expr() as value) if carries(module, value, search):
                function = scope_of(node, module.parents)
                if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    module.tainted |= {(None, f"{function.name}()"), (None, f".{function.name}()")}
                    search.exported.add((module.stem, f"{function.name}()"))
            case ast.arguments():
                _defaults(module, node, search)
            case ast.Call():
                _into_parameters(module, node, search)
                _into_option(module, node, search)
            case ast.ImportFrom(module=source, names=aliases):
                stem = (source or "").rpartition(".")[2]
                for alias in aliases:
                    if alias.name == "*":
                        found = {name: name for owner, name in search.exported if owner == stem}
                    else:
                        name = alias.asname or alias.name
                        ends = [end for end in ("", "()") if (stem, alias.name + end) in search.exported]
                        found = {alias.name + end: name + end for end in ends}
                    module.tainted.update((None, name) for name in found.values())
                    # Others may import it from here.
                    search.exported.update((module.stem, name) for name in found.values())
            case ast.Attribute(value=ast.Name(id=owner), attr=attr):
                stem = module.names.get(owner, owner).rpartition(".")[2]
                ends = [end for end in ("", "()") if {(stem, attr + end), ("", attr + end)} & search.exported]
                module.tainted.update((None, f".{attr}{end}") for end in ends)


def _defaults(module: Module, node: ast.arguments, search: Search) -> None:
    positional = [*node.posonlyargs, *node.args]
    filled = zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True)
    keywords = ((each, value) for each, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value)
    for parameter, value in (*filled, *keywords):
        if carries(module, value, search):
            module.tainted.add((module.parents.get(node), parameter.arg))


def _into_parameters(module: Module, call: ast.Call, search: Search) -> None:
    if is_loader(module, call, search.kind):
        return
    last = called_by(module, call)
    carrying = [position for position, argument in enumerate(call.args) if carries(module, argument, search)]
    keywords = [keyword.arg for keyword in call.keywords if keyword.arg and carries(module, keyword.value, search)]
    if (carrying or keywords) and last not in search.functions and not is_known(module, call, search):
        search.called.add(last)
    for other, function, parameters in search.functions.get(last, ()):
        other.tainted.update((function, parameters[at]) for at in carrying if at < len(parameters))
        other.tainted.update((function, keyword) for keyword in keywords if keyword in parameters)


def _into_option(module: Module, call: ast.Call, search: Search) -> None:
    """`add_argument("--config", default=...)` is read as `args.config`, click's option as a parameter."""
    default = next((each.value for each in call.keywords if each.arg == "default"), None)
    if not _is_option(call) or default is None or not carries(module, default, search):
        return
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    named = [each.value.value for each in call.keywords if each.arg == "dest" and isinstance(each.value, ast.Constant)]
    long = [text for text in texts if text.startswith("--")] or texts
    name = str(next(iter((*named, *long[:1])), "")).lstrip("-").replace("-", "_")
    module.tainted.add((None, f".{name}"))
    search.exported.add(("", name))
    function = module.parents.get(call)
    if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        module.tainted.add((function, name))


def _is_option(call: ast.Call) -> bool:
    return dotted(call.func).rpartition(".")[2] in _OPTIONS


def called_by(module: Module, call: ast.Call) -> str:
    """The last part of the called name; for `cls` the class around it."""
    last = dotted(call.func).rpartition(".")[2]
    above = module.parents.get(call)
    while last == "cls" and above is not None:
        last = above.name if isinstance(above, ast.ClassDef) else last
        above = module.parents.get(above)
    return last


def _taint(module: Module, target: ast.expr, search: Search) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope = scope_of(node, module.parents)
            module.tainted.add((scope, node.id))
            if scope is None:
                # At module level or in a class: an attribute in both cases.
                search.exported.add((module.stem, node.id))
                module.tainted.add((None, f".{node.id}"))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            module.tainted.add((None, f".{node.attr}"))


def carries(module: Module, node: ast.AST, search: Search) -> bool:
    """Whether an expression's value contains the path, the open file or its text. Parsed data does not count."""
    waiting = [node] if module.seeds or module.tainted else []
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Call) and is_loader(module, each, search.kind):
            continue
        if each in module.seeds or _is_tainted(module, each):
            return True
        if isinstance(each, ast.Call):
            # What a function of the workspace does with it is followed through its parameters and returns.
            waiting += ast.iter_child_nodes(each) if _gives(module, each, search) else [each.func]
        elif not isinstance(each, (*SCOPES, ast.Compare)):
            waiting += ast.iter_child_nodes(each)
    return False


def _gives(module: Module, call: ast.Call, search: Search) -> bool:
    """Whether a call turns its argument, or the object that it is a method of, into a path, a file or a text.

    `file.read(size)` gives the text; `config.read(path)` is a method of something else, which keeps what it reads.
    """
    written = dotted(call.func)
    match call.func:
        case ast.Attribute(value=owner, attr="read"):
            return carries(module, owner, search)
        case ast.Attribute(attr=method) if method in _GIVING_METHODS:
            return True
    return resolve(written, module.names) in _GIVING


def is_known(module: Module, call: ast.Call, search: Search) -> bool:
    """Whether a call gives a path or keeps nothing of it, and so is not a reader itself."""
    written = dotted(call.func)
    resolved = resolve(written, module.names)
    quiet = resolved in _KEEPING_NOTHING or ("." in written and written.rpartition(".")[2] in _QUIET_METHODS)
    known = quiet or resolved == SETTING or _is_option(call) or lists_folder(call)
    return known or isinstance(module.parents.get(call), ast.Raise) or _gives(module, call, search)


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


def is_loader(module: Module, call: ast.Call, kind: Kind) -> bool:
    """Whether a call parses files of this kind."""
    written = dotted(call.func)
    if kind is Kind.INI:
        owner, _, method = written.rpartition(".")
        return method in ("read", "read_file") and owner in module.parsers
    match call.func:
        case ast.Attribute(value=parser, attr="load" | "load_all") if kind is Kind.YAML and _is_ruamels(module, parser):
            return True
    imported = written.partition(".")[0] in module.names
    return imported and resolve(written, module.names) in LOADERS.get(kind, ())


def _is_ruamels(module: Module, owner: ast.expr) -> bool:
    """Whether an object is ruamel's parser: a call that creates one, or a name that is bound to nothing else."""
    if not isinstance(owner, ast.Name):
        return isinstance(owner, ast.Call) and resolve(dotted(owner.func), module.names) == _RUAMEL
    bound = [node for node in module.nodes if isinstance(node, ast.Name) and node.id == owner.id]
    makers = [module.parents.get(node) for node in bound if not isinstance(node.ctx, ast.Load)]
    made = [each.value for each in makers if isinstance(each, (ast.Assign, ast.AnnAssign)) and each.value is not None]
    alone = bool(made) and len(made) == len(makers)
    alone = alone and not any(isinstance(node, ast.arg) and node.arg == owner.id for node in module.nodes)
    return alone and all(isinstance(each, ast.Call) and _is_ruamels(module, each) for each in made)
