"""Collect what each statement of a Python file binds names to: assignments, parameters, loops, returns, options."""

from __future__ import annotations

import ast
import bisect
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scanner.readers.pyleaf import CLASS_MAKERS, TUPLES, fields_of, paired, unstarred
from scanner.readers.pylines import COMPOUND, Lines, first_line, merged, named, split, target_name
from scanner.readers.pyscope import OWN, Binding, Scope, parse
from scanner.readers.pyways import Steps, rooted
from scanner.text import line_starts

OPTIONS = frozenset(("add_argument", "add_option"))
FILLING = frozenset(("update", "setdefault", "append", "extend"))
LOOP = "for"
"""What the collection that a loop goes through is bound to: no name can be that."""


def read_scope(text: str) -> Scope:
    """Parse a file and collect its bindings. Raises Unreadable if it is not valid Python, never quoting it."""
    tree = parse(text)
    scope = Scope(text=text, starts=line_starts(text))
    every: list[Lines] = []
    _walk(scope, every, tree.body, "")
    scope.lines = merged(every)
    return scope


def option_name(name: str) -> str:
    """The name under which bindings store a command line option that becomes an attribute of this name."""
    return f"--{name}"


def _walk(scope: Scope, every: list[Lines], body: Sequence[ast.stmt], symbol: str, until: int = 0) -> None:
    scope.bodies.setdefault(symbol, []).append(body)
    add = every.append
    until = until or (body[-1].end_lineno or 0 if body else 0)
    for statement in body:
        kind = type(statement)
        note = _NOTES.get(kind)
        if kind in COMPOUND:
            first = first_line(statement)
            if note is not None:
                note(scope, statement, symbol, until)
            lines, suites, own = split(statement, symbol, first, scope.shares_line)
            every += lines
            within = named(statement, symbol) if own else None
            if within is not None:
                scope.bodies.setdefault(within, []).append(own)
            for each in own:
                if (inner := _NOTES.get(type(each))) is not None:
                    inner(scope, each, within or symbol, each.end_lineno or 0)
            for suite in suites:
                # The body of a `with` runs whenever the statement is reached.
                _walk(scope, every, suite.body, suite.symbol, until if kind in _ALWAYS else 0)
        else:
            first = statement.lineno
            if note is not None:
                note(scope, statement, symbol, until)
            add(Lines(first, statement.end_lineno or first, symbol, (statement,)))


# --- what a statement says about names ------------------------------------------------------------------------


def _import(scope: Scope, statement: ast.Import, symbol: str, until: int) -> None:  # noqa: ARG001 - all are called alike
    for alias in statement.names:
        bound = alias.asname or alias.name.split(".")[0]
        scope.imports[bound] = alias.name if alias.asname else bound


def _import_from(scope: Scope, statement: ast.ImportFrom, symbol: str, until: int) -> None:  # noqa: ARG001
    if statement.level or not statement.module:
        return
    for alias in statement.names:
        if alias.name == "*":
            scope.stars.append(statement.module)
        else:
            scope.imports[alias.asname or alias.name] = f"{statement.module}.{alias.name}"


def _assign(scope: Scope, statement: ast.Assign, symbol: str, until: int) -> None:
    line, value = statement.lineno, statement.value
    for target in statement.targets:
        if isinstance(target, TUPLES):
            pairs: Iterable[tuple[ast.expr, ast.expr | None]] | None = paired(target, value)
            for part, given in pairs or [(unstarred(each), None) for each in target.elts]:
                _bind(scope, part, given, symbol, Binding(line, until))
        else:
            _bind(scope, target, value, symbol, Binding(line, until))
    if isinstance(value, ast.Call):
        _made_class(scope, statement.targets[0], value)


def _made_class(scope: Scope, target: ast.expr, call: ast.Call) -> None:
    """Record the fields of `Account = namedtuple("Account", "name password")` and similar calls."""
    leaf = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if leaf in CLASS_MAKERS and isinstance(target, ast.Name) and len(call.args) > 1:
        scope.define(target.id, fields_of(call))


def _annotated(scope: Scope, statement: ast.AnnAssign, symbol: str, until: int) -> None:
    if statement.value is not None:
        _bind(scope, statement.target, statement.value, symbol, Binding(statement.lineno, until))
    _instance(scope, statement.target, statement.annotation, statement.lineno)


def _changed(scope: Scope, statement: ast.AugAssign, symbol: str, until: int) -> None:  # noqa: ARG001
    # The binding before stays in effect.
    _bind(scope, statement.target, None, symbol, Binding(statement.lineno, 0))


def _expression(scope: Scope, statement: ast.Expr, symbol: str, until: int) -> None:  # noqa: ARG001
    """Record `settings.update(password="...")`, and the options of a command line."""
    call = statement.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr in FILLING:
        filled = rooted(call.func.value)
        if filled is not None:
            name, steps = filled
            _note_binding(scope, symbol, name, (*steps, None), Binding(statement.lineno, 0))
    elif call.func.attr in OPTIONS and (option := option_of(call)) is not None:
        _note(scope.bindings.setdefault(("", option_name(option)), []), Binding(statement.lineno, 0))


def option_of(call: ast.Call) -> str | None:
    """The attribute that a command line option sets: `add_argument("-p", "--api-key")` gives api_key."""
    named = [each.value.value for each in call.keywords if each.arg == "dest" and isinstance(each.value, ast.Constant)]
    given = [each.value for each in call.args if isinstance(each, ast.Constant)]
    words = [each for each in (*named, *given) if isinstance(each, str)]
    first = next((word for word in words if not word.startswith("-") or word.startswith("--")), None)
    return (first or words[0]).lstrip("-").replace("-", "_") if words else None


def _for(scope: Scope, statement: ast.For | ast.AsyncFor, symbol: str, until: int) -> None:  # noqa: ARG001
    binding = Binding(statement.lineno, statement.end_lineno or 0)
    _bind_names(scope, statement.target, symbol, binding)
    _note(scope.bindings.setdefault((symbol, LOOP), []), binding)


def _with(scope: Scope, statement: ast.With | ast.AsyncWith, symbol: str, until: int) -> None:
    for item in statement.items:
        if item.optional_vars is not None:
            _bind_names(scope, item.optional_vars, symbol, Binding(statement.lineno, until))
            _instance(scope, item.optional_vars, item.context_expr, first_line(statement))


def _return(scope: Scope, statement: ast.Return, symbol: str, until: int) -> None:  # noqa: ARG001
    """Record that a function returns a value: the function's name is bound to that too."""
    if symbol and isinstance(statement.value, ast.expr):
        outer, _, name = symbol.rpartition(".")
        _note(scope.bindings.setdefault((outer, name), []), Binding(statement.lineno, 0))


def _outside(scope: Scope, statement: ast.Global, symbol: str, until: int) -> None:  # noqa: ARG001
    scope.outside.update((symbol, name) for name in statement.names)


def _function(scope: Scope, statement: ast.FunctionDef | ast.AsyncFunctionDef, symbol: str, until: int) -> None:  # noqa: ARG001
    arguments = statement.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    bound = symbol in scope.classes and names[:1] in (["self"], ["cls"])
    # Calling a class passes the arguments of its `__init__`.
    called = symbol.rpartition(".")[2] if bound and statement.name == "__init__" else statement.name
    scope.define(called, names[1:] if bound else names)
    within, first = named(statement, symbol) or "", first_line(statement)
    own = Binding(statement.lineno, statement.end_lineno or 0)
    scope.functions[within] = statement
    scope.defined[statement.lineno] = within
    bindings = scope.bindings
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        _note(bindings.setdefault((within, argument.arg), []), own)
        if argument.annotation is not None:
            _note(scope.instances.setdefault(argument.arg, []), (first, argument.annotation))
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            _note(bindings.setdefault((within, rest.arg), []), own)


def _class(scope: Scope, statement: ast.ClassDef, symbol: str, until: int) -> None:  # noqa: ARG001
    bases = [base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in statement.bases]
    scope.classes[named(statement, symbol) or ""] = tuple(bases)
    fields = [
        each.target.id
        for each in statement.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    if fields and (statement.decorator_list or statement.bases):
        scope.define(statement.name, fields)


_NOTES: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _changed,
    ast.Expr: _expression,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.Global: _outside,
    ast.Return: _return,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}


_ALWAYS = frozenset((ast.With, ast.AsyncWith))


def _bind(scope: Scope, target: ast.expr, value: ast.expr | None, symbol: str, binding: Binding) -> None:
    if isinstance(value, (ast.Call, ast.Await)) and (name := target_name(target)) is not None:
        made = value.value if isinstance(value, ast.Await) else value
        _note(scope.instances.setdefault(name, []), (binding.line, made))
    if isinstance(target, ast.Name):
        _note_binding(scope, symbol, target.id, (), binding)
    elif (found := rooted(target)) is not None:
        _note_binding(scope, symbol, *found, binding)


def _bind_names(scope: Scope, target: ast.expr, symbol: str, binding: Binding) -> None:
    """Record every name of a target that may be a nested tuple, such as `number, (user, password)`."""
    if isinstance(target, TUPLES):
        for part in target.elts:
            _bind_names(scope, unstarred(part), symbol, binding)
    elif isinstance(target, ast.Name):
        _note_binding(scope, symbol, target.id, (), binding)


def _note_binding(scope: Scope, symbol: str, name: str, steps: Steps, binding: Binding) -> None:
    if name in OWN and steps:
        owner, first = scope.class_around(symbol), steps[0]
        if owner is None or not isinstance(first, str):
            return
        symbol, name, steps = owner, first, steps[1:]
    elif (symbol, name) in scope.outside:
        symbol = ""
    if steps:
        # A computed key may name any part, so the bindings before may stay in effect.
        binding = Binding(binding.line, 0 if None in steps else binding.until, steps)
    _note(scope.bindings.setdefault((symbol, name), []), binding)


def _instance(scope: Scope, target: ast.expr, value: ast.expr, line: int) -> None:
    name = target_name(target)
    if name is not None:
        _note(scope.instances.setdefault(name, []), (line, value))


def _note(noted: list[Any], one: tuple[Any, ...]) -> None:
    """Insert an entry in line order: a suite after `else:` on the same line is walked before the lines around it."""
    if noted and noted[-1][0] > one[0]:
        bisect.insort(noted, one, key=operator.itemgetter(0))
    else:
        noted.append(one)
