"""Walk Python statements down to the expressions in them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from scanner.model import Role
from scanner.readers.pybound import option_of
from scanner.readers.pyexpressions import annotated, assign, defaults, iterated, read_node
from scanner.readers.pyleaf import leaf_of, paired
from scanner.readers.pylines import BARE_CLAUSES, Lines, named, subjects_of
from scanner.readers.pypassing import bare, given_back
from scanner.readers.pystate import Context, Reach, Reading


def read_lines(reading: Reading, lines: Lines) -> None:
    """Read a statement, or a clause's header."""
    for node in lines.nodes:
        if not lines.clause or lines.clause in BARE_CLAUSES:
            _statement(reading, node, lines.symbol)
        else:
            _header(reading, node, lines.symbol, lines.subjects)
            for statement in getattr(node, "body", ()) if lines.whole else ():
                _statement(reading, statement, lines.symbol)


def _header(reading: Reading, node: ast.AST, symbol: str, subjects: Sequence[str | None]) -> None:
    """Read what precedes the suite of a compound statement, or of one of its clauses."""
    context = bare(symbol)
    if isinstance(node, ast.match_case):
        _pattern(reading, node.pattern, subjects, symbol)
        if node.guard is not None:
            read_node(reading, node.guard, context)
    elif isinstance(node, ast.Match):
        read_node(reading, node.subject, context)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        within = named(node, symbol) or ""
        for decorator in node.decorator_list:
            read_node(reading, decorator, _decorating(decorator, node, within))
        if not isinstance(node, ast.ClassDef):
            defaults(reading, node.args, within, node)
            return
        inner = Context(role=Role.KEYWORD, symbol=within)
        for base in node.bases:
            read_node(reading, base, inner)
        for argument in node.keywords:
            read_node(reading, argument.value, inner._replace(name=argument.arg))
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        iterated(reading, node.target, node.iter, context, node)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.expr, ast.withitem)):
                read_node(reading, child, context)


def _decorating(decorator: ast.expr, node: ast.stmt, within: str) -> Context:
    """The context of a decorator; a command line option is a parameter of the function it decorates.

    https://click.palletsprojects.com/en/stable/parameters/#parameter-names
    """
    if isinstance(decorator, ast.Call) and leaf_of(decorator.func) in ("option", "argument"):
        name = option_of(decorator)
        if name is not None:
            return Context(symbol=within, reaches=(Reach(node, None, None, name),))
    return bare(within)


def _pattern(reading: Reading, node: ast.pattern, subjects: Sequence[str | None], symbol: str) -> None:
    """Read the values that a case compares with; `subjects` are what the `match` looks at."""
    if isinstance(node, ast.MatchOr):
        for pattern in node.patterns:
            _pattern(reading, pattern, subjects, symbol)
    elif isinstance(node, ast.MatchSequence) and len(node.patterns) == len(subjects):
        for pattern, name in zip(node.patterns, subjects, strict=True):
            read_node(reading, pattern, Context(role=Role.COMPARISON, name=name, symbol=symbol))
    else:
        name = subjects[0] if len(subjects) == 1 else None
        read_node(reading, node, Context(role=Role.COMPARISON, name=name, symbol=symbol))


def _statement(reading: Reading, node: ast.AST, symbol: str) -> None:
    context = bare(symbol)
    if isinstance(node, ast.Assign):
        pairs = paired(node.targets[-1], node.value)
        if pairs is None:
            assign(reading, node.targets, node.value, context, node)
        for target, value in pairs or ():
            assign(reading, [target], value, context, node)
    elif isinstance(node, ast.AnnAssign):
        annotated(reading, node.annotation, context._replace(role=Role.ASSIGNMENT, name=leaf_of(node.target)))
        if node.value is not None:
            assign(reading, [node.target], node.value, context, node)
    elif isinstance(node, ast.AugAssign):
        assign(reading, [node.target], node.value, context._replace(dynamic=True), node)
    elif isinstance(node, ast.Return):
        if node.value is not None:
            read_node(reading, node.value, given_back(symbol, node))
    elif isinstance(node, ast.stmt) and hasattr(node, "body"):
        _compound(reading, node, symbol)
    else:
        for child in ast.iter_child_nodes(node):
            read_node(reading, child, context)


def _compound(reading: Reading, node: ast.stmt, symbol: str) -> None:
    """Read a statement whose suites are on its own line."""
    within = named(node, symbol) or symbol
    subjects = subjects_of(node)
    _header(reading, node, symbol, ())
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            _statement(reading, child, within)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            _header(reading, child, symbol, subjects)
            for statement in child.body:
                _statement(reading, statement, symbol)
