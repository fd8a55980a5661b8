"""Find what gives a name in a Python file its value: a direct binding, an attribute, or a call."""

from __future__ import annotations

import ast
import bisect
import itertools
import operator
from collections.abc import Iterator, Sequence

from scanner.readers.pybound import option_name
from scanner.readers.pyscope import OWN, Binding, Function, Scope, around, nearest
from scanner.readers.pyways import Steps, fit, rooted

# Endings of names that hold the options of a command line.
_PARSED = frozenset(
    "arg args arguments argv opt opts option options flags param params namespace ns conf config cfg".split()
)
# For a name that is bound often: how many bindings are looked at, and how many are used.
_MOST_SEEN, _MOST = 200, 8
_MOST_BASES = 4
# Bounds for how many functions and how many of their calls are looked up.
_MOST_FUNCTIONS, _MOST_CALLS = 50, 50


def sources(scope: Scope, symbol: str, name: str, steps: Steps, line: int) -> Iterator[tuple[str, Binding, Steps]]:
    """What can give `name.step` its value inside `symbol`: each with the name it binds, and the steps down."""
    if name in OWN and steps:
        yield from _attributes(scope, scope.class_around(symbol), steps)
        return
    bound = _meanings(scope, symbol, name, steps, line)
    yield from ((name, binding, steps) for binding in bound)
    if not steps:
        return
    yield from _attributes(scope, _class_of(scope, symbol, name, line), steps)
    if isinstance(steps[0], str) and (_holds_options(name) or _is_parsed(scope, name, line)):
        option = option_name(steps[0])
        yield from ((option, binding, steps[1:]) for binding in scope.bindings.get(("", option), ())[:_MOST])


def _holds_options(name: str) -> bool:
    return name.rstrip("0123456789").rpartition("_")[2].lower() in _PARSED


def _is_parsed(scope: Scope, name: str, line: int) -> bool:
    """Whether a name is the result of parsing a command line."""
    seen = scope.instances.get(name)
    made = seen[nearest(seen, line)][1] if seen else None
    return isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and "parse" in made.func.attr


def _meanings(scope: Scope, symbol: str, name: str, steps: Steps, line: int) -> list[Binding]:
    """What a name can be bound to: in its own scope, else in enclosing ones, except class bodies."""
    found: list[Binding] = []
    for number, outer in enumerate(around(symbol)):
        if number and outer in scope.classes:
            continue
        noted = scope.bindings.get((outer, name), ())
        found += _last(noted, steps, line)
        if any(not binding.steps for binding in noted):
            break
    return found


def _attributes(scope: Scope, owner: str | None, steps: Steps) -> Iterator[tuple[str, Binding, Steps]]:
    """The bindings of an attribute of a class of this file, or of its bases."""
    name = steps[0]
    for _ in range(_MOST_BASES):
        if owner is None or not isinstance(name, str):
            return
        bases = scope.classes[owner][:_MOST]
        latest = reversed(scope.bindings.get((owner, name), ())[-_MOST_SEEN:])
        found = list(itertools.islice((each for each in latest if fit(each.steps, steps[1:])), _MOST))
        if found:
            rest = () if steps[1:] == ("value",) and any(base.endswith("Enum") for base in bases) else steps[1:]
            yield from ((name, binding, rest) for binding in found)
            return
        owner = next(filter(None, (_own_class(scope, owner, base) for base in bases if base != owner)), None)


def function_called(scope: Scope, node: ast.expr, line: int) -> Function | None:
    """The function of this file that is called on a line; for a class its `__init__`."""
    found = rooted(node)
    if found is None or len(found[1]) > 1:
        return None
    lines = scope.lines_at(line)
    symbol = lines.symbol if lines is not None else ""
    name, steps = found
    if not steps:
        own = _own(scope, symbol, name)
        return scope.functions.get(f"{own}.__init__" if own in scope.classes else own)
    owner = scope.class_around(symbol) if name in OWN else _class_of(scope, symbol, name, line)
    return scope.functions.get(f"{owner}.{steps[0]}") if owner else None


def _own(scope: Scope, symbol: str, name: str) -> str:
    """The symbol of the function or class of this file that a name refers to; empty if it refers to something else."""
    for outer in around(symbol):
        own = f"{outer}.{name}" if outer else name
        if outer in scope.classes:
            continue
        if own in scope.functions or own in scope.classes:
            return own
        if (outer, name) in scope.bindings:
            break
    return ""


def called_as(symbol: str) -> str:
    """The last word by which a function of this file is called; for an `__init__` its class's name."""
    owner, _, name = symbol.rpartition(".")
    return owner.rpartition(".")[2] if name == "__init__" else name


def calls_of(scope: Scope, name: str) -> Sequence[int]:
    """The first lines on which a function of this file may be called by a name."""
    if name not in scope.seen:
        if len(scope.seen) == _MOST_FUNCTIONS:
            return ()
        scope.seen[name] = list(itertools.islice(_calls(scope, f"{name}("), _MOST_CALLS))
    return scope.seen[name]


def _calls(scope: Scope, call: str) -> Iterator[int]:
    at = scope.text.find(call)
    while at >= 0:
        before = scope.text[at - 1 : at]
        if not before.isalnum() and before != "_":
            yield scope.line_at(at)
        at = scope.text.find(call, at + 1)


def _class_of(scope: Scope, symbol: str, name: str, line: int) -> str | None:
    """The symbol of the class of this file that a name is, or that it is an instance of."""
    return _own_class(scope, symbol, name) or _class_of_instance(scope, symbol, name, line)


def _own_class(scope: Scope, symbol: str, name: str) -> str | None:
    """The symbol of the class of this file that a name refers to."""
    every = (f"{outer}.{name}" if outer else name for outer in around(symbol))
    return next((each for each in every if each in scope.classes), None)


def _class_of_instance(scope: Scope, symbol: str, name: str, line: int) -> str | None:
    """The class of this file that a name is an instance of."""
    seen = scope.instances.get(name)
    made = seen[nearest(seen, line)][1] if seen else None
    if isinstance(made, ast.Call):
        made = made.func
    return _own_class(scope, symbol, made.id) if isinstance(made, ast.Name) else None


def _last(noted: Sequence[Binding], steps: Steps, line: int) -> list[Binding]:
    """The bindings of a name, in order, that can be in effect on a line; if all come later, the first one."""
    found: list[Binding] = []
    at = bisect.bisect_right(noted, line, key=operator.itemgetter(0))
    for binding in reversed(noted[max(0, at - _MOST_SEEN) : at]):
        if fit(binding.steps, steps):
            found.append(binding)
            whole = binding.steps == steps[: len(binding.steps)]
            if (line <= binding.until and whole) or len(found) == _MOST:
                break
    return found if at else [each for each in noted[:1] if fit(each.steps, steps)]
