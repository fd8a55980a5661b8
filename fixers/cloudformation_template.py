"""Rewrite CloudFormation and SAM templates: a function gets the name of a secret, a property a dynamic reference.

CloudFormation resolves `{{resolve:...}}` at deployment, and anybody who may view a function sees the result in its
environment. So a function's variable gets the reference without braces (`resolve:secretsmanager:...`), and the
generated module reads the value at run time. Only properties that CloudFormation does not show get the braces.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixers.dotenv import check_readers, site_edits
from fixers.model import Edit, RefusalReason
from fixers.python import PythonFile
from fixers.readers_of import find_readers
from fixers.references import bare_reference, reference
from fixers.rewriting import CannotRewriteError, Placement, Refused, RewriteContext, Rewritten, all_refused
from fixers.splicing import NOT_PARSABLE, Swap, Switch, stored_text, switched
from fixers.stores.kinds import KINDS, kind_of
from fixers.styles import needed
from scanner.model import Document
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Node, Path, Value, trees, values

_FUNCTIONS = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})
# Properties that CloudFormation does not show, by name; a store may limit them to some resource types (`resolved_at`).
_KEPT = frozenset({"MasterUserPassword", "Password", "AuthToken", "DbPassword", "MasterPassword"})
_CONSTRAINTS = frozenset({"AllowedPattern", "AllowedValues", "MaxLength", "MinLength"})
_STEP = "give the resource the secret's name or ARN and let it read the value, or write a dynamic reference where \
CloudFormation keeps the property to itself"


@dataclass(slots=True, kw_only=True)
class _Template:
    """A template: its values, and the types of its resources."""

    document: Document
    found: list[Value]
    types: dict[str, str]
    parameters: Node | None
    files: dict[str, PythonFile] = field(default_factory=dict)


def is_template(found: Sequence[Node]) -> bool:
    """Whether a YAML or JSON file is a template: it declares it, or its resources have AWS types."""
    for tree in found:
        resources = tree.get("Resources")
        if resources is None or resources.keys is None:
            continue
        types = [kind.text or "" for each in resources.items if (kind := each.get("Type")) is not None]
        if tree.get("AWSTemplateFormatVersion") is not None or any(
            each.startswith(("AWS::", "Custom::")) for each in types
        ):
            return True
    return False


def variables(document: Document) -> Iterator[tuple[str, Value]]:
    """The name and the value of each variable of a function."""
    template = _template(document)
    for value in template.found:
        if _is_variable(value.path, template) and value.string:
            yield str(value.path[-1]), value


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits that depend on where each value is. Implements `fixers.rewriting.Rewriter`."""
    try:
        template = _template(document)
    except Unreadable:
        return all_refused(placements, NOT_PARSABLE)

    def switch(value: Value, placement: Placement) -> Switch:
        return Switch(
            swap=_swap(template, value, placement),
            variable=str(value.path[-1]) if _is_variable(value.path, template) else placement.env,
            edits=tuple(_reader_edits(template, value, placement, context)),
            notes=tuple(_notes(template, value, placement)),
        )

    return switched(
        document,
        template.found,
        placements,
        context,
        switch,
        files=template.files,
        needs=needed(placements, context.style),
    )


def _template(document: Document) -> _Template:
    types: dict[str, str] = {}
    parameters = None
    for tree in trees(document):
        resources = tree.get("Resources")
        parameters = parameters or tree.get("Parameters")
        for key, each in zip(resources.keys or (), resources.items, strict=True) if resources is not None else ():
            kind = each.get("Type")
            types[key.text] = (kind.text if kind is not None else None) or ""
    return _Template(document=document, found=values(document), types=types, parameters=parameters)


def _is_variable(path: Path, template: _Template) -> bool:
    """Whether a path is that of a function's variable."""
    if path[:-1] == ("Globals", "Function", "Environment", "Variables"):
        return True
    return (
        len(path) == 6
        and path[0] == "Resources"
        and path[2:5] == ("Properties", "Environment", "Variables")
        and template.types.get(str(path[1])) in _FUNCTIONS
    )


def _swap(template: _Template, value: Value, placement: Placement) -> Swap:
    if value.reference or not value.string:
        raise _refused("an intrinsic function makes the value")
    if value.text != stored_text(placement):
        raise CannotRewriteError(
            RefusalReason.DYNAMIC, "only a part of the value would be stored", "take the value apart by hand"
        )
    if _is_variable(value.path, template):
        return _written(value, bare_reference(placement.name, placement.key))
    if value.path[:1] == ("Parameters",) and value.path[2:] == ("Default",):
        _check_parameter(template, str(value.path[1]), placement)
    else:
        _check_property(template, value.path, placement)
    return _written(value, reference(placement.name, placement.key))


def _written(value: Value, new: str) -> Swap:
    quote = value.quote if value.quote in ('"', "'") else "'"
    return Swap(span=value.span, new=f"{quote}{new}{quote}", old=value.text, reads=new)


def _check_property(template: _Template, path: Path, placement: Placement) -> None:
    """Raise CannotRewriteError if a dynamic reference is not resolved there, or its result would be shown."""
    if path[:1] != ("Resources",) or path[2:3] != ("Properties",):
        raise _refused("a dynamic reference is not resolved there")
    kind, name = template.types.get(str(path[1]), ""), ".".join(map(str, path[3:]))
    if path[-1] not in _KEPT or kind.startswith("Custom::"):
        raise _refused("what is resolved there could be shown by the resource")
    store = kind_of(placement.name)
    if store.references.resolved_at is not None and (kind, name) not in store.references.resolved_at:
        other = next(each.word for each in KINDS.values() if each.references.resolved_at is None)
        raise CannotRewriteError(
            RefusalReason.POSITION_NOT_SUPPORTED,
            f"CloudFormation does not resolve secure {store.many} at {name} of {kind}",
            f"give it store = {other} in the plan file, or plan with --store {other}",
        )


def _check_parameter(template: _Template, name: str, placement: Placement) -> None:
    """Raise CannotRewriteError if a parameter's default is used other than for a property that does not show it."""
    node = template.parameters.get(name) if template.parameters is not None else None
    limited = [key.text for key in (node.keys or ()) if key.text in _CONSTRAINTS] if node is not None else []
    if limited:
        raise _refused(f"the reference would have to meet the parameter's {limited[0]}")
    used = 0
    for value in template.found:
        if f"${{{name}}}" in value.text:
            raise _refused(f"{name} is also put into a longer text")
        if value.text != name or not (value.reference or value.path[-1:] == ("Ref",)):
            continue
        used += 1
        path = value.path if value.reference else value.path[:-1]
        _check_property(template, path, placement)
    if not used:
        raise _refused(f"nothing was seen that uses the parameter {name}")


def _reader_edits(template: _Template, value: Value, placement: Placement, context: RewriteContext) -> Iterator[Edit]:
    """Edits of the Python that reads a function's variable, which would otherwise get the name."""
    if not _is_variable(value.path, template):
        return
    variable = str(value.path[-1])
    readers = find_readers(context.workspace, {variable}, template.document.path)[variable]
    check_readers(variable, readers, via_run=False)
    for site in readers.python:
        yield from site_edits(site, placement, context, template.files)


def _notes(template: _Template, value: Value, placement: Placement) -> Iterator[str]:
    path = template.document.path
    if not _is_variable(value.path, template):
        yield f"{path}: a rotated value gets into the resource when the stack is updated; who deploys must read it"
        return
    policy = kind_of(placement.name).references.sam_policy(placement.name)
    yield f"{path}: the function's own role reads {placement.name} at run time; in SAM: Policies: [{policy}]"


def _refused(detail: str) -> CannotRewriteError:
    refused: Refused = (RefusalReason.POSITION_NOT_SUPPORTED, detail, _STEP)
    return CannotRewriteError(*refused)
