"""Rewrite INI files that configparser reads: the value becomes a reference, and each read of it a call.

A parser interpolates, joins lines and has defaults for every section, so it is not resolved as a whole: every use of
the parser must be known, and each that reads the value is rewritten in the same way as a read of a `.env` variable.
https://docs.python.org/3/library/configparser.html
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from fixers.conventions import found_by
from fixers.dotenv import site_edits, with_default
from fixers.dotenv_beside import check_variable
from fixers.grouping import SETTING
from fixers.ini_parsers import Parsers, imports_of, parsers_of
from fixers.ini_uses import COMMON, Option, borrowed, folded, uses
from fixers.model import RefusalReason
from fixers.project_imports import stem_of
from fixers.python import PythonFile
from fixers.python_environment import dotted, resolve
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
from fixers.settings_files import variable_of
from fixers.settings_modules import PARSERS, Module, parsed, python_files
from fixers.settings_readers import find_load_sites
from fixers.splicing import NOT_PARSABLE, Swap, Switch, stands_in, stored_text, switched
from fixers.styles import needed
from fixers.variables import VARIABLE
from scanner.errors import NotSeenError
from scanner.model import Document, Kind
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Path, Value, values

# https://docs.python.org/3/library/configparser.html#interpolation-of-values
_USES = re.compile(r"%\(([^)]+)\)s|\$\{(?:[^}:]*:)?([^}:]+)\}")


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that make each value a reference, and its reads calls. Implements `fixers.rewriting.Rewriter`."""
    try:
        before = values(document)
    except Unreadable:
        return all_refused(placements, NOT_PARSABLE)
    files: dict[str, PythonFile] = {}
    moving = Counter(
        value.path[0] for value in before if any(stands_in(each.finding, value.span) for each in placements)
    )

    def switch(value: Value, placement: Placement) -> Switch:
        together = moving[value.path[0]] + (moving[COMMON] if value.path[0] != COMMON else 0) > 1
        sites, modules = _sites(document, value, together, context)
        _check_common(value, sites)
        swap = _swap(document, before, value, placement, {mark for each in modules for mark in _marks(each)})
        edited = [site for site in sites if not site.done]
        if context.style.has_module and placement.env.isupper():
            edited = [with_default(site, value.text, placement.env) for site in edited]
        edits = tuple(edit for site in edited for edit in site_edits(site, placement, context, files))
        needs: dict[str, frozenset[str]] = defaultdict(frozenset)
        for site in edited:
            needs[site.path] |= frozenset({SETTING}) if site.resolved else needed([placement], context.style)
        variable, notes = placement.env, tuple[str, ...]()
        check_variable(placement.env, value.text, document.path, context.workspace)
        computed = variable_of(value.path)
        # A section that begins with a digit has no variable that a shell could set.
        if any(site.resolved for site in sites) and VARIABLE.fullmatch(computed):
            variable = computed
            if variable != placement.env:
                why = f"{variable}, the variable of its keys, means something else"
                raise CannotRewriteError(RefusalReason.NAME_TAKEN, why, READ_IN_CODE)
            notes = (
                f"{document.path}:{placement.finding.start[0]}: where {variable} is set, it counts before the store",
            )
        return Switch(swap=swap, variable=variable, edits=edits, needs=needs, notes=notes)

    return switched(document, before, placements, context, switch, files=files, needs=frozenset())


def _check_common(value: Value, sites: Sequence[ReaderSite]) -> None:
    """Refuse a default of all sections that is read with others: it may be of any of them there."""
    whole = next((site for site in sites if any(site.around) or site.resolved), None)
    if whole is not None and value.path[0] == COMMON:
        why = f"{whole.path}:{whole.line} reads all of a section, or one that is computed, and this is of every section"
        raise CannotRewriteError(RefusalReason.READER_NOT_REWRITABLE, why, READ_IN_CODE)


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
    same = [other for other in before if folded(other.path[1]) == folded(option)]
    if not section or (section == COMMON and len(same) > 1):
        raise CannotRewriteError(
            RefusalReason.POSITION_NOT_SUPPORTED, "sections have what stands there, or their own", READ_IN_CODE
        )
    if sum(other.path[0] == section for other in same) > 1:
        raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, "it has the same key twice", BY_HAND)
    for other in before:
        if any(
            folded(name) == folded(option) for found in _USES.finditer(other.text) for name in found.groups() if name
        ):
            holder = f"[{other.path[0]}] {other.path[1]}"
            raise CannotRewriteError(RefusalReason.DYNAMIC, f"{holder} is put together from it", READ_IN_CODE)
    return Swap(span=value.span, new=reference(placement.name, placement.key), old=value.text)


def _sites(
    document: Document, value: Value, together: bool, context: RewriteContext
) -> tuple[list[ReaderSite], list[Module]]:
    """The reads of a value, and the files that parse it. `together` is `Option.together`.

    Raises CannotRewriteError if the parser is also used in another way that may read it.
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
    holders, handed = _holders([module for module in modules if module is not None], raws, context)
    others += handed
    wanted = Option(section=str(value.path[0]), name=str(value.path[1]), text=value.text, together=together)
    for module, parsers in holders:
        if "default_section" in module.text:
            others.append(OtherReader(path=module.path, line=1, how="default_section"))
        for use in uses(module, parsers, wanted):
            if isinstance(use, ReaderSite):
                sites.append(use)
            else:
                others.append(use)
    if others:
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE, f"{name} is also used by {listed(others)}", READ_IN_CODE
        )
    naming = sorted(path for path, raw in raws.items() if name.encode() in raw)
    if not sites and naming:
        raise CannotRewriteError(
            RefusalReason.READER_UNKNOWN,
            f"{naming[0]} names {name}, and it was not seen what reads the value from there",
            READ_IN_CODE,
        )
    if not sites:
        raise CannotRewriteError(
            RefusalReason.READER_UNKNOWN,
            f"no Python was seen that reads it from {name}",
            f"remove it, or {READ_IN_CODE}",
        )
    return sites, [module for module in modules if module is not None]


def _holders(
    modules: Sequence[Module], raws: Mapping[str, bytes], context: RewriteContext
) -> tuple[list[tuple[Module, Parsers]], list[OtherReader]]:
    """The files that have the parsers of these files, which parse the value, and other code that takes them."""
    taken: dict[str, set[str]] = {module.path: set() for module in modules}
    known = {module.path: module for module in modules}
    waiting, others = list(taken), []
    while waiting:
        owner = known[waiting.pop(0)]
        parsers = parsers_of(owner, taken[owner.path])
        twins = sum(stem_of(path) == owner.stem for path in raws)
        for path in sorted(_may_import(owner, raws)):
            other = parsed(context.workspace, path, context.modules)
            if other is None:
                others.append(OtherReader(path=path, line=1, how="does not parse"))
                continue
            others += borrowed(other, owner, parsers)
            for node, name in imports_of(other, owner, parsers.exported()):
                if name == "*" or twins > 1:
                    others.append(OtherReader(path=path, line=node.lineno, how="an import of the parser"))
                elif name not in taken.get(path, ()):
                    known[path] = other
                    taken.setdefault(path, set()).add(name)
                    waiting.append(path)
    holders = [(known[path], parsers_of(known[path], names)) for path, names in taken.items()]
    return holders, [*others, *_given_otherwise(holders)]


def _may_import(owner: Module, raws: Mapping[str, bytes]) -> Iterator[str]:
    """The other files that may import something from a file."""
    inside = posixpath.basename(owner.path) == "__init__.py"
    for path, raw in raws.items():
        near = inside and b"from ." in raw and path.startswith(posixpath.dirname(owner.path))
        if path != owner.path and (near or owner.stem.encode() in raw):
            yield path


def _given_otherwise(holders: Sequence[tuple[Module, Parsers]]) -> Iterator[OtherReader]:
    """Functions that return a parser and are called with different arguments: it may be for one of several files."""
    first: dict[str, str] = {}
    for module, parsers in holders:
        for node in module.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in parsers.givers:
                called = module.names.get(node.func.id, node.func.id).rpartition(".")[2]
                given = ast.dump(ast.Tuple([*node.args, *(each.value for each in node.keywords)]))
                if first.setdefault(called, given) != given:
                    how = f"{called}(...) with other arguments than elsewhere"
                    yield OtherReader(path=module.path, line=node.lineno, how=how)


def _marks(module: Module) -> str:
    """The characters that a file's parsers interpolate: `%`, `$`, or none."""
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
    """Parsers in these files that may read the option's value from another file, before or after this one."""
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
    near = one[0] == other[0] or COMMON in (one[0], other[0])
    return len(one) == len(other) == 2 and near and folded(one[1]) == folded(other[1])
