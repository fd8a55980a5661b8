"""Python source: literals with their names, roles and the call arguments that they reach.

LibCST parses the statements around the prefilter's hits, and the ones that bind the names used there. This module is
LibCST's home in the scanner.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace

import libcst as cst

from scanner.model import Argument, Document, Literal, Role, SecretValue, Sibling, Span
from scanner.readers.errors import Unreadable
from scanner.readers.pynames import ENV_GETTERS, callees_of, constant_of, env_key, leaf_of, owners_of, subscript_key
from scanner.readers.pypositions import Positions, positions_of
from scanner.readers.pyscope import Region, read_scope, too_deep
from scanner.readers.pystate import Context, Reading, Reference, Segment, span_of, symbol_of
from scanner.readers.pystrings import add_string, tokens_of

_MAX_REGION = 200_000
_MAX_HOPS = 3
# What wraps a value without changing what it is: the name outside is the name inside.
_WRAPPERS = frozenset(
    (
        "SecretStr SecretBytes Secret Field field str bytes bytearray quote quote_plus b64decode b64encode"
        " urlsafe_b64decode urlsafe_b64encode fromhex unhexlify dedent Option Argument Query Header Form Body Param"
        " CharField StringField default_factory cast lazy StringIO BytesIO strip mark_safe ib attrib Column"
        " Variable"
    ).split()
)
# Calls that take a name first and its value second.
_NAMED_SECOND = frozenset(
    (
        "get getenv setdefault setenv putenv set add add_header putheader pop config env str setattr set_cookie"
        " set_header add_argument option set_option set_password header string url get_env environ"
    ).split()
)
_NAMING_VERBS = frozenset("set put add store save update patch".split())
_WITHOUT_LITERALS = frozenset((cst.Integer, cst.Float, cst.Imaginary, cst.Ellipsis))
_NAMED_DEFAULTS = frozenset(("default", "value", "envvar_default", "fallback"))
_METHOD_WRAPPERS = frozenset(("encode", "decode", "strip", "lower", "upper", "format", "rstrip", "lstrip", "replace"))


def read(document: Document, offsets: Sequence[int]) -> Iterator[Literal]:
    """Literals of the statements at `offsets` and of the constants that those statements use by name.

    Raises Unreadable where the file, or a statement at an offset, is not valid Python.
    """
    scope = read_scope(document.text)
    reading = Reading(document=document, scope=scope)
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


def _bound_regions(reading: Reading, done: set[Region]) -> list[Region]:
    """Regions of what a call's argument named, directly or through other names, and that were not read yet."""
    found: list[Region] = []
    used = {reference.name for reference in reading.references}
    for reference in reading.references:
        if not any(argument.callees or argument.keyword in used for argument in reference.arguments):
            continue
        binding = reading.scope.lookup(reference.symbol, reference.name, reference.line)
        if binding is None:
            continue
        region = reading.scope.region_at(binding.first)
        if region is not None and region not in done:
            done.add(region)
            found.append(region)
    return found


def _reached(reading: Reading) -> Iterator[Literal]:
    """The literals, each with the arguments that it reaches, also through the names it is bound to."""
    uses: dict[tuple[str, int], list[Reference]] = {}
    for reference in reading.references:
        binding = reading.scope.lookup(reference.symbol, reference.name, reference.line)
        if binding is not None:
            uses.setdefault((reference.name, binding.first), []).append(reference)
    seen: set[Span] = set()
    for literal in reading.literals:
        if literal.span in seen:
            continue
        seen.add(literal.span)
        arguments = tuple(dict.fromkeys(_followed(reading, literal.arguments, uses, _MAX_HOPS)))
        yield literal if arguments == literal.arguments else replace(literal, arguments=arguments)


def _followed(
    reading: Reading, arguments: tuple[Argument, ...], uses: dict[tuple[str, int], list[Reference]], hops: int
) -> Iterator[Argument]:
    """Arguments of calls as they are; for one of a binding (see `_bound`) those that the name reaches."""
    for argument in arguments:
        if argument.callees:
            yield argument
        if argument.callees or not hops:
            continue
        line = bisect.bisect_right(reading.scope.starts, argument.call.start)
        for reference in uses.get((argument.keyword or "", line), ()):
            if reference.key is not None and reference.key != argument.key:
                continue
            for use in _followed(reading, reference.arguments, uses, hops - 1):
                key = use.key if reference.key is not None else argument.key or use.key
                yield replace(use, key=key, element=use.element if argument.element is None else argument.element)


def _read_regions(reading: Reading, regions: list[Region]) -> None:
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
        segment = Segment(start=length + len(region.before), source=source, length=len(lines), region=region)
        reading.segments.append(segment)
        length += len(region.before) + len(lines) + len(after)
    module, reading.positions = _parse("".join(pieces), regions)
    try:
        for statement in module.body:
            _statement(reading, statement, Context())
    except RecursionError:
        raise Unreadable(regions[0].first, 1, "nested too deep for LibCST") from None


def _parse(text: str, regions: list[Region]) -> tuple[cst.Module, Positions]:
    line = min(region.first for region in regions)
    if too_deep(text):
        raise Unreadable(line, 1, "nested too deep for LibCST")
    try:
        module = cst.parse_module(text)
        written, positions = positions_of(module)
    except (cst.ParserSyntaxError, cst.CSTLogicError, RecursionError):
        raise Unreadable(line, 1, "LibCST cannot parse this statement") from None
    if written != text:
        # LibCST drops a form feed before a statement, for one: its positions would be off.
        raise Unreadable(line, 1, "LibCST does not give this text back as it was")
    return module, positions


# --- statements ---------------------------------------------------------------------------------------------


def _statement(reading: Reading, node: cst.CSTNode, context: Context) -> None:
    match node:
        case cst.ClassDef(name=name) | cst.FunctionDef(name=name):
            symbol = context.symbol or symbol_of(reading, node)
            inner = replace(Context(), symbol=f"{symbol}.{name.value}" if symbol else name.value)
            for decorator in node.decorators:
                _expression(reading, decorator.decorator, replace(Context(), symbol=inner.symbol))
            if isinstance(node, cst.FunctionDef):
                _parameters(reading, node.params, inner)
            else:
                for argument in (*node.bases, *node.keywords):
                    name_ = argument.keyword.value if argument.keyword else None
                    _expression(reading, argument.value, replace(inner, name=name_, role=Role.KEYWORD))
            _statement(reading, node.body, inner)
        case cst.SimpleStatementLine(body=body) | cst.SimpleStatementSuite(body=body):
            base = context if context.symbol else Context(symbol=symbol_of(reading, node))
            for small in body:
                _small(reading, small, base)
        case cst.IndentedBlock(body=body):
            for statement in body:
                _statement(reading, statement, context)
        case cst.Match(subject=subject, cases=cases):
            _expression(reading, subject, _bare(context))
            for case in cases:
                pattern = replace(_bare(context), role=Role.COMPARISON, name=leaf_of(subject))
                _children(reading, case.pattern, pattern)
                if case.guard is not None:
                    _expression(reading, case.guard, _bare(context))
                _statement(reading, case.body, context)
        case _:
            base = context if context.symbol else Context(symbol=symbol_of(reading, node))
            for child in node.children:
                if isinstance(child, cst.BaseExpression):
                    _expression(reading, child, _bare(base))
                elif isinstance(child, (cst.BaseSuite, cst.BaseStatement)):
                    _statement(reading, child, context)
                else:
                    _children_of_clause(reading, child, base, context)


def _children_of_clause(reading: Reading, node: cst.CSTNode, base: Context, context: Context) -> None:
    """With items, except handlers, else and finally clauses."""
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            _expression(reading, child, _bare(base))
        elif isinstance(child, (cst.BaseSuite, cst.BaseStatement)):
            _statement(reading, child, context)
        elif not isinstance(child, cst.BaseParenthesizableWhitespace):
            _children_of_clause(reading, child, base, context)


def _small(reading: Reading, node: cst.BaseSmallStatement, context: Context) -> None:
    match node:
        case cst.Assign(targets=targets, value=value):
            pairs = _paired(targets[-1].target, value)
            if pairs is not None:
                for target, part in pairs:
                    _assign(reading, [target], part, context, node)
            else:
                _assign(reading, [target.target for target in targets], value, context, node)
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            _assign(reading, [target], value, context, node)
        case cst.AugAssign(target=target, value=value):
            _assign(reading, [target], value, replace(context, dynamic=True), node)
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
    reading: Reading,
    targets: Sequence[cst.BaseExpression],
    value: cst.BaseExpression,
    context: Context,
    statement: cst.CSTNode,
) -> None:
    span = span_of(reading, statement)
    arguments: tuple[Argument, ...] = ()
    for target in targets:
        if span is not None:
            arguments += _bound(reading, target, span)
        if not isinstance(target, cst.Name):
            _expression(reading, target, _bare(context))
    symbol = context.symbol
    if symbol not in reading.constants:
        reading.constants[symbol] = reading.scope.constants(symbol)
    assigned = replace(
        context,
        role=Role.ASSIGNMENT,
        name=leaf_of(targets[0]),
        arguments=arguments,
        container=None,
        siblings=reading.constants[symbol],
    )
    _expression(reading, value, assigned)


def _bound(reading: Reading, target: cst.BaseExpression, span: Span) -> tuple[Argument, ...]:
    """What is assigned reaches the target, as a setting, and whatever its name reaches: an argument without callees."""
    names = _target_names(reading, target)
    setting = (Argument(callees=names, index=None, keyword="=", call=span),) if names else ()
    name = None if isinstance(target, cst.Subscript) else leaf_of(target)
    return setting if name is None else (*setting, Argument(callees=(), index=None, keyword=name, call=span))


def _target_names(reading: Reading, target: cst.BaseExpression) -> tuple[str, ...]:
    """Qualified names of an attribute or subscript target, as settings spell them."""
    match target:
        case cst.Attribute(value=value, attr=cst.Name(value=name)):
            return tuple(f"{owner}.{name}" for owner in owners_of(reading, value))
        case cst.Subscript(value=value):
            key = subscript_key(target)
            return tuple(f"{owner}[{key}]" for owner in callees_of(reading, value)) if key else ()
    return ()


def _parameters(reading: Reading, parameters: cst.Parameters, context: Context) -> None:
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.default is not None:
            inner = replace(_bare(context), role=Role.DEFAULT, name=parameter.name.value)
            _expression(reading, parameter.default, inner)


# --- expressions --------------------------------------------------------------------------------------------


def _bare(context: Context) -> Context:
    return Context(symbol=context.symbol)


def _children(reading: Reading, node: cst.CSTNode, context: Context) -> None:
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            _expression(reading, child, context)
        elif not isinstance(child, (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace)):
            _children(reading, child, context)


def _expression(reading: Reading, node: cst.BaseExpression, context: Context) -> None:
    # LibCST's classes are abstract: each `case` that fails costs a call. These are most of the nodes.
    if type(node) in _WITHOUT_LITERALS:
        return
    if type(node) is cst.Name:
        _reference(reading, node, node.value, context)
        return
    if type(node) is cst.Call:
        _call(reading, node, context)
        return
    match node:
        case cst.SimpleString() | cst.ConcatenatedString() | cst.FormattedString():
            add_string(reading, [node], node, context)
            _embedded(reading, node, context)
        case cst.BinaryOperation(operator=cst.Add()):
            operands = _flattened(node)
            if any(isinstance(operand, cst.BaseString) for operand in operands):
                add_string(reading, operands, node, context)
            for operand in operands:
                if isinstance(operand, cst.BaseString):
                    _embedded(reading, operand, context)
                else:
                    _expression(reading, operand, replace(context, dynamic=True))
        case cst.BinaryOperation(left=left, right=right):
            _expression(reading, left, replace(context, dynamic=True))
            _expression(reading, right, _bare(context))
        case cst.BooleanOperation(left=left, right=right):
            _expression(reading, left, context)
            key = env_key(reading, left)
            name = _fuller(context.name, key)
            fallback = replace(context, name=name, role=Role.ENV_DEFAULT if key else context.role)
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
            called = _pair_name(node, context)
            for number, element in enumerate(elements):
                arguments = tuple(replace(argument, element=number) for argument in context.arguments)
                name = called if called and number else context.name
                _expression(reading, element.value, replace(context, role=Role.ELEMENT, name=name, arguments=arguments))
        case cst.NamedExpr(target=target, value=value):
            _assign(reading, [target], value, context, node)
        case cst.Lambda(params=parameters, body=body):
            _parameters(reading, parameters, context)
            _expression(reading, body, context)
        case cst.Await(expression=inner):
            _expression(reading, inner, context)
        case cst.Attribute(value=cst.Name(), attr=cst.Name(value=name)):
            _reference(reading, node, name, context)
        case cst.Subscript(value=cst.Name(value=name) as owner) if subscript_key(node) is not None:
            _reference(reading, owner, name, context, key=subscript_key(node))
            _children(reading, node, _bare(context))
        case _:
            _children(reading, node, _bare(context))


def _pair_name(node: cst.Tuple | cst.List | cst.Set, context: Context) -> str | None:
    """The name in one of several pairs: `[("password", "...")]`, as `dict` and a request's fields take them."""
    if not isinstance(node, cst.Tuple) or len(node.elements) != 2 or context.role is not Role.ELEMENT:
        return None
    return constant_of(node.elements[0].value)


def _reference(reading: Reading, node: cst.CSTNode, name: str, context: Context, *, key: str | None = None) -> None:
    """A name used as an argument, or assigned: what it is bound to reaches the same."""
    span = span_of(reading, node)
    if not context.arguments or span is None:
        return
    line = bisect.bisect_right(reading.scope.starts, span.start)
    symbol = context.symbol
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        owner = node.value.value
        symbol = symbol.rpartition(".")[0] if owner in ("self", "cls") else owner
    reading.references.append(Reference(symbol=symbol, name=name, line=line, arguments=context.arguments, key=key))


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


def _comparison(reading: Reading, node: cst.Comparison, context: Context) -> None:
    operands = [node.left, *(target.comparator for target in node.comparisons)]
    names = [leaf_of(operand) for operand in operands]
    for number, operand in enumerate(operands):
        others = [name for other, name in enumerate(names) if other != number and name]
        name = others[0] if others else None
        _expression(reading, operand, replace(_bare(context), role=Role.COMPARISON, name=name))


def _dict(reading: Reading, node: cst.Dict, context: Context) -> None:
    span = span_of(reading, node)
    pairs = [
        (constant_of(element.key), element.value) if isinstance(element, cst.DictElement) else (None, element.value)
        for element in node.elements
    ]
    siblings = tuple(_siblings(reading, pairs))
    # `DATABASES = {"default": {"PASSWORD": ...}}`: the path is DATABASES.default.
    path = ".".join(part for part in (context.symbol, context.name) if part)
    for element, (key, value) in zip(node.elements, pairs, strict=True):
        if isinstance(element, cst.DictElement):
            _expression(reading, element.key, _bare(context))
        arguments = tuple(replace(argument, key=key, element=None) for argument in context.arguments) if key else ()
        inner = Context(role=Role.ENTRY, name=key, symbol=path, arguments=arguments, container=span, siblings=siblings)
        _expression(reading, value, inner)


def _siblings(reading: Reading, pairs: Sequence[tuple[str | None, cst.BaseExpression]]) -> Iterator[Sibling]:
    for name, value in pairs:
        span = span_of(reading, value)
        if name is None or span is None:
            continue
        constant = constant_of(value)
        if constant is None and isinstance(value, cst.Name):
            found = {sibling.name: sibling for sibling in reading.scope.constants("")}.get(value.value)
            if found is not None:
                yield Sibling(name=name, value=found.value, span=found.span)
                continue
        if constant is None and isinstance(value, (cst.Integer, cst.Float)):
            constant = value.value
        if constant is not None:
            yield Sibling(name=name, value=SecretValue(constant), span=span)


def _call(reading: Reading, node: cst.Call, context: Context) -> None:
    span = span_of(reading, node)
    callees = callees_of(reading, node.func)
    leaf = leaf_of(node.func) or ""
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
    first = constant_of(node.args[0].value) if node.args and not node.args[0].star else None
    is_env = any(callee in ENV_GETTERS for callee in callees)
    starred = False
    for number, argument in enumerate(node.args):
        starred = starred or argument.star == "*"
        keyword = argument.keyword.value if argument.keyword else None
        reached: tuple[Argument, ...] = ()
        if span is not None and callees:
            typed = not callees[0].startswith(".")
            index = None if keyword or starred or argument.star else number
            reached = (Argument(callees=callees, index=index, keyword=keyword, call=span, typed=typed),)
            if argument.star == "**":
                reached = (replace(reached[0], keyword="**"),)
        if leaf == "dict" and keyword and isinstance(node.func, cst.Name):
            reached += tuple(replace(outer, key=keyword, element=None) for outer in context.arguments)
        name, role = keyword, Role.KEYWORD if keyword else Role.POSITIONAL
        wrapped = leaf in _WRAPPERS and (number == 0 or keyword in _NAMED_DEFAULTS)
        if wrapped and context.name is not None:
            name, role, reached = context.name, context.role, (*context.arguments, *reached)
        elif _takes_name_first(leaf) and first and number and _holds_value(first, number, keyword):
            name = _option_name(node) or first
            role = Role.ENV_DEFAULT if is_env or keyword in _NAMED_DEFAULTS else role
        elif leaf in ("setattr", "getattr") and number == 2 and len(node.args) > 1:
            name = constant_of(node.args[1].value)
        elif keyword == "default" and first and first.startswith("-"):
            name, role = _option_name(node), Role.DEFAULT
        elif keyword == "default" and context.role is Role.ASSIGNMENT and context.name is not None:
            name, role = context.name, Role.DEFAULT  # `api_key = Setting(default=...)`
        inner = Context(
            role=role, name=name, symbol=context.symbol, arguments=reached, container=span, siblings=siblings
        )
        _expression(reading, argument.value, inner)


def _fuller(name: str | None, key: str | None) -> str | None:
    """Of a target and the variable that it is read from the one that says more: `B = os.getenv("API_KEY") or ...`."""
    return max(filter(None, (name, key)), key=len, default=None)


def _takes_name_first(leaf: str) -> bool:
    """Whether a call is `set_option("name", value)` by its own name; a getter's second argument can be anything."""
    return leaf in _NAMED_SECOND or leaf.partition("_")[0] in _NAMING_VERBS


def _holds_value(first: str, number: int, keyword: str | None) -> bool:
    """Whether an argument behind a name is its value: the second one, but of `-k, --api-key` only the default."""
    return keyword in _NAMED_DEFAULTS or (number == 1 and not first.startswith("-"))


def _option_name(node: cst.Call) -> str | None:
    """The longest option string of an `add_argument` or `option` call, without dashes."""
    options = [constant_of(argument.value) for argument in node.args if argument.keyword is None]
    named = [option.lstrip("-") for option in options if option and option.startswith("-")]
    return max(named, key=len) if named else None


def _embedded(reading: Reading, node: cst.BaseExpression, context: Context) -> None:
    """Literals inside the expressions of an f-string."""
    for token in tokens_of(node):
        if isinstance(token, cst.FormattedString):
            for part in token.parts:
                if isinstance(part, cst.FormattedStringExpression):
                    _expression(reading, part.expression, _bare(context))
