"""Follow a Python value to the calls that it reaches: through bindings, parameters and return values."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.extent import HOPS
from scanner.readers.pyleaf import leaf_of
from scanner.readers.pyscope import OWN, Binding, Function, Scope
from scanner.readers.pysources import function_called, sources
from scanner.readers.pystate import Reach, Reference
from scanner.readers.pyways import Steps, below, comes_from

# Bounds on how much is read of where a value goes.
_MOST_REACHED = 50


def sources_of(scope: Scope, reference: Reference) -> Iterator[tuple[str, Binding, Steps]]:
    """The bindings that can give a reference its value, as `sources` returns them."""
    return sources(scope, reference.symbol, reference.name, reference.steps, reference.line)


# The functions that a value was passed to, outermost first, each with the call that passed it.
_Entered = tuple[tuple[Function, ast.Call], ...]


def _returning_call(entered: _Entered, name: str | None) -> tuple[ast.Call | None, _Entered]:
    """The call whose function of this name returns what it was given, and the functions around that call."""
    for number in range(len(entered) - 1, -1, -1):
        function, call = entered[number]
        if function.name == name:
            return call, entered[:number]
    return None, entered


_Use = tuple[Reference, Steps]


@dataclass(slots=True, kw_only=True)
class Uses:
    """References, indexed by the name and line of what binds them, each with the steps down from there.

    `steps` also indexes by the first step, so that an entry is not compared with the uses of all other entries;
    `places` by where they begin, for what a call returns.
    """

    steps: dict[tuple[str, int], dict[Steps, list[_Use]]] = field(default_factory=dict)
    places: dict[tuple[str, int, int, int], list[_Use]] = field(default_factory=dict)

    def of(self, bound: Reach, call: ast.Call | None) -> Iterator[_Use]:
        """The references to a binding; with a `call`, those that take the value out of what the call returns."""
        name, line, first = bound.keyword or "", bound.node.lineno, bound.steps[:1]
        if call is not None:
            every = self.places.get((name, line, call.lineno, call.col_offset), ())
            yield from (each for each in every if comes_from(each[0].node, call))
            return
        parts = self.steps.get((name, line), {})
        for part in parts if first == _ANY else dict.fromkeys(((), first, _ANY)):
            yield from parts.get(part, ())


_ANY: Steps = (None,)


def uses_of(scope: Scope, references: Iterable[Reference]) -> Uses:
    """The uses of everything that the references can mean."""
    uses = Uses()
    for reference in references:
        node = reference.node
        for name, binding, steps in sources_of(scope, reference):
            use = reference, steps
            uses.steps.setdefault((name, binding.line), {}).setdefault(steps[:1], []).append(use)
            if not isinstance(node, ast.Name):
                uses.places.setdefault((name, binding.line, node.lineno, node.col_offset), []).append(use)
    return uses


@dataclass(slots=True, kw_only=True)
class Flow:
    """Where values go in one file; `called` are the names of its functions with a parameter that is passed on."""

    scope: Scope
    uses: Uses
    called: set[str]
    made: dict[str, frozenset[ast.Call]] = field(default_factory=dict)

    def reached(self, reaches: tuple[Reach, ...]) -> tuple[Reach, ...]:
        """The arguments and settings that these reach, also through names."""
        return tuple(dict.fromkeys(itertools.islice(self._followed(reaches, (), HOPS), _MOST_REACHED)))

    def _followed(self, reaches: Iterable[Reach], entered: _Entered, hops: int) -> Iterator[Reach]:
        for reach in reaches:
            if reach.target is not None:
                yield reach
            bound = (reach if reach.target is None else self._filled(reach)) if hops else None
            if bound is None:
                continue
            call, inside = None, entered
            if isinstance(bound.node, Function) and isinstance(reach.node, ast.Call):
                inside = (*entered, (bound.node, reach.node))
            elif isinstance(bound.node, ast.Return):
                call, inside = _returning_call(entered, bound.keyword)
            for reference, taken in self.uses.of(bound, call):
                rest = below(bound.steps, taken)
                if rest is not None and not self._is_of_another(reference, entered):
                    on = (each._replace(steps=(*each.steps, *rest)) for each in reference.reaches)
                    yield from self._followed(on, inside, hops - 1)

    def _is_of_another(self, reference: Reference, entered: _Entered) -> bool:
        """Whether a name means another object than the one that was given the value when it was created."""
        function, call = entered[-1] if entered else (None, None)
        if function is None or call is None or function.name != "__init__" or reference.name in OWN:
            return False
        if reference.name not in self.made:
            every = self.scope.instances.get(reference.name, ())
            calls = [made for _, made in every if isinstance(made, ast.Call)]
            self.made[reference.name] = frozenset(calls if len(calls) == len(every) else ())
        made = self.made[reference.name]
        kind = leaf_of(call.func)
        # Not known for a name that can also be something from outside, such as a parameter.
        return bool(made) and call not in made and all(leaf_of(each.func) == kind for each in made)

    def _filled(self, reach: Reach) -> Reach | None:
        """The parameter of a function in this file that an argument fills."""
        target = reach.target
        if target is None or leaf_of(target) not in self.called or reach.keyword in ("=", "*", "**"):
            return None
        function = function_called(self.scope, target, reach.node.lineno)
        if function is None:
            return None
        parameters, number = function.args, reach.number
        name, steps = reach.keyword, reach.steps
        every = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
        if name is None and number is not None:
            places = every[1:] if every[:1] in (["self"], ["cls"]) else every
            name = places[number] if number < len(places) else None
        elif name not in every and all(each.arg != name for each in parameters.kwonlyargs):
            name, steps = parameters.kwarg.arg if parameters.kwarg else None, (name, *steps)
        return None if name is None else Reach(function, None, None, name, steps)
