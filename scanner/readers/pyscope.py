"""What `ast` says of a whole Python file: where statements begin and end, what names are bound to.

`ast` is thirteen times as fast as LibCST. It gives the bounds of the statements around the prefilter's hits; only those
are handed to LibCST.
"""

from __future__ import annotations

import ast
import bisect
import keyword
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.model import SecretValue, Sibling, Span
from scanner.readers.errors import Unreadable
from scanner.text import line_starts

_MAX_DEPTH = 150
_NESTING = (*"([{.+-*/%@&|^~<>=:,!", "not", "lambda", "if", "else", "await", "and", "or", "for", "yield")
_CONSTANT_TYPES = (str, bytes, int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whole lines that LibCST can parse by themselves between `before` and `after`. Lines from 1, both included."""

    first: int
    last: int
    symbol: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One assignment to a name: the first and the last line of its statement."""

    name: str
    first: int
    last: int


@dataclass(slots=True, kw_only=True)
class Scope:
    """Everything that was read off one file's syntax tree."""

    text: str
    starts: list[int]
    regions: list[Region] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    bindings: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    instances: dict[str, list[tuple[int, ast.expr]]] = field(default_factory=dict)
    bodies: dict[str, list[ast.stmt]] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)

    def region_at(self, line: int) -> Region | None:
        """The innermost region that holds a line; None for comments and blank lines."""
        at = bisect.bisect_right(self.regions, line, key=lambda region: region.first) - 1
        return self.regions[at] if at >= 0 and self.regions[at].last >= line else None

    def offset(self, line: int, utf8_column: int) -> int:
        """Code-point offset of one of `ast`'s positions, whose columns count UTF-8 bytes."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        row = self.text[start:end]
        if row.isascii():
            return start + utf8_column
        return start + len(row.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "ignore"))

    def constants(self, symbol: str) -> tuple[Sibling, ...]:
        """The constants that the body of a module, class or function binds to names."""
        return tuple(self._constants(self.bodies.get(symbol, [])))

    def _constants(self, body: list[ast.stmt]) -> Iterator[Sibling]:
        for statement in body:
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
            if name is None or value.end_lineno is None or value.end_col_offset is None:
                continue
            constant = value.value if isinstance(value.value, (str, bytes)) else str(value.value)
            span = Span(
                self.offset(value.lineno, value.col_offset), self.offset(value.end_lineno, value.end_col_offset)
            )
            yield Sibling(name=name, value=SecretValue(constant), span=span)

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
            if found:
                before = [binding for binding in found if binding.first <= line]
                return before[-1] if before else found[0]
        return None


def read_scope(text: str) -> Scope:
    """Parse a file. Raises Unreadable where it is not valid Python, in our words."""
    tree = _parse(text)
    scope = Scope(text=text, starts=line_starts(text))
    _walk(scope, tree.body, "")
    scope.regions = _merged(scope.regions)
    return scope


def too_deep(text: str) -> bool:
    """Whether an expression is nested so deep that LibCST, which recurses, could fail on it."""
    # Each level takes a bracket, an operator, a dot or a keyword; most texts have too few, and need no parser.
    if sum(map(text.count, _NESTING)) < _MAX_DEPTH // 2:
        return False
    try:
        tree = _parse(text)
    except Unreadable:
        return True
    level: list[ast.AST] = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def target_name(target: ast.expr) -> str | None:
    """The last word of an assignment's target."""
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
    return None


def _parse(text: str) -> ast.Module:
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


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _walk(scope: Scope, body: Sequence[ast.stmt], symbol: str) -> None:
    scope.bodies.setdefault(symbol, []).extend(body)
    for statement in body:
        first, last = _first_line(statement), statement.end_lineno or statement.lineno
        _note(scope, statement, symbol, first, last)
        inner = [block for block in _blocks(statement, first) if block[2] or block[0] == "match"]
        if not inner or (inner[0][2] and _shares_line(scope, inner[0][2][0])):
            scope.regions.append(_region(scope, first, last, symbol))
            named = _named(statement, symbol)
            if inner and named is not None:
                scope.bodies.setdefault(named, []).extend(inner[0][2])
            continue
        subject = _subject(statement)
        for number, (clause, start, block) in enumerate(inner):
            if clause == "match":
                scope.regions.append(_header(scope, start, inner[number + 1][1] - 1, symbol, clause))
                continue
            if _shares_line(scope, block[0]):
                # The whole clause with its suite.
                head, end = start or _first_line(block[0]), block[-1].end_lineno or start
                scope.regions.append(_header(scope, head, end, symbol, clause, whole=True, subject=subject))
                for each in block:
                    _note(scope, each, symbol, head, end)
                continue
            if start:
                last_line = _first_line(block[0]) - 1
                scope.regions.append(_header(scope, start, last_line, symbol, clause, subject=subject))
            _walk(scope, block, _named(statement, symbol) or symbol)


def _shares_line(scope: Scope, first: ast.stmt) -> bool:
    """Whether a suite stands on the last line of its own header: `if x: y = 1`, `else: z = 2`."""
    line = _first_line(first)
    start = scope.starts[line - 1]
    return bool(scope.text[start : scope.offset(first.lineno, first.col_offset)].strip()) and line == first.lineno


def _named(statement: ast.stmt, symbol: str) -> str | None:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return f"{symbol}.{statement.name}" if symbol else statement.name
    return None


def _blocks(statement: ast.stmt, first: int) -> list[tuple[str, int, list[ast.stmt]]]:
    """The suites of a compound statement: the clause that opens each, its first line, its statements.

    `else` and `finally` hold no expression: their suites come with line 0.
    """
    match statement:
        case ast.Match(cases=cases):
            heads: list[tuple[str, int, list[ast.stmt]]] = [("match", first, [])]
            return [*heads, *(("case", case.pattern.lineno, case.body) for case in cases)]
        case ast.If(body=body, orelse=orelse):
            found = [("if", first, body)]
            while len(orelse) == 1 and isinstance(orelse[0], ast.If) and orelse[0].col_offset == statement.col_offset:
                # Only an `elif` stands at the column of its `if`.
                found.append(("elif", orelse[0].lineno, orelse[0].body))
                orelse = orelse[0].orelse
            return [*found, ("else", 0, orelse)]
        case (
            ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final)
            | ast.TryStar(body=body, handlers=handlers, orelse=orelse, finalbody=final)
        ):
            caught = [("except", handler.lineno, handler.body) for handler in handlers]
            return [("try", 0, body), *caught, ("else", 0, orelse), ("finally", 0, final)]
        case ast.For() | ast.AsyncFor() | ast.While():
            return [("for", first, statement.body), ("else", 0, statement.orelse)]
        case ast.With() | ast.AsyncWith() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [("def", first, statement.body)]
    return []


def _indent(scope: Scope, line: int) -> str:
    start = scope.starts[line - 1]
    row = scope.text[start : start + 400]
    return row[: len(row) - len(row.lstrip(" \t\f"))]


def _region(scope: Scope, first: int, last: int, symbol: str) -> Region:
    # `if 1:` keeps the lines as they are; taking indentation away would change triple-quoted strings.
    return Region(first=first, last=last, symbol=symbol, before="if 1:\n" if _indent(scope, first) else "")


def _subject(statement: ast.stmt) -> str:
    """What a `match` looks at, in one word: what its cases are called by."""
    name = target_name(statement.subject) if isinstance(statement, ast.Match) else None
    return name if name is not None and name.isidentifier() and not keyword.iskeyword(name) else "1"


def _header(
    scope: Scope, first: int, last: int, symbol: str, clause: str, *, whole: bool = False, subject: str = "1"
) -> Region:
    indent = _indent(scope, first)
    wrap = "if 1:\n" if indent else ""
    before = {
        "elif": f"{wrap}{indent}if 1:\n{indent} pass\n",
        "except": f"{wrap}{indent}try:\n{indent} pass\n",
        "case": f"match {subject}:\n",
        "else": f"{wrap}{indent}if 1:\n{indent} pass\n",
        "finally": f"{wrap}{indent}try:\n{indent} pass\n",
    }.get(clause, wrap)
    after = f"{indent} case 1:\n{indent}  pass\n" if clause == "match" else f"{indent} pass\n"
    return Region(first=first, last=last, symbol=symbol, before=before, after="" if whole else after)


def _merged(regions: list[Region]) -> list[Region]:
    """Statements that share a line become one region."""
    found: list[Region] = []
    for region in sorted(regions, key=lambda region: (region.first, region.last)):
        if region.last < region.first:
            continue
        if found and region.first <= found[-1].last:
            if region.last > found[-1].last and not region.after and not found[-1].after:
                last = found.pop()
                region = Region(first=last.first, last=region.last, symbol=last.symbol, before=last.before)
                found.append(region)
            continue
        found.append(region)
    return found


def _note(scope: Scope, statement: ast.stmt, symbol: str, first: int, last: int) -> None:
    """Keep what a statement says about names."""
    match statement:
        case ast.Import(names=names):
            for alias in names:
                bound = alias.asname or alias.name.split(".")[0]
                scope.imports[bound] = alias.name if alias.asname else bound
        case ast.ImportFrom(module=module, names=names, level=0) if module:
            for alias in names:
                if alias.name == "*":
                    scope.stars.append(module)
                else:
                    scope.imports[alias.asname or alias.name] = f"{module}.{alias.name}"
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _bind(scope, target, value, symbol, first, last)
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            if value is not None:
                _bind(scope, target, value, symbol, first, last)
            _instance(scope, target, annotation, first)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    _instance(scope, item.optional_vars, item.context_expr, first)
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                if argument.annotation is not None:
                    scope.instances.setdefault(argument.arg, []).append((first, argument.annotation))
        case ast.ClassDef():
            scope.classes.add(_named(statement, symbol) or "")


def _bind(scope: Scope, target: ast.expr, value: ast.expr, symbol: str, first: int, last: int) -> None:
    name = target_name(target)
    if name is None:
        return
    if isinstance(value, (ast.Call, ast.Await)):
        _instance(scope, target, value.value if isinstance(value, ast.Await) else value, first)
    owner = symbol
    if isinstance(target, ast.Attribute):
        if not (isinstance(target.value, ast.Name) and target.value.id == "self"):
            return
        owner = symbol.rpartition(".")[0]
    scope.bindings.setdefault((owner, name), []).append(Binding(name=name, first=first, last=last))


def _instance(scope: Scope, target: ast.expr, value: ast.expr, line: int) -> None:
    name = target_name(target)
    if name is not None:
        scope.instances.setdefault(name, []).append((line, value))
