"""Where each node of a LibCST tree stands in its text, and the text itself, in one pass.

`PositionProvider` gives lines and columns, for which `MetadataWrapper.resolve` walks the tree twice and `Module.code` a
third time: two thirds of the time that a scan spent in LibCST. This is the same hook (a codegen state,
https://github.com/Instagram/LibCST/blob/main/libcst/metadata/position_provider.py), counting code points.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Iterator[None]:
        start = self.at
        yield
        first = self.found[start_node][0] if start_node is not None else start
        last = self.found[end_node][1] if end_node is not None else self.at
        self.found[node] = (first, last)


def positions_of(module: cst.Module) -> tuple[str, Positions]:
    """The text that LibCST writes for a module, and the half-open range of each node in it (code points)."""
    state = _Counting(default_indent=module.default_indent, default_newline=module.default_newline)
    module._codegen(state)  # noqa: SLF001 - `Module.code` does just this
    return "".join(state.tokens), state.found
