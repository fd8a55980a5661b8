"""The statements of a LibCST tree, down to the expressions in them."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from scanner.model import Role
from scanner.readers.pyexpressions import assign, bare, children, defaults, expression, iterated
from scanner.readers.pynames import leaf_of
from scanner.readers.pystate import Context, Reading, symbol_of


def statement_of(reading: Reading, node: cst.CSTNode, context: Context) -> None:
    """Read one statement."""
    match node:
        case cst.ClassDef(name=name) | cst.FunctionDef(name=name):
            symbol = context.symbol or symbol_of(reading, node)
            inner = replace(Context(), symbol=f"{symbol}.{name.value}" if symbol else name.value)
            for decorator in node.decorators:
                expression(reading, decorator.decorator, replace(Context(), symbol=inner.symbol))
            if isinstance(node, cst.FunctionDef):
                defaults(reading, node.params, inner)
            else:
                for argument in (*node.bases, *node.keywords):
                    name_ = argument.keyword.value if argument.keyword else None
                    expression(reading, argument.value, replace(inner, name=name_, role=Role.KEYWORD))
            statement_of(reading, node.body, inner)
        case cst.SimpleStatementLine(body=body) | cst.SimpleStatementSuite(body=body):
            base = context if context.symbol else Context(symbol=symbol_of(reading, node))
            for small in body:
                _small(reading, small, base)
        case cst.IndentedBlock(body=body):
            for statement in body:
                statement_of(reading, statement, context)
        case cst.Match(subject=subject, cases=cases):
            expression(reading, subject, bare(context))
            for case in cases:
                pattern = replace(bare(context), role=Role.COMPARISON, name=leaf_of(subject))
                children(reading, case.pattern, pattern)
                if case.guard is not None:
                    expression(reading, case.guard, bare(context))
                statement_of(reading, case.body, context)
        case cst.For(target=target, iter=values, body=body, orelse=orelse):
            iterated(reading, target, values, context if context.symbol else Context(symbol=symbol_of(reading, node)))
            statement_of(reading, body, context)
            if orelse is not None:
                statement_of(reading, orelse.body, context)
        case _:
            base = context if context.symbol else Context(symbol=symbol_of(reading, node))
            for child in node.children:
                if isinstance(child, cst.BaseExpression):
                    expression(reading, child, bare(base))
                elif isinstance(child, (cst.BaseSuite, cst.BaseStatement)):
                    statement_of(reading, child, context)
                else:
                    _children_of_clause(reading, child, base, context)


def _children_of_clause(reading: Reading, node: cst.CSTNode, base: Context, context: Context) -> None:
    """With items, except handlers, else and finally clauses."""
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            expression(reading, child, bare(base))
        elif isinstance(child, (cst.BaseSuite, cst.BaseStatement)):
            statement_of(reading, child, context)
        elif not isinstance(child, cst.BaseParenthesizableWhitespace):
            _children_of_clause(reading, child, base, context)


def _small(reading: Reading, node: cst.BaseSmallStatement, context: Context) -> None:
    match node:
        case cst.Assign(targets=targets, value=value):
            pairs = _paired(targets[-1].target, value)
            if pairs is not None:
                for target, part in pairs:
                    assign(reading, [target], part, context, node)
            else:
                assign(reading, [target.target for target in targets], value, context, node)
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            assign(reading, [target], value, context, node)
        case cst.AugAssign(target=target, value=value):
            assign(reading, [target], value, replace(context, dynamic=True), node)
        case cst.Return(value=cst.BaseExpression() as value):
            name = context.symbol.rpartition(".")[2] or None
            expression(reading, value, replace(context, role=Role.RETURN, name=name))
        case _:
            children(reading, node, context)


def _paired(
    target: cst.BaseExpression, value: cst.BaseExpression
) -> list[tuple[cst.BaseExpression, cst.BaseExpression]] | None:
    """`user, password = "u", "p"` taken apart; None for anything that does not pair up."""
    if not isinstance(target, (cst.Tuple, cst.List)) or not isinstance(value, (cst.Tuple, cst.List)):
        return None
    names, values = list(target.elements), list(value.elements)
    if len(names) > 1 and isinstance(names[-1], cst.StarredElement):  # `user, password, *rest = ...`
        rest = values[len(names) - 1 :]
        names = [*names[:-1], *[cst.Element(names[-1].value)] * len(rest)]
    if len(names) != len(values) or any(isinstance(e, cst.StarredElement) for e in (*names, *values)):
        return None
    pairs = [(left.value, right.value) for left, right in zip(names, values, strict=True)]
    return [part for pair in pairs for part in _paired(*pair) or [pair]]
