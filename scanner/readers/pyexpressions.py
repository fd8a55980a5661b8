"""Walk Python expressions: find each string and number, its name, and the call arguments that it reaches."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence

from scanner.commandlines import password_in
from scanner.model import Role
from scanner.readers.inserted import names_of_places
from scanner.readers.parts import COMPUTED
from scanner.readers.pyarguments import Called, Given, Way, name_of
from scanner.readers.pybound import LOOP
from scanner.readers.pyfields import placed_fields
from scanner.readers.pyleaf import (
    CLASS_MAKERS,
    TUPLES,
    arguments,
    fields_of,
    flattened,
    is_string,
    leaf_of,
    string_of,
    text_of,
    unstarred,
)
from scanner.readers.pynames import env_key, is_env_getter
from scanner.readers.pypassing import bare, bound, bound_to, given_back, given_on, passed, reaches_of, refer
from scanner.readers.pystate import Context, Found, Reach, Reading, Reference
from scanner.readers.pyways import Steps
from scanner.readers.pywords import (
    EXECUTING,
    METHOD_WRAPPERS,
    NAMED_DEFAULTS,
    WRAPPERS,
    called_as,
    flag_of,
    holds_login,
    instead_of,
    is_made_up,
    is_one_place,
    is_record,
    passes_name,
    recorded,
    telling,
    template_names,
)
from scanner.readers.several import is_several, takes_more
from scanner.readers.together import (
    Piece,
    is_machine_made,
    is_numbered,
    key_name,
    names_in,
    names_of,
    password_of,
    pieces,
    stands_behind_login,
)

# As the first of a pair.
_SAYING_NOTHING = ("default", "value", "values")
_DECLARING = (Role.ASSIGNMENT, Role.KEYWORD)
_ROLES = {Way.DEFAULT: Role.DEFAULT, Way.COMPARED: Role.COMPARISON}
_VIEWS = frozenset(("items", "values"))


def read_node(reading: Reading, node: ast.AST, context: Context) -> None:
    """Read an expression, or any node that contains expressions."""
    read = _READS.get(type(node))
    if read is not None:
        read(reading, node, context)
        return
    inner = bare(context.symbol) if isinstance(node, ast.expr) else context
    for child in ast.iter_child_nodes(node):
        read_node(reading, child, inner)


# --- one function a kind of expression ------------------------------------------------------------------------


def _constant(reading: Reading, node: ast.Constant, context: Context) -> None:
    if isinstance(node.value, (str, bytes)):
        reading.found.append(Found(node, text_of(node), context))
    elif type(node.value) is int and context.name is not None:
        written = reading.scope.written(node)
        if is_numbered(context.name, written):
            # Calls that take a credential take text, so what a number reaches does not matter.
            reading.found.append(Found(node, written, context._replace(reaches=(), dynamic=False)))


def _formatted(reading: Reading, node: ast.JoinedStr, context: Context) -> None:
    text = text_of(node)
    if text != COMPUTED:
        reading.found.append(Found(node, text, context))
    _embedded(reading, node, context if is_one_place(text, COMPUTED) else bare(context.symbol))


def _embedded(reading: Reading, node: ast.expr, context: Context) -> None:
    """Read the expressions inside an f-string."""
    if isinstance(node, ast.JoinedStr):
        for value in placed_fields(reading.scope, node):
            read_node(reading, value, context)


def _name(reading: Reading, node: ast.Name, context: Context) -> None:
    if context.reaches:
        reading.references.append(Reference(context.symbol, node.id, node, context.reaches))


def _attribute(reading: Reading, node: ast.Attribute, context: Context) -> None:
    refer(reading, node, context)
    if not isinstance(node.value, ast.Name):
        read_node(reading, node.value, bare(context.symbol))


def _subscript(reading: Reading, node: ast.Subscript, context: Context) -> None:
    if isinstance(node.value, (ast.Dict, *TUPLES)) or is_string(node.value):
        # `{...}[name]` and `"..."[:-2]`: what is taken out does not go where the whole goes.
        read_node(reading, node.value, context._replace(reaches=(), dynamic=is_string(node.value)))
        read_node(reading, node.slice, bare(context.symbol))
        return
    refer(reading, node, context)
    for child in (node.value, node.slice):
        read_node(reading, child, bare(context.symbol))


def _binary(reading: Reading, node: ast.BinOp, context: Context) -> None:
    if not isinstance(node.op, ast.Add):
        read_node(reading, node.left, context._replace(dynamic=True))
        template = string_of(node.left) or "" if isinstance(node.op, ast.Mod) else ""
        places = template_names(template, percent=True) if template else {}
        if template and is_one_place(template, "%s") and not isinstance(node.right, (ast.Dict, *TUPLES)):
            read_node(reading, node.right, context)
        elif places:
            _filled(reading, node.right, places, context)
        else:
            read_node(reading, node.right, bare(context.symbol))
        return
    operands = list(flattened(node))
    if any(is_string(operand) for operand in operands):
        text = "".join(text_of(operand) if is_string(operand) else COMPUTED for operand in operands)
        reading.found.append(Found(node, text, context))
    for operand in operands:
        if is_string(operand):
            _embedded(reading, operand, bare(context.symbol))
        else:
            read_node(reading, operand, context._replace(dynamic=True))


def _filled(reading: Reading, node: ast.expr, places: Mapping[int | str, str], context: Context) -> None:
    """Read the values put into a template by `%`, each named by its placeholder."""
    if isinstance(node, ast.Dict) and not places.keys().isdisjoint(map(string_of, node.keys)):
        for key, value in zip(node.keys, node.values, strict=True):
            name = string_of(key) or ""
            read_node(reading, value, Context(Role.ENTRY, places.get(name, name) or None, context.symbol, within=node))
        return
    for number, part in enumerate(node.elts if isinstance(node, TUPLES) else [node]):
        inner = Context(role=Role.ELEMENT, name=places.get(number), symbol=context.symbol)
        read_node(reading, unstarred(part), inner)


def _given_beside(
    reading: Reading, node: ast.expr, number: int | None, places: Mapping[int | str, str], context: Context
) -> None:
    """Read the parameters of a query: `execute(query, (name, password))`, rows of such, or one argument each."""
    if not isinstance(node, TUPLES):
        name = places.get(number - 1) if number else None
        read_node(reading, node, Context(role=Role.ELEMENT, name=name, symbol=context.symbol))
        return
    rows = all(isinstance(part, TUPLES) for part in node.elts)
    for row in node.elts if rows else [node]:
        _filled(reading, row, places, context)


def _either(reading: Reading, node: ast.BoolOp, context: Context) -> None:
    read_node(reading, node.values[0], context)
    for before, value in itertools.pairwise(node.values):
        read_node(reading, value, _instead(reading, before, context))


def _conditional(reading: Reading, node: ast.IfExp, context: Context) -> None:
    read_node(reading, node.test, bare(context.symbol))
    read_node(reading, node.body, context)
    read_node(reading, node.orelse, _instead(reading, node.body, context))


def _instead(reading: Reading, node: ast.expr, context: Context) -> Context:
    """The context of an expression that is used if another one has no value: after `or`, after `else`."""
    key = env_key(reading.scope, node)
    if not key:
        return context._replace(name=instead_of(context.name, leaf_of(node)))
    # The more telling of the target's name and the variable's: `B = os.getenv("API_KEY") or ...`.
    return context._replace(name=max(filter(None, (context.name, key)), key=len), role=Role.ENV_DEFAULT)


def _comparison(reading: Reading, node: ast.Compare, context: Context) -> None:
    operands = [node.left, *node.comparators]
    if len(operands) == 2 and _compared_by_place(reading, node.left, operands[1], context):
        return
    names = [leaf_of(operand) for operand in operands]
    for number, operand in enumerate(operands):
        name = next((name for other, name in enumerate(names) if other != number and name), None)
        read_node(reading, operand, Context(role=Role.COMPARISON, name=name, symbol=context.symbol))


def _compared_by_place(reading: Reading, one: ast.expr, other: ast.expr, context: Context) -> bool:
    """Read `(user, password) == ("admin", "...")` pair by pair; False if it is not such a comparison."""
    if not isinstance(one, TUPLES) or not isinstance(other, TUPLES) or len(one.elts) != len(other.elts):
        return False
    for left, right in zip(one.elts, other.elts, strict=True):
        for operand, beside in ((left, right), (right, left)):
            inner = Context(role=Role.COMPARISON, name=leaf_of(beside), symbol=context.symbol)
            read_node(reading, unstarred(operand), inner)
    return True


def _dictionary(reading: Reading, node: ast.Dict, context: Context) -> None:
    # `DATABASES = {"default": {"PASSWORD": ...}}`: the path is DATABASES.default.
    path = _path(context)
    keys = [string_of(key) for key in node.keys]
    texts = [(key, string_of(value)) for key, value in zip(keys, node.values, strict=True)] if is_record(keys) else []
    for key, key_node, value in zip(keys, node.keys, node.values, strict=True):
        called = key_name(context.name, key)
        if key_node is not None:
            outside = bare(context.symbol)
            read_node(reading, key_node, outside._replace(role=Role.ELEMENT, name=called) if called else outside)
        key = None if called else recorded(key, texts) or key
        reaches = tuple(each.into(key) for each in context.reaches) if key else ()
        if key_node is None:
            reaches = context.reaches  # `{**settings, ...}`
        read_node(reading, value, Context(Role.ENTRY, key, path, reaches, within=node))


def _path(context: Context) -> str:
    return _below(context.symbol, context.name)


def _below(symbol: str, name: str | None) -> str:
    return ".".join(part for part in (symbol, name) if part)


def _elements(reading: Reading, node: ast.Tuple | ast.List | ast.Set, context: Context) -> None:
    values = [unstarred(element) for element in node.elts]
    texts = [string_of(value) for value in values]
    called = _pair_name(node, texts, context)
    # `PASSWORDS = [("root", "...")]` is as `PASSWORDS = {"root": "..."}`: the path is PASSWORDS.
    path = _path(context)
    if _is_record(node, values, context):
        context = context._replace(name=None)
    passwords = password_in(texts)
    row = password_of(context.name, texts) if context.role is Role.ELEMENT else None
    for number, value in enumerate(values):
        name = flag_of(texts[number - 1] if number else None) or context.name
        if called is not None and (number or texts[1] is not None):
            name = called if number else None
        behind = isinstance(node, ast.Tuple) and stands_behind_login(texts, number)
        if behind or number == row or passwords.get(number) == 0:
            name = "password"
        inner = context._replace(
            role=Role.ELEMENT,
            name=name,
            symbol=path if called and number else context.symbol,
            reaches=tuple(each.into(number) for each in context.reaches),
        )
        read_node(reading, value, inner)
        start, text = passwords.get(number), texts[number]
        if start and text is not None:
            # `"-pS3cret"` of a command.
            reading.found.append(Found(value, text, inner, Piece("password", start, len(text))))


def _is_record(node: ast.expr, values: Sequence[ast.expr], context: Context) -> bool:
    """Whether a tuple in a collection mixes a string with other objects, so that the collection's name says nothing.

    Lexers have such tables of tokens: `tokens = {"value": [(r"[0-9]+", Number, "#pop")]}`.
    """
    if context.role not in (Role.ELEMENT, Role.ENTRY) or not isinstance(node, ast.Tuple):
        return False
    return any(map(is_string, values)) and any(
        isinstance(value, (ast.Name, ast.Attribute, ast.Call)) for value in values[1:]
    )


def _pair_name(node: ast.expr, texts: Sequence[str | None], context: Context) -> str | None:
    """The name in one of several pairs: `[("password", "...")]`, as `dict` and the fields of a request take them."""
    if len(texts) != 2 or texts[0] is None or isinstance(node, ast.Set):
        return None
    first, second = texts
    listed = context.role is Role.ELEMENT
    if second is not None and holds_login(context.name, second, listed=listed):
        return "password"
    if not isinstance(node, ast.Tuple) or not listed:
        return None
    return None if first in _SAYING_NOTHING else first


def _comprehended(reading: Reading, node: ast.expr, context: Context) -> None:
    """Read a comprehension, whose own names mean nothing outside it."""
    before = len(reading.references)
    inner = bare(context.symbol)
    for child in ast.iter_child_nodes(node):
        read_node(reading, child, inner)
    if len(reading.references) > before:
        targets = (each.target for each in ast.iter_child_nodes(node) if isinstance(each, ast.comprehension))
        _forget(reading, before, {part.id for each in targets for part in ast.walk(each) if isinstance(part, ast.Name)})


def _forget(reading: Reading, before: int, names: Collection[str]) -> None:
    """Drop the references to some names that were recorded since there were `before` of them."""
    reading.references[before:] = (each for each in reading.references[before:] if each.name not in names)


def _comprehension(reading: Reading, node: ast.comprehension, context: Context) -> None:
    iterated(reading, node.target, node.iter, context)
    for condition in node.ifs:
        read_node(reading, condition, context)


def _walrus(reading: Reading, node: ast.NamedExpr, context: Context) -> None:
    assign(reading, [node.target], node.value, context, node)


def _lambda(reading: Reading, node: ast.Lambda, context: Context) -> None:
    defaults(reading, node.args, context.symbol, None)
    before = len(reading.references)
    read_node(reading, node.body, context)
    if len(reading.references) > before:
        _forget(reading, before, {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)})


def _yield(reading: Reading, node: ast.Yield, context: Context) -> None:
    if node.value is not None:
        read_node(reading, node.value, given_back(context.symbol, None))


def _class_pattern(reading: Reading, node: ast.MatchClass, context: Context) -> None:
    for pattern in node.patterns:
        read_node(reading, pattern, context)
    for name, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
        read_node(reading, pattern, context._replace(name=name))


def _mapping_pattern(reading: Reading, node: ast.MatchMapping, context: Context) -> None:
    for key, pattern in zip(node.keys, node.patterns, strict=True):
        read_node(reading, key, bare(context.symbol))
        read_node(reading, pattern, context._replace(name=string_of(key)))


def _await(reading: Reading, node: ast.Await, context: Context) -> None:
    read_node(reading, node.value, context)


def _call(reading: Reading, node: ast.Call, context: Context) -> None:
    own = leaf_of(node.func.value) or "" if isinstance(node.func, ast.Attribute) else None
    leaf = called_as(leaf_of(node.func) or "", own)
    _called(reading, node.func, leaf, context)
    if (leaf == "zip" and _zipped(reading, node, context)) or (leaf == "parametrize" and _rows(reading, node, context)):
        return
    refer(reading, node, context)
    every = arguments(node)
    call = Called(leaf, node, [_argument(keyword, value) for keyword, value in every], reading.scope)
    onward = passed(call, context)
    fields = fields_of(node) if leaf in CLASS_MAKERS else []
    template = string_of(node.func.value) if leaf == "format" and isinstance(node.func, ast.Attribute) else None
    filled = template_names(template, percent=False) if template else {}
    beside = names_of_places(call.given[0].text or "") if every and leaf in EXECUTING else {}
    starred = False
    for number, (keyword, value) in enumerate(every):
        star = not starred and isinstance(value, ast.Starred)
        starred = starred or star
        if beside and number:
            by_place = keyword is None and not isinstance(value, ast.Starred)
            _given_beside(reading, unstarred(value), number if by_place else None, beside, context)
            continue
        inserted = filled.get(number if keyword is None else keyword)
        by_place = keyword is None and inserted is None and not starred
        name, way = name_of(
            call,
            number,
            outer=context.name,
            declares=context.role in _DECLARING,
            inserted=inserted,
            placed=reading.scope.placed(own, leaf, number) if by_place else None,
        )
        role = Role.POSITIONAL if keyword in (None, "**") else Role.KEYWORD
        place = number if keyword is None and (star or not starred) else None
        reaches = reaches_of(call, "*" if star else keyword, place, onward)
        if way is Way.OUTER:
            role = context.role
        elif way is Way.VALUE and (keyword in NAMED_DEFAULTS or is_env_getter(reading.scope, node.func)):
            role = Role.ENV_DEFAULT
        elif name is None and leaf in WRAPPERS and passes_name(leaf, len(every), number, keyword):
            role = context.role
        if onward:
            whole = way in (Way.OUTER, Way.DEFAULT) or role is Role.ENV_DEFAULT
            reaches = (*given_on(call, number, onward, whole=whole, template=template), *reaches)
        role = _ROLES.get(way, role)
        name, symbol = _collected(call, own, name, keyword, context)
        if fields and keyword == "defaults" and isinstance(value, TUPLES):
            last = fields[max(len(fields) - len(value.elts), 0) :]
            if _named_row(reading, value, last, Context(role=Role.DEFAULT, symbol=context.symbol)):
                continue
        read_node(reading, unstarred(value), Context(role, name, symbol, reaches, within=node))


def _collected(
    call: Called, own: str | None, name: str | None, keyword: str | None, context: Context
) -> tuple[str | None, str]:
    """Name and symbol of an argument: `dict(key=...)` is an entry of the variable it is assigned to.

    `tokens.update(key=...)` is an entry of `tokens`, and `api_keys.append(...)` has the collection's name.
    """
    plain = keyword in (None, "**")
    if call.leaf == "dict" and not plain and isinstance(call.node.func, ast.Name):
        return name, _path(context)
    if takes_more(call.leaf, own):
        return (own, context.symbol) if plain else (name, _below(context.symbol, own))
    return name, context.symbol


def _called(reading: Reading, node: ast.expr, leaf: str, context: Context) -> None:
    """Read the callable of a call; `leaf` is the last word of its name."""
    if not isinstance(node, ast.Attribute):
        if not isinstance(node, ast.Name):
            read_node(reading, node, bare(context.symbol))
        return
    owner = node.value
    if leaf in METHOD_WRAPPERS and not isinstance(owner, (ast.Name, ast.Attribute)):
        changed = context.dynamic or leaf in ("format", "replace")
        read_node(reading, owner, context._replace(dynamic=changed))
    elif leaf == "get" and isinstance(owner, ast.Dict):
        read_node(reading, owner, context._replace(reaches=()))  # as `{...}[name]`
    else:
        read_node(reading, owner, bare(context.symbol))


def _argument(keyword: str | None, value: ast.expr) -> Given:
    starred = keyword == "**" or isinstance(value, ast.Starred)
    is_number = isinstance(value, ast.Constant) and type(value.value) is int
    return Given(None if keyword == "**" else keyword, string_of(value), starred, is_number)


def iterated(
    reading: Reading, target: ast.expr, values: ast.expr, context: Context, statement: ast.stmt | None = None
) -> None:
    """Read the collection of a loop: its targets name the elements of each row. `statement` is one that binds them."""
    outside = bare(context.symbol)
    read_node(reading, target, outside)
    element = outside._replace(role=Role.ELEMENT)
    target, values = _numbered(target, values)
    parts = [unstarred(part) for part in target.elts] if isinstance(target, TUPLES) else []
    names = names_of(list(map(leaf_of, parts)))
    bound = [bound_to(part, statement) for part in parts]
    if statement is not None:
        outside = outside._replace(reaches=(Reach(statement, None, None, LOOP),))
        _each_referred(reading, target, values, statement, context)
    if isinstance(values, (*TUPLES, ast.Set)) and values.elts:
        one = leaf_of(target) if isinstance(target, ast.Name) else None
        rows = [unstarred(row) for row in values.elts]
        if names:
            for row in rows:
                if not _named_row(reading, row, names, element, bound):
                    read_node(reading, row, element)
        elif one:
            element = element._replace(reaches=bound_to(target, statement))
            for row in rows:
                read_node(reading, row, element._replace(name=one if is_made_up(string_of(row)) else None))
        else:
            read_node(reading, values, outside)
        return
    every = arguments(values) if names and isinstance(values, ast.Call) and leaf_of(values.func) == "zip" else []
    if every and len(every) == len(names):
        for (_, value), name in zip(every, names, strict=True):
            read_node(reading, unstarred(value), element._replace(name=name or None))
    else:
        read_node(reading, values, outside)


def _numbered(target: ast.expr, values: ast.expr) -> tuple[ast.expr, ast.expr]:
    """Target and collection of a loop; of `for number, one in enumerate(every)`, those without the number."""
    if not isinstance(values, ast.Call) or not isinstance(values.func, ast.Name) or values.func.id != "enumerate":
        return target, values
    if not isinstance(target, TUPLES) or len(target.elts) != 2 or not values.args:
        return target, values
    return target.elts[1], values.args[0]


def _each_referred(reading: Reading, target: ast.expr, values: ast.expr, statement: ast.stmt, context: Context) -> None:
    """Record that the targets of a loop take the elements of its collection, also if that has no name."""
    steps: dict[int | None, Steps] = {number: (None, number) for number in range(_count(target))} or {None: (None,)}
    if isinstance(values, ast.Call) and isinstance(values.func, ast.Attribute) and values.func.attr in _VIEWS:
        steps = {1: (None,)} if values.func.attr == "items" else steps
        values = values.func.value
    for number, way in steps.items():
        part = target.elts[number] if isinstance(target, TUPLES) and number is not None else target
        inner = context._replace(reaches=bound_to(part, statement))
        refer(reading, values, inner, *way)
        reading.references.append(Reference(context.symbol, LOOP, statement, inner.reaches, way))


def _count(target: ast.expr) -> int:
    return len(target.elts) if isinstance(target, TUPLES) else 0


def _named_row(
    reading: Reading,
    row: ast.expr,
    names: Sequence[str],
    element: Context,
    bound: Sequence[tuple[Reach, ...]] = (),
) -> bool:
    """Read the elements of a row by the names of their positions; False if it is not such a row."""
    if not isinstance(row, TUPLES) or len(row.elts) != len(names):
        return False
    for number, (value, name) in enumerate(zip(row.elts, names, strict=True)):
        reaches = bound[number] if bound else ()
        read_node(reading, unstarred(value), element._replace(name=name or None, reaches=reaches))
    return True


def _zipped(reading: Reading, node: ast.Call, context: Context) -> bool:
    """Read `zip(("user", "password"), ("admin", "..."))`: the first list names the elements of the second."""
    every = arguments(node)
    if len(every) != 2 or not isinstance(every[0][1], TUPLES):
        return False
    names = names_in([string_of(unstarred(element)) for element in every[0][1].elts])
    element = Context(role=Role.ELEMENT, symbol=context.symbol)
    return bool(names) and _named_row(reading, unstarred(every[1][1]), names, element)


def _rows(reading: Reading, node: ast.Call, context: Context) -> bool:
    """Read the rows of `pytest.mark.parametrize("user, password", [("admin", "..."), ...])` by the names before them.

    https://docs.pytest.org/en/stable/how-to/parametrize.html
    """
    every = [unstarred(value) for _, value in arguments(node)]
    if len(every) < 2 or not isinstance(every[1], TUPLES):
        return False
    first = string_of(every[0])
    texts = [string_of(each) for each in every[0].elts] if isinstance(every[0], TUPLES) else (first or "").split(",")
    names = names_in([text.strip() if text else text for text in texts])
    element = Context(role=Role.ELEMENT, symbol=context.symbol)
    for row in map(unstarred, every[1].elts) if names else ():
        if isinstance(row, ast.Call) and leaf_of(row.func) == "param":
            row = ast.Tuple(elts=[value for keyword, value in arguments(row) if keyword is None], ctx=ast.Load())
        parts = row.elts if len(names) > 1 and isinstance(row, TUPLES) and len(row.elts) == len(names) else [row]
        for part, name in zip(parts, names, strict=False):
            value = unstarred(part)
            read_node(reading, value, element._replace(name=name if is_machine_made(string_of(value)) else None))
    for value in every[2:] if names else ():
        read_node(reading, value, bare(context.symbol))
    return bool(names)


_READS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _formatted,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.Compare: _comparison,
    ast.Dict: _dictionary,
    ast.Tuple: _elements,
    ast.List: _elements,
    ast.Set: _elements,
    ast.comprehension: _comprehension,
    ast.ListComp: _comprehended,
    ast.SetComp: _comprehended,
    ast.DictComp: _comprehended,
    ast.GeneratorExp: _comprehended,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.Yield: _yield,
    ast.MatchClass: _class_pattern,
    ast.MatchMapping: _mapping_pattern,
    ast.Await: _await,
    ast.Call: _call,
}


# --- bindings -------------------------------------------------------------------------------------------------


def assign(
    reading: Reading, targets: Sequence[ast.expr], value: ast.expr, context: Context, statement: ast.expr | ast.stmt
) -> None:
    """Read an assignment's value."""
    reaches: list[Reach] = []
    for target in targets:
        reaches += bound(target, statement)
        if not isinstance(target, ast.Name):
            read_node(reading, target, bare(context.symbol))
    last = targets[-1]
    of = leaf_of(last.value) if isinstance(last, ast.Subscript) else None
    assigned = context._replace(
        role=Role.ASSIGNMENT,
        name=telling(map(leaf_of, targets)),
        symbol=_below(context.symbol, of) if is_several(of) else context.symbol,
        reaches=(*context.reaches, *reaches),
        within=context.symbol,
    )
    read_node(reading, value, assigned)
    if isinstance(last, TUPLES):
        for number, part in enumerate(last.elts):
            refer(reading, value, context._replace(reaches=bound_to(part, statement)), number)
    _taken_apart(reading, last, value, assigned)


def _taken_apart(reading: Reading, target: ast.expr, value: ast.expr, context: Context) -> None:
    """Read the parts of a string that is split in the assignment."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return
    text = string_of(value.func.value)
    if text is None:
        return
    every = arguments(value)
    given = string_of(every[0][1]) if every else None
    if len(every) > 2 or (every and given is None):
        return
    limit = every[1][1].value if len(every) == 2 and isinstance(every[1][1], ast.Constant) else -1
    names = [leaf_of(unstarred(part)) for part in target.elts] if isinstance(target, TUPLES) else []
    most = limit if isinstance(limit, int) else -1
    for piece in pieces(text, value.func.attr, given, most, names, context.name):
        reading.found.append(Found(value.func.value, text, bare(context.symbol), piece))


def annotated(reading: Reading, annotation: ast.expr | None, context: Context) -> None:
    """Read the values in an annotation: `Annotated[str, Field(default="...")]`."""
    if isinstance(annotation, ast.Subscript) and leaf_of(annotation.value) == "Annotated":
        for beside in annotation.slice.elts[1:] if isinstance(annotation.slice, ast.Tuple) else ():
            if isinstance(beside, ast.Call):
                known = leaf_of(beside.func) in WRAPPERS
                read_node(reading, beside, context if known else bare(context.symbol))


def defaults(reading: Reading, parameters: ast.arguments, symbol: str, statement: ast.stmt | None) -> None:
    """Read parameters: their defaults, which have the parameter's name, and the values in their annotations.

    `statement` is the function that has the parameters; None for a lambda.
    """
    before = [*parameters.posonlyargs, *parameters.args]
    pairs = [
        *zip(before[len(before) - len(parameters.defaults) :], parameters.defaults, strict=True),
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]
    for parameter in (*before, *parameters.kwonlyargs):
        if parameter.annotation is not None:
            annotated(reading, parameter.annotation, Context(Role.ASSIGNMENT, parameter.arg, symbol))
    for parameter, default in pairs:
        if default is not None:
            reaches = () if statement is None else (Reach(statement, None, None, parameter.arg),)
            read_node(reading, default, Context(Role.DEFAULT, parameter.arg, symbol, reaches))
