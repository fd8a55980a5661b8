"""YAML, JSON, TOML and INI: which rewriter a file gets, by what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from fixers import cloudformation_template, compose, ecs, ini_files, settings_files
from fixers.grouping import SETTING
from fixers.rewriting import Placement, RewriteContext, Rewriter, Rewritten
from fixers.splicing import stands_in
from scanner.model import Argument, Document, Finding, Kind, Literal, Role, SecretValue
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Node, Value, trees, values

# A finding as what its rewriter can move: all of a variable's value, where it is a part of one.
Whole: TypeAlias = Callable[[Finding], Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a file of some format is rewritten by. `whole` is how its findings are seen, where they are not as found."""

    is_it: Callable[[Document, Sequence[Node]], bool]
    rewrite: Rewriter
    whole: Callable[[Document], Whole] | None = None


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits by what the file is. Implements `fixers.rewriting.Rewriter`."""
    return _format(document).rewrite(document, placements, context)


def whole_values(document: Document) -> Whole:
    """How findings of this file are seen: ECS, settings and INI take whole values, compose takes parts."""
    whole = _format(document).whole
    try:
        return whole(document) if whole is not None else _as_found
    except Unreadable:
        return _as_found  # refused by its rewriter


def _as_found(finding: Finding) -> Finding:
    return finding


def _format(document: Document) -> Format:
    found: list[Node] = []
    if document.kind in (Kind.YAML, Kind.JSON):
        try:
            found = trees(document)
        except Unreadable:
            found = []
    return next(each for each in _FORMATS if each.is_it(document, found))


def _of_variables(found: Iterable[tuple[str, Value]], document: Document) -> Whole:
    entries = {value.span: (name, value) for name, value in found}

    def seen(finding: Finding) -> Finding:
        owner = next((each for span, each in entries.items() if stands_in(finding, span)), None)
        if owner is None:
            return finding
        name, value = owner
        if finding.literal.span == value.span:
            return replace(finding, literal=replace(finding.literal, role=Role.VARIABLE, name=name))
        literal = _verbatim(value, name, document)
        return finding if literal is None else replace(finding, literal=literal)

    return seen


def _of_options(found: Sequence[Value], document: Document) -> Whole:
    """Of a URL its whole value, in a variable by section and option; what is all of a value is seen as it is."""

    def seen(finding: Finding) -> Finding:
        value = next((each for each in found if stands_in(finding, each.span)), None)
        if value is None or (finding.literal.span == value.span and finding.value == finding.literal.value):
            return finding
        literal = _verbatim(value, settings_files.variable_of(value.path), document)
        return finding if literal is None else replace(finding, literal=literal)

    return seen


def _of_settings(found: Sequence[Value], document: Document) -> Whole:
    def seen(finding: Finding) -> Finding:
        value = next((each for each in found if stands_in(finding, each.span)), None)
        if value is None or not value.path:
            return finding
        variable = settings_files.variable_of(value.path)
        argument = Argument(callees=(SETTING,), index=None, keyword=variable, call=value.span)
        literal = finding.literal
        if finding.value != literal.value or literal.span != value.span:
            name = str(value.path[-1])
            whole = literal if literal.span == value.span else _verbatim(value, name, document) or _block(value, name)
            if whole is None:
                return finding
            literal = replace(whole, role=Role.VARIABLE)
        return replace(finding, literal=replace(literal, arguments=(*literal.arguments, argument)))

    return seen


def _verbatim(value: Value, name: str, document: Document) -> Literal | None:
    """A value as a literal of its own; None where it is not written as it reads."""
    marks = len(value.quote) if value.quote in ('"', "'") else 0
    body = value.span.start + marks
    if document.text[body : value.span.end - marks] != value.text:
        return None
    return Literal(span=value.span, value=SecretValue(value.text), role=Role.VARIABLE, name=name, body=body)


def _block(value: Value, name: str) -> Literal | None:
    """A block scalar as a literal of its own, none of whose characters is told apart (a PEM block)."""
    if value.quote not in ("|", ">"):
        return None
    offsets = (*[value.span.start] * len(value.text), value.span.end)
    return Literal(span=value.span, value=SecretValue(value.text), role=Role.VARIABLE, name=name, offsets=offsets)


# The first that it is; settings are any other.
_FORMATS = (
    Format(is_it=compose.is_compose, rewrite=compose.rewrite),
    Format(
        is_it=ecs.is_task_definition,
        rewrite=ecs.rewrite,
        whole=lambda document: _of_variables(ecs.variables(document), document),
    ),
    Format(
        is_it=lambda _, found: cloudformation_template.is_template(found),
        rewrite=cloudformation_template.rewrite,
        whole=lambda document: _of_variables(cloudformation_template.variables(document), document),
    ),
    Format(
        is_it=lambda document, _: document.kind is Kind.INI,
        rewrite=ini_files.rewrite,
        whole=lambda document: _of_options(values(document), document),
    ),
    Format(
        is_it=lambda *_: True,
        rewrite=settings_files.rewrite,
        whole=lambda document: _of_settings(values(document), document),
    ),
)
