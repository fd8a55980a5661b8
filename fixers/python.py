"""Rewrite Python: each literal becomes a call that reads the secret, as a splice into the text that stands there.

The syntax tree decides what may be replaced and by what; nothing outside the edits can change, which `same_outside`
then proves. LibCST's home in the fixers is here and in the `python_*` modules beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import libcst as cst

from fixers.model import Edit, NewFile, Proof
from fixers.module_place import ModulePlace, place_module
from fixers.project_imports import stem_of
from fixers.python_check import same_outside
from fixers.python_defaults import defer, in_function
from fixers.python_expression import Piece, compose
from fixers.python_imports import Imported, Wanted, choose_names, import_edits
from fixers.python_position import Place, find_place
from fixers.python_syntax import Syntax, read_syntax
from fixers.rewriting import (
    BY_HAND,
    CannotRewriteError,
    Placement,
    Refused,
    RewriteContext,
    Rewritten,
    Style,
    all_refused,
    overlapping,
    unique_edits,
)
from fixers.styles import ASYNC, BYTES, MODULES, QUOTE, TEXT
from scanner.identity import digest
from scanner.model import Document, RefusalReason, SecretValue, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One expression of a file replaced: `new` in the file's own names, `needs` the functions and modules it uses.

    `splices` give the same where the rest of `new` is what stood there already, which may be a copy of a value.
    """

    span: Span
    new: str
    needs: frozenset[str]
    splices: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFile:
    """A file that is being rewritten: its syntax, the module it will import (if its style has one) and its names."""

    syntax: Syntax = field(repr=False)
    style: Style
    module: ModulePlace | None
    wanted: tuple[Wanted, ...]
    imported: Imported
    key: bytes = field(repr=False)

    def edit(self, change: Change) -> Edit:
        """The change as one edit that fails on other text."""
        return self._edit(change.span, change.new)

    def edits(self, change: Change) -> tuple[Edit, ...]:
        """The change as edits that hold nothing but what is new."""
        return tuple(self._edit(span, new) for span, new in change.splices) or (self.edit(change),)

    def _edit(self, span: Span, new: str) -> Edit:
        there = self.syntax.text[span.start : span.end]
        return Edit(path=self.syntax.path, span=span, expects=digest(self.key, there), new=new)

    def imports(self, needs: frozenset[str]) -> tuple[Edit, ...]:
        """The import lines that are missing for these functions."""
        missing = [each for each in self.imported.missing if each.called in needs]
        return import_edits(self.syntax.path, self.syntax.text, self.syntax.tree, missing, self.imported, key=self.key)

    def new_files(self) -> tuple[tuple[NewFile, ...], tuple[str, ...]]:
        """The generated module if it is not there, and what there is to say about it."""
        if self.module is None:
            return (), ()
        kept = f"{self.module.path}: another version or style, and kept; delete it to have it made anew"
        notes = (kept,) if self.module.outdated else ()
        return (() if self.module.new_file is None else (self.module.new_file,)), notes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composed:
    """A placement on its way to an edit."""

    index: int
    placement: Placement
    place: Place = field(repr=False)
    piece: Piece = field(repr=False)


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that make each literal of one Python file a call. Implements `fixers.rewriting.Rewriter`."""
    try:
        if document.path.endswith(".pyi"):
            raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, "a stub file is not run", BY_HAND)
        file = open_file(document, context)
    except CannotRewriteError as error:
        return all_refused(placements, error.refused)
    composed, refused = _compose_all(file, placements)
    changes, conflicts = _changes(file, composed)
    refused |= conflicts | _unproven(file, changes)
    kept = {index: change for index, change in changes.items() if index not in refused}
    needs = frozenset[str]().union(*(change.needs for change in kept.values()))
    new_files, notes = file.new_files() if kept else ((), ())
    proofs = {each.index: _proof(document.path, each, context) for each in composed}
    said = [note for each in composed if each.index in kept for note in _notes(file.syntax, each, context.style)]
    return Rewritten(
        edits=tuple(file.edits(kept[index]) if index in kept else () for index in range(len(placements))),
        proofs=tuple((proofs[index],) if index in kept else () for index in range(len(placements))),
        refused=refused,
        imports=file.imports(needs),
        new_files=new_files,
        notes=(*said, *notes),
    )


def open_file(document: Document, context: RewriteContext, also: Sequence[str] = ()) -> PythonFile:
    """Parse a file and choose module and names for it; `also` are further functions of the generated module.

    Raises CannotRewriteError where it cannot be parsed, or where its style has no module for them.
    """
    if also and not context.style.has_module:
        raise CannotRewriteError(
            RefusalReason.POSITION_NOT_SUPPORTED,
            f"the style {context.style.name} has no module that resolves references",
            "plan with --style module",
        )
    syntax = context.syntaxes.get(document.path)
    if syntax is None or syntax.text != document.text:
        syntax = context.syntaxes[document.path] = read_syntax(document)
    wanted = [Wanted(module="urllib.parse", function=QUOTE)]
    place = place_module(document.path, syntax.tree, context)
    if place.hiding is not None:
        name = place.hiding.removesuffix("/__init__.py")
        raise CannotRewriteError(
            RefusalReason.NAME_TAKEN,
            f"{name} stands before the module of that name that boto3 needs: boto3 could not be imported",
            "rename it, then plan again",
        )
    module = place if context.style.has_module else None
    if module is not None and module.unsure:
        raise CannotRewriteError(
            RefusalReason.POSITION_NOT_SUPPORTED,
            "its name is no module's, and nothing shows what loads it: it may not find a module beside it",
            "plan with --style inline, or read a variable there, which `unhardcode run` or the platform sets",
        )
    if module is None:
        wanted += [Wanted(module=name) for name in MODULES]
    else:
        wanted += [
            Wanted(module=module.module, function=name, alone=module.alone) for name in (ASYNC, BYTES, TEXT, *also)
        ]
    imported = choose_names(syntax.tree, wanted, hidden=stem_of(document.path) in context.listed)
    return PythonFile(
        syntax=syntax, style=context.style, module=module, wanted=tuple(wanted), imported=imported, key=context.key
    )


def proven(file: PythonFile, changes: Sequence[Change]) -> bool:
    """Whether these changes with their imports leave the rest of the file's syntax tree as it is."""
    needs = frozenset[str]().union(*(change.needs for change in changes))
    return same_outside(file.syntax, [*map(file.edit, changes), *file.imports(needs)])


def proof_variables(env: str, stored: SecretValue, style: Style) -> tuple[tuple[str, SecretValue], ...]:
    """The recorded variable with the value; none where code reads none, or no environment can hold it (NUL in text)."""
    if not style.has_module:
        return ()
    plain = stored.reveal()
    return () if isinstance(plain, str) and "\0" in plain else ((env, stored),)


def _compose_all(file: PythonFile, placements: Sequence[Placement]) -> tuple[list[_Composed], dict[int, Refused]]:
    composed, refused = [], {}
    for index, placement in enumerate(placements):
        try:
            place = find_place(file.syntax, placement.finding.span)
            piece = compose(file.syntax, place, placement, file.imported.names, file.style)
        except CannotRewriteError as error:
            refused[index] = error.refused
            continue
        composed.append(_Composed(index=index, placement=placement, place=place, piece=piece))
    return composed, refused


def _changes(file: PythonFile, composed: Sequence[_Composed]) -> tuple[dict[int, Change], dict[int, Refused]]:
    """One change for each expression; placements that share one share its change."""
    together: dict[Span, list[_Composed]] = defaultdict(list)
    for each in composed:
        together[file.syntax.span(each.place.outer)].append(each)
    plain: dict[int, Change] = {}
    deferred: dict[int, Change] = {}
    refused: dict[int, Refused] = {}
    for span, group in together.items():
        splices = [(piece.span, piece.text) for piece in (each.piece for each in group)]
        splices += [splice for each in group for splice in each.piece.also]
        pieces = [Edit(path="", span=where, expects="", new=text) for where, text in splices]
        unique = unique_edits(pieces)
        if overlapping(unique) is not None:
            refused |= dict.fromkeys((each.index for each in group), _shared())
            continue
        # A call needs no parentheses of its own: a piece may take them along.
        wide = Span(min(span.start, unique[0].span.start), max(span.end, unique[-1].span.end))
        change, later = _change(file, wide, unique, group)
        plain |= dict.fromkeys((each.index for each in group), change)
        deferred |= dict.fromkeys((each.index for each in group), later)
    # Two in one call (a default, and a copy in its help) cannot both replace the whole of it.
    shared = _overlaps(deferred)
    changes = {index: plain[index] if index in shared else later for index, later in deferred.items()}
    return changes, refused | _overlaps(changes)


def _overlaps(changes: dict[int, Change]) -> dict[int, Refused]:
    spans = sorted({change.span for change in changes.values()})
    bad = {span for one, other in pairwise(spans) if other.start < one.end for span in (one, other)}
    return {index: _shared() for index, change in changes.items() if change.span in bad}


def _change(file: PythonFile, span: Span, pieces: Sequence[Edit], group: Sequence[_Composed]) -> tuple[Change, Change]:
    """What the pieces make of an expression, and of the calls around it whose default it is."""
    text, new = file.syntax.text, ""
    at = span.start
    for piece in pieces:
        new += text[at : piece.span.start] + piece.new
        at = piece.span.end
    new += text[at : span.end]
    needs = frozenset[str]().union(*(each.piece.needs for each in group))
    first = group[0]
    variable = first.placement.env if first.piece.bare and file.style.has_module else None
    done = defer(file.syntax, first.place, span, new, variable)
    later = Change(span=done.span, new=done.new, needs=needs, splices=done.splices)
    return Change(span=span, new=new, needs=needs), later


def _unproven(file: PythonFile, changes: dict[int, Change]) -> dict[int, Refused]:
    bad = set(_bad(file, sorted(set(changes.values()), key=lambda change: change.span)))
    refused: Refused = (
        RefusalReason.POSITION_NOT_SUPPORTED,
        "a call in its place would change more than the value",
        BY_HAND,
    )
    return {index: refused for index, change in changes.items() if change in bad}


def _bad(file: PythonFile, changes: Sequence[Change]) -> Iterator[Change]:
    """The changes that cannot be made: halves are tried, because each trial compares the whole file."""
    if not changes or (overlapping([file.edit(change) for change in changes]) is None and proven(file, changes)):
        return
    if len(changes) == 1:
        yield changes[0]
        return
    middle = len(changes) // 2
    parts = [list(_bad(file, part)) for part in (changes[:middle], changes[middle:])]
    # Each half can be made and both cannot: nothing is believed of them.
    yield from (change for part in (parts if any(parts) else [changes]) for change in part)


def _proof(path: str, composed: _Composed, context: RewriteContext) -> Proof:
    stored = composed.placement.stored or composed.piece.value
    return Proof(
        path=path,
        line=composed.placement.finding.start[0],
        expression=composed.piece.expression,
        digest=digest(context.key, composed.piece.value),
        variables=proof_variables(composed.placement.env, stored, context.style),
        style=context.style.name,
    )


def _notes(syntax: Syntax, composed: _Composed, style: Style) -> Iterator[str]:
    finding, chain = composed.placement.finding, composed.place.chain
    where = f"{finding.path}:{finding.start[0]}"
    if any(isinstance(node, cst.Param) for node in chain):
        yield f"{where}: a default argument is read once, when the module is imported"
    if _in_async_body(chain) and ASYNC not in composed.piece.needs:
        yield f"{where}: in an async function; the call blocks until the store answers"
    if _is_parser_default(chain) and not in_function(syntax, composed.place):
        yield f"{where}: read when the parser is made, also where the option is given"
    if _is_compared(chain):
        yield f"{where}: compared with ==; hmac.compare_digest tells an attacker nothing by the time it takes"
    if style.name == "extension" and not any(isinstance(node, (cst.FunctionDef, cst.Lambda)) for node in chain):
        yield f"{where}: read at import; the Lambda extension may answer only in the handler: read it there"
    if composed.piece.comments_lost:
        yield f"{where}: comments between the parts of the literal go with it"


def _in_async_body(chain: Sequence[cst.CSTNode]) -> bool:
    functions = [(node, inside) for node, inside in pairwise(chain) if isinstance(node, cst.FunctionDef)]
    return bool(functions) and functions[-1][0].asynchronous is not None and functions[-1][1] is functions[-1][0].body


def _is_parser_default(chain: Sequence[cst.CSTNode]) -> bool:
    call, argument = chain[-2:] if len(chain) > 1 else (None, None)
    method = call.func.attr.value if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) else ""
    named = isinstance(argument, cst.Arg) and argument.keyword is not None and argument.keyword.value == "default"
    return named and method in ("add_argument", "add_option")


def _is_compared(chain: Sequence[cst.CSTNode]) -> bool:
    """Whether a check of what somebody sent hangs on it: the literal itself is compared for equality."""
    return any(
        isinstance(node, cst.Comparison)
        and all(isinstance(each.operator, (cst.Equal, cst.NotEqual)) for each in node.comparisons)
        for node in chain[-2:]
    )


def _shared() -> Refused:
    return (
        RefusalReason.DYNAMIC,
        "one string holds several credentials",
        "take it apart, or make it an f-string, then plan again",
    )
