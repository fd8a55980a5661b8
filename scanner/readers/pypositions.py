"""Where each node of a LibCST tree stands in its text, and the text itself, in one pass.

`PositionProvider` gives lines and columns, for which `MetadataWrapper.resolve` walks the tree twice and `Module.code` a
third time: two thirds of the time that a scan spent in LibCST. This is the same hook (a codegen state,
https://github.com/Instagram/LibCST/blob/main/libcst/metadata/position_provider.py), counting code points.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst
from libcst._nodes.internal import CodegenState

Positions = dict[cst.CSTNode, tuple[int, int]]


@dataclass(kw_only=True)
class _Counting(CodegenState):
    """Writes a tree and notes where each node starts and ends, without the blanks and comments that it owns."""

    at: int = 0
    found: Positions = field(default_factory=dict)
    open: list[int] = field(default_factory=list)

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.add_token(token)

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self.at += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:  # noqa: ARG002 - the hook's signature
        self.open.append(self.at)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self.open.pop()
        # What the node itself said of its place (below) is without blanks.
        self.found.setdefault(node, (start, self.at))

    def record_syntactic_position(  # type: ignore[override] # not a generator
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Syntactic:
        return _Syntactic(self, node, start_node, end_node)


class _Syntactic:
    """Notes a node's own place when it is left; a plain class, for a generator takes three times as long."""

    __slots__ = ("_end", "_first", "_node", "_start", "_state")

    def __init__(self, state: _Counting, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None) -> None:
        self._state, self._node, self._start, self._end = state, node, start, end

    def __enter__(self) -> None:
        self._first = self._state.at

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            found = self._state.found
            first = found[self._start][0] if self._start is not None else self._first
            last = found[self._end][1] if self._end is not None else self._state.at
            found[self._node] = (first, last)


def positions_of(module: cst.Module) -> tuple[str, Positions]:
    """The text that LibCST writes for a module, and the half-open range of each node in it (code points)."""
    state = _Counting(default_indent=module.default_indent, default_newline=module.default_newline)
    module._codegen(state)  # noqa: SLF001 - `Module.code` does just this
    return "".join(state.tokens), state.found
