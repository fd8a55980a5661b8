"""Divide a Python file into the units that are read one by one: statements, and the headers of compound ones."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import NamedTuple

from scanner.readers.pyleaf import leaf_of

_WITH_BODY = (ast.For, ast.AsyncFor, ast.While)
_HEADED = (ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPOUND = frozenset((ast.If, ast.Try, ast.TryStar, ast.Match, *_WITH_BODY, *_HEADED))
"""Types of statements that hold statements."""
BARE_CLAUSES = frozenset(("else", "finally"))
"""Words that open a clause without an expression; of a whole one the `nodes` are its statements."""
# The keyword that opens a clause, its first line, its statements, and the node that has them.
_Block = tuple[str, int, list[ast.stmt], ast.AST]


class Lines(NamedTuple):
    """A statement, or a clause of a compound one: its first and last line (from 1), and its enclosing definition.

    `clause` is the keyword that opens a clause, empty for a statement; a `whole` clause includes its suite. `nodes` are
    the statement, or those that share a line, or the part of one that the clause belongs to. `subjects` are the last
    words of what a `match` looks at, for its cases.
    """

    first: int
    last: int
    symbol: str
    nodes: tuple[ast.AST, ...] = ()
    clause: str = ""
    whole: bool = True
    subjects: tuple[str | None, ...] = ()


class Suite(NamedTuple):
    """A list of statements with the definition that they belong to."""

    symbol: str
    body: Sequence[ast.stmt]


def first_line(statement: ast.stmt) -> int:
    """The first line of a statement, including its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return decorators[0].lineno if decorators else statement.lineno


def named(statement: ast.stmt, symbol: str) -> str | None:
    """The symbol of a definition, None for any other statement."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return f"{symbol}.{statement.name}" if symbol else statement.name
    return None


def split(
    statement: ast.stmt, symbol: str, first: int, shares_line: Callable[[ast.stmt], bool]
) -> tuple[list[Lines], list[Suite], list[ast.stmt]]:
    """Split a compound statement into its headers, its suites, and the statements that share a header's line.

    `shares_line` says whether a suite is on the last line of its own header: `if x: y = 1`, `else: z = 2`.
    """
    inner = [block for block in _blocks(statement, first) if block[2] or block[0] == "match"]
    if not inner or (inner[0][2] and shares_line(inner[0][2][0])):
        last = statement.end_lineno or statement.lineno
        return [Lines(first, last, symbol, (statement,))], [], inner[0][2] if inner else []
    subjects = subjects_of(statement)
    found: list[Lines] = []
    suites: list[Suite] = []
    own: list[ast.stmt] = []
    within = named(statement, symbol) or symbol
    for number, (clause, start, block, node) in enumerate(inner):
        if clause == "match":
            found.append(Lines(start, inner[number + 1][1] - 1, symbol, (node,), clause, whole=False))
            continue
        if shares_line(block[0]):
            # The whole clause with its suite.
            nodes = tuple(block) if clause in BARE_CLAUSES else (node,)
            head, end = start or first_line(block[0]), block[-1].end_lineno or start
            found.append(Lines(head, end, symbol, nodes, clause, whole=True, subjects=subjects))
            own += block
            continue
        if start:
            found.append(
                Lines(start, first_line(block[0]) - 1, symbol, (node,), clause, whole=False, subjects=subjects)
            )
        suites.append(Suite(within, block))
    return found, suites, own


def subjects_of(statement: ast.stmt) -> tuple[str | None, ...]:
    """The expressions that a `match` looks at: one, or the elements of a tuple."""
    if not isinstance(statement, ast.Match):
        return ()
    several = statement.subject.elts if isinstance(statement.subject, ast.Tuple) else [statement.subject]
    return tuple(map(leaf_of, several))


def merged(every: list[Lines]) -> list[Lines]:
    """Merge statements that share a line."""
    found: list[Lines] = []
    sharing: list[ast.AST] = []
    for lines in sorted(every, key=operator.itemgetter(0, 1)):
        if lines.last < lines.first:
            continue
        if found and lines.first <= found[-1].last:
            before = found[-1]
            sharing = sharing or [*before.nodes]
            sharing += lines.nodes
            if lines.last > before.last and lines.whole and before.whole:
                found[-1] = before._replace(last=lines.last)
            continue
        if sharing:
            found[-1] = found[-1]._replace(nodes=tuple(sharing))
            sharing = []
        found.append(lines)
    if sharing:
        found[-1] = found[-1]._replace(nodes=tuple(sharing))
    return found


def _blocks(statement: ast.stmt, first: int) -> list[_Block]:
    """The suites of a compound statement: for each the opening keyword, first line, statements and node.

    `else` and `finally` have no expression in their header: their suites have line 0.
    """
    if isinstance(statement, _HEADED):
        return [("def", first, statement.body, statement)]
    if isinstance(statement, ast.If):
        found: list[_Block] = [("if", first, statement.body, statement)]
        orelse = statement.orelse
        while len(orelse) == 1 and isinstance(orelse[0], ast.If) and orelse[0].col_offset == statement.col_offset:
            # Only an `elif` stands at the column of its `if`.
            found.append(("elif", orelse[0].lineno, orelse[0].body, orelse[0]))
            orelse = orelse[0].orelse
        return [*found, ("else", 0, orelse, statement)]
    if isinstance(statement, _WITH_BODY):
        return [("for", first, statement.body, statement), ("else", 0, statement.orelse, statement)]
    if isinstance(statement, (ast.Try, ast.TryStar)):
        caught: list[_Block] = [("except", each.lineno, each.body, each) for each in statement.handlers]
        return [
            ("try", 0, statement.body, statement),
            *caught,
            ("else", 0, statement.orelse, statement),
            ("finally", 0, statement.finalbody, statement),
        ]
    assert isinstance(statement, ast.Match)
    heads: list[_Block] = [("match", first, [], statement)]
    return [*heads, *(("case", case.pattern.lineno, case.body, case) for case in statement.cases)]


def target_name(target: ast.expr) -> str | None:
    """The last word of an assignment's target."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return target.slice.value if isinstance(target.slice.value, str) else None
    return None
