"""Find the uses of a configparser object: reads of one option, alone or with its section, and other uses.

https://docs.python.org/3/library/configparser.html
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field, replace

from fixers.grouping import SETTING
from fixers.ini_parsers import Parsers, imports_of, scope_that_binds
from fixers.python_environment import dotted
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader, ReaderSite
from fixers.settings_modules import Module, scope_of
from scanner.text import line_starts

_QUIET = frozenset({"read", "read_file", "sections", "has_section", "has_option", "options", "optionxform"})
_READS = frozenset({"get", "getint", "getfloat", "getboolean"})
_CONVERTING: Mapping[str, Callable[[str], object]] = {
    "getint": int,
    "getfloat": float,
    "getboolean": lambda text: ConfigParser.BOOLEAN_STATES[text.lower()],
}
COMMON = "DEFAULT"  # every section has its options
# What an expression is made of that can stand in the code twice: it does nothing.
_PLAIN = (ast.Name, ast.Attribute, ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Subscript, ast.expr_context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value of the file. `together` says that another one moves that a read of its whole section gives too."""

    section: str
    name: str
    text: str = field(repr=False)
    together: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A read of a parser: the expression, and those that say which section and option; no option: the whole section."""

    node: ast.expr
    section: ast.expr
    option: ast.expr | None

    def gives(self, wanted: Option) -> bool:
        """Whether it may give this value."""
        section, option = _constant(self.section), _constant(self.option)
        here = section is None or wanted.section in (section, COMMON)
        return here and (option is None or folded(option) == folded(wanted.name))

    @property
    def computed(self) -> bool:
        """Whether only running shows which section or option it reads."""
        return _constant(self.section) is None or (self.option is not None and _constant(self.option) is None)


def uses(module: Module, parsers: Parsers, wanted: Option) -> Iterator[ReaderSite | OtherReader]:
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
        read = _read(module, node) if held is None else _read_of(module, node, ast.Constant(held))
        name = _target(module, read.node) if read is not None and isinstance(read.node, ast.Subscript) else None
        if held is None and name is not None and (scope_of(name, module.parents), name.id) in sections:
            continue  # `section = parser["database"]`: the uses of the name are checked
        if read is None:
            if not (isinstance(above, ast.Attribute) and above.attr in _QUIET):
                yield OtherReader(path=module.path, line=node.lineno, how=f"a use of {dotted(node)}")
        elif read.gives(wanted) and not _would_fail(read, wanted.text):
            how = f"a use of {dotted(node)}" if read.computed else f"a use of [{_constant(read.section)}]"
            yield _site_of(module, read, wanted) or OtherReader(path=module.path, line=node.lineno, how=how)


def _site_of(module: Module, read: _Read, wanted: Option) -> ReaderSite | None:
    """The edit of one read; None if a call cannot stand there."""
    if read.option is not None and _converts(read.node):
        return None
    if read.option is None:
        return _whole(module, read, wanted)
    resolved = _resolved(module, read, _source(module, read.node), read.node) if read.computed else ""
    if resolved is None:
        return None
    site = _site(module, read.node, read.node, resolved=resolved)
    return replace(site, read=_source(module, read.node)) if _has_fallback(read) else site


def _has_fallback(read: _Read) -> bool:
    """Whether a read says what it gives if the file lacks the option: that is kept, and only a reference resolved."""
    call = read.node
    if not isinstance(call, ast.Call) or read.option is None:
        return False
    behind = call.args[call.args.index(read.option) + 1 :] if read.option in call.args else []
    return bool(behind) or any(keyword.arg == "fallback" for keyword in call.keywords)


def _resolved(module: Module, read: _Read, source: str, outer: ast.expr) -> str | None:
    """The arguments of the call that resolves what a read gives: it, and the names of section and option."""
    words = [source]
    for each in (read.section, read.option):
        text = _constant(each)
        if text is not None:
            quote = _quote(module, outer)
            if quote in text or not text.isprintable() or "\\" in text:
                return None
            words.append(f"{quote}{text}{quote}")
        elif each is not None:
            if not all(isinstance(part, _PLAIN) for part in ast.walk(each)):
                return None
            words.append(_source(module, each))
    return ", ".join(words)


def _would_fail(read: _Read, text: str) -> bool:
    """Whether a computed read makes a number or a truth value, which this value is not: it reads others."""
    called = read.node.func if isinstance(read.node, ast.Call) else None
    method = called.attr if isinstance(called, ast.Attribute) else ""
    if not read.computed or method not in _CONVERTING:
        return False
    try:
        _CONVERTING[method](text)
    except (ValueError, KeyError):
        return True
    return False


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


def _site(
    module: Module, read: ast.expr, outer: ast.expr, around: tuple[str, str] = ("", ""), resolved: str = ""
) -> ReaderSite:
    above = module.parents.get(outer)
    return ReaderSite(
        path=module.path,
        line=read.lineno,
        span=node_span(line_starts(module.text), module.text, outer),
        quote=_quote(module, outer),
        around=around,
        resolved=resolved,
        done=isinstance(above, ast.Call) and dotted(above.func).rpartition(".")[2].lstrip("_") == SETTING,
    )


def _quote(module: Module, node: ast.expr) -> str:
    return "'" if "'" in _source(module, node) else '"'


def _source(module: Module, node: ast.expr) -> str:
    span = node_span(line_starts(module.text), module.text, node)
    return module.text[span.start : span.end]


def _whole(module: Module, read: _Read, wanted: Option) -> ReaderSite | None:
    """A read of a whole section, with the option overriding what the file says: `{**parser["db"], "password": ...}`.

    Several values, and a section that only running names, are resolved: `resolve_references(dict(parser[name]), name)`.
    """
    node = read.node
    if "optionxform" in module.text:
        return None
    pairs = isinstance(node, ast.Call)
    if pairs and (node.keywords or len(node.args) != 1):  # type: ignore[attr-defined]
        return None
    above = module.parents.get(node)
    outer, first, last = node, "", ""
    match above:
        case ast.Call(func=ast.Name(id="dict"), args=[inner], keywords=[]) if inner is node:
            outer = above
        case ast.For(iter=inner) | ast.comprehension(iter=inner) if pairs and inner is node:
            last = ".items()"
        case _ if pairs:
            first, last = "list(", ".items())"
        case ast.keyword(arg=None):
            pass
        case ast.Attribute(attr="items" | "values") if isinstance(module.parents.get(above), ast.Call):
            pass
        case _:
            return None
    written, quote = _source(module, node), _quote(module, outer)
    if read.computed or wanted.together or _site(module, node, outer).done:
        resolved = _resolved(module, read, f"dict({written})", outer)
        return None if resolved is None else _site(module, node, outer, (first, last), resolved)
    mapping = f"dict({written})" if pairs else written
    around = (f"{first}{{**{mapping}, {quote}{folded(wanted.name)}{quote}: ", f"}}{last}")
    return _site(module, node, outer, around)


def _read(module: Module, node: ast.expr) -> _Read | None:
    """The expression around a parser that reads from it; None if it is another use."""
    above = module.parents.get(node)
    match above:
        case ast.Attribute(attr=method) if method in _READS | {"items"}:
            match module.parents.get(above):
                case ast.Call(func=func, args=[section, *rest]) as call if func is above:
                    if not any(isinstance(each, ast.Starred) for each in call.args) and (method == "items") != bool(
                        rest
                    ):
                        return _Read(node=call, section=section, option=rest[0] if rest else None)
        case ast.Subscript(value=value, slice=section, ctx=ast.Load()) if value is node:
            return _read_of(module, above, section)
    return None


def _read_of(module: Module, node: ast.expr, section: ast.expr) -> _Read:
    """The expression that reads from the section `node`."""
    above = module.parents.get(node)
    match above:
        case ast.Subscript(value=value, slice=option, ctx=ast.Load()) if value is node:
            return _Read(node=above, section=section, option=option)
        case ast.Attribute(attr=method) if method in _READS:
            match module.parents.get(above):
                case ast.Call(func=func, args=[option, *_]) as call if func is above and _constant(option) is not None:
                    return _Read(node=call, section=section, option=option)
    return _Read(node=node, section=section, option=None)


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


def _constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


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
