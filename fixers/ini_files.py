"""Rewrite INI files that configparser reads: the value becomes a reference, and each read of it a call.

A parser interpolates, joins lines and has defaults for every section, so it is not resolved as a whole: every use of
the parser must be seen, and each that reads the value is rewritten as those of a `.env` variable are.
https://docs.python.org/3/library/configparser.html
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from fixers.conventions import found_by
from fixers.dotenv import site_edit
from fixers.python import PythonFile
from fixers.python_environment import dotted, resolve
from fixers.python_syntax import node_span
from fixers.readers_of import OtherReader, ReaderSite, listed, other_users
from fixers.references import reference
from fixers.rewriting import (
    BY_HAND,
    READ_IN_CODE,
    CannotRewriteError,
    Placement,
    RewriteContext,
    Rewritten,
    all_refused,
)
from fixers.settings_modules import PARSERS, Module, parsed, python_files, scope_of
from fixers.settings_readers import find_load_sites
from fixers.splicing import NOT_PARSABLE, Swap, Switch, stored_text, switched
from fixers.styles import needed
from scanner.errors import NotSeenError
from scanner.model import Document, Kind, RefusalReason
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Path, Value, values
from scanner.text import line_starts

_QUIET = frozenset({"read", "read_file", "sections", "has_section", "has_option", "options", "optionxform"})
_READS = frozenset({"get", "getint", "getfloat", "getboolean"})
_COMMON = "DEFAULT"  # every section has what stands there
# https://docs.python.org/3/library/configparser.html#interpolation-of-values
_USES = re.compile(r"%\(([^)]+)\)s|\$\{(?:[^}:]*:)?([^}:]+)\}")


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that make each value a reference, and its reads calls. Implements `fixers.rewriting.Rewriter`."""
    try:
        before = values(document)
    except Unreadable:
        return all_refused(placements, NOT_PARSABLE)
    files: dict[str, PythonFile] = {}

    def switch(value: Value, placement: Placement) -> Switch:
        sites, modules = _sites(document, value, context)
        swap = _swap(document, before, value, placement, {mark for each in modules for mark in _marks(each)})
        edits = tuple(site_edit(site, placement, context, files) for site in sites)
        return Switch(swap=swap, variable=placement.env, edits=edits)

    return switched(document, before, placements, context, switch, files=files, needs=needed(placements, context.style))


def _swap(
    document: Document, before: Sequence[Value], value: Value, placement: Placement, marks: Collection[str]
) -> Swap:
    """The reference in place of a value. `marks` are the characters that its parsers interpolate."""
    line_end = min(
        (at for mark in "\r\n" if (at := document.text.find(mark, value.span.start)) >= 0), default=len(document.text)
    )
    if value.quote or document.text[value.span.start : line_end].strip() != value.text:
        raise CannotRewriteError(
            RefusalReason.DYNAMIC,
            "configparser reads more there than the value: quotes, comments, lines",
            READ_IN_CODE,
        )
    if value.text != stored_text(placement):
        raise CannotRewriteError(RefusalReason.DYNAMIC, "only a part of the value would be stored", READ_IN_CODE)
    if set(value.text) & set(marks):
        raise CannotRewriteError(RefusalReason.DYNAMIC, "configparser may interpolate the value", READ_IN_CODE)
    section, option = value.path
    same = [other for other in before if _folded(other.path[1]) == _folded(option)]
    if not section or (section == _COMMON and len(same) > 1):
        raise CannotRewriteError(
            RefusalReason.POSITION_NOT_SUPPORTED, "sections have what stands there, or their own", READ_IN_CODE
        )
    if sum(other.path[0] == section for other in same) > 1:
        raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, "its key stands there twice", BY_HAND)
    for other in before:
        if any(
            _folded(name) == _folded(option) for found in _USES.finditer(other.text) for name in found.groups() if name
        ):
            holder = f"[{other.path[0]}] {other.path[1]}"
            raise CannotRewriteError(RefusalReason.DYNAMIC, f"{holder} is put together from it", READ_IN_CODE)
    return Swap(span=value.span, new=reference(placement.name, placement.key), old=value.text)


def _sites(document: Document, value: Value, context: RewriteContext) -> tuple[list[ReaderSite], list[Module]]:
    """The reads of a value, and the files that parse it.

    Raises CannotRewriteError where the parser is used in a way that may read it, too.
    """
    name = posixpath.basename(document.path)
    found = find_load_sites(context.workspace, document.path, Kind.INI, context.modules)
    outside = other_users(context.workspace, document.path)
    if outside:
        raise CannotRewriteError(
            RefusalReason.READER_OUTSIDE_PYTHON, f"{name} is also used by {listed(outside)}", READ_IN_CODE
        )
    tool = found_by(document.path, context.imported)
    if tool is not None:
        raise CannotRewriteError(RefusalReason.READER_OUTSIDE_PYTHON, f"{tool} finds {name} by itself", READ_IN_CODE)
    sites: list[ReaderSite] = []
    others = [*found.opaque, *_overriding(document, value, context, {site.path for site in found.sites})]
    raws = python_files(context.workspace)
    modules = [parsed(context.workspace, path, context.modules) for path in sorted({site.path for site in found.sites})]
    for module in filter(None, modules):
        path = module.path
        if "default_section" in module.text:
            others.append(OtherReader(path=path, line=1, how="default_section"))
        for use in _uses(module, str(value.path[0]), str(value.path[1])):
            if isinstance(use, ReaderSite):
                sites.append(use)
            else:
                others.append(use)
        borrowing = [other for other in raws if other != path and module.stem.encode() in raws[other]]
        for other in filter(None, (parsed(context.workspace, each, context.modules) for each in borrowing)):
            others += _borrowed(other, module)
    if others:
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE, f"{name} is also used by {listed(others)}", READ_IN_CODE
        )
    if not sites:
        raise CannotRewriteError(
            RefusalReason.READER_UNKNOWN,
            f"no Python was seen that reads it from {name}",
            f"remove it, or {READ_IN_CODE}",
        )
    return sites, [module for module in modules if module is not None]


def _marks(module: Module) -> str:
    """What the parsers of a file interpolate: `%`, `$`, or nothing."""
    found = ""
    for node in module.nodes:
        if not isinstance(node, ast.Call) or resolve(dotted(node.func), module.names) not in PARSERS:
            continue
        given = next((each.value for each in node.keywords if each.arg == "interpolation"), None)
        match given:
            case None:
                found += "" if dotted(node.func).endswith("RawConfigParser") else "%"
            case ast.Constant(value=None):
                pass
            case ast.Call(func=func) if dotted(func).endswith("BasicInterpolation"):
                found += "%"
            case _:
                found += "%$"
        found += "%$" if any(each.arg is None for each in node.keywords) else ""
    return found


def _overriding(
    document: Document, value: Value, context: RewriteContext, parsing: Collection[str]
) -> Iterator[OtherReader]:
    """Parsers of these files that may read another value of the option from another file, before or after this one."""
    for path in context.workspace.files:
        if path == document.path or not path.endswith((".ini", ".cfg", ".conf")):
            continue
        try:
            other = context.workspace.document(path)
            found = [each for each in values(other) if other.kind is Kind.INI and _is_same(each.path, value.path)]
        except (NotSeenError, Unreadable):
            continue
        if any(each.text != value.text for each in found):
            for site in find_load_sites(context.workspace, path, Kind.INI, context.modules).sites:
                if site.path in parsing:
                    how = f"a parser that also reads {posixpath.basename(path)}, with another value"
                    yield OtherReader(path=site.path, line=site.line, how=how)


def _is_same(one: Path, other: Path) -> bool:
    near = one[0] == other[0] or _COMMON in (one[0], other[0])
    return len(one) == len(other) == 2 and near and _folded(one[1]) == _folded(other[1])


def _uses(module: Module, section: str, option: str) -> Iterator[ReaderSite | OtherReader]:
    """What a file does with its parsers: the reads of one option, and what may read it in another way."""
    starts = line_starts(module.text)
    sections = _sections(module)
    for node in module.nodes:
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        held = sections.get((_scope_that_binds(module, node), node.id))
        if node.id not in module.parsers and held is None:
            continue
        read, wanted = _read(module, node) if held is None else _read_of(module, node, held)
        name = _target(module, read) if held is None and isinstance(read, ast.Subscript) else None
        if name is not None and (scope_of(name, module.parents), name.id) in sections:
            continue  # `section = parser["database"]`: its uses are looked at
        if wanted is None:
            if not (isinstance(read, ast.Attribute) and read.attr in _QUIET):
                yield OtherReader(path=module.path, line=node.lineno, how=f"a use of {node.id}")
        elif section in (wanted[0], _COMMON) and (wanted[1] is None or _folded(wanted[1]) == _folded(option)):
            if wanted[1] is None or not isinstance(read, ast.expr) or _converts(read):
                yield OtherReader(path=module.path, line=node.lineno, how=f"a use of [{wanted[0]}]")
                continue
            span = node_span(starts, module.text, read)
            source = module.text[span.start : span.end]
            quote = "'" if "'" in source else '"'
            yield ReaderSite(path=module.path, line=read.lineno, span=span, quote=quote)


def _read(module: Module, node: ast.Name) -> tuple[ast.AST, tuple[str, str | None] | None]:
    """The expression around a parser that reads from it, with section and option; None where they are not known."""
    above = module.parents.get(node)
    match above:
        case ast.Attribute(attr=method) if method in _READS | {"items"}:
            call = module.parents.get(above)
            words = _constants(call)
            if words is not None and len(words) >= 1:
                return call or above, (words[0], words[1] if method != "items" and len(words) > 1 else None)
        case ast.Subscript(slice=ast.Constant(value=str() as section), ctx=ast.Load()) if above.value is node:
            return _read_of(module, above, section)
    return above or node, None


def _read_of(module: Module, node: ast.expr, section: str) -> tuple[ast.AST, tuple[str, str | None]]:
    """The expression that reads an option of a section, which `node` stands for; None where it is not known which."""
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


def _sections(module: Module) -> dict[tuple[ast.AST | None, str], str]:
    """Names that stand for one section and nothing else, with the scope that binds them: `db = parser["database"]`."""
    found: dict[tuple[ast.AST | None, str], set[str | None]] = {}
    for node in module.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            owner = module.parents.get(node)
            alone = isinstance(owner, ast.Assign) and owner.targets == [node]
            inside = isinstance(module.parents.get(owner), ast.ClassDef) if owner is not None else False
            value = owner.value if isinstance(owner, ast.Assign) and alone and not inside else None
            match value:
                case ast.Subscript(value=ast.Name(id=parser), slice=ast.Constant(value=str() as section)):
                    held = section if parser in module.parsers else None
                case _:
                    held = None
            found.setdefault((scope_of(node, module.parents), node.id), set()).add(held)
    shared = {name for node in module.nodes if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
    known = {place: held.pop() for place, held in found.items() if len(held) == 1 and place[1] not in shared}
    return {place: section for place, section in known.items() if section is not None}


def _scope_that_binds(module: Module, node: ast.Name) -> ast.AST | None:
    scope = scope_of(node, module.parents)
    while scope is not None and node.id not in module.bound.get(scope, ()):
        scope = scope_of(scope, module.parents)
    return scope


def _target(module: Module, value: ast.expr) -> ast.Name | None:
    """The name that an expression is assigned to, and it alone."""
    owner = module.parents.get(value)
    if isinstance(owner, ast.Assign) and len(owner.targets) == 1 and isinstance(owner.targets[0], ast.Name):
        return owner.targets[0]
    return None


def _constants(call: ast.AST | None) -> list[str] | None:
    """The texts that a call is given by position; None where one is no constant."""
    if not isinstance(call, ast.Call) or not call.args:
        return None
    words = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return words if len(words) == len(call.args) else None


def _converts(read: ast.expr) -> bool:
    """Whether a read gives something else than the text: getint and the like, or one with variables of its own."""
    if not isinstance(read, ast.Call):
        return False
    method = read.func.attr if isinstance(read.func, ast.Attribute) else ""
    return method != "get" or any(keyword.arg not in ("fallback", "raw") for keyword in read.keywords)


def _borrowed(other: Module, owner_module: Module) -> Iterator[OtherReader]:
    """Where another file takes a parser from the one that fills it."""
    names = owner_module.parsers | {name for scope, name in _sections(owner_module) if scope is None}
    for node in other.nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] == owner_module.stem:
            if any(alias.name in names or alias.name == "*" for alias in node.names):
                yield OtherReader(path=other.path, line=node.lineno, how="an import of the parser")
        elif isinstance(node, ast.Attribute) and node.attr in names:
            yield OtherReader(path=other.path, line=node.lineno, how=f"a use of {node.attr}")


def _folded(option: object) -> str:
    return str(option).lower()
