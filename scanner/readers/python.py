"""Python source: literals with their names, roles and the call arguments that they reach.

LibCST parses the statements around the prefilter's hits, and the ones that bind the names used there. This module is
LibCST's home in the scanner.
"""

from __future__ import annotations

import ast
import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from scanner.model import Argument, Document, Literal, Role, SecretValue, Sibling, Span
from scanner.readers import pystring
from scanner.readers.errors import Unreadable
from scanner.readers.pyscope import Region, Scope, read_scope, too_deep
from scanner.text import line_starts

_MAX_REGION = 200_000
_MAX_HOPS = 3
# What wraps a value without changing what it is: the name outside is the name inside.
_WRAPPERS = frozenset(  # noqa: SIM905
    "SecretStr SecretBytes Secret Field field str bytes bytearray quote quote_plus b64decode b64encode urlsafe_b64decode"
    " urlsafe_b64encode fromhex unhexlify dedent Option Argument Query Header Form Body Param CharField StringField"
    " default_factory cast lazy StringIO BytesIO strip mark_safe ib attrib Column Variable"
    .split()
)  # fmt: skip
# Calls that take a name first and its value second.
_NAMED_SECOND = frozenset(
    "get getenv setdefault setenv putenv set add add_header putheader pop config env str setattr set_cookie"
    " set_header add_argument option set_option set_password header string url get_env environ"
    .split()
)  # fmt: skip
_ENV_GETTERS = frozenset(
    "os.getenv os.environ.get os.environ.setdefault os.environ.pop os.getenvb decouple.config environ.Env.str"
    " environ.Env environs.Env.str starlette.config.Config"
    .split()
)  # fmt: skip
_NAMED_DEFAULTS = frozenset(("default", "value", "envvar_default", "fallback"))
_METHOD_WRAPPERS = frozenset(("encode", "decode", "strip", "lower", "upper", "format", "rstrip", "lstrip", "replace"))
_PLACEHOLDER = "{x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What is known of the expression that is being read."""

    role: Role = Role.TEXT
    name: str | None = None
    symbol: str = ""
    arguments: tuple[Argument, ...] = ()
    container: Span | None = None
    siblings: tuple[Sibling, ...] = ()
    dynamic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """Where one region stands in the text given to LibCST (`start`) and in the document (`source`)."""

    start: int
    source: int
    length: int
    region: Region


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The state of reading one document."""

    document: Document
    scope: Scope
    literals: list[Literal] = field(default_factory=list)
    references: list[tuple[str, str, int, tuple[Argument, ...]]] = field(default_factory=list)
    segments: list[_Segment] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    positions: dict[cst.CSTNode, object] = field(default_factory=dict)
    constants: dict[str, tuple[Sibling, ...]] = field(default_factory=dict)


def read(document: Document, offsets: Sequence[int]) -> Iterator[Literal]:
    """Literals of the statements at `offsets` and of the constants that those statements use by name.

    Raises Unreadable where the file, or a statement at an offset, is not valid Python.
    """
    scope = read_scope(document.text)
    reading = _Reading(document=document, scope=scope)
    done: set[Region] = set()
    comments: list[int] = []
    wanted: list[Region] = []
    for offset in offsets:
        # A hit's offset is the end of a match: the character before it is the last that matched.
        line = bisect.bisect_right(scope.starts, max(offset - 1, 0))
        region = scope.region_at(line)
        if region is None:
            comments.append(offset)
        elif region not in done:
            done.add(region)
            wanted.append(region)
    _read_regions(reading, wanted)
    for _ in range(_MAX_HOPS):
        bound = _bound_regions(reading, done)
        if not bound:
            break
        _read_regions(reading, bound)
    yield from sorted(_reached(reading), key=lambda literal: literal.span)
    if comments:
        from scanner.readers import text

        yield from (replace(literal, role=Role.TEXT) for literal in text.read(document, comments))


def _bound_regions(reading: _Reading, done: set[Region]) -> list[Region]:
    """Regions of constants that a call argument named and that were not read yet."""
    found: list[Region] = []
    for symbol, name, line, _ in reading.references:
        binding = reading.scope.lookup(symbol, name, line)
        if binding is None:
            continue
        region = reading.scope.region_at(binding.region.first)
        if region is not None and region not in done:
            done.add(region)
            found.append(region)
    return found


def _reached(reading: _Reading) -> Iterator[Literal]:
    """The literals, each with the arguments that it reaches through the name it is bound to."""
    uses: dict[tuple[int, int, str], list[Argument]] = {}
    for symbol, name, line, arguments in reading.references:
        binding = reading.scope.lookup(symbol, name, line)
        if binding is not None:
            uses.setdefault((binding.region.first, binding.region.last, name), []).extend(arguments)
    seen: set[Span] = set()
    for literal in reading.literals:
        if literal.span in seen:
            continue
        seen.add(literal.span)
        found: tuple[Argument, ...] = literal.arguments
        if uses and literal.role is Role.ASSIGNMENT and literal.name is not None:
            line = bisect.bisect_right(reading.scope.starts, literal.span.start)
            for (first, last, name), reached in uses.items():
                if name == literal.name and first <= line <= last:
                    found += tuple(reached)
        yield literal if found is literal.arguments else replace(literal, arguments=found)


def _read_regions(reading: _Reading, regions: list[Region]) -> None:
    """Hand regions to LibCST, all in one text."""
    if not regions:
        return
    text, starts = reading.document.text, reading.scope.starts
    pieces: list[str] = []
    reading.segments.clear()
    length = 0
    for region in sorted(regions, key=lambda region: region.first):
        source = starts[region.first - 1]
        end = starts[region.last] if region.last < len(starts) else len(text)
        lines = text[source:end]
        if len(lines) > _MAX_REGION:
            raise Unreadable(region.first, 1, f"a statement of more than {_MAX_REGION:,} characters")
        after = region.after if lines.endswith(("\n", "\r")) else "\n" + region.after
        pieces += [region.before, lines, after]
        segment = _Segment(start=length + len(region.before), source=source, length=len(lines), region=region)
        reading.segments.append(segment)
        length += len(region.before) + len(lines) + len(after)
    module = _parse("".join(pieces), regions)
    reading.starts = line_starts("".join(pieces))
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    reading.positions = dict(wrapper.resolve(PositionProvider))
    try:
        for statement in module.body:
            _statement(reading, statement, _Context())
    except RecursionError:
        raise Unreadable(regions[0].first, 1, "nested too deep for LibCST") from None


def _parse(text: str, regions: list[Region]) -> cst.Module:
    line = min(region.first for region in regions)
    if too_deep(text):
        raise Unreadable(line, 1, "nested too deep for LibCST")
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTLogicError, RecursionError):
        raise Unreadable(line, 1, "LibCST cannot parse this statement") from None
    if module.code != text:
        # LibCST drops a form feed before a statement, for one: its positions would be off.
        raise Unreadable(line, 1, "LibCST does not give this text back as it was")
    return module


# --- positions ----------------------------------------------------------------------------------------------


def _segment(reading: _Reading, offset: int) -> _Segment:
    at = bisect.bisect_right(reading.segments, offset, key=lambda segment: segment.start) - 1
    return reading.segments[max(at, 0)]


def _span(reading: _Reading, node: cst.CSTNode) -> Span | None:
    """Where a node stands in the document; None for what was only put around a region."""
    found = reading.positions.get(node)
    if found is None:
        return None
    start = reading.starts[found.start.line - 1] + found.start.column  # type: ignore[attr-defined]
    end = reading.starts[found.end.line - 1] + found.end.column  # type: ignore[attr-defined]
    segment = _segment(reading, start)
    shift = segment.source - segment.start
    if start < segment.start or start >= segment.start + segment.length:
        return None
    return Span(start + shift, end + shift)


def _symbol(reading: _Reading, node: cst.CSTNode) -> str:
    found = reading.positions.get(node)
    if found is None:
        return ""
    return _segment(reading, reading.starts[found.start.line - 1] + found.start.column).region.symbol  # type: ignore[attr-defined]


# --- statements ---------------------------------------------------------------------------------------------


def _statement(reading: _Reading, node: cst.CSTNode, context: _Context) -> None:
    match node:
        case cst.ClassDef(name=name) | cst.FunctionDef(name=name):
            symbol = context.symbol or _symbol(reading, node)
            inner = replace(_Context(), symbol=f"{symbol}.{name.value}" if symbol else name.value)
            for decorator in node.decorators:
                _expression(reading, decorator.decorator, replace(_Context(), symbol=inner.symbol))
            if isinstance(node, cst.FunctionDef):
                _parameters(reading, node.params, inner)
            else:
                for argument in (*node.bases, *node.keywords):
                    name_ = argument.keyword.value if argument.keyword else None
                    _expression(reading, argument.value, replace(inner, name=name_, role=Role.KEYWORD))
            _statement(reading, node.body, inner)
        case cst.SimpleStatementLine(body=body) | cst.SimpleStatementSuite(body=body):
            base = context if context.symbol else _Context(symbol=_symbol(reading, node))
            for small in body:
                _small(reading, small, base)
        case cst.IndentedBlock(body=body):
            for statement in body:
                _statement(reading, statement, context)
        case cst.Match(subject=subject, cases=cases):
            _expression(reading, subject, _bare(context))
            for case in cases:
                pattern = replace(_bare(context), role=Role.COMPARISON, name=_leaf(subject))
                _children(reading, case.pattern, pattern)
                _statement(reading, case.body, context)
        case _:
            base = context if context.symbol else _Context(symbol=_symbol(reading, node))
            for child in node.children:
                if isinstance(child, cst.BaseExpression):
                    _expression(reading, child, _bare(base))
                elif isinstance(child, (cst.BaseSuite, cst.BaseStatement)):
                    _statement(reading, child, context)
                else:
                    _children_of_clause(reading, child, base, context)


def _children_of_clause(reading: _Reading, node: cst.CSTNode, base: _Context, context: _Context) -> None:
    """With items, except handlers, else and finally clauses."""
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            _expression(reading, child, _bare(base))
        elif isinstance(child, (cst.BaseSuite, cst.BaseStatement)):
            _statement(reading, child, context)
        elif not isinstance(child, cst.BaseParenthesizableWhitespace):
            _children_of_clause(reading, child, base, context)


def _small(reading: _Reading, node: cst.BaseSmallStatement, context: _Context) -> None:
    match node:
        case cst.Assign(targets=targets, value=value):
            pairs = _paired(targets[-1].target, value)
            if pairs is not None:
                for target, part in pairs:
                    _assign(reading, target, part, context, node)
            else:
                _assign(reading, targets[0].target, value, context, node)
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            _assign(reading, target, value, context, node)
        case cst.AugAssign(target=target, value=value):
            _assign(reading, target, value, replace(context, dynamic=True), node)
        case cst.Return(value=cst.BaseExpression() as value):
            name = context.symbol.rpartition(".")[2] or None
            _expression(reading, value, replace(context, role=Role.RETURN, name=name))
        case _:
            _children(reading, node, context)


def _paired(
    target: cst.BaseExpression, value: cst.BaseExpression
) -> list[tuple[cst.BaseExpression, cst.BaseExpression]] | None:
    """`user, password = "u", "p"` taken apart; None for anything that does not pair up."""
    if not isinstance(target, (cst.Tuple, cst.List)) or not isinstance(value, (cst.Tuple, cst.List)):
        return None
    elements = (*target.elements, *value.elements)
    if len(target.elements) != len(value.elements) or any(isinstance(e, cst.StarredElement) for e in elements):
        return None
    return [(left.value, right.value) for left, right in zip(target.elements, value.elements, strict=True)]


def _assign(
    reading: _Reading, target: cst.BaseExpression, value: cst.BaseExpression, context: _Context, statement: cst.CSTNode
) -> None:
    name = _leaf(target)
    span = _span(reading, statement)
    targets = _target_names(reading, target)
    arguments: tuple[Argument, ...] = ()
    if targets and span is not None:
        arguments = (Argument(callees=targets, index=None, keyword="=", call=span),)
    if not isinstance(target, cst.Name):
        _expression(reading, target, _bare(context))
    symbol = context.symbol
    if symbol not in reading.constants:
        reading.constants[symbol] = reading.scope.constants(symbol)
    assigned = replace(
        context,
        role=Role.ASSIGNMENT,
        name=name,
        arguments=arguments,
        container=None,
        siblings=reading.constants[symbol],
    )
    _expression(reading, value, assigned)


def _target_names(reading: _Reading, target: cst.BaseExpression) -> tuple[str, ...]:
    """Qualified names of an attribute or subscript target, as settings spell them."""
    match target:
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            return tuple(f"{owner}.{name}" for owner in _owners(reading, value))
        case cst.Subscript(value=value):
            key = _subscript_key(target)
            return tuple(f"{owner}[{key}]" for owner in _callees(reading, value)) if key else ()
    return ()


def _parameters(reading: _Reading, parameters: cst.Parameters, context: _Context) -> None:
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.default is not None:
            inner = replace(_bare(context), role=Role.DEFAULT, name=parameter.name.value)
            _expression(reading, parameter.default, inner)


# --- expressions --------------------------------------------------------------------------------------------


def _bare(context: _Context) -> _Context:
    return _Context(symbol=context.symbol)


def _children(reading: _Reading, node: cst.CSTNode, context: _Context) -> None:
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            _expression(reading, child, context)
        elif not isinstance(child, (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace)):
            _children(reading, child, context)


def _expression(reading: _Reading, node: cst.BaseExpression, context: _Context) -> None:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString() | cst.FormattedString():
            _string(reading, [node], node, context)
        case cst.BinaryOperation(operator=cst.Add()):
            operands = _flattened(node)
            if any(isinstance(operand, cst.BaseString) for operand in operands):
                _string(reading, operands, node, context)
            for operand in operands:
                if not isinstance(operand, cst.BaseString):
                    _expression(reading, operand, replace(context, dynamic=True))
        case cst.BinaryOperation(left=left, right=right):
            _expression(reading, left, replace(context, dynamic=True))
            _expression(reading, right, _bare(context))
        case cst.BooleanOperation(left=left, right=right):
            _expression(reading, left, context)
            key = _env_key(reading, left)
            fallback = replace(context, name=context.name or key, role=Role.ENV_DEFAULT if key else context.role)
            _expression(reading, right, fallback)
        case cst.IfExp(test=test, body=body, orelse=orelse):
            _expression(reading, test, _bare(context))
            _expression(reading, body, context)
            _expression(reading, orelse, context)
        case cst.Comparison():
            _comparison(reading, node, context)
        case cst.Dict():
            _dict(reading, node, context)
        case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
            for number, element in enumerate(elements):
                arguments = tuple(replace(argument, element=number) for argument in context.arguments)
                _expression(reading, element.value, replace(context, role=Role.ELEMENT, arguments=arguments))
        case cst.Call():
            _call(reading, node, context)
        case cst.NamedExpr(target=target, value=value):
            _assign(reading, target, value, context, node)
        case cst.Lambda(params=parameters, body=body):
            _parameters(reading, parameters, context)
            _expression(reading, body, context)
        case cst.Await(expression=inner):
            _expression(reading, inner, context)
        case cst.Name(value=name):
            _reference(reading, node, name, context)
        case cst.Attribute(value=cst.Name(), attr=cst.Name(value=name)):
            _reference(reading, node, name, context)
        case _:
            _children(reading, node, _bare(context))


def _reference(reading: _Reading, node: cst.CSTNode, name: str, context: _Context) -> None:
    """A name used as an argument: its constant reaches the same argument."""
    span = _span(reading, node)
    if not context.arguments or context.role is Role.ASSIGNMENT or span is None:
        return
    line = bisect.bisect_right(reading.scope.starts, span.start)
    symbol = context.symbol
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        owner = node.value.value
        symbol = symbol.rpartition(".")[0] if owner in ("self", "cls") else owner
    reading.references.append((symbol, name, line, context.arguments))


def _flattened(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Operands of a chain of `+`, left to right."""
    found: list[cst.BaseExpression] = []
    stack: list[cst.BaseExpression] = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, cst.BinaryOperation) and isinstance(top.operator, cst.Add):
            stack += [top.right, top.left]
        else:
            found.append(top)
    return found


def _comparison(reading: _Reading, node: cst.Comparison, context: _Context) -> None:
    operands = [node.left, *(target.comparator for target in node.comparisons)]
    names = [_leaf(operand) for operand in operands]
    for number, operand in enumerate(operands):
        others = [name for other, name in enumerate(names) if other != number and name]
        name = others[0] if others else None
        _expression(reading, operand, replace(_bare(context), role=Role.COMPARISON, name=name))


def _dict(reading: _Reading, node: cst.Dict, context: _Context) -> None:
    span = _span(reading, node)
    pairs = [
        (_constant(element.key), element.value) if isinstance(element, cst.DictElement) else (None, element.value)
        for element in node.elements
    ]
    siblings = tuple(_siblings(reading, pairs))
    # `DATABASES = {"default": {"PASSWORD": ...}}`: the path is DATABASES.default.
    path = ".".join(part for part in (context.symbol, context.name) if part)
    for element, (key, value) in zip(node.elements, pairs, strict=True):
        if isinstance(element, cst.DictElement) and not isinstance(element.key, cst.BaseString):
            _expression(reading, element.key, _bare(context))
        arguments = tuple(replace(argument, key=key, element=None) for argument in context.arguments) if key else ()
        inner = _Context(role=Role.ENTRY, name=key, symbol=path, arguments=arguments, container=span, siblings=siblings)
        _expression(reading, value, inner)


def _siblings(reading: _Reading, pairs: Sequence[tuple[str | None, cst.BaseExpression]]) -> Iterator[Sibling]:
    for name, value in pairs:
        span = _span(reading, value)
        if name is None or span is None:
            continue
        constant = _constant(value)
        if constant is None and isinstance(value, cst.Name):
            found = {sibling.name: sibling for sibling in reading.scope.constants("")}.get(value.value)
            if found is not None:
                yield Sibling(name=name, value=found.value, span=found.span)
                continue
        if constant is None and isinstance(value, (cst.Integer, cst.Float)):
            constant = value.value
        if constant is not None:
            yield Sibling(name=name, value=SecretValue(constant), span=span)


def _call(reading: _Reading, node: cst.Call, context: _Context) -> None:
    span = _span(reading, node)
    callees = _callees(reading, node.func)
    leaf = _leaf(node.func) or ""
    if isinstance(node.func, cst.Attribute):
        owner = node.func.value
        wraps = leaf in _METHOD_WRAPPERS and not isinstance(owner, (cst.Name, cst.Attribute))
        inner = replace(context, dynamic=context.dynamic or leaf in ("format", "replace")) if wraps else _bare(context)
        _expression(reading, owner, inner)
    elif not isinstance(node.func, cst.Name):
        _expression(reading, node.func, _bare(context))
    pairs = [
        (argument.keyword.value if argument.keyword else f"#{number}", argument.value)
        for number, argument in enumerate(node.args)
        if not argument.star
    ]
    siblings = tuple(_siblings(reading, pairs))
    first = _constant(node.args[0].value) if node.args and not node.args[0].star else None
    is_env = any(callee in _ENV_GETTERS for callee in callees)
    starred = False
    for number, argument in enumerate(node.args):
        starred = starred or argument.star == "*"
        keyword = argument.keyword.value if argument.keyword else None
        reached: tuple[Argument, ...] = ()
        if span is not None and callees:
            typed = not callees[0].startswith(".")
            index = None if keyword or starred else number
            reached = (Argument(callees=callees, index=index, keyword=keyword, call=span, typed=typed),)
            if argument.star == "**":
                reached = (replace(reached[0], keyword="**"),)
        name, role = keyword, Role.KEYWORD if keyword else Role.POSITIONAL
        wrapped = leaf in _WRAPPERS and (number == 0 or keyword in _NAMED_DEFAULTS)
        if wrapped and context.name is not None:
            name, role, reached = context.name, context.role, (*context.arguments, *reached)
        elif leaf in _NAMED_SECOND and first and (number == 1 or keyword in _NAMED_DEFAULTS) and number:
            name = _option_name(node) or first
            role = Role.ENV_DEFAULT if is_env or keyword in _NAMED_DEFAULTS else role
        elif leaf == "setattr" and number == 2 and len(node.args) > 1:
            name = _constant(node.args[1].value)
        elif keyword == "default" and first and first.startswith("-"):
            name, role = _option_name(node), Role.DEFAULT
        inner = _Context(
            role=role, name=name, symbol=context.symbol, arguments=reached, container=span, siblings=siblings
        )
        _expression(reading, argument.value, inner)


def _option_name(node: cst.Call) -> str | None:
    """The longest option string of an `add_argument` or `option` call, without dashes."""
    options = [_constant(argument.value) for argument in node.args if argument.keyword is None]
    named = [option.lstrip("-") for option in options if option and option.startswith("-")]
    return max(named, key=len) if named else None


def _env_key(reading: _Reading, node: cst.BaseExpression) -> str | None:
    """The variable that `os.environ.get(K)`, `os.getenv(K)` or `os.environ[K]` reads."""
    if isinstance(node, cst.Call) and node.args and any(c in _ENV_GETTERS for c in _callees(reading, node.func)):
        return _constant(node.args[0].value)
    if isinstance(node, cst.Subscript) and "os.environ" in _callees(reading, node.value):
        return _subscript_key(node)
    return None


# --- names --------------------------------------------------------------------------------------------------


def _constant(node: cst.CSTNode | None) -> str | None:
    """The text of a plain string node."""
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        try:
            value = node.evaluated_value
        except (ValueError, SyntaxError):
            return None
        return value if isinstance(value, str) else None
    return None


def _subscript_key(node: cst.Subscript) -> str | None:
    if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return _constant(node.slice[0].slice.value)
    return None


def _leaf(node: cst.CSTNode) -> str | None:
    """The last word of a name, attribute, subscript or look-up."""
    match node:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Subscript():
            return _subscript_key(node)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="get" | "getenv")), args=[argument, *_]):
            return _constant(argument.value)
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="lower" | "strip" | "encode" | "upper"))):
            return _leaf(inner)
    return None


def _callees(reading: _Reading, node: cst.BaseExpression) -> tuple[str, ...]:
    """Qualified names that a callable expression can mean."""
    match node:
        case cst.Name(value=name):
            if name in reading.scope.imports:
                return (reading.scope.imports[name],)
            return (*(f"{module}.{name}" for module in reading.scope.stars), name)
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            return tuple(dict.fromkeys(f"{owner}.{name}" for owner in _owners(reading, value)))
        case cst.Subscript(value=value):
            key = _subscript_key(node)
            return tuple(f"{owner}[{key}]" for owner in _callees(reading, value)) if key else ()
    return ()


def _owners(reading: _Reading, node: cst.BaseExpression) -> tuple[str, ...]:
    """What the object before a dot can be: a module, a class, an instance of one, or unknown ("")."""
    match node:
        case cst.Name(value=name):
            if name in reading.scope.imports:
                return (reading.scope.imports[name],)
            return _instances(reading, name, node) or ("",)
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            inner = _owners(reading, value)
            if isinstance(value, cst.Name) and value.value in ("self", "cls"):
                return _instances(reading, name, node) or ("",)
            return tuple(f"{owner}.{name}" for owner in inner if owner) or (f".{name}",)
        case cst.Call(func=func):
            return _callees(reading, func) or ("",)
        case cst.Await(expression=inner_node):
            return _owners(reading, inner_node)
    return ("",)


def _instances(reading: _Reading, name: str, node: cst.CSTNode) -> tuple[str, ...]:
    """Classes whose instance a name was seen to be bound to: the nearest binding before, else the first."""
    seen = reading.scope.instances.get(name)
    if not seen:
        return ()
    span = _span(reading, node)
    line = bisect.bisect_right(reading.scope.starts, span.start) if span else 0
    before = [value for at, value in seen if at <= line]
    value = before[-1] if before else seen[0][1]
    found = _dotted(reading.scope, value)
    return (found,) if found else ()


def _dotted(scope: Scope, node: ast.expr) -> str | None:
    """The qualified name of a constructor call or an annotation, from `ast`."""
    match node:
        case ast.Call(func=func):
            return _dotted(scope, func)
        case ast.Name(id=name):
            return scope.imports.get(name, name)
        case ast.Attribute(value=value, attr=name):
            owner = _dotted(scope, value)
            return f"{owner}.{name}" if owner else None
        case ast.Subscript(slice=inner) | ast.BinOp(left=inner):
            return _dotted(scope, inner)
    return None


# --- strings ------------------------------------------------------------------------------------------------


def _string(
    reading: _Reading, operands: list[cst.BaseExpression], whole: cst.BaseExpression, context: _Context
) -> None:
    """Yield one literal for a string, an f-string or a concatenation, with its offset map."""
    span = _span(reading, whole)
    if span is None:
        return
    pieces: list[tuple[str, tuple[int, ...] | None, int]] = []
    dynamic = context.dynamic
    is_bytes = False
    for operand in operands:
        for node in _tokens(operand):
            at = _span(reading, node)
            if at is None:
                return
            if isinstance(node, cst.SimpleString):
                try:
                    token = pystring.decode(node.value)
                except ValueError:
                    return
                is_bytes = isinstance(token.value, bytes)
                text = token.value.decode("latin-1") if isinstance(token.value, bytes) else token.value
                offsets = token.offsets and tuple(at.start + offset for offset in token.offsets)
                pieces.append((text, offsets, at.start + token.body))
            elif isinstance(node, cst.FormattedString):
                dynamic = True
                pieces += _formatted(reading, node)
            else:
                dynamic = True
                pieces.append((_PLACEHOLDER, (at.start,) * (len(_PLACEHOLDER) + 1), at.start))
    if len(pieces) == 1 and pieces[0][1] is None:
        text, _, body = pieces[0]
        offsets = None
    else:
        text, offsets = _joined(pieces)
        body = offsets[0] if offsets else span.start
    reading.literals.append(
        Literal(
            span=span,
            value=SecretValue(text.encode("latin-1") if is_bytes and not dynamic else text),
            role=context.role,
            name=context.name,
            symbol=context.symbol,
            body=body,
            offsets=offsets,
            parts=len(pieces),
            dynamic=dynamic,
            arguments=context.arguments,
            container=context.container,
            siblings=context.siblings,
        )
    )
    for operand in operands:
        if isinstance(operand, (cst.FormattedString, cst.ConcatenatedString)):
            _embedded(reading, operand, context)


def _joined(pieces: list[tuple[str, tuple[int, ...] | None, int]]) -> tuple[str, tuple[int, ...]]:
    offsets: list[int] = []
    end = 0
    for text, mapped, body in pieces:
        piece = mapped if mapped is not None else tuple(range(body, body + len(text) + 1))
        offsets += piece[:-1]
        end = piece[-1]
    return "".join(text for text, _, _ in pieces), (*offsets, end)


def _tokens(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.ConcatenatedString):
        yield from _tokens(node.left)
        yield from _tokens(node.right)
    else:
        yield node


def _formatted(reading: _Reading, node: cst.FormattedString) -> Iterator[tuple[str, tuple[int, ...] | None, int]]:
    """The constant parts of an f-string, and a placeholder for each expression."""
    raw = "r" in node.start.lower()
    for part in node.parts:
        at = _span(reading, part)
        if at is None:
            continue
        if not isinstance(part, cst.FormattedStringText):
            yield _PLACEHOLDER, (at.start,) * (len(_PLACEHOLDER) + 1), at.start
            continue
        try:
            text, offsets = pystring.decode_body(part.value, 0, len(part.value), raw=raw, is_bytes=False)
        except ValueError:
            continue
        if "{{" not in text and "}}" not in text:
            yield text, offsets and tuple(at.start + offset for offset in offsets), at.start
            continue
        mapped = offsets or tuple(range(len(text) + 1))
        kept = [i for i in range(len(text)) if not (text[i] in "{}" and i and text[i - 1] == text[i] and _odd(text, i))]
        yield (
            "".join(text[i] for i in kept),
            tuple(at.start + mapped[i] for i in kept) + (at.start + mapped[len(text)],),
            at.start,
        )


def _odd(text: str, at: int) -> bool:
    """Whether the brace at `at` is the second one of a doubled pair."""
    start = at
    while start and text[start - 1] == text[at]:
        start -= 1
    return (at - start) % 2 == 1


def _embedded(reading: _Reading, node: cst.BaseExpression, context: _Context) -> None:
    """Literals inside the expressions of an f-string."""
    for token in _tokens(node):
        if isinstance(token, cst.FormattedString):
            for part in token.parts:
                if isinstance(part, cst.FormattedStringExpression):
                    _expression(reading, part.expression, _bare(context))
