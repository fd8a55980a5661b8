"""Rewrite `.env`: a variable's value becomes a reference to the store, and the Python that reads it a call.

The references have AWS's own syntax; the generated module and `unhardcode run` resolve them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixers.dotenv_beside import Composed, composed_in, default_note, example_edits, loading_note
from fixers.dotenv_by_hand import Loader, by_hand, reads_alike
from fixers.dotenv_mappings import mapping_sites
from fixers.grouping import SETTING
from fixers.model import Edit, Proof, RefusalReason
from fixers.python import Change, PythonFile, open_file, proof_variables, proven
from fixers.python_syntax import parse_quietly
from fixers.readers_of import Readers, ReaderSite, find_readers, into_images, listed
from fixers.references import reference
from fixers.rewriting import (
    BY_HAND,
    CannotRewriteError,
    Placement,
    Refused,
    RewriteContext,
    Rewritten,
    splice,
    why_not,
)
from fixers.settings_fields import field_sites
from fixers.styles import ANNOTATED, BEFORE, CANONICAL, render
from scanner.errors import NotSeenError
from scanner.identity import digest
from scanner.model import Document, SecretValue, Span
from scanner.readers.dotenv import Binding, bindings, errors

_BY_RUN = "start the program by `unhardcode run`, in its container if it has one, and plan with --via-run"


@dataclass(slots=True, kw_only=True)
class _Work:
    """State collected over the placements of one document. `files` are Python files, each opened once.

    `needs` are the functions and modules that each rewritten file uses, `mappings` the calls that read the whole `.env`
    into a dictionary, `fields` the annotations of settings-class fields that read a variable, by variable, `composed`
    the variables whose values may refer to others. `loaders` are the workspace's own parsers of the file.
    """

    edits: list[tuple[Edit, ...]] = field(default_factory=list)
    proofs: list[tuple[Proof, ...]] = field(default_factory=list)
    refused: dict[int, Refused] = field(default_factory=dict)
    files: dict[str, PythonFile] = field(default_factory=dict)
    needs: dict[str, frozenset[str]] = field(default_factory=dict)
    mappings: tuple[ReaderSite, ...] = ()
    fields: Mapping[str, tuple[ReaderSite, ...]] = field(default_factory=dict)
    composed: tuple[Composed, ...] = ()
    loaders: tuple[Loader, ...] = ()
    notes: list[str] = field(default_factory=list)


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that make each variable a reference, also in all its readers. Implements `fixers.rewriting.Rewriter`."""
    found = bindings(document)
    owners = {index: _owner(found, placement) for index, placement in enumerate(placements)}
    keys = {binding.key for binding in owners.values() if binding is not None}
    readers = find_readers(context.workspace, keys, document.path) if keys else {}
    opened, loaders = by_hand(context.workspace, document.path, context.modules) if keys else ((), ())
    fields = {key: field_sites(context.workspace, key, each.opaque, context.modules) for key, each in readers.items()}
    readers = {key: replace(each, opaque=(*fields[key][1], *opened)) for key, each in readers.items()}
    work = _Work(
        loaders=loaders,
        fields={key: sites for key, (sites, _) in fields.items()},
        mappings=mapping_sites(context.workspace, document.path) if keys else (),
        composed=tuple(composed_in(document.path, found, context.workspace)) if keys else (),
    )
    for index, placement in enumerate(placements):
        try:
            binding = owners[index]
            if binding is None:
                raise _not_a_variable(document, placement)
            edits, proofs = _placed(document, found, binding, placement, readers[binding.key], context, work)
        except CannotRewriteError as error:
            work.refused[index] = error.refused
            edits, proofs = (), ()
        work.edits.append(edits)
        work.proofs.append(proofs)
    if any(work.edits):
        work.notes.extend(loading_note(document, context.workspace))
    return _gathered(work)


def _owner(found: Sequence[Binding], placement: Placement) -> Binding | None:
    spans = [binding for binding in found if binding.value is not None]
    return next((binding for binding in spans if binding.span.contains(placement.finding.span)), None)


def _placed(
    document: Document,
    found: Sequence[Binding],
    binding: Binding,
    placement: Placement,
    readers: Readers,
    context: RewriteContext,
    work: _Work,
) -> tuple[tuple[Edit, ...], tuple[Proof, ...]]:
    holders = _check(document, found, work.composed, binding, placement, via_run=context.via_run)
    fields = () if context.via_run else work.fields[binding.key]
    check_readers(binding.key, readers, via_run=context.via_run, mapped=bool(work.mappings or fields))
    for loader in work.loaders if not context.via_run else ():
        if not reads_alike(document, binding, loader):
            raise CannotRewriteError(
                RefusalReason.DYNAMIC,
                f"{loader.path}:{loader.line} loads it, and {loader.name} may take quotes, escapes, comments or blanks"
                " of this line for a part of the value",
                f"write it as {binding.key}=VALUE if that is the value, then plan again",
            )
    edit = _edit(document, binding, placement, context.key)
    _check_spliced(document, found, binding, edit)
    own = replace(placement, env=binding.key)
    assert binding.value is not None
    asked = [site for site in readers.python if not site.done]
    if context.style.has_module:
        asked = [with_default(site, binding.value.reveal("text")) for site in asked]
    sites = [edit for site in asked for edit in site_edits(site, own, context, work.files)]
    sites += [_resolving_edit(site, own, context, work, field=False) for site in work.mappings]
    sites += [_resolving_edit(site, own, context, work, field=True) for site in fields]
    stored = placement.stored or binding.value
    proof = Proof(
        path=document.path,
        line=binding.line,
        expression=render(own, context.style, CANONICAL, '"').text,
        digest=digest(context.key, binding.value),
        # With the variable set to the file's new content, which the generated module resolves.
        variables=((binding.key, SecretValue(reference(placement.name, placement.key, plain=placement.plain))),)
        if context.style.has_module
        else (),
        style=context.style.name,
    )
    variables = proof_variables(binding.key, stored, context.style)
    alone = [site for site in asked if not site.resolved]
    proofs = [replace(proof, path=site.path, line=site.line, variables=variables) for site in alone]
    for site in asked:
        needs = frozenset({SETTING}) if site.resolved else render(own, context.style, CANONICAL, '"').needs
        work.needs[site.path] = work.needs.get(site.path, frozenset()) | needs
    if not context.style.has_module:
        work.notes.append(
            f"{document.path}:{binding.line}: inline code reads no variable: {binding.key} set elsewhere counts no more"
        )
    if stored.reveal("bytes") != (
        placement.finding.value.reveal("bytes") if placement.finding.value else stored.reveal("bytes")
    ):
        work.notes.append(
            f"{document.path}:{binding.line}: {binding.key} is stored whole, as its readers read it: after a rotation"
            " of the password the whole value has to be stored anew"
        )
    if holders:
        work.notes.append(
            f"{document.path}:{binding.line}: {' and '.join(holders)} is put together from {binding.key}:"
            " `unhardcode run` resolves the reference inside it, nothing else does"
        )
    work.notes.extend(default_note(binding.key, alone))
    if readers.through:
        work.notes.append(
            f"{binding.key} gets into containers by {listed(readers.through)} as a reference, which their Python"
            " resolves: they need boto3, a region and a role or credentials"
        )
    return (edit, *sites, *example_edits(document, binding.key, context)), (proof, *proofs)


def _check(
    document: Document,
    found: Sequence[Binding],
    composed: Sequence[Composed],
    binding: Binding,
    placement: Placement,
    *,
    via_run: bool,
) -> list[str]:
    """The variables that are composed of this one: `unhardcode run` resolves references inside them too."""
    stored = placement.stored
    if binding.value is None or (stored is not None and stored.reveal("bytes") != binding.value.reveal("bytes")):
        raise _refusal(RefusalReason.DYNAMIC, "the variable's value is not what would be stored")
    if binding.interpolated:
        raise _refusal(RefusalReason.DYNAMIC, "the value is put together from other variables")
    twin = next((each for each in found if each.key == binding.key and each.value != binding.value), None)
    if twin is not None:  # python-dotenv uses the last, django-environ the first
        why = f"line {twin.line} sets {binding.key} to another value"
        step = "delete the line that does not count, then plan again"
        raise CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, why, step)
    key = re.escape(binding.key)
    uses = re.compile(rf"\$(?:\{{{key}[}}:?+=-]|{key}\b)")
    # python-dotenv expands this form; a shell also `$NAME`.
    filled = re.compile(rf"\$\{{{key}(?::-[^}}]*)?\}}")
    holders = []
    for other in composed:
        text = other.value.reveal("text")
        itself = (other.path, other.line) == (document.path, binding.line)
        if itself or binding.key in other.own or not uses.search(text):
            continue
        if not via_run or uses.search(filled.sub("", text)):
            raise CannotRewriteError(
                RefusalReason.DYNAMIC,
                f"{other.key} ({other.path}:{other.line}) is put together from it",
                f"give {other.key} a value of its own, or, where it says ${{{binding.key}}}, {_BY_RUN}",
            )
        holders.append(other.key)
    return holders


def check_readers(key: str, readers: Readers, *, via_run: bool, mapped: bool = False) -> None:
    """Refuse a variable with a reader that would see the reference, unless `unhardcode run` resolves it for them all.

    `mapped` says that Python reads the file into a dictionary in which references are resolved.
    """
    foreign = into_images(readers.outside)
    if foreign and (via_run or len(foreign) == len(readers.outside)):
        raise CannotRewriteError(
            RefusalReason.READER_OUTSIDE_PYTHON,
            f"{key} gets into another program's image by {listed(foreign)}: nothing resolves references there",
            "give that service a file of its own, then plan again",
        )
    if via_run:
        return
    # The pages list each step: both are written out.
    if readers.outside and foreign:
        raise CannotRewriteError(
            RefusalReason.READER_OUTSIDE_PYTHON,
            f"{key} is also read by {listed(readers.outside)}",
            f"give the image a file of its own, and {_BY_RUN}",
        )
    if readers.outside:
        raise CannotRewriteError(
            RefusalReason.READER_OUTSIDE_PYTHON, f"{key} is also read by {listed(readers.outside)}", _BY_RUN
        )
    if readers.opaque:
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE, f"{key} is also read by {listed(readers.opaque)}", _BY_RUN
        )
    if not readers.python and not mapped:
        raise CannotRewriteError(
            RefusalReason.READER_UNKNOWN,
            f"nothing was seen that reads {key}",
            f"remove it if nothing does; else {_BY_RUN}",
        )


def _edit(document: Document, binding: Binding, placement: Placement, key: bytes) -> Edit:
    there = document.text[binding.span.start : binding.span.end]
    new = f"{binding.quote}{reference(placement.name, placement.key, plain=placement.plain)}{binding.quote}"
    return Edit(path=document.path, span=binding.span, expects=digest(key, there), new=new)


def _check_spliced(document: Document, found: Sequence[Binding], binding: Binding, edit: Edit) -> None:
    """Check that the file with the reference parses to the reference there and to the old values everywhere else."""
    text = splice(document.text, [edit])
    spliced = replace(document, text=text, utf8=text.encode("utf-8", "surrogatepass"))
    expected = [_seen(other, edit.new.strip("'\"") if other is binding else None) for other in found]
    if [_seen(other, None) for other in bindings(spliced)] != expected or len(errors(spliced)) != len(errors(document)):
        raise _refusal(RefusalReason.POSITION_NOT_SUPPORTED, "with a reference in its place the file would not parse")


def _seen(binding: Binding, instead: str | None) -> tuple[str, SecretValue | None, bool]:
    value = binding.value if instead is None else SecretValue(instead)
    return binding.key, value, binding.export


def with_default(site: ReaderSite, value: str, variable: str = "") -> ReaderSite:
    """A read that keeps its default: what it gives is resolved. A default that is this value moves with it instead.

    `variable` counts before a reference that is read there, if what is read is no variable itself.
    """
    if site.resolved:
        return site
    key = f", {site.quote}{variable}{site.quote}" if variable else ""
    texts = [each.value for each in ast.walk(parse_quietly(f"({site.read})")) if isinstance(each, ast.Constant)]
    return site if not site.read or value in texts else replace(site, resolved=f"{site.read}{key}")


def site_edits(
    site: ReaderSite, placement: Placement, context: RewriteContext, files: dict[str, PythonFile]
) -> tuple[Edit, ...]:
    """The edits that make one read of a variable a call, or put one around it; `files` are opened once each."""
    if site.path not in files:
        files[site.path] = _opened(site, placement, context)
    file = files[site.path]
    change = _change_of(site, placement, context, file)
    if change is None or not proven(file, [change]):
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE,
            f"{placement.env} is read by {site.path}:{site.line} where a call cannot stand",
            "bind it to a name first, then plan again",
        )
    return file.edits(change)


def _change_of(site: ReaderSite, placement: Placement, context: RewriteContext, file: PythonFile) -> Change | None:
    """The call in place of a read, or around one that may be of other values; None if the style has no such call."""
    if not site.resolved:
        call = render(placement, context.style, file.imported.names, site.quote)
        return Change(span=site.span, new=call.text.join(site.around), needs=call.needs)
    if not context.style.has_module:
        return None
    opened = f"{file.imported.names.get(SETTING)}("
    new = f"{opened}{site.resolved})".join(site.around)
    # A default may be another secret, which moves as well: nothing of it is written twice.
    beside = ((Span(site.span.start, site.span.start), opened), (Span(site.span.end, site.span.end), ")"))
    whole = site.resolved != file.syntax.text[site.span.start : site.span.end] or any(site.around)
    return Change(span=site.span, new=new, needs=frozenset({SETTING}), splices=() if whole else beside)


def _resolving_edit(
    site: ReaderSite, placement: Placement, context: RewriteContext, work: _Work, *, field: bool
) -> Edit:
    """The edit that resolves references: around `dotenv_values(...)`, or in a settings field's annotation."""
    if site.path not in work.files:
        work.files[site.path] = _opened(site, placement, context)
    file = work.files[site.path]
    source, names = file.syntax.text[site.span.start : site.span.end], file.imported.names
    new, needs = f"{names.get(SETTING)}({source})", frozenset({SETTING})
    if field:
        new = f"{names[ANNOTATED]}[{source}, {names[BEFORE]}({names.get(SETTING)})]"
        needs |= {ANNOTATED, BEFORE}
    change = Change(span=site.span, new=new, needs=needs)
    if not context.style.has_module or not proven(file, [change]):
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE,
            f"{site.path}:{site.line} reads {'it by a field' if field else 'the whole file'} where no call can stand",
            "read the variables from os.environ behind load_dotenv, then plan again",
        )
    work.needs[site.path] = work.needs.get(site.path, frozenset()) | needs
    return file.edit(change)


def _opened(site: ReaderSite, placement: Placement, context: RewriteContext) -> PythonFile:
    also = (SETTING,) if context.style.has_module else ()
    try:
        return open_file(context.workspace.document(site.path), context, also)
    except (CannotRewriteError, NotSeenError) as error:
        why, step = why_not(error)
        raise CannotRewriteError(
            RefusalReason.READER_NOT_REWRITABLE, f"{placement.env} is read by {site.path}:{site.line}: {why}", step
        ) from None


def _gathered(work: _Work) -> Rewritten:
    files = [work.files[path] for path in sorted(work.needs)]
    added = [file.new_files() for file in files]
    return Rewritten(
        edits=tuple(work.edits),
        proofs=tuple(work.proofs),
        refused=work.refused,
        imports=tuple(edit for file in files for edit in file.imports(work.needs[file.syntax.path])),
        new_files=tuple(dict.fromkeys(new for news, _ in added for new in news)),
        notes=tuple(dict.fromkeys([*work.notes, *(note for _, notes in added for note in notes)])),
    )


def _not_a_variable(document: Document, placement: Placement) -> CannotRewriteError:
    before = document.text[: placement.finding.span.start]
    line = before[max(before.rfind("\n"), before.rfind("\r")) + 1 :]
    if "#" in line:
        return CannotRewriteError(RefusalReason.COMMENT, "a copy in a comment", "delete it by hand")
    return _refusal(RefusalReason.NOT_PARSABLE, "no variable of this file holds it")


def _refusal(reason: RefusalReason, detail: str) -> CannotRewriteError:
    return CannotRewriteError(reason, detail, BY_HAND)
