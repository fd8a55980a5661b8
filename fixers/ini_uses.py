"""Find the uses of a configparser object: reads of one option, alone or with its section, and other uses.

https://docs.python.org/3/library/configparser.html
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from fixers.ini_parsers import Parsers, imports_of, scope_that_binds
from fixers.python_environment import dotted
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader, ReaderSite
from fixers.settings_modules import Module, scope_of
from scanner.text import line_starts

_QUIET = frozenset({"read", "read_file", "sections", "has_section", "has_option", "options", "optionxform"})
_READS = frozenset({"get", "getint", "getfloat", "getboolean"})
COMMON = "DEFAULT"  # every section has its options
# The other files that contain a word; None if one of them cannot be read.
Beside: TypeAlias = Callable[[str], Sequence[Module] | None]


def uses(
    module: Module, parsers: Parsers, section: str, option: str, beside: Beside
) -> Iterator[ReaderSite | OtherReader]:
    """How a file uses its parsers: the reads of one option, and other code that may read it."""
    sections = _sections(module, parsers)
    for node in module.nodes:
        if not isinstance(node, (ast.Name, ast.Attribute, ast.Call)) or not _is_loaded(node):
            continue
        held = sections.get((scope_that_binds(module, node), node.id)) if isinstance(node, ast.Name) else None
        kind = None if held is not None else parsers.kind(module, node)
        above = module.parents.get(node)
        if isinstance(node, ast.Name) and node.id in parsers.givers and getattr(above, "func", None) is not node:
            kind = False  # it is passed on
        if (held is None and kind is None) or (kind and _is_kept(module, parsers, node)):
            continue
        if kind is False:
            yield OtherReader(path=module.path, line=node.lineno, how=f"a use of {dotted(node)}")
            continue
        read, wanted = _read(module, node, beside) if held is None else _read_of(module, node, held)
        name = _target(module, read) if held is None and isinstance(read, ast.Subscript) else None
        if name is not None and (scope_of(name, module.parents), name.id) in sections:
            continue  # `section = parser["database"]`: the uses of the name are checked
        if wanted is None:
            if not (isinstance(read, ast.Attribute) and read.attr in _QUIET):
                yield OtherReader(path=module.path, line=node.lineno, how=f"a use of {dotted(node)}")
        elif section in (wanted[0], COMMON) and (wanted[1] is None or folded(wanted[1]) == folded(option)):
            whole = wanted[1] is None
            site = None
            if isinstance(read, ast.expr) and (whole or not _converts(read)):
                site = _whole(module, read, option) if whole else _site(module, read, read)
            yield site or OtherReader(path=module.path, line=node.lineno, how=f"a use of [{wanted[0]}]")


def _is_loaded(node: ast.Name | ast.Attribute | ast.Call) -> bool:
    return isinstance(node, ast.Call) or isinstance(node.ctx, ast.Load)


def _is_kept(module: Module, parsers: Parsers, node: ast.AST) -> bool:
    """Whether a parser is only bound to a name whose uses are checked, or returned by a function that gives it."""
    match module.parents.get(node):
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return isinstance(node, ast.Call) and bool(parsers.kind(module, target))
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
        case ast.Return():
            function = scope_of(node, module.parents)
            return isinstance(function, ast.FunctionDef) and function.name in parsers.givers
        case ast.Expr():
            return True
    return False


def _site(module: Module, read: ast.expr, outer: ast.expr, around: tuple[str, str] = ("", "")) -> ReaderSite:
    span = node_span(line_starts(module.text), module.text, outer)
    return ReaderSite(path=module.path, line=read.lineno, span=span, quote=_quote(module, outer), around=around)


def _quote(module: Module, node: ast.expr) -> str:
    span = node_span(line_starts(module.text), module.text, node)
    return "'" if "'" in module.text[span.start : span.end] else '"'


def _whole(module: Module, read: ast.expr, option: str) -> ReaderSite | None:
    """A read of a whole section, with the option overriding what the file says: `{**parser["db"], "password": ...}`."""
    if "optionxform" in module.text:
        return None
    pairs = isinstance(read, ast.Call)
    if pairs and (read.keywords or len(read.args) != 1):  # type: ignore[attr-defined]
        return None
    above = module.parents.get(read)
    span = node_span(line_starts(module.text), module.text, read)
    written = module.text[span.start : span.end]
    outer, first, last = read, "{**", "}"
    match above:
        case ast.Call(func=ast.Name(id="dict"), args=[inner], keywords=[]) if inner is read:
            outer = above
        case ast.For(iter=inner) | ast.comprehension(iter=inner) if pairs and inner is read:
            last = "}.items()"
        case _ if pairs:
            first, last = "list({**", "}.items())"
        case ast.keyword(arg=None):
            pass
        case ast.Attribute(attr="items" | "values") if isinstance(module.parents.get(above), ast.Call):
            pass
        case _:
            return None
    quote = _quote(module, outer)
    mapping = f"dict({written})" if pairs else written
    return _site(module, read, outer, (f"{first}{mapping}, {quote}{folded(option)}{quote}: ", last))


def _read(module: Module, node: ast.expr, beside: Beside) -> tuple[ast.AST, tuple[str, str | None] | None]:
    """The expression around a parser that reads from it, with section and option; None for those that are unknown."""
    above = module.parents.get(node)
    match above:
        case ast.Attribute(attr=method) if method in _READS | {"items"}:
            call = module.parents.get(above)
            words = _texts(module, call, beside)
            if words is not None and len(words) >= 1:
                return call or above, (words[0], words[1] if method != "items" and len(words) > 1 else None)
        case ast.Subscript(slice=ast.Constant(value=str() as section), ctx=ast.Load()) if above.value is node:
            return _read_of(module, above, section)
    return above or node, None


def _read_of(module: Module, node: ast.expr, section: str) -> tuple[ast.AST, tuple[str, str | None]]:
    """The expression that reads an option of the section `node`; None if the option is not known."""
    above = module.parents.get(node)
    match above:
        case ast.Subscript(slice=ast.Constant(value=str() as option), ctx=ast.Load()):
            return above, (section, option)
        case ast.Attribute(attr=method) if method in _READS:
            call = module.parents.get(above)
            words = _constants(call)
            if words:
                return call or above, (section, words[0])
    return node, (section, None)


def _sections(module: Module, parsers: Parsers) -> dict[tuple[ast.AST | None, str], str]:
    """Names bound to one section and nothing else, with the scope that binds them: `db = parser["database"]`."""
    found: dict[tuple[ast.AST | None, str], set[str | None]] = {}
    for node in module.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            owner = module.parents.get(node)
            alone = isinstance(owner, ast.Assign) and owner.targets == [node]
            inside = isinstance(module.parents.get(owner), ast.ClassDef) if owner is not None else False
            value = owner.value if isinstance(owner, ast.Assign) and alone and not inside else None
            match value:
                case ast.Subscript(value=parser, slice=ast.Constant(value=str() as section)):
                    held = section if parsers.kind(module, parser) else None
                case _:
                    held = None
            found.setdefault((scope_of(node, module.parents), node.id), set()).add(held)
    shared = {name for node in module.nodes if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
    known = {place: held.pop() for place, held in found.items() if len(held) == 1 and place[1] not in shared}
    return {place: section for place, section in known.items() if section is not None}


def _target(module: Module, value: ast.expr) -> ast.Name | None:
    """The name that an expression is assigned to, if it is the only target."""
    owner = module.parents.get(value)
    if isinstance(owner, ast.Assign) and len(owner.targets) == 1 and isinstance(owner.targets[0], ast.Name):
        return owner.targets[0]
    return None


def _texts(module: Module, call: ast.AST | None, beside: Beside) -> list[str] | None:
    """As `_constants`, where a parameter counts by its default if no caller gives another."""
    if not isinstance(call, ast.Call) or not call.args:
        return None
    words = [_default(module, each, beside) if isinstance(each, ast.Name) else _constant(each) for each in call.args]
    found = [each for each in words if each is not None]
    return found if len(found) == len(words) else None


def _default(module: Module, name: ast.Name, beside: Beside) -> str | None:
    """The default of a parameter of a top-level function, if no caller overrides it."""
    function = scope_of(name, module.parents)
    if not isinstance(function, ast.FunctionDef) or not _is_at_top(module, function):
        return None
    parameters = [*function.args.posonlyargs, *function.args.args]
    given = dict(zip(reversed([each.arg for each in parameters]), reversed(function.args.defaults), strict=False))
    changed = any(
        isinstance(node, ast.Name) and node.id == name.id and node is not name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )
    others = beside(function.name)
    if name.id not in given or changed or others is None or function.decorator_list:
        return None
    place = [each.arg for each in parameters].index(name.id)
    overridden = any(_gives(each, function.name, name.id, place) for each in (module, *others))
    return None if overridden else _constant(given[name.id])


def _is_at_top(module: Module, node: ast.AST) -> bool:
    above = module.parents.get(node)
    while isinstance(above, (ast.If, ast.Try)):
        above = module.parents.get(above)
    return isinstance(above, ast.Module)


def _gives(module: Module, function: str, parameter: str, place: int) -> bool:
    """Whether a file may call a function with its own argument for a parameter."""
    for node in module.nodes:
        if not isinstance(node, (ast.Name, ast.Attribute)) or dotted(node).rpartition(".")[2] != function:
            continue
        call = module.parents.get(node)
        if isinstance(call, ast.Attribute):
            continue  # a module of that name
        if not isinstance(call, ast.Call) or call.func is not node:
            return True  # it is passed on
        starred = any(isinstance(each, ast.Starred) for each in call.args)
        if starred or len(call.args) > place or any(each.arg in (None, parameter) for each in call.keywords):
            return True
    return False


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _constants(call: ast.AST | None) -> list[str] | None:
    """The strings that a call has as positional arguments; None if one is not a constant."""
    if not isinstance(call, ast.Call) or not call.args:
        return None
    words = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return words if len(words) == len(call.args) else None


def _converts(read: ast.expr) -> bool:
    """Whether a read gives something other than the text: getint and the like, or one with its own variables."""
    if not isinstance(read, ast.Call):
        return False
    method = read.func.attr if isinstance(read.func, ast.Attribute) else ""
    return method != "get" or any(keyword.arg not in ("fallback", "raw") for keyword in read.keywords)


def borrowed(other: Module, owner: Module, parsers: Parsers) -> Iterator[OtherReader]:
    """The places where another file takes a parser from the file that fills it, other than by importing its name."""
    sections = {name for scope, name in _sections(owner, parsers) if scope is None}
    for statement, name in imports_of(other, owner, sections):
        how = "an import of the parser" if name == "*" else f"an import of {name}"
        yield OtherReader(path=other.path, line=statement.lineno, how=how)
    names = sections | {name.removesuffix("()") for name in parsers.exported()}
    names |= {name.removeprefix("self.") for name, kinds in parsers.attributes.items() if any(kinds)}
    for node in other.nodes:
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield OtherReader(path=other.path, line=node.lineno, how=f"a use of {node.attr}")


def folded(option: object) -> str:
    """An option in the form in which configparser stores it."""
    return str(option).lower()
