"""The expressions of a LibCST tree: what each string is called and which arguments it reaches."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import libcst as cst

from scanner.commandlines import password_in
from scanner.model import Argument, Role, SecretValue, Sibling, Span
from scanner.readers.inserted import names_of_places
from scanner.readers.pyarguments import Called, Given, Way, name_of
from scanner.readers.pynames import ENV_GETTERS, callees_of, constant_of, env_key, leaf_of, owners_of, subscript_key
from scanner.readers.pystate import Context, Reading, Reference, span_of
from scanner.readers.pystrings import add_number, add_part, add_rest, add_string, tokens_of
from scanner.readers.pywords import (
    EXECUTING,
    METHOD_WRAPPERS,
    NAMED_DEFAULTS,
    called_as,
    flag_of,
    holds_login,
    instead_of,
    is_asked,
    is_one_of,
    is_record,
    recorded,
    telling,
    template_names,
)
from scanner.readers.together import (
    is_numbered,
    key_name,
    names_in,
    names_of,
    password_of,
    pieces,
    stands_behind_login,
)

_CONSTANTS = ("True", "False", "None")
# As the first of a pair.
_SAYING_NOTHING = ("default", "value", "values")
_DECLARING = (Role.ASSIGNMENT, Role.KEYWORD)
_ROLES = {Way.DEFAULT: Role.DEFAULT, Way.COMPARED: Role.COMPARISON}
_WITHOUT_LITERALS = frozenset((cst.Float, cst.Imaginary, cst.Ellipsis))


def bare(context: Context) -> Context:
    """Nothing but the symbol of a context."""
    return Context(symbol=context.symbol)


def children(reading: Reading, node: cst.CSTNode, context: Context) -> None:
    """Read all expressions below a node."""
    for child in node.children:
        if isinstance(child, cst.BaseExpression):
            expression(reading, child, context)
        elif isinstance(child, cst.CompFor):
            iterated(reading, child.target, child.iter, context)
            for part in (*child.ifs, *((child.inner_for_in,) if child.inner_for_in else ())):
                children(reading, part, context)
        elif not isinstance(child, (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace)):
            children(reading, child, context)


def expression(reading: Reading, node: cst.BaseExpression, context: Context) -> None:
    """Read one expression."""
    # LibCST's classes are abstract: each `case` that fails costs a call. These are most of the nodes.
    if type(node) in _WITHOUT_LITERALS:
        return
    if type(node) is cst.Integer:
        if is_numbered(context.name, node.value):
            add_number(reading, node, context)
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
                    expression(reading, operand, replace(context, dynamic=True))
        case cst.BinaryOperation(left=left, operator=operator, right=right):
            expression(reading, left, replace(context, dynamic=True))
            places = template_names(constant_of(left) or "", percent=True) if type(operator) is cst.Modulo else {}
            if places:
                _filled(reading, right, places, context)
            else:
                expression(reading, right, bare(context))
        case cst.BooleanOperation(left=left, right=right):
            expression(reading, left, context)
            key = env_key(reading, left)
            name = _fuller(context.name, key) if key else instead_of(context.name, leaf_of(left))
            fallback = replace(context, name=name, role=Role.ENV_DEFAULT if key else context.role)
            expression(reading, right, fallback)
        case cst.IfExp(test=test, body=body, orelse=orelse):
            expression(reading, test, bare(context))
            expression(reading, body, context)
            expression(reading, orelse, context)
        case cst.Comparison():
            _comparison(reading, node, context)
        case cst.Dict():
            _dict(reading, node, context)
        case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
            called = _pair_name(node, context)
            # `PASSWORDS = [("root", "...")]` is as `PASSWORDS = {"root": "..."}`: the path is PASSWORDS.
            path = ".".join(part for part in (context.symbol, context.name) if part)
            if _is_record(node, context):
                context = replace(context, name=None)
            texts = [constant_of(element.value) for element in elements]
            passwords = password_in(texts)
            row = password_of(context.name, texts) if context.role is Role.ELEMENT else None
            for number, element in enumerate(elements):
                arguments = tuple(replace(argument, element=number) for argument in context.arguments)
                name = flag_of(texts[number - 1] if number else None) or context.name
                if called is not None and (number or texts[1] is not None):
                    name = called if number else None
                behind = isinstance(node, cst.Tuple) and stands_behind_login(texts, number)
                name = "password" if behind or number == row or passwords.get(number) == 0 else name
                symbol = path if called and number else context.symbol
                inner = replace(context, role=Role.ELEMENT, name=name, symbol=symbol, arguments=arguments)
                expression(reading, element.value, inner)
                if passwords.get(number):
                    add_rest(reading, element.value, passwords[number])
        case cst.NamedExpr(target=target, value=value):
            assign(reading, [target], value, context, node)
        case cst.Lambda(params=parameters, body=body):
            defaults(reading, parameters, context)
            expression(reading, body, context)
        case cst.Await(expression=inner):
            expression(reading, inner, context)
        case cst.Attribute(value=cst.Name(), attr=cst.Name(value=name)):
            _reference(reading, node, name, context)
        case cst.Subscript(value=cst.Dict() | cst.List() | cst.Tuple() | cst.BaseString() as whole, slice=parts):
            expression(reading, whole, replace(context, dynamic=isinstance(whole, cst.BaseString), arguments=()))
            for part in parts:
                children(reading, part, bare(context))
        case cst.Subscript(value=cst.Name(value=name) as owner) if subscript_key(node) is not None:
            _reference(reading, owner, name, context, key=subscript_key(node))
            children(reading, node, bare(context))
        case _:
            children(reading, node, bare(context))


def _filled(reading: Reading, node: cst.BaseExpression, places: Mapping[int, str], context: Context) -> None:
    """What is put into a template by `%`: each value by the name of its place."""
    parts = [element.value for element in node.elements] if isinstance(node, cst.Tuple | cst.List) else [node]
    for number, part in enumerate(parts):
        expression(reading, part, replace(bare(context), role=Role.ELEMENT, name=places.get(number)))


def _given_beside(
    reading: Reading, argument: cst.Arg, number: int, places: Mapping[int, str], context: Context
) -> None:
    """What is given beside a query: `execute(query, (name, password))`, rows of such, or one argument a place."""
    node = argument.value
    if not isinstance(node, cst.Tuple | cst.List):
        name = None if argument.keyword or argument.star else places.get(number - 1)
        expression(reading, node, replace(bare(context), role=Role.ELEMENT, name=name))
        return
    parts = [element.value for element in node.elements]
    rows = all(isinstance(part, cst.Tuple | cst.List) for part in parts)
    for row in parts if rows else [node]:
        _filled(reading, row, places, context)


def _is_record(node: cst.BaseExpression, context: Context) -> bool:
    """Whether a tuple in a collection has other things behind a text: its container's name says nothing of that.

    The tokens of a lexer are so: `tokens = {"value": [(r"[0-9]+", Number, "#pop")]}`.
    """
    if context.role not in (Role.ELEMENT, Role.ENTRY) or not isinstance(node, cst.Tuple):
        return False
    behind = [element.value for element in node.elements[1:]]
    texts = any(isinstance(element.value, cst.BaseString) for element in node.elements)
    return texts and any(
        isinstance(value, cst.Name | cst.Attribute | cst.Call) and leaf_of(value) not in _CONSTANTS for value in behind
    )


def _fuller(name: str | None, key: str | None) -> str | None:
    """Of a target and the variable that it is read from the one that says more: `B = os.getenv("API_KEY") or ...`."""
    return max(filter(None, (name, key)), key=len, default=None)


def _pair_name(node: cst.Tuple | cst.List | cst.Set, context: Context) -> str | None:
    """The name in one of several pairs: `[("password", "...")]`, as `dict` and a request's fields take them."""
    first = constant_of(node.elements[0].value) if len(node.elements) == 2 else None
    if first is None or isinstance(node, cst.Set):
        return None
    second = constant_of(node.elements[1].value)
    if second is not None and holds_login(context.name, second, listed=context.role is Role.ELEMENT):
        return "password"
    if not isinstance(node, cst.Tuple) or context.role is not Role.ELEMENT:
        return None
    return None if first in _SAYING_NOTHING else first


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
        expression(reading, operand, replace(bare(context), role=Role.COMPARISON, name=name))


def _dict(reading: Reading, node: cst.Dict, context: Context) -> None:
    span = span_of(reading, node)
    pairs = [
        (constant_of(element.key), element.value) if isinstance(element, cst.DictElement) else (None, element.value)
        for element in node.elements
    ]
    siblings = tuple(_siblings(reading, pairs))
    # `DATABASES = {"default": {"PASSWORD": ...}}`: the path is DATABASES.default.
    path = ".".join(part for part in (context.symbol, context.name) if part)
    record = is_record(key for key, _ in pairs)
    texts = [(key, constant_of(value)) for key, value in pairs] if record else []
    for element, (key, value) in zip(node.elements, pairs, strict=True):
        called = key_name(context.name, key)
        if isinstance(element, cst.DictElement):
            inner = replace(bare(context), role=Role.ELEMENT, name=called) if called else bare(context)
            expression(reading, element.key, inner)
        key = None if called else recorded(key, texts) or key
        arguments = tuple(replace(argument, key=key, element=None) for argument in context.arguments) if key else ()
        inner = Context(role=Role.ENTRY, name=key, symbol=path, arguments=arguments, container=span, siblings=siblings)
        expression(reading, value, inner)


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
    own = leaf_of(node.func.value) or "" if isinstance(node.func, cst.Attribute) else None
    leaf = called_as(leaf_of(node.func) or "", own)
    if isinstance(node.func, cst.Attribute):
        owner = node.func.value
        wraps = leaf in METHOD_WRAPPERS and not isinstance(owner, (cst.Name, cst.Attribute))
        inner = replace(context, dynamic=context.dynamic or leaf in ("format", "replace")) if wraps else bare(context)
        expression(reading, owner, inner)
    elif not isinstance(node.func, cst.Name):
        expression(reading, node.func, bare(context))
    pairs = [
        (argument.keyword.value if argument.keyword else f"#{number}", argument.value)
        for number, argument in enumerate(node.args)
        if not argument.star
    ]
    siblings = tuple(_siblings(reading, pairs))
    first = constant_of(node.args[0].value) if node.args and not node.args[0].star else None
    is_env = any(callee in ENV_GETTERS for callee in callees)
    template = constant_of(node.func.value) if leaf == "format" and isinstance(node.func, cst.Attribute) else None
    filled = template_names(template, percent=False) if template else {}
    if leaf == "zip" and _zipped(reading, node, context):
        return
    beside = names_of_places(first) if first and leaf in EXECUTING else {}
    seen = Called(
        leaf=leaf,
        given=[
            Given(
                argument.keyword.value if argument.keyword else None,
                constant_of(argument.value),
                bool(argument.star),
                isinstance(argument.value, cst.Integer),
            )
            for argument in node.args
        ],
        is_method=isinstance(node.func, cst.Attribute),
        asked=lambda: _asked(node.func),
        sent=lambda: _sent(node.args[0].value),
        compared=lambda number: leaf_of(node.args[number].value),
        is_asked=lambda: span is not None and is_asked(reading.document.text, span.start),
    )
    starred = False
    for number, argument in enumerate(node.args):
        starred = starred or argument.star == "*"
        if beside and number:
            _given_beside(reading, argument, number, beside, context)
            continue
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
        inserted, role = filled.get(number), Role.KEYWORD if keyword else Role.POSITIONAL
        by_place = keyword is None and inserted is None and not starred
        name, way = name_of(
            seen,
            number,
            outer=context.name,
            declares=context.role in _DECLARING,
            inserted=inserted,
            placed=reading.scope.placed(own, leaf, number) if by_place else None,
        )
        if way is Way.OUTER:
            role, reached = context.role, (*context.arguments, *reached)
        elif way is Way.VALUE and (is_env or keyword in NAMED_DEFAULTS):
            role = Role.ENV_DEFAULT
        role = _ROLES.get(way, role)
        inner = Context(
            role=role, name=name, symbol=context.symbol, arguments=reached, container=span, siblings=siblings
        )
        expression(reading, argument.value, inner)


def iterated(reading: Reading, target: cst.BaseExpression, values: cst.BaseExpression, context: Context) -> None:
    """Read what a loop goes through: its targets name the elements of each row."""
    expression(reading, target, bare(context))
    parts = target.elements if isinstance(target, cst.Tuple | cst.List) else ()
    names = names_of([leaf_of(part.value) for part in parts])
    rows: list[cst.BaseExpression] = []
    if isinstance(values, cst.Tuple | cst.List | cst.Set):
        rows = [element.value for element in values.elements]
    elif names and isinstance(values, cst.Call) and leaf_of(values.func) == "zip" and len(values.args) == len(names):
        for argument, name in zip(values.args, names, strict=True):
            expression(reading, argument.value, replace(bare(context), role=Role.ELEMENT, name=name or None))
        return
    if not names or not rows:
        one = leaf_of(target) if isinstance(target, cst.Name) else None
        for row in rows if one else ():
            named = one if is_one_of(one, constant_of(row)) else None
            expression(reading, row, replace(bare(context), role=Role.ELEMENT, name=named))
        if not rows or not one:
            expression(reading, values, bare(context))
        return
    for row in rows:
        if not _named_row(reading, row, names, context):
            expression(reading, row, replace(bare(context), role=Role.ELEMENT))


def _named_row(reading: Reading, row: cst.BaseExpression, names: Sequence[str], context: Context) -> bool:
    """Read the elements of a row by the names of their places; False where it is no such row."""
    if not isinstance(row, cst.Tuple | cst.List) or len(row.elements) != len(names):
        return False
    for element, name in zip(row.elements, names, strict=True):
        expression(reading, element.value, replace(bare(context), role=Role.ELEMENT, name=name or None))
    return True


def _zipped(reading: Reading, node: cst.Call, context: Context) -> bool:
    """Read `zip(("user", "password"), ("admin", "..."))`, whose first list names the second's elements."""
    if len(node.args) != 2 or not isinstance(node.args[0].value, cst.Tuple | cst.List):
        return False
    names = names_in([constant_of(element.value) for element in node.args[0].value.elements])
    return bool(names) and _named_row(reading, node.args[1].value, names, context)


def _asked(node: cst.BaseExpression) -> str | None:
    """The last string of the call that found a field: `find_element("name", "password")`."""
    owner = node.value if isinstance(node, cst.Attribute) else None
    return constant_of(owner.args[-1].value) if isinstance(owner, cst.Call) and owner.args else None


def _sent(node: cst.BaseExpression) -> str | None:
    """What a call sends: a string, or several that are added."""
    match node:
        case cst.BinaryOperation(operator=cst.Add()):
            parts = [_sent(operand) for operand in _flattened(node)]
            return None if None in parts else "".join(filter(None, parts))
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="encode"))):
            return _sent(inner)
        case cst.SimpleString(value=written) if written[:1] in "bB":
            return constant_of(node.with_changes(value=written[1:]))
    return constant_of(node)


def _embedded(reading: Reading, node: cst.BaseExpression, context: Context) -> None:
    """Literals inside the expressions of an f-string."""
    for token in tokens_of(node):
        if isinstance(token, cst.FormattedString):
            for part in token.parts:
                if isinstance(part, cst.FormattedStringExpression):
                    expression(reading, part.expression, bare(context))


# --- bindings ---


def assign(
    reading: Reading,
    targets: Sequence[cst.BaseExpression],
    value: cst.BaseExpression,
    context: Context,
    statement: cst.CSTNode,
) -> None:
    """Read what is assigned."""
    span = span_of(reading, statement)
    arguments: tuple[Argument, ...] = ()
    for target in targets:
        if span is not None:
            arguments += _bound(reading, target, span)
        if not isinstance(target, cst.Name):
            expression(reading, target, bare(context))
    assigned = replace(
        context,
        role=Role.ASSIGNMENT,
        name=telling(leaf_of(target) for target in targets),
        arguments=arguments,
        container=None,
        siblings=reading.scope.constants(context.symbol),
    )
    expression(reading, value, assigned)
    _taken_apart(reading, targets[-1], value, assigned.name)


def _taken_apart(reading: Reading, target: cst.BaseExpression, value: cst.BaseExpression, name: str | None) -> None:
    """Read the parts of a string that is split where it is assigned."""
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        return
    text = constant_of(value.func.value)
    given = [constant_of(value.args[0].value)] if value.args else [None]
    if text is None or len(value.args) > 2 or (value.args and given[0] is None):
        return
    most = value.args[1].value if len(value.args) == 2 else None
    limit = most.evaluated_value if isinstance(most, cst.Integer) else -1
    parts = target.elements if isinstance(target, cst.Tuple | cst.List) else ()
    names = [leaf_of(part.value) for part in parts]
    for piece in pieces(text, value.func.attr.value, given[0], limit, names, name):
        add_part(reading, value.func.value, piece)


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


def defaults(reading: Reading, parameters: cst.Parameters, context: Context) -> None:
    """Read the defaults of parameters, which are called by them."""
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.default is not None:
            inner = replace(bare(context), role=Role.DEFAULT, name=parameter.name.value)
            expression(reading, parameter.default, inner)
