"""Rewrite settings in YAML, JSON and TOML: values become references, which the Python that parses the file resolves.

`yaml.safe_load(file)` becomes `resolve_references(yaml.safe_load(file))`: what is read from the result is the value, as
before. The call returns data without references unchanged.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixers.conventions import found_by
from fixers.dotenv_beside import check_variable
from fixers.grouping import SETTING
from fixers.model import Edit, RefusalReason
from fixers.python import Change, PythonFile, open_file, proven
from fixers.readers_of import listed, other_users
from fixers.references import reference
from fixers.rewriting import (
    BY_HAND,
    READ_IN_CODE,
    CannotRewriteError,
    Placement,
    RewriteContext,
    Rewritten,
    all_refused,
    why_not,
)
from fixers.settings_readers import LoadSite, find_load_sites
from fixers.splicing import NOT_PARSABLE, Swap, Switch, stored_text, switched
from fixers.variables import is_reserved
from scanner.errors import NotSeenError
from scanner.model import Document, Kind
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Path, Value, values

# https://yaml.org/type/merge.html
_MERGE = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)*<<[ \t]*:")
# https://yaml.org/spec/1.2.2/#692-node-anchors
_ANCHOR = re.compile(r"&([\w.-]+)[ \t]+\Z")


@dataclass(slots=True, kw_only=True)
class _Readers:
    """The opened Python files that parse one settings file, with the edit of each call."""

    files: dict[str, PythonFile] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that make each value a reference, which its readers resolve. Implements `fixers.rewriting.Rewriter`."""
    try:
        before = values(document)
    except Unreadable:
        return all_refused(placements, NOT_PARSABLE)
    stays: CannotRewriteError | None = None
    readers = _Readers()
    try:
        readers = _readers(document, context)
    except CannotRewriteError as error:
        stays = error

    def switch(value: Value, placement: Placement) -> Switch:
        swap = _swap(document, before, value, placement)
        if stays is not None:
            raise stays
        if _is_tools(document, value.path, readers):
            table = f"[tool.{value.path[1]}]"
            why = f"no Python that parses the file names {table}: the tool itself reads it"
            raise CannotRewriteError(RefusalReason.READER_OUTSIDE_PYTHON, why, READ_IN_CODE)
        variable, line = variable_of(value.path), placement.finding.start[0]
        check_variable(variable, value.text, document.path, context.workspace)
        note = f"{document.path}:{line}: where {variable} is set, it counts before the store"
        repeats = " or ".join(_repeats(document, value)) if document.kind is Kind.YAML else ""
        if repeats:
            # The parsed data then holds the reference under another path too.
            note += f"; where {repeats} puts it into another place, the variable is called after that place"
        return Switch(swap=swap, variable=variable, edits=readers.edits, notes=(note,))

    needs = frozenset({SETTING})
    return switched(document, before, placements, context, switch, files=readers.files, needs=needs)


def _repeats(document: Document, value: Value) -> Iterator[str]:
    """What copies a YAML value into other places: a merge, or an alias of the value itself (not of what holds it)."""
    if _MERGE.search(document.text) is not None:
        yield "`<<`"
    named = _ANCHOR.search(document.text[max(0, value.span.start - 200) : value.span.start])
    if named is not None and re.search(rf"\*{re.escape(named[1])}(?![\w.-])", document.text) is not None:
        yield f"`*{named[1]}`"


def _is_tools(document: Document, path: Path, readers: _Readers) -> bool:
    """Whether a value in pyproject.toml is for a tool: the Python that parses the file reads other tables."""
    if posixpath.basename(document.path) != "pyproject.toml" or path[:1] != ("tool",):
        return False
    asked = re.compile(rf"[\"']{re.escape(str(path[1]))}[\"']")
    return not any(asked.search(file.syntax.text) for file in readers.files.values())


def variable_of(path: Path) -> str:
    """The variable that overrides a reference: DATABASE_PASSWORD for `database.password`, as the module names it."""
    return re.sub(r"\W", "_", "_".join(map(str, path))).upper()


def _swap(document: Document, before: Sequence[Value], value: Value, placement: Placement) -> Swap:
    text = stored_text(placement)
    if value.reference or not value.is_text:
        raise CannotRewriteError(
            RefusalReason.DYNAMIC, "the program does not read text there", "put it in quotes if it is text"
        )
    if value.text != text:
        raise CannotRewriteError(RefusalReason.DYNAMIC, "only a part of the value would be stored", READ_IN_CODE)
    if sum(other.path == value.path for other in before) > 1:
        raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, "it has the same keys twice", BY_HAND)
    if is_reserved(variable_of(value.path)):
        raise CannotRewriteError(
            RefusalReason.NAME_TAKEN,
            f"{variable_of(value.path)}, the variable of its keys, means something else",
            READ_IN_CODE,
        )
    new = reference(placement.name, placement.key)
    source = document.text[value.span.start : value.span.end]
    marks = 3 if source[:3] in ('"""', "'''") else 1
    quote = (value.quote * marks) if value.quote in ('"', "'") else '"'
    return Swap(span=value.span, new=f"{quote}{new}{quote}", old=value.text, reads=new)


def _readers(document: Document, context: RewriteContext) -> _Readers:
    """Every reader of the file, rewritten. Raises CannotRewriteError if one cannot be."""
    found = find_load_sites(context.workspace, document.path, document.kind, context.modules)
    outside = other_users(context.workspace, document.path)
    name = posixpath.basename(document.path)
    if outside:
        raise CannotRewriteError(
            RefusalReason.READER_OUTSIDE_PYTHON, f"{name} is also used by {listed(outside)}", READ_IN_CODE
        )
    tool = found_by(document.path, context.imported)
    if tool is not None:
        raise CannotRewriteError(RefusalReason.READER_OUTSIDE_PYTHON, f"{tool} finds {name} by itself", READ_IN_CODE)
    if found.opaque:
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE, f"{name} is also used by {listed(found.opaque)}", READ_IN_CODE
        )
    if not found.sites:
        raise CannotRewriteError(
            RefusalReason.READER_UNKNOWN,
            f"no Python was seen that parses {name}",
            f"remove it, or {READ_IN_CODE}",
        )
    readers = _Readers()
    readers.edits = tuple(_site_edits(found.sites, context, readers))
    return readers


def _site_edits(sites: Sequence[LoadSite], context: RewriteContext, readers: _Readers) -> Iterator[Edit]:
    by_path: dict[str, list[LoadSite]] = {}
    for site in sites:
        if not site.wrapped:
            by_path.setdefault(site.path, []).append(site)
    for path, own in by_path.items():
        try:
            file = open_file(context.workspace.document(path), context, also=(SETTING,))
        except (CannotRewriteError, NotSeenError) as error:
            reason, step = why_not(error)
            raise CannotRewriteError(
                RefusalReason.READER_NOT_REWRITABLE, f"it is parsed by {path}:{own[0].line}: {reason}", step
            ) from None
        changes = [_change(file, site) for site in own]
        if not proven(file, changes):
            raise _stays(own[0])
        readers.files[path] = file
        yield from map(file.edit, changes)


def _change(file: PythonFile, site: LoadSite) -> Change:
    source = file.syntax.text[site.span.start : site.span.end]
    ours = file.imported.names[SETTING]
    new = f"map({ours}, {source})" if site.stream else f"{ours}({source})"
    if site.is_argument:
        new = f"lambda file: {ours}({source}(file))"
    return Change(span=site.span, new=new, needs=frozenset({SETTING}))


def _stays(site: LoadSite) -> CannotRewriteError:
    return CannotRewriteError(
        RefusalReason.READER_NOT_REWRITABLE,
        f"it is parsed by {site.path}:{site.line} where a call cannot stand around it",
        "bind what is parsed to a name first, then plan again",
    )
