"""Facts about a whole Python file: positions in it, and what its names are bound to."""

from __future__ import annotations

import ast
import bisect
import itertools
import operator
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rules.lazy_patterns import lazy_pattern
from scanner.model import SecretValue, Sibling, Span
from scanner.readers.errors import Unreadable
from scanner.readers.pylines import Lines, first_line, target_name
from scanner.readers.pyways import Steps

_MOST_FIELDS = 20_000
_LONG = 3 * _MOST_FIELDS  # `{a}`
_FSTRING = lazy_pattern(r"""[fF][rR]?(\"{3}|'{3}|["'])""")
_CONSTANT_TYPES = (str, bytes, int, float)
OWN = ("self", "cls")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Binding(NamedTuple):
    """What binds a name, or the part of it to which `steps` lead, to a value.

    It begins on a line; the suite that contains it ends before the line `until`. Within that suite it replaces earlier
    bindings.
    """

    line: int
    until: int
    steps: Steps = ()


@dataclass(slots=True, kw_only=True)
class Scope:
    """Everything that was collected from one file's syntax tree."""

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
    # Cache: the last line asked for, which may be the whole file, and its `_places`.
    row: tuple[int, Sequence[int] | None] = (0, None)

    def lines_at(self, line: int) -> Lines | None:
        """The innermost Lines around a line; None for comments and blank lines."""
        at = bisect.bisect_right(self.lines, line, key=operator.itemgetter(0)) - 1
        return self.lines[at] if at >= 0 and self.lines[at].last >= line else None

    def offset(self, line: int, utf8_column: int) -> int:
        """Code-point offset of an `ast` position, whose columns count UTF-8 bytes."""
        start = self.starts[line - 1]
        if line != self.row[0]:
            end = self.starts[line] if line < len(self.starts) else len(self.text)
            self.row = line, _places(self.text[start:end])
        places = self.row[1]
        return start + (utf8_column if places is None else places[utf8_column])

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """The span of an expression or a statement."""
        last = node.end_lineno or node.lineno
        return Span(self.offset(node.lineno, node.col_offset), self.offset(last, node.end_col_offset or 0))

    def written(self, node: ast.expr | ast.stmt) -> str:
        """The source of an expression or a statement."""
        span = self.span(node)
        return self.text[span.start : span.end]

    def line_at(self, offset: int) -> int:
        """The line, from 1, of an offset."""
        return bisect.bisect_right(self.starts, offset)

    def shares_line(self, suite: ast.stmt) -> bool:
        """Whether something precedes the first statement of a suite on its line."""
        line = first_line(suite)
        start = self.starts[line - 1]
        # A column counts UTF-8 bytes: at most that many characters precede, and anything but blanks counts.
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
        """Record the positional parameters of a function or class of this file; of two definitions neither counts."""
        found = tuple(parameters)
        self.parameters[name] = found if self.parameters.get(name, found) == found else ()

    def placed(self, owner: str | None, name: str, number: int) -> str | None:
        """The parameter that a positional argument of this file's `name`, or of `self.name`, fills."""
        found = self.parameters.get(name, ()) if owner in (None, "self", "cls") else ()
        return found[number] if number < len(found) else None

    def class_around(self, symbol: str) -> str | None:
        """The symbol of the class whose body or method a symbol is in."""
        return next((each for each in around(symbol) if each in self.classes), None)


def around(symbol: str) -> list[str]:
    """A symbol and the symbols that enclose it, up to the module's."""
    found = [symbol]
    while "." in found[-1]:
        found.append(found[-1].rpartition(".")[0])
    return [*found, ""] if symbol else found


def _places(row: str) -> Sequence[int] | None:
    """For each byte of a line in UTF-8 the index of its character; None for ASCII, where both are the same."""
    if row.isascii():
        return None
    sizes = (len(one.encode("utf-8", "surrogatepass")) for one in row)
    return [at for at, size in enumerate(sizes) for _ in range(size)] + [len(row)]


def nearest(noted: Sequence[tuple[Any, ...]], line: int) -> int:
    """The index of the last entry up to a line; entries begin with their line. 0 if all come later."""
    return max(bisect.bisect_right(noted, line, key=operator.itemgetter(0)) - 1, 0)


def parse(text: str) -> ast.Module:
    """Parse a file by `ast`. Raises Unreadable if it is not valid Python, never quoting it."""
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
    """Whether an f-string has so many fields that CPython up to 3.11 is slow: the time grows with the square."""
    for start in _FSTRING.finditer(text):
        end = text.find(start[1], start.end()) % (len(text) + 1)  # an unclosed one extends to the end
        if end - start.end() > _LONG and text.count("{", start.end(), end) > _MOST_FIELDS:
            return True
    return False
