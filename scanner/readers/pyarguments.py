"""What the arguments of a call are called, by what `ast` and LibCST both show of it: a rule for both walks is here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from scanner.readers.pywords import (
    COMPARING,
    HIDING,
    NAMED_THIRD,
    SENDING,
    TYPING,
    follows_login,
    given_to,
    hidden_by,
    holds_value,
    longest_option,
    may_answer,
    passes_name,
    recorded,
    takes_name_first,
)


class Way(Enum):
    """How an argument came to its name."""

    PLAIN = "plain"
    OUTER = "outer"  # it is what the call is: `SecretStr("...")`
    VALUE = "value"  # it follows its name: `getenv("NAME", "...")`
    DEFAULT = "default"
    COMPARED = "compared"


class Given(NamedTuple):
    """One argument: its keyword, the text of a plain string, whether it has stars, whether it is a whole number."""

    keyword: str | None
    text: str | None
    starred: bool
    is_number: bool

    def __repr__(self) -> str:
        return f"Given({self.keyword!r})"


class Called(NamedTuple):
    """A call: the last word of its name, its arguments, whether it is a method, and what is asked of other nodes.

    `asked` gives the last string of the call that it is a method of, `sent` what the first argument sends, `compared`
    the last word of an argument that is a name, `is_asked` whether a password is asked for right before.
    """

    leaf: str
    given: Sequence[Given]
    is_method: bool
    asked: Callable[[], str | None]
    sent: Callable[[], str | None]
    compared: Callable[[int], str | None]
    is_asked: Callable[[], bool]

    def __repr__(self) -> str:
        return f"Called({self.leaf!r}, {len(self.given)} arguments)"


def name_of(
    call: Called, number: int, *, outer: str | None, declares: bool, inserted: str | None, placed: str | None
) -> tuple[str | None, Way]:
    """What an argument is called, and how it came to that.

    `outer` is what the call itself is called, `declares` whether that is a name of its own and no place in a list;
    `inserted` is the name of the place in a template that the argument is put into, `placed` that of the parameter of
    the file's own function.
    """
    leaf, given = call.leaf, call.given
    argument = given[number]
    keyword, first = argument.keyword, None if given[0].starred else given[0].text
    # `Column(String(1024))`: a number that is given to a class is a size.
    is_size = argument.is_number
    placed = None if leaf in HIDING else placed
    hidden = hidden_by(leaf, len(given), keyword, outer)
    if hidden is not None:
        return hidden, Way.PLAIN if outer is None else Way.OUTER
    if outer is not None and placed is None and not is_size and passes_name(leaf, len(given), number, keyword):
        return outer, Way.OUTER
    if keyword is None and not argument.starred:
        told = given_to(leaf, number, len(given), argument.text)
        if told:
            return told, Way.PLAIN
        if _is_password(call, number):
            return "password", Way.PLAIN
    if leaf == "get" and keyword == "fallback" and number == 2:
        return given[1].text, Way.DEFAULT
    if leaf in TYPING and not number and call.is_method:
        return call.asked(), Way.PLAIN
    if takes_name_first(leaf) and first and number and holds_value(first, number, keyword):
        return _option(given) or first, Way.VALUE
    if leaf in COMPARING and len(given) == 2:
        return call.compared(1 - number), Way.COMPARED
    if leaf in NAMED_THIRD and number == 2:
        return given[1].text, Way.PLAIN
    if keyword == "default":
        if first and first.startswith("-"):
            return _option(given), Way.DEFAULT
        if declares and outer is not None:
            return outer, Way.DEFAULT  # `api_key = Setting(default=...)`
        if first:
            return first, Way.DEFAULT  # `Optional("api_key", default=...)`
    record = recorded(keyword, ((each.keyword, each.text) for each in given if not each.starred))
    return record or placed or keyword or inserted, Way.PLAIN


def _is_password(call: Called, number: int) -> bool:
    """Whether an argument by place is a password by what stands before it: an administrator's name, or the question."""
    if number:
        return follows_login(call.given[number - 1].text, call.given[number].text)
    return call.leaf in SENDING and may_answer(call.sent()) and call.is_asked()


def _option(given: Sequence[Given]) -> str | None:
    """The longest option string of a call, without dashes."""
    return longest_option(each.text for each in given if each.keyword is None)
