"""Find the Python calls that parse a settings file.

The file is followed through the whole workspace (`fixers.settings_following`). Each path must end in a call that parses
it; any other end is a reader that cannot be rewritten.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.grouping import SETTING
from fixers.project_imports import stem_of
from fixers.python_environment import dotted, resolve
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader
from fixers.settings_following import LOADERS, Search, called_by, carries, is_known, is_loader, seeds, spread
from fixers.settings_modules import SCOPES, Module, functions_of, parsed, python_files, uses_any
from fixers.settings_names import may_name
from fixers.workspace import Workspace
from scanner.model import Kind, Span
from scanner.text import line_starts

# Functions that turn the parsed data into something other than dictionaries, lists and strings.
_CONVERTING = frozenset({"object_hook", "object_pairs_hook", "cls", "parse_constant", "_dict", "decoder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSite:
    """A call that parses the file. `wrapped` says that a generated call is around it already.

    `stream` says that it yields several documents, and that `map` is Python's own there. `is_argument` says that it is
    not a call but the parsing function itself, passed to Flask, which calls it.
    """

    path: str
    line: int
    span: Span
    wrapped: bool
    stream: bool = False
    is_argument: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsReaders:
    """The calls that parse a settings file, and its other uses in Python."""

    sites: tuple[LoadSite, ...]
    opaque: tuple[OtherReader, ...]


def find_load_sites(workspace: Workspace, path: str, kind: Kind, known: dict[str, Module | None]) -> SettingsReaders:
    """The calls that parse the file at `path`, in the whole workspace. Only files that may matter are parsed.

    `known` holds Python files that were parsed already, by path; newly parsed ones are added.
    """
    raws = python_files(workspace)
    search = Search(file=PurePosixPath(path), kind=kind, stems=frozenset(map(stem_of, raws)))
    more = [each for each, raw in raws.items() if may_name(raw, path)]
    unreadable = [each for each in more if parsed(workspace, each, known) is None]
    while more:
        for each in more:
            module = search.modules[each] = parsed(workspace, each, known)
            if module is not None:
                module.seeds = seeds(module, search)
        search.functions = functions_of(search.living())
        before = None
        while before != search.size():
            before = search.size()
            for module in search.living():
                spread(module, search)
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


def _ends(module: Module, search: Search) -> Iterator[LoadSite | OtherReader]:
    """Where a followed path ends: it is parsed, or passed to something unknown."""
    starts = line_starts(module.text)
    for node in module.nodes:
        if not isinstance(node, ast.Call):
            continue
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        given = [*owner, *node.args, *(keyword.value for keyword in node.keywords)]
        if not any(carries(module, each, search) for each in given):
            continue
        loader = _loader_argument(node)
        inner = _inner(loader)
        if (
            inner is not None
            and not _in_class(module, node)
            and resolve(dotted(inner), module.names) in LOADERS.get(search.kind, ())
        ):
            span, wrapped = node_span(starts, module.text, inner), inner is not loader
            yield LoadSite(path=module.path, line=node.lineno, span=span, wrapped=wrapped, is_argument=True)
        elif is_loader(module, node, search.kind):
            if any(keyword.arg in _CONVERTING or keyword.arg is None for keyword in node.keywords):
                how = f"{dotted(node.func)} with types of its own"
                yield OtherReader(path=module.path, line=node.lineno, how=how)
                continue
            stream = dotted(node.func).endswith("_all")
            if stream and any("map" in names for names in module.bound.values()):
                yield OtherReader(path=module.path, line=node.lineno, how=f"{dotted(node.func)}, where map is another")
                continue
            yield LoadSite(
                path=module.path,
                line=node.lineno,
                span=node_span(starts, module.text, node),
                wrapped=_is_wrapped(module.parents.get(node)),
                stream=stream,
            )
        elif not is_known(module, node, search) and not _is_followed(module, node, search):
            yield OtherReader(path=module.path, line=node.lineno, how=f"{dotted(node.func)}(...)")


def _loader_argument(call: ast.Call) -> ast.expr | None:
    """The function with which Flask's `config.from_file(name, load=json.load)` is told to parse.

    https://flask.palletsprojects.com/en/stable/api/#flask.Config.from_file
    """
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "from_file":
        return None
    return next((each.value for each in call.keywords if each.arg == "load"), next(iter(call.args[1:]), None))


def _in_class(module: Module, node: ast.AST) -> bool:
    """Whether a node is directly in a class body, whose imports functions in the class cannot see."""
    above = module.parents.get(node)
    while above is not None and not isinstance(above, (*SCOPES, ast.ClassDef)):
        above = module.parents.get(above)
    return isinstance(above, ast.ClassDef)


def _inner(function: ast.expr | None) -> ast.expr | None:
    """The function inside a generated lambda, `lambda file: resolve_references(json.load(file))`; else itself."""
    match function:
        case ast.Lambda(body=ast.Call(args=[ast.Call() as inner])) if _is_wrapped(function.body):
            return inner.func
    return function


def _is_wrapped(above: ast.AST | None) -> bool:
    """Whether the node around a call is generated: `resolve_references(...)`, `map(resolve_references, ...)`."""
    match above:
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name() as function, _]) | ast.Call(func=function):
            return dotted(function).rpartition(".")[2].lstrip("_") == SETTING
    return False


def _is_followed(module: Module, call: ast.Call, search: Search) -> bool:
    """Whether the call is to a function of the workspace whose parameters were followed."""
    written = dotted(call.func)
    if called_by(module, call) not in search.functions:
        return False
    imported = module.names.get(written.partition(".")[0])
    return imported is None or resolve(written, module.names).rpartition(".")[0].rpartition(".")[2] in search.stems
