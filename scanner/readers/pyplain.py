"""Statements that bind a name to one string: `ast` says all there is to say of them, and LibCST is not asked.

Half of what is found in Python stands in such a statement, and importing LibCST costs a hook as much as all the rest of
its run.
"""

from __future__ import annotations

import ast

from scanner.model import Argument, Literal, Role, SecretValue, Span
from scanner.readers import pystring
from scanner.readers.pyregions import Region
from scanner.readers.pyscope import Scope
from scanner.readers.pywords import telling


def literal_of(scope: Scope, region: Region) -> Literal | None:
    """The literal of `NAME = "..."` or `self.name = "..."`, as LibCST's reader gives it; None for all else."""
    lines = scope.lines_at(region.first)
    if lines is None or lines.clause or len(lines.nodes) != 1:
        return None
    statement = lines.nodes[0]
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    value = statement.value
    if not isinstance(value, ast.Constant) or not isinstance(value.value, (str, bytes)):
        return None
    span = _span(scope, value)
    try:
        token = pystring.decode(scope.text[span.start : span.end])
    except ValueError:
        return None
    arguments = _arguments(scope, target, _span(scope, statement))
    if not arguments or token.value != value.value:  # not one token: its parts are LibCST's to tell apart
        return None
    offsets = token.offsets and tuple(span.start + offset for offset in token.offsets)
    return Literal(
        span=span,
        value=SecretValue(token.value),
        role=Role.ASSIGNMENT,
        name=telling([arguments[-1].keyword]),
        symbol=lines.symbol,
        body=offsets[0] if offsets else span.start + token.body,
        offsets=offsets,
        arguments=arguments,
        siblings=scope.constants(lines.symbol),
    )


def _arguments(scope: Scope, target: ast.expr, statement: Span) -> tuple[Argument, ...]:
    """What is assigned reaches: an attribute as a setting, and the name; none where LibCST's reader must tell."""
    if isinstance(target, ast.Name):
        return (Argument(callees=(), index=None, keyword=target.id, call=statement),)
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return ()
    owner = target.value.id
    if owner in scope.instances:
        return ()
    setting = f"{scope.imports.get(owner, '')}.{target.attr}"
    return (
        Argument(callees=(setting,), index=None, keyword="=", call=statement),
        Argument(callees=(), index=None, keyword=target.attr, call=statement),
    )


def _span(scope: Scope, node: ast.expr | ast.stmt) -> Span:
    last, column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Span(scope.offset(node.lineno, node.col_offset), scope.offset(last, column))
