"""What the Python reader keeps while it reads one document."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.model import Role
from scanner.readers.pyscope import Scope
from scanner.readers.together import Piece


class Reach(NamedTuple):
    """Where an expression goes: what becomes an `Argument` (scanner/model.py) once somebody asks what is called.

    `node` is the call or the assignment, `target` what is called or, with the keyword "=", the attribute or the entry
    that is set. Without a target it is bound to the name `keyword`, and goes wherever that name goes.
    """

    node: ast.expr | ast.stmt | ast.arg
    target: ast.expr | None
    number: int | None
    keyword: str | None
    element: int | None = None
    key: str | None = None


class Context(NamedTuple):
    """What is known of the expression that is being read.

    `within` is what its siblings are from: a call, a dictionary, or the symbol whose constants they are.
    """

    role: Role = Role.TEXT
    name: str | None = None
    symbol: str = ""
    reaches: tuple[Reach, ...] = ()
    within: ast.Call | ast.Dict | str | None = None
    dynamic: bool = False


class Found(NamedTuple):
    """A string, a sum of strings or a number; with a `piece`, a part of its value that has a name of its own."""

    node: ast.expr
    text: str
    context: Context
    piece: Piece | None = None

    def __repr__(self) -> str:
        return f"Found(<{len(self.text)} characters>, {self.context.name!r})"


class Reference(NamedTuple):
    """A name that goes somewhere: what it is bound to goes there too. `key` is that of `name["key"]`."""

    symbol: str
    name: str
    line: int
    reaches: tuple[Reach, ...]
    key: str | None = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """The state of reading one document."""

    scope: Scope
    found: list[Found] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
