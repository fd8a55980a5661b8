"""What `ast` says of the strings in a statement: enough to tell that LibCST need not read it.

It goes the reader's way (pyexpressions.py) and calls values by the same names. Where it cannot know as much, it says
more than the reader will: a name that may be one, an argument that may be taken. A test compares the two.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.commandlines import password_in
from scanner.readers.inserted import names_of_places
from scanner.readers.pyarguments import Called, Given, Way, name_of
from scanner.readers.pyleaf import arguments, flattened, is_string, key_of, leaf_of, string_of, text_of
from scanner.readers.pywords import (
    EXECUTING,
    METHOD_WRAPPERS,
    called_as,
    flag_of,
    holds_login,
    instead_of,
    is_one_of,
    is_record,
    recorded,
    telling,
    template_names,
)
from scanner.readers.structured import COMPUTED
from scanner.readers.together import (
    is_numbered,
    key_name,
    names_in,
    names_of,
    password_of,
    pieces,
    stands_behind_login,
)


class Seen(NamedTuple):
    """A string with what it is called; `reached` where it may stand at a sink or in a setting."""

    node: ast.expr
    text: str
    name: str | None
    symbol: str
    reached: bool

    def __repr__(self) -> str:
        return f"Seen(<{len(self.text)} characters>, {self.name!r}, {self.symbol!r}, {self.reached})"


class Use(NamedTuple):
    """A name that is handed on: what it is bound to goes the same way."""

    symbol: str
    name: str
    line: int
    reached: bool


class Around(NamedTuple):
    """What is known of an expression. `handed` says that it goes somewhere, `reached` that it may go to a sink."""

    symbol: str
    name: str | None = None
    handed: bool = False
    reached: bool = False


@dataclass(slots=True, kw_only=True)
class Glance:
    """What was seen in some lines. `asked`: a name that is bound here may reach a sink elsewhere."""

    takes: Callable[[str, str | None, int | None], bool]
    keys: frozenset[str]
    is_setting: Callable[[str | None], bool]
    imports: dict[str, str]
    placed: Callable[[str | None, str, int], str | None]
    asked: bool
    strings: list[Seen] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)


def look_at(glance: Glance, node: ast.AST, around: Around) -> None:
    """Look at one expression, or at what holds expressions."""
    look = _LOOKS.get(type(node))
    if look is not None:
        look(glance, node, around)
        return
    bare = Around(around.symbol) if isinstance(node, ast.expr) else around
    for child in ast.iter_child_nodes(node):
        look_at(glance, child, bare)


# --- one function a kind of expression --------------------------------------------------------------------------


def _constant(glance: Glance, node: ast.Constant, around: Around) -> None:
    if isinstance(node.value, (str, bytes)):
        glance.strings.append(Seen(node, text_of(node), around.name, around.symbol, around.reached))
    elif type(node.value) is int and is_numbered(around.name, str(node.value)):
        glance.strings.append(Seen(node, str(node.value), around.name, around.symbol, around.reached))


def _joined(glance: Glance, node: ast.JoinedStr, around: Around) -> None:
    glance.strings.append(Seen(node, text_of(node), around.name, around.symbol, around.reached))
    _embedded(glance, node, around)


def _embedded(glance: Glance, node: ast.expr, around: Around) -> None:
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                look_at(glance, part.value, Around(around.symbol))


def _name(glance: Glance, node: ast.Name, around: Around) -> None:
    if around.handed:
        glance.uses.append(Use(around.symbol, node.id, node.lineno, around.reached))


def _attribute(glance: Glance, node: ast.Attribute, around: Around) -> None:
    owner = node.value
    if not isinstance(owner, ast.Name):
        look_at(glance, owner, Around(around.symbol))
    elif around.handed:
        symbol = around.symbol.rpartition(".")[0] if owner.id in ("self", "cls") else owner.id
        glance.uses.append(Use(symbol, node.attr, node.lineno, around.reached))


def _subscript(glance: Glance, node: ast.Subscript, around: Around) -> None:
    if isinstance(node.value, ast.Name) and around.handed and string_of(node.slice) is not None:
        glance.uses.append(Use(around.symbol, node.value.id, node.lineno, around.reached))
    taken = isinstance(node.value, (ast.Dict, ast.List, ast.Tuple)) or is_string(node.value)
    look_at(glance, node.value, around._replace(handed=False, reached=False) if taken else Around(around.symbol))
    look_at(glance, node.slice, Around(around.symbol))


def _binary(glance: Glance, node: ast.BinOp, around: Around) -> None:
    if not isinstance(node.op, ast.Add):
        look_at(glance, node.left, around)
        called = template_names(string_of(node.left) or "", percent=True) if isinstance(node.op, ast.Mod) else {}
        if called:
            _filled(glance, node.right, called, around)
        else:
            look_at(glance, node.right, Around(around.symbol))
        return
    operands = list(flattened(node))
    if any(is_string(operand) for operand in operands):
        text = "".join(text_of(operand) if is_string(operand) else COMPUTED for operand in operands)
        glance.strings.append(Seen(node, text, around.name, around.symbol, around.reached))
    for operand in operands:
        if is_string(operand):
            _embedded(glance, operand, around)
        else:
            look_at(glance, operand, around)


def _filled(glance: Glance, node: ast.expr, places: Mapping[int, str], around: Around) -> None:
    """What is put into a template, or given beside a query."""
    for number, part in enumerate(node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]):
        look_at(glance, part, Around(around.symbol, places.get(number)))


def _given_beside(
    glance: Glance, node: ast.expr, number: int | None, places: Mapping[int, str], around: Around
) -> None:
    if isinstance(node, (ast.Tuple, ast.List)):
        rows = all(isinstance(part, (ast.Tuple, ast.List)) for part in node.elts)
        for row in node.elts if rows else [node]:
            _filled(glance, row, places, around)
    else:
        look_at(glance, node, Around(around.symbol, places.get(number - 1) if number else None))


def _either(glance: Glance, node: ast.BoolOp, around: Around) -> None:
    look_at(glance, node.values[0], around)
    # `os.environ.get("NAME") or "default"`; whether it is the environment that is asked is left to the reader.
    key = key_of(node.values[0])
    for name in dict.fromkeys((around.name, key or around.name, instead_of(around.name, leaf_of(node.values[0])))):
        look_at(glance, node.values[1], around._replace(name=name))
    for value in node.values[2:]:
        look_at(glance, value, around)


def _conditional(glance: Glance, node: ast.IfExp, around: Around) -> None:
    look_at(glance, node.test, Around(around.symbol))
    look_at(glance, node.body, around)
    look_at(glance, node.orelse, around)


def _comparison(glance: Glance, node: ast.Compare, around: Around) -> None:
    operands = [node.left, *node.comparators]
    names = [leaf_of(operand) for operand in operands]
    for number, operand in enumerate(operands):
        name = next((name for other, name in enumerate(names) if other != number and name), None)
        look_at(glance, operand, Around(around.symbol, name))


def _dict(glance: Glance, node: ast.Dict, around: Around) -> None:
    path = ".".join(part for part in (around.symbol, around.name) if part)
    keys = [string_of(key) for key in node.keys]
    texts = [(key, string_of(value)) for key, value in zip(keys, node.values, strict=True)] if is_record(keys) else []
    for key, key_node, value in zip(keys, node.keys, node.values, strict=True):
        called = key_name(around.name, key)
        if key_node is not None:
            look_at(glance, key_node, Around(around.symbol, called))
        key = None if called else recorded(key, texts) or key
        handed = bool(key) and around.handed
        reached = handed and around.reached and _is_entry(glance, key, value)
        look_at(glance, value, Around(path, key, handed=handed, reached=reached))


def _is_entry(glance: Glance, key: str | None, value: ast.expr) -> bool:
    """Whether what stands in a dictionary may be taken out of it by its key; what is no string may hold one."""
    return not is_string(value) or (key or "").lower() in glance.keys


def _elements(glance: Glance, node: ast.Tuple | ast.List | ast.Set, around: Around) -> None:
    texts = [string_of(element) for element in node.elts]
    passwords = password_in(texts)
    row = password_of(around.name, texts)
    for number, element in enumerate(node.elts):
        value = element.value if isinstance(element, ast.Starred) else element
        flag = flag_of(texts[number - 1]) if number else None
        behind = stands_behind_login(texts, number)
        name = "password" if behind or number == row or number in passwords else flag or around.name
        look_at(glance, value, around._replace(name=name))
    # One of several pairs, `("password", "...")`, or only two values.
    called = texts[0] if len(texts) == 2 else None
    if called:
        path = ".".join(part for part in (around.symbol, around.name) if part)
        names = (called, "password") if holds_login(around.name, texts[1]) else (called,)
        for name in names:
            look_at(glance, node.elts[1], around._replace(name=name, symbol=path))


def _comprehension(glance: Glance, node: ast.comprehension, around: Around) -> None:
    iterated(glance, node.target, node.iter, around)
    for condition in node.ifs:
        look_at(glance, condition, Around(around.symbol))


def _walrus(glance: Glance, node: ast.NamedExpr, around: Around) -> None:
    assign(glance, [node.target], node.value, around)


def _lambda(glance: Glance, node: ast.Lambda, around: Around) -> None:
    defaults(glance, node.args, around)
    look_at(glance, node.body, around)


def _await(glance: Glance, node: ast.Await, around: Around) -> None:
    look_at(glance, node.value, around)


def _call(glance: Glance, node: ast.Call, around: Around) -> None:
    own = leaf_of(node.func.value) or "" if isinstance(node.func, ast.Attribute) else None
    written = leaf_of(node.func) or ""
    leaf = called_as(written, own)
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        wraps = leaf in METHOD_WRAPPERS and not isinstance(owner, (ast.Name, ast.Attribute))
        look_at(glance, owner, around if wraps else Around(around.symbol))
    elif not isinstance(node.func, ast.Name):
        look_at(glance, node.func, Around(around.symbol))
    every = arguments(node)
    first = string_of(every[0][1]) if every else None
    template = string_of(node.func.value) if leaf == "format" and isinstance(node.func, ast.Attribute) else None
    filled = template_names(template, percent=False) if template else {}
    called = glance.imports.get(leaf, leaf).rpartition(".")[2] if isinstance(node.func, ast.Name) else written
    if leaf == "zip" and _zipped(glance, every, around):
        return
    beside = names_of_places(first) if first and leaf in EXECUTING else {}
    seen = Called(
        leaf=leaf,
        given=[
            Given(
                None if keyword == "**" else keyword,
                string_of(value),
                keyword == "**" or isinstance(value, ast.Starred),
                isinstance(value, ast.Constant) and type(value.value) is int,
            )
            for keyword, value in every
        ],
        is_method=isinstance(node.func, ast.Attribute),
        asked=lambda: _asked(node.func),
        sent=lambda: _sent(every[0][1]),
        compared=lambda number: leaf_of(every[number][1]),
        is_asked=lambda: True,
    )
    starred = False
    for number, (keyword, value) in enumerate(every):
        starred = starred or isinstance(value, ast.Starred)
        if beside and number:
            _given_beside(glance, value, None if keyword else number, beside, around)
            continue
        handed, reached = True, glance.takes(called, keyword, None if starred else number)
        if leaf == "dict" and keyword:
            reached = reached or (around.reached and _is_entry(glance, keyword, value))
        inserted = filled.get(number)
        by_place = seen.given[number].keyword is None and inserted is None and not starred
        name, way = name_of(
            seen,
            number,
            outer=around.name,
            declares=True,
            inserted=inserted,
            placed=glance.placed(own, leaf, number) if by_place else None,
        )
        reached = reached or (way is Way.OUTER and around.reached)
        inner = Around(around.symbol, name, handed=handed, reached=reached)
        look_at(glance, value.value if isinstance(value, ast.Starred) else value, inner)


def _sent(node: ast.expr) -> str | None:
    match node:
        case ast.BinOp(op=ast.Add()):
            parts = [_sent(operand) for operand in flattened(node)]
            return None if None in parts else "".join(filter(None, parts))
        case ast.Call(func=ast.Attribute(value=inner, attr="encode")):
            return _sent(inner)
    return text_of(node) if is_string(node) else None


def iterated(glance: Glance, target: ast.expr, values: ast.expr, around: Around) -> None:
    """Look at what a loop goes through."""
    bare = Around(around.symbol)
    look_at(glance, target, bare)
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else ()
    names = names_of([leaf_of(part) for part in parts])
    rows = values.elts if isinstance(values, (ast.Tuple, ast.List, ast.Set)) else ()
    every = arguments(values) if isinstance(values, ast.Call) and leaf_of(values.func) == "zip" else []
    if names and len(every) == len(names):
        for (_, value), name in zip(every, names, strict=True):
            look_at(glance, value, bare._replace(name=name or None))
        return
    if not names or not rows:
        one = leaf_of(target) if isinstance(target, ast.Name) else None
        for row in rows if one else ():
            look_at(glance, row, bare._replace(name=one if is_one_of(one, string_of(row)) else None))
        if not rows or not one:
            look_at(glance, values, bare)
        return
    for row in rows:
        if not _named_row(glance, row, names, around):
            look_at(glance, row, bare)


def _named_row(glance: Glance, row: ast.expr, names: Sequence[str], around: Around) -> bool:
    if not isinstance(row, (ast.Tuple, ast.List)) or len(row.elts) != len(names):
        return False
    for element, name in zip(row.elts, names, strict=True):
        look_at(glance, element, Around(around.symbol, name or None))
    return True


def _zipped(glance: Glance, every: Sequence[tuple[str | None, ast.expr]], around: Around) -> bool:
    if len(every) != 2 or not isinstance(every[0][1], (ast.Tuple, ast.List)):
        return False
    names = names_in([string_of(element) for element in every[0][1].elts])
    return bool(names) and _named_row(glance, every[1][1], names, around)


def _asked(node: ast.expr) -> str | None:
    owner = node.value if isinstance(node, ast.Attribute) else None
    every = arguments(owner) if isinstance(owner, ast.Call) else []
    return string_of(every[-1][1]) if every else None


_LOOKS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.Compare: _comparison,
    ast.Dict: _dict,
    ast.Tuple: _elements,
    ast.List: _elements,
    ast.Set: _elements,
    ast.comprehension: _comprehension,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.Await: _await,
    ast.Call: _call,
}


# --- bindings ------------------------------------------------------------------------------------------


def assign(glance: Glance, targets: Sequence[ast.expr], value: ast.expr, around: Around) -> None:
    """Look at what is assigned."""
    reached = glance.asked
    for target in targets:
        if not isinstance(target, ast.Name):
            reached = reached or glance.is_setting(leaf_of(target))
            look_at(glance, target, Around(around.symbol))
    name = telling(map(leaf_of, targets))
    look_at(glance, value, Around(around.symbol, name, handed=True, reached=reached))
    _taken_apart(glance, targets[-1], value, Around(around.symbol, name))


def _taken_apart(glance: Glance, target: ast.expr, value: ast.expr, around: Around) -> None:
    """Look at the parts of a string that is split where it is assigned."""
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
    names = [leaf_of(part) for part in target.elts] if isinstance(target, (ast.Tuple, ast.List)) else []
    most = limit if isinstance(limit, int) else -1
    for piece in pieces(text, value.func.attr, given, most, names, around.name):
        part = text[piece.start : piece.end]
        glance.strings.append(Seen(value.func.value, part, piece.name, around.symbol, reached=False))


def defaults(glance: Glance, parameters: ast.arguments, around: Around) -> None:
    """Look at the defaults of parameters, which are called by them."""
    before = [*parameters.posonlyargs, *parameters.args]
    pairs = [
        *zip(before[len(before) - len(parameters.defaults) :], parameters.defaults, strict=True),
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]
    for parameter, default in pairs:
        if default is not None:
            look_at(glance, default, Around(around.symbol, parameter.arg))
