"""What `ast` says of a whole Python file: where statements begin and end, what names are bound to."""

from __future__ import annotations

import ast
import bisect
import itertools
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.model import SecretValue, Sibling, Span
from scanner.readers.errors import Unreadable
from scanner.readers.pyleaf import CLASS_MAKERS, TUPLES, fields_of, paired, unstarred
from scanner.readers.pylines import COMPOUND, Lines, first_line, merged, named, split, target_name
from scanner.readers.pyways import Steps, fit, rooted
from scanner.text import line_starts

_MOST_FIELDS = 20_000
_LONG = 3 * _MOST_FIELDS  # `{a}`
_FSTRING = re.compile(r"""[fF][rR]?(\"{3}|'{3}|["'])""")
_CONSTANT_TYPES = (str, bytes, int, float)
OPTIONS = frozenset(("add_argument", "add_option"))
FILLING = frozenset(("update", "setdefault", "append", "extend"))
OWN = ("self", "cls")
LOOP = "for"
"""What the collection that a loop goes through is bound to: no name can be that."""
# What parsed command lines are called where it is not seen how they were made.
_PARSED = re.compile(
    r"(?i)_?(?:\w+_)?(?:args?|arguments|argv|opts?|options?|flags|params?|namespace|ns|conf(?:ig)?|cfg)\d?"
)
# Of a name that is bound often so many are looked at, and so many taken.
_MOST_SEEN, _MOST = 200, 8
_MOST_BASES = 4
# Of so many functions so many calls are looked for.
_MOST_FUNCTIONS, _MOST_CALLS = 50, 50


Function = ast.FunctionDef | ast.AsyncFunctionDef


class Binding(NamedTuple):
    """What gives a name a value, or a part of what it means, to which `steps` lead.

    It begins on a line, and the suite in which it stands goes `until` another one: in there nothing that was bound
    before counts any more.
    """

    line: int
    until: int
    steps: Steps = ()


@dataclass(slots=True, kw_only=True)
class Scope:
    """Everything that was read off one file's syntax tree."""

    text: str
    starts: list[int]
    lines: list[Lines] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    bindings: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    instances: dict[str, list[tuple[int, ast.expr]]] = field(default_factory=dict)
    bodies: dict[str, list[Sequence[ast.stmt]]] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    defined: dict[int, str] = field(default_factory=dict)
    outside: set[tuple[str, str]] = field(default_factory=set)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    known: dict[str, tuple[Sibling, ...]] = field(default_factory=dict)
    named: dict[str, Sibling] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=dict)
    # The line that was asked for last, which may be the whole file, and `_places` of it.
    row: tuple[int, Sequence[int] | None] = (0, None)

    def lines_at(self, line: int) -> Lines | None:
        """The innermost lines that are read by themselves around a line; None for comments and blank lines."""
        at = bisect.bisect_right(self.lines, line, key=operator.itemgetter(0)) - 1
        return self.lines[at] if at >= 0 and self.lines[at].last >= line else None

    def offset(self, line: int, utf8_column: int) -> int:
        """Code-point offset of one of `ast`'s positions, whose columns count UTF-8 bytes."""
        start = self.starts[line - 1]
        if line != self.row[0]:
            end = self.starts[line] if line < len(self.starts) else len(self.text)
            self.row = line, _places(self.text[start:end])
        places = self.row[1]
        return start + (utf8_column if places is None else places[utf8_column])

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """Where an expression or a statement stands."""
        last = node.end_lineno or node.lineno
        return Span(self.offset(node.lineno, node.col_offset), self.offset(last, node.end_col_offset or 0))

    def written(self, node: ast.expr | ast.stmt) -> str:
        """An expression or a statement as it is written."""
        span = self.span(node)
        return self.text[span.start : span.end]

    def line_at(self, offset: int) -> int:
        """The line, from 1, of an offset."""
        return bisect.bisect_right(self.starts, offset)

    def shares_line(self, suite: ast.stmt) -> bool:
        """Whether the first statement of a suite stands on a line on which something is before it."""
        line = first_line(suite)
        start = self.starts[line - 1]
        # A column counts UTF-8 bytes: so many characters are what stands before, or more where that is not all blanks.
        before = self.text[start : start + suite.col_offset]
        return line == suite.lineno and bool(before.strip())

    def constants(self, symbol: str) -> tuple[Sibling, ...]:
        """The constants that the body of a module, class or function binds to names."""
        if symbol not in self.known:
            self.known[symbol] = tuple(self._constants(itertools.chain.from_iterable(self.bodies.get(symbol, ()))))
        return self.known[symbol]

    def constant(self, name: str) -> Sibling | None:
        """The constant that the module's body binds a name to, the last one of several."""
        if not self.named:
            self.named.update((each.name, each) for each in self.constants(""))
        return self.named.get(name)

    def _constants(self, statements: Iterable[ast.stmt]) -> Iterator[Sibling]:
        for statement in statements:
            match statement:
                case ast.Assign(targets=[target, *_], value=value):
                    pass
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    pass
                case _:
                    continue
            if not isinstance(value, ast.Constant) or not isinstance(value.value, _CONSTANT_TYPES):
                continue
            name = target_name(target)
            if name is None:
                continue
            constant = value.value if isinstance(value.value, (str, bytes)) else str(value.value)
            yield Sibling(name=name, value=SecretValue(constant), span=self.span(value))

    def define(self, name: str, parameters: Sequence[str]) -> None:
        """Note what a call of a function or a class of this file takes by place; two of a name say nothing."""
        found = tuple(parameters)
        self.parameters[name] = found if self.parameters.get(name, found) == found else ()

    def placed(self, owner: str | None, name: str, number: int) -> str | None:
        """The parameter that a call of this file's `name`, or of `self.name`, fills by place."""
        found = self.parameters.get(name, ()) if owner in (None, "self", "cls") else ()
        return found[number] if number < len(found) else None

    def sources(self, symbol: str, name: str, steps: Steps, line: int) -> Iterator[tuple[str, Binding, Steps]]:
        """What can give `name.step` its value inside `symbol`: each with the name that it binds, and the steps down."""
        if name in OWN and steps:
            yield from self._attributes(self.class_around(symbol), steps)
            return
        bound = self._meanings(symbol, name, steps, line)
        yield from ((name, binding, steps) for binding in bound)
        if not steps:
            return
        yield from self._attributes(self._class_of(symbol, name, line), steps)
        if isinstance(steps[0], str) and (_PARSED.fullmatch(name) or self._is_parsed(name, line)):
            option = option_name(steps[0])
            yield from ((option, binding, steps[1:]) for binding in self.bindings.get(("", option), ())[:_MOST])

    def _is_parsed(self, name: str, line: int) -> bool:
        """Whether a name is what a parser made of a command line."""
        seen = self.instances.get(name)
        made = seen[nearest(seen, line)][1] if seen else None
        return isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and "parse" in made.func.attr

    def _meanings(self, symbol: str, name: str, steps: Steps, line: int) -> list[Binding]:
        """What a name can be bound to: in its own scope, else in those around it; class bodies do not nest."""
        found: list[Binding] = []
        for number, scope in enumerate(_around(symbol)):
            if number and scope in self.classes:
                continue
            noted = self.bindings.get((scope, name), ())
            found += _last(noted, steps, line)
            if any(not binding.steps for binding in noted):
                break
        return found

    def _attributes(self, owner: str | None, steps: Steps) -> Iterator[tuple[str, Binding, Steps]]:
        """What gives an attribute of a class of this file, or of one that it is made of, its value."""
        name = steps[0]
        for _ in range(_MOST_BASES):
            if owner is None or not isinstance(name, str):
                return
            bases = self.classes[owner][:_MOST]
            latest = reversed(self.bindings.get((owner, name), ())[-_MOST_SEEN:])
            found = list(itertools.islice((each for each in latest if fit(each.steps, steps[1:])), _MOST))
            if found:
                rest = () if steps[1:] == ("value",) and any(base.endswith("Enum") for base in bases) else steps[1:]
                yield from ((name, binding, rest) for binding in found)
                return
            owner = next(filter(None, (self._own_class(owner, base) for base in bases if base != owner)), None)

    def called(self, node: ast.expr, line: int) -> Function | None:
        """The function of this file that is called on a line, that of a class being its `__init__`."""
        found = rooted(node)
        if found is None or len(found[1]) > 1:
            return None
        lines = self.lines_at(line)
        symbol = lines.symbol if lines is not None else ""
        name, steps = found
        owner: str | None = None
        if not steps:
            own = self._own(symbol, name)
            return self.functions.get(f"{own}.__init__" if own in self.classes else own)
        owner = self.class_around(symbol) if name in OWN else self._class_of(symbol, name, line)
        return self.functions.get(f"{owner}.{steps[0]}") if owner else None

    def _own(self, symbol: str, name: str) -> str:
        """The symbol of the function or class of this file that a name means; empty where it means another thing."""
        for scope in _around(symbol):
            own = f"{scope}.{name}" if scope else name
            if scope in self.classes:
                continue
            if own in self.functions or own in self.classes:
                return own
            if (scope, name) in self.bindings:
                break
        return ""

    def called_as(self, symbol: str) -> str:
        """The last word by which a function of this file is called: a class's name for its `__init__`."""
        owner, _, name = symbol.rpartition(".")
        return owner.rpartition(".")[2] if name == "__init__" else name

    def calls(self, name: str) -> Sequence[int]:
        """The first lines on which a function of this file may be called by a name."""
        if name not in self.seen:
            if len(self.seen) == _MOST_FUNCTIONS:
                return ()
            self.seen[name] = list(itertools.islice(self._calls(f"{name}("), _MOST_CALLS))
        return self.seen[name]

    def _calls(self, call: str) -> Iterator[int]:
        at = self.text.find(call)
        while at >= 0:
            before = self.text[at - 1 : at]
            if not before.isalnum() and before != "_":
                yield self.line_at(at)
            at = self.text.find(call, at + 1)

    def class_around(self, symbol: str) -> str | None:
        """The symbol of the class in whose body or method a symbol is."""
        return next((each for each in _around(symbol) if each in self.classes), None)

    def _class_of(self, symbol: str, name: str, line: int) -> str | None:
        """The symbol of the class of this file that a name means, or whose object it is."""
        return self._own_class(symbol, name) or self._made(symbol, name, line)

    def _own_class(self, symbol: str, name: str) -> str | None:
        """The symbol of the class of this file that a name means."""
        every = (f"{scope}.{name}" if scope else name for scope in _around(symbol))
        return next((each for each in every if each in self.classes), None)

    def _made(self, symbol: str, name: str, line: int) -> str | None:
        """The class of this file whose object a name is."""
        seen = self.instances.get(name)
        made = seen[nearest(seen, line)][1] if seen else None
        if isinstance(made, ast.Call):
            made = made.func
        return self._own_class(symbol, made.id) if isinstance(made, ast.Name) else None


def _around(symbol: str) -> list[str]:
    """A symbol, and those that it is in, up to the module's."""
    found = [symbol]
    while "." in found[-1]:
        found.append(found[-1].rpartition(".")[0])
    return [*found, ""] if symbol else found


def _last(noted: Sequence[Binding], steps: Steps, line: int) -> list[Binding]:
    """Those of a name's bindings, in order, that can still count on a line; where all come later, the first one."""
    found: list[Binding] = []
    at = bisect.bisect_right(noted, line, key=operator.itemgetter(0))
    for binding in reversed(noted[max(0, at - _MOST_SEEN) : at]):
        if fit(binding.steps, steps):
            found.append(binding)
            whole = binding.steps == steps[: len(binding.steps)]
            if (line <= binding.until and whole) or len(found) == _MOST:
                break
    return found if at else [each for each in noted[:1] if fit(each.steps, steps)]


def option_name(name: str) -> str:
    """What stands for the option of a command line that becomes an attribute of this name."""
    return f"--{name}"


def _places(row: str) -> Sequence[int] | None:
    """For each byte of a line in UTF-8 the index of its character; None for ASCII, where both are the same."""
    if row.isascii():
        return None
    sizes = (len(one.encode("utf-8", "surrogatepass")) for one in row)
    return [at for at, size in enumerate(sizes) for _ in range(size)] + [len(row)]


def nearest(noted: Sequence[tuple[Any, ...]], line: int) -> int:
    """The index of the last entry up to a line, of entries that begin with their line; 0 where all come later."""
    return max(bisect.bisect_right(noted, line, key=operator.itemgetter(0)) - 1, 0)


def _note(noted: list[Any], one: tuple[Any, ...]) -> None:
    """Add what a line says of a name, in order: a suite behind `else:` is walked before those on lines of their own."""
    if noted and noted[-1][0] > one[0]:
        bisect.insort(noted, one, key=operator.itemgetter(0))
    else:
        noted.append(one)


def read_scope(text: str) -> Scope:
    """Parse a file. Raises Unreadable where it is not valid Python, in our words."""
    tree = parse(text)
    scope = Scope(text=text, starts=line_starts(text))
    every: list[Lines] = []
    _walk(scope, every, tree.body, "")
    scope.lines = merged(every)
    return scope


def parse(text: str) -> ast.Module:
    """Parse a file by `ast`. Raises Unreadable where it is not valid Python, in our words."""
    if len(text) > _LONG and _has_long_fstring(text):
        raise Unreadable(1, 1, f"an f-string of more than {_MOST_FIELDS:,} fields")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(error.lineno or 1, error.offset or 1, "not valid Python") from None
    except (RecursionError, MemoryError):
        raise Unreadable(1, 1, "nested too deep for a Python parser") from None
    except ValueError:
        raise Unreadable(1, 1, "not valid Python (a NUL or an impossible character)") from None


def _has_long_fstring(text: str) -> bool:
    """Whether an f-string has so many fields that CPython up to 3.11 takes long: it grows with their square."""
    for start in _FSTRING.finditer(text):
        end = text.find(start[1], start.end()) % (len(text) + 1)  # one that does not close goes to the end
        if end - start.end() > _LONG and text.count("{", start.end(), end) > _MOST_FIELDS:
            return True
    return False


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
                # What stands in a `with` is done whenever it is reached.
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
    """Note the fields of `Account = namedtuple("Account", "name password")` and its like."""
    leaf = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if leaf in CLASS_MAKERS and isinstance(target, ast.Name) and len(call.args) > 1:
        scope.define(target.id, fields_of(call))


def _annotated(scope: Scope, statement: ast.AnnAssign, symbol: str, until: int) -> None:
    if statement.value is not None:
        _bind(scope, statement.target, statement.value, symbol, Binding(statement.lineno, until))
    _instance(scope, statement.target, statement.annotation, statement.lineno)


def _changed(scope: Scope, statement: ast.AugAssign, symbol: str, until: int) -> None:  # noqa: ARG001
    # What was bound before counts on.
    _bind(scope, statement.target, None, symbol, Binding(statement.lineno, 0))


def _expression(scope: Scope, statement: ast.Expr, symbol: str, until: int) -> None:  # noqa: ARG001
    """Note `settings.update(password="...")`, and the options of a command line."""
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
    """The attribute that an option of a command line becomes: `add_argument("-p", "--api-key")` gives api_key."""
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
    """Note that a function gives something back: its name is bound to that too."""
    if symbol and isinstance(statement.value, ast.expr):
        outer, _, name = symbol.rpartition(".")
        _note(scope.bindings.setdefault((outer, name), []), Binding(statement.lineno, 0))


def _outside(scope: Scope, statement: ast.Global, symbol: str, until: int) -> None:  # noqa: ARG001
    scope.outside.update((symbol, name) for name in statement.names)


def _function(scope: Scope, statement: ast.FunctionDef | ast.AsyncFunctionDef, symbol: str, until: int) -> None:  # noqa: ARG001
    arguments = statement.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    bound = symbol in scope.classes and names[:1] in (["self"], ["cls"])
    # A class is called with what its `__init__` takes.
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
    """Note every name of a target that may be a tuple."""
    for part in map(unstarred, target.elts) if isinstance(target, TUPLES) else [target]:
        if isinstance(part, ast.Name):
            _note_binding(scope, symbol, part.id, (), binding)


def _note_binding(scope: Scope, symbol: str, name: str, steps: Steps, binding: Binding) -> None:
    if name in OWN and steps:
        owner, first = scope.class_around(symbol), steps[0]
        if owner is None or not isinstance(first, str):
            return
        symbol, name, steps = owner, first, steps[1:]
    elif (symbol, name) in scope.outside:
        symbol = ""
    if steps:
        # Which part a computed key names is not known: what was bound before may count on.
        binding = Binding(binding.line, 0 if None in steps else binding.until, steps)
    _note(scope.bindings.setdefault((symbol, name), []), binding)


def _instance(scope: Scope, target: ast.expr, value: ast.expr, line: int) -> None:
    name = target_name(target)
    if name is not None:
        _note(scope.instances.setdefault(name, []), (line, value))
