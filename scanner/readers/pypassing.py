"""Where the value of a Python expression goes: to an argument, a setting, a name, or on through a call's result."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable

from scanner.model import Role
from scanner.readers.pyarguments import Called
from scanner.readers.pybound import FILLING, OPTIONS, option_name, option_of
from scanner.readers.pyleaf import leaf_of
from scanner.readers.pynames import callees_of, is_nameable
from scanner.readers.pyscope import OWN
from scanner.readers.pystate import Context, Reach, Reading, Reference
from scanner.readers.pyways import Step, rooted
from scanner.readers.pywords import CALLING, METHOD_WRAPPERS, falls_back_on, has_sections, is_one_place, passes_name

# Calls whose result holds their arguments under a name.
_RECORDS = frozenset(("dict", "SimpleNamespace", "Namespace"))


@functools.lru_cache(maxsize=1024)
def bare(symbol: str) -> Context:
    """A context in which only the enclosing definition is known."""
    return Context(symbol=symbol)


def refer(reading: Reading, node: ast.expr, context: Context, *steps: Step) -> None:
    """Record the name that an expression takes its value from (by further `steps`) if that value goes anywhere."""
    found = rooted(node) if context.reaches else None
    if found is not None:
        name, way = found
        reading.references.append(Reference(context.symbol, name, node, context.reaches, (*way, *steps)))


def given_back(symbol: str, statement: ast.Return | None) -> Context:
    """The context of what a function returns or yields: it has the function's name."""
    name = symbol.rpartition(".")[2] or None
    reaches = (Reach(statement, None, None, name),) if statement is not None and name else ()
    return Context(role=Role.RETURN, name=name, symbol=symbol, reaches=reaches)


def passed(call: Called, context: Context) -> tuple[Reach, ...]:
    """Where what a call is given goes: an option goes to its attribute, `rows.append(...)` into `rows`."""
    if call.leaf in OPTIONS:
        option = option_of(call.node)
        return (Reach(call.node, None, None, option_name(option)),) if option else ()
    if call.leaf in FILLING and isinstance(call.node.func, ast.Attribute):
        return bound_to(call.node.func.value, call.node)
    return context.reaches


def given_on(
    call: Called, number: int, onward: tuple[Reach, ...], *, whole: bool, template: str | None
) -> tuple[Reach, ...]:
    """Where an argument goes through the call's result: as the same text, as a default, or inside a collection.

    `whole` is for calls known to return the argument unchanged; `template` is the text before `.format`.
    """
    keyword, first = call.given[number].keyword, call.given[0].text
    if call.leaf in FILLING:
        if keyword is not None:
            return tuple(each.into(keyword) for each in onward)
        if call.leaf == "append":
            return tuple(each.into(None) for each in onward)
        if call.leaf == "setdefault":
            return tuple(each.into(first) for each in onward) if first and number == 1 else ()
        return onward
    if call.leaf in METHOD_WRAPPERS and template is None:
        return ()  # `text.strip("...")`
    same = passes_name(call.leaf, len(call.given), number, keyword) or number == _fallback(call)
    same = same or (template is not None and is_one_place(template, "{}"))
    return onward if whole or same else ()


def _fallback(call: Called) -> int | None:
    """The position of a look-up's default; None if the look-up may be for an option of a section."""
    func = call.node.func
    if call.leaf == "get" and isinstance(func, ast.Attribute):
        made = (each.split(".")[-2] for each in callees_of(call.scope, func) if each.count("."))
        if has_sections(leaf_of(func.value)) or any(map(has_sections, made)):
            return None
    return falls_back_on(call.leaf, len(call.given))


def reaches_of(call: Called, keyword: str | None, number: int | None, onward: tuple[Reach, ...]) -> tuple[Reach, ...]:
    """Where an argument goes: to the call or, for `dict(...)`, as an entry to where the dictionary goes."""
    node, target = call.node, call.node.func
    reaches: tuple[Reach, ...] = (Reach(node, target, number, keyword),) if is_nameable(target) else ()
    if call.leaf in CALLING and node.args and is_nameable(node.args[0]) and number != 0:
        reaches += (Reach(node, node.args[0], None if number is None else number - 1, keyword),)
    if not onward or keyword in ("*", "**") or not isinstance(target, ast.Name):
        return reaches
    step = keyword or (call.scope.placed(None, target.id, number) if number is not None else None)
    if step is not None and (target.id in _RECORDS or target.id in call.scope.parameters):
        reaches += tuple(each.into(step) for each in onward)
    return reaches


def bound(target: ast.expr, statement: ast.expr | ast.stmt) -> Iterable[Reach]:
    """Where an assigned value goes: to the target, which may be a setting, and wherever its name goes."""
    if isinstance(target, (ast.Attribute, ast.Subscript)) and is_nameable(target):
        yield Reach(statement, target, None, "=")
    yield from bound_to(target, statement)


def bound_to(target: ast.expr, statement: ast.expr | ast.stmt | None) -> tuple[Reach, ...]:
    """Where the value goes that is bound to a target, or to a part of it."""
    found = None if statement is None else rooted(target)
    if found is None or statement is None:
        return ()
    name, steps = found
    if name in OWN and steps:
        first, *rest = steps
        return (Reach(statement, None, None, first, tuple(rest)),) if isinstance(first, str) else ()
    return (Reach(statement, None, None, name, steps),)
