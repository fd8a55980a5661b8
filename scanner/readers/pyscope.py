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
from scanner.text import line_starts

_MOST_FIELDS = 20_000
_LONG = 3 * _MOST_FIELDS  # `{a}`
_FSTRING = re.compile(r"""[fF][rR]?(\"{3}|'{3}|["'])""")
_CONSTANT_TYPES = (str, bytes, int, float)


class Binding(NamedTuple):
    """One assignment to a name: the first and the last line of its statement."""

    first: int
    last: int


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
    classes: set[str] = field(default_factory=set)
    functions: dict[str, ast.arguments] = field(default_factory=dict)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    known: dict[str, tuple[Sibling, ...]] = field(default_factory=dict)
    named: dict[str, Sibling] = field(default_factory=dict)
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

    def span(self, node: ast.expr | ast.stmt | ast.arg) -> Span:
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

    def lookup(self, symbol: str, name: str, line: int) -> Binding | None:
        """What a name means inside `symbol`: its own scope first, then the module's; class bodies do not nest."""
        scopes = [symbol]
        while "." in scopes[-1]:
            scopes.append(scopes[-1].rpartition(".")[0])
        if symbol:
            scopes.append("")
        for number, scope in enumerate(scopes):
            if number and scope in self.classes:
                continue
            found = self.bindings.get((scope, name))
            near = found[nearest(found, line)] if found else None
            if scope in self.functions and (near is None or near.first > line):
                near = self._parameter(scope, name) or near
            if near is not None:
                return near
        return None

    def _parameter(self, symbol: str, name: str) -> Binding | None:
        """Where a function's parameter of that name stands; on line 0 where it has no default."""
        known = self.functions[symbol]
        before = [*known.posonlyargs, *known.args]
        given = {id(each) for each in before[len(before) - len(known.defaults) :]}
        given |= {id(each) for each, default in zip(known.kwonlyargs, known.kw_defaults, strict=True) if default}
        for each in (*before, *known.kwonlyargs, known.vararg, known.kwarg):
            if each is not None and each.arg == name:
                return Binding(each.lineno, each.lineno) if id(each) in given else Binding(0, 0)
        return None


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
    bisect.insort(noted, one, key=operator.itemgetter(0))


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


def _walk(scope: Scope, every: list[Lines], body: Sequence[ast.stmt], symbol: str) -> None:
    scope.bodies.setdefault(symbol, []).append(body)
    add = every.append
    for statement in body:
        kind = type(statement)
        note = _NOTES.get(kind)
        if kind in COMPOUND:
            first = first_line(statement)
            if note is not None:
                note(scope, statement, symbol, first)
            lines, suites, own = split(statement, symbol, first, scope.shares_line)
            every += lines
            within = named(statement, symbol) if own else None
            if within is not None:
                scope.bodies.setdefault(within, []).append(own)
            for each in own:
                if (inner := _NOTES.get(type(each))) is not None:
                    inner(scope, each, within or symbol, each.lineno)
            for suite in suites:
                _walk(scope, every, suite.body, suite.symbol)
        else:
            first = statement.lineno
            if note is not None:
                note(scope, statement, symbol, first)
            add(Lines(first, statement.end_lineno or first, symbol, (statement,)))


# --- what a statement says about names ------------------------------------------------------------------------


def _import(scope: Scope, statement: ast.Import, symbol: str, first: int) -> None:  # noqa: ARG001 - all are called alike
    for alias in statement.names:
        bound = alias.asname or alias.name.split(".")[0]
        scope.imports[bound] = alias.name if alias.asname else bound


def _import_from(scope: Scope, statement: ast.ImportFrom, symbol: str, first: int) -> None:  # noqa: ARG001
    if statement.level or not statement.module:
        return
    for alias in statement.names:
        if alias.name == "*":
            scope.stars.append(statement.module)
        else:
            scope.imports[alias.asname or alias.name] = f"{statement.module}.{alias.name}"


def _assign(scope: Scope, statement: ast.Assign, symbol: str, first: int) -> None:  # noqa: ARG001
    for target in statement.targets:
        _bind(scope, target, statement.value, symbol, statement)
    if isinstance(statement.value, ast.Call):
        _made_class(scope, statement.targets[0], statement.value)


def _made_class(scope: Scope, target: ast.expr, call: ast.Call) -> None:
    """Note the fields of `Account = namedtuple("Account", "name password")` and its like."""
    leaf = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if leaf in CLASS_MAKERS and isinstance(target, ast.Name) and len(call.args) > 1:
        scope.define(target.id, fields_of(call))


def _annotated(scope: Scope, statement: ast.AnnAssign, symbol: str, first: int) -> None:
    if statement.value is not None:
        _bind(scope, statement.target, statement.value, symbol, statement)
    _instance(scope, statement.target, statement.annotation, first)


def _with(scope: Scope, statement: ast.With | ast.AsyncWith, symbol: str, first: int) -> None:
    for item in statement.items:
        if item.optional_vars is not None:
            _instance(scope, item.optional_vars, item.context_expr, first)
            _rebind(scope, item.optional_vars, symbol)


def _for(scope: Scope, statement: ast.For | ast.AsyncFor, symbol: str, first: int) -> None:  # noqa: ARG001
    _rebind(scope, statement.target, symbol)


def _rebind(scope: Scope, target: ast.expr, symbol: str) -> None:
    """Note that a loop or a `with` gives names another value."""
    for each in map(unstarred, target.elts) if isinstance(target, TUPLES) else (target,):
        if isinstance(each, ast.Name):
            _note(scope.bindings.setdefault((symbol, each.id), []), Binding(each.lineno, each.lineno))


def _function(
    scope: Scope,
    statement: ast.FunctionDef | ast.AsyncFunctionDef,
    symbol: str,
    first: int,
) -> None:
    arguments = statement.args
    scope.functions[named(statement, symbol) or ""] = arguments
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    bound = symbol in scope.classes and names[:1] in (["self"], ["cls"])
    # A class is called with what its `__init__` takes.
    called = symbol.rpartition(".")[2] if bound and statement.name == "__init__" else statement.name
    scope.define(called, names[1:] if bound else names)
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None:
            _note(scope.instances.setdefault(argument.arg, []), (first, argument.annotation))


def _class(scope: Scope, statement: ast.ClassDef, symbol: str, first: int) -> None:  # noqa: ARG001
    scope.classes.add(named(statement, symbol) or "")
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
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}


def _bind(scope: Scope, target: ast.expr, value: ast.expr, symbol: str, statement: ast.stmt) -> None:
    if isinstance(target, TUPLES):
        # Of what does not pair up nobody knows the parts: each is its own.
        for part, given in paired(target, value) or ((part, part) for part in map(unstarred, target.elts)):
            _bind(scope, part, given, symbol, statement)
        return
    name = target_name(target)
    if name is None:
        return
    first = statement.lineno
    if isinstance(value, (ast.Call, ast.Await)):
        made = value.value if isinstance(value, ast.Await) else value
        _note(scope.instances.setdefault(name, []), (first, made))
    if isinstance(target, ast.Attribute):
        if not (isinstance(target.value, ast.Name) and target.value.id == "self"):
            return
        symbol = symbol.rpartition(".")[0]
    _note(scope.bindings.setdefault((symbol, name), []), Binding(first, statement.end_lineno or first))


def _instance(scope: Scope, target: ast.expr, value: ast.expr, line: int) -> None:
    name = target_name(target)
    if name is not None:
        _note(scope.instances.setdefault(name, []), (line, value))
