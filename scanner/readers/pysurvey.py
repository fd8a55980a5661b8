"""The strings of a statement or of a clause's header, by `ast`; what pystatements.py is for LibCST."""

from __future__ import annotations

import ast

from scanner.readers.pyglance import Around, Glance, assign, defaults, iterated, look_at
from scanner.readers.pyregions import BARE_CLAUSES, Lines, named


def glance_at(glance: Glance, lines: Lines) -> None:
    """Look at the expressions of a statement, or of a clause's header."""
    for node in lines.nodes:
        if not lines.clause or lines.clause in BARE_CLAUSES:
            _statement(glance, node, lines.symbol)
        else:
            _header(glance, node, lines)
            for statement in getattr(node, "body", ()) if lines.whole else ():
                _statement(glance, statement, lines.symbol)


def _header(glance: Glance, node: ast.AST, lines: Lines) -> None:
    around = Around(lines.symbol)
    if isinstance(node, ast.match_case):
        name = lines.subject if lines.subject != "1" else None
        look_at(glance, node.pattern, around._replace(name=name))
        if node.guard is not None:
            look_at(glance, node.guard, around)
    elif isinstance(node, ast.Match):
        look_at(glance, node.subject, around)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        inner = Around(named(node, lines.symbol) or "")
        for decorator in node.decorator_list:
            look_at(glance, decorator, inner)
        defaults(glance, node.args, inner)
    elif isinstance(node, ast.ClassDef):
        inner = Around(named(node, lines.symbol) or "")
        for decorator in (*node.decorator_list, *node.bases):
            look_at(glance, decorator, inner)
        for argument in node.keywords:
            look_at(glance, argument.value, inner._replace(name=argument.arg))
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        iterated(glance, node.target, node.iter, around)
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.expr, ast.withitem)):
                look_at(glance, child, around)


def _statement(glance: Glance, node: ast.AST, symbol: str) -> None:
    around = Around(symbol)
    if isinstance(node, ast.Assign):
        pairs = _paired(node.targets[-1], node.value)
        if pairs is None:
            assign(glance, node.targets, node.value, around)
        for target, value in pairs or ():
            assign(glance, [target], value, around)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        assign(glance, [node.target], node.value, around)
    elif isinstance(node, ast.Return):
        if node.value is not None:
            look_at(glance, node.value, around._replace(name=symbol.rpartition(".")[2] or None))
    elif isinstance(node, ast.stmt) and hasattr(node, "body"):
        _compound(glance, node, symbol)
    else:
        for child in ast.iter_child_nodes(node):
            look_at(glance, child, around)


def _compound(glance: Glance, node: ast.stmt, symbol: str) -> None:
    """A statement with its suites on its own line."""
    within = named(node, symbol) or symbol
    _header(glance, node, Lines(0, 0, symbol, (), "def"))
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            _statement(glance, child, within)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            _header(glance, child, Lines(0, 0, symbol, (), "except"))
            for statement in child.body:
                _statement(glance, statement, symbol)


def _paired(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]] | None:
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, (ast.Tuple, ast.List)):
        return None
    names = target.elts
    if len(names) > 1 and isinstance(names[-1], ast.Starred):
        names = [*names[:-1], *[names[-1].value] * (len(value.elts) - len(names) + 1)]
    if len(names) != len(value.elts) or any(isinstance(e, ast.Starred) for e in (*names, *value.elts)):
        return None
    pairs = zip(names, value.elts, strict=True)
    return [part for pair in pairs for part in _paired(*pair) or [pair]]
