"""Choose the rewriter of a YAML, JSON, TOML or INI file by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from fixers import cloudformation_template, compose, ecs, ini_files, settings_files
from fixers.grouping import SETTING
from fixers.rewriting import Placement, RewriteContext, Rewriter, Rewritten
from fixers.splicing import stands_in
from fixers.variables import VARIABLE, is_reserved
from scanner.model import Argument, Document, Finding, Kind, Literal, Role, SecretValue
from scanner.readers.errors import Unreadable
from scanner.readers.nodes import Node, Value, trees, values

# Turns a finding into the one that its rewriter can move: a variable's whole value, if the finding is a part of it.
Whole: TypeAlias = Callable[[Finding], Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format and its rewriter. `whole` converts the findings if the rewriter needs other ones."""

    is_it: Callable[[Document, Sequence[Node]], bool]
    rewrite: Rewriter
    whole: Callable[[Document], Whole] | None = None


def rewrite(document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
    """Edits by the rewriter of the file's format. Implements `fixers.rewriting.Rewriter`."""
    return _format(document).rewrite(document, placements, context)


def whole_values(document: Document) -> Whole:
    """The conversion of findings in this file: ECS, settings and INI take whole values, Compose takes parts."""
    whole = _format(document).whole
    try:
        return whole(document) if whole is not None else _as_found
    except Unreadable:
        return _as_found  # its rewriter refuses it


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
    """The conversion for INI: the whole value, in a variable named by section and option, as computed reads have it."""

    def seen(finding: Finding) -> Finding:
        value = next((each for each in found if stands_in(finding, each.span)), None)
        if value is None or not value.path[0]:
            return finding
        variable, literal = settings_files.variable_of(value.path), finding.literal
        if literal.span != value.span or finding.value != literal.value:
            whole = _verbatim(value, variable, document)
            return finding if whole is None else replace(finding, literal=whole)
        usable = VARIABLE.fullmatch(variable) is not None and not is_reserved(variable)
        return _called(finding, literal, variable, value) if usable else finding

    return seen


def _of_settings(found: Sequence[Value], document: Document) -> Whole:
    def seen(finding: Finding) -> Finding:
        value = next((each for each in found if stands_in(finding, each.span)), None)
        if value is None or not value.path:
            return finding
        variable, literal = settings_files.variable_of(value.path), finding.literal
        if finding.value != literal.value or literal.span != value.span:
            name = str(value.path[-1])
            whole = literal if literal.span == value.span else _verbatim(value, name, document) or _block(value, name)
            if whole is None:
                return finding
            literal = replace(whole, role=Role.VARIABLE)
        return _called(finding, literal, variable, value)

    return seen


def _called(finding: Finding, literal: Literal, variable: str, value: Value) -> Finding:
    """A finding of a literal that is read from a variable with a given name."""
    argument = Argument(callees=(SETTING,), index=None, keyword=variable, call=value.span)
    return replace(finding, literal=replace(literal, arguments=(*literal.arguments, argument)))


def _verbatim(value: Value, name: str, document: Document) -> Literal | None:
    """A value as a separate literal; None if its source text differs from its value."""
    marks = len(value.quote) if value.quote in ('"', "'") else 0
    body = value.span.start + marks
    if document.text[body : value.span.end - marks] != value.text:
        return None
    return Literal(span=value.span, value=SecretValue(value.text), role=Role.VARIABLE, name=name, body=body)


def _block(value: Value, name: str) -> Literal | None:
    """A block scalar (a PEM block) as a separate literal, without offsets of single characters."""
    if value.quote not in ("|", ">"):
        return None
    offsets = (*[value.span.start] * len(value.text), value.span.end)
    return Literal(span=value.span, value=SecretValue(value.text), role=Role.VARIABLE, name=name, offsets=offsets)


# The first format that matches; the last, settings, matches any file.
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
