"""The records that the Python reader passes around while it reads one document."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.model import Role
from scanner.readers.pyscope import Scope
from scanner.readers.pyways import MOST_STEPS, Step, Steps
from scanner.readers.together import Piece


class Reach(NamedTuple):
    """Where an expression goes; converted to an `Argument` (scanner/model.py) when the callable's name is needed.

    `node` is the call or the assignment, `target` the callable or, with the keyword "=", the attribute or entry that is
    assigned. Without a target the expression is bound to the name `keyword`, and goes wherever that name goes. `steps`
    lead from what is passed or bound down to the expression: into a dictionary, a list, an object.
    """

    node: ast.expr | ast.stmt
    target: ast.expr | None
    number: int | None
    keyword: str | None
    steps: Steps = ()

    def into(self, step: Step) -> Reach:
        """The Reach of an element or entry of the expression; beyond the limit the innermost steps are kept."""
        return self._replace(steps=(*self.steps[: MOST_STEPS - 1], step))

    @property
    def key(self) -> str | None:
        """The innermost key that leads to the expression."""
        return next((step for step in reversed(self.steps) if isinstance(step, str)), None)

    @property
    def element(self) -> int | None:
        """The expression's index in a list."""
        last = self.steps[-1] if self.steps else None
        return last if isinstance(last, int) else None


class Context(NamedTuple):
    """What is known about the expression that is being read.

    `within` is what its siblings are from: a call, a dictionary, or the symbol whose constants they are.
    """

    role: Role = Role.TEXT
    name: str | None = None
    symbol: str = ""
    reaches: tuple[Reach, ...] = ()
    within: ast.Call | ast.Dict | str | None = None
    dynamic: bool = False


class Found(NamedTuple):
    """A string, a sum of strings or a number; with `piece`, a part of its value with its own name."""

    node: ast.expr
    text: str
    context: Context
    piece: Piece | None = None

    def __repr__(self) -> str:
        return f"Found(<{len(self.text)} characters>, {self.context.name!r})"


class Reference(NamedTuple):
    """A name whose value goes somewhere, so that what is bound to it goes there too.

    `steps` lead from the name to the part that goes there: ("password",) for `name["password"]` and `name.password`.
    `node` is the whole expression.
    """

    symbol: str
    name: str
    node: ast.expr | ast.stmt
    reaches: tuple[Reach, ...]
    steps: Steps = ()

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.node.lineno


@dataclass(slots=True, kw_only=True)
class Reading:
    """The state of reading one document."""

    scope: Scope
    found: list[Found] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
