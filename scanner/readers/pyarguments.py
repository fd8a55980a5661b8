"""Name the arguments of a Python call: by keyword, by position, or by the placeholder they fill in a template."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from scanner.readers.pyleaf import arguments, flattened, is_string, leaf_of, string_of, text_of
from scanner.readers.pyscope import Scope
from scanner.readers.pywords import (
    COMPARING,
    GATHERING,
    HIDING,
    NAMED_THIRD,
    SENDING,
    TYPING,
    follows_login,
    given_to,
    hidden_by,
    holds_value,
    is_asked,
    is_made_up,
    longest_option,
    may_answer,
    passes_name,
    recorded,
    takes_name_first,
)


class Way(Enum):
    """How an argument got its name."""

    PLAIN = "plain"
    OUTER = "outer"  # it takes the call's name: `SecretStr("...")`
    VALUE = "value"  # it follows its name: `getenv("NAME", "...")`
    DEFAULT = "default"
    COMPARED = "compared"


class Given(NamedTuple):
    """One argument: its keyword, the text of a plain string, whether it is starred, whether it is an integer."""

    keyword: str | None
    text: str | None
    starred: bool
    is_number: bool

    def __repr__(self) -> str:
        return f"Given({self.keyword!r})"


class Called(NamedTuple):
    """A call: the last word of its name, its arguments in source order, and its file."""

    leaf: str
    node: ast.Call
    given: Sequence[Given]
    scope: Scope

    def __repr__(self) -> str:
        return f"Called({self.leaf!r}, {len(self.given)} arguments)"


def name_of(
    call: Called, number: int, *, outer: str | None, declares: bool, inserted: str | None, placed: str | None
) -> tuple[str | None, Way]:
    """The name of an argument, and how it got that name.

    `outer` is the name of the call itself; `declares` says that `outer` is a name of its own and not an index in a
    list. `inserted` is the name of the template's placeholder that the argument fills, `placed` that of the parameter
    of a function in the same file.
    """
    leaf, given = call.leaf, call.given
    argument = given[number]
    keyword, first = argument.keyword, None if given[0].starred else given[0].text
    placed = None if leaf in HIDING else placed
    hidden = hidden_by(leaf, len(given), keyword, outer)
    if hidden is not None:
        return hidden, Way.PLAIN if outer is None else Way.OUTER
    passed = passes_name(leaf, len(given), number, keyword) or _gathers(call, number)
    # `Column(String(1024))`: a number passed to a class is a size.
    if outer is not None and placed is None and not argument.is_number and passed:
        return outer, Way.OUTER
    if keyword is None and not argument.starred:
        told = given_to(leaf, number, len(given), argument.text)
        if told or _is_password(call, number):
            return told or "password", Way.PLAIN
    if leaf == "get" and keyword == "fallback" and number == 2:
        return given[1].text, Way.DEFAULT
    if leaf in TYPING and not number and isinstance(call.node.func, ast.Attribute):
        return _field_sought(call.node.func.value), Way.PLAIN
    record = recorded(keyword, ((each.keyword, each.text) for each in given if not each.starred))
    if record is not None and record != first:
        return record, Way.PLAIN
    if takes_name_first(leaf) and first and number and holds_value(first, number, keyword):
        return _option(given) or first, Way.VALUE
    if leaf in COMPARING and len(given) == 2:
        return leaf_of(arguments(call.node)[1 - number][1]), Way.COMPARED
    if leaf in NAMED_THIRD and number == 2:
        return given[1].text, Way.PLAIN
    before = first if number else None  # a value is not its own name
    default = _default(given, before, outer if declares else None) if keyword == "default" else None
    return default or (record or placed or inserted or keyword, Way.PLAIN)


def _default(given: Sequence[Given], first: str | None, declared: str | None) -> tuple[str | None, Way] | None:
    """The name of a `default=`: the option before it, what the call declares, or the name among its arguments."""
    if first and first.startswith("-"):
        return _option(given), Way.DEFAULT
    if declared is not None:
        return declared, Way.DEFAULT  # `api_key = Setting(default=...)`
    if first:
        return first, Way.DEFAULT  # `Optional("api_key", default=...)`
    if first is None and len(given) > 2 and given[1].keyword is None and given[1].text:
        return given[1].text, Way.DEFAULT  # `CfnParameter(self, "DbPassword", default=...)`
    return None


def _gathers(call: Called, number: int) -> bool:
    """Whether an argument is a list of values for the call's name: `api_key = random.choice(["...", "..."])`."""
    if call.leaf not in GATHERING or number:
        return False
    listed = arguments(call.node)[0][1]
    return isinstance(listed, (ast.List, ast.Tuple)) and any(is_made_up(string_of(each)) for each in listed.elts)


def _is_password(call: Called, number: int) -> bool:
    """Whether a positional argument is a password by the argument before it: an administrator's name or a prompt."""
    if number:
        return follows_login(call.given[number - 1].text, call.given[number].text)
    if call.leaf not in SENDING or not may_answer(_sent_text(arguments(call.node)[0][1])):
        return False
    return is_asked(call.scope.text, call.scope.span(call.node).start)


def _field_sought(node: ast.expr) -> str | None:
    """The last string of the call that found a field: `find_element("name", "password")`."""
    every = arguments(node) if isinstance(node, ast.Call) else []
    return string_of(every[-1][1]) if every else None


def _sent_text(node: ast.expr) -> str | None:
    """The string that a call sends, concatenated if it is a sum."""
    match node:
        case ast.BinOp(op=ast.Add()):
            parts = [_sent_text(operand) for operand in flattened(node)]
            return None if None in parts else "".join(filter(None, parts))
        case ast.Call(func=ast.Attribute(value=inner, attr="encode")):
            return _sent_text(inner)
    return text_of(node) if is_string(node) else None


def _option(given: Sequence[Given]) -> str | None:
    """The longest option string of a call, without dashes."""
    return longest_option(each.text for each in given if each.keyword is None)
