"""Which statements LibCST must read: those with a string that a detector could take, and those that lead to one."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scanner.model import Document
from scanner.readers.pyglance import Glance, Seen, Use
from scanner.readers.pyregions import Lines, Region
from scanner.readers.pyscope import Scope
from scanner.readers.pysurvey import glance_at
from scanner.readers.structured import SEVERAL
from scanner.readers.wanted import Wanted

_MAX_HOPS = 3
# One string token. A value that several make up is not in the text in one piece.
_TOKEN = re.compile(
    r"""[A-Za-z]{0,2}(?:\"{3}(?:(?!\"{3})[^\\]|\\.)*+\"{3}|'{3}(?:(?!'{3})[^\\]|\\.)*+'{3}"""
    r"""|\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+')""",
    re.S,
)


@dataclass(slots=True, kw_only=True)
class Triage:
    """The state of one document's triage."""

    document: Document
    scope: Scope
    offsets: Sequence[int]
    wanted: Wanted
    seen: dict[tuple[int, bool], tuple[bool, tuple[Use, ...]]] = field(default_factory=dict)
    known: dict[tuple[int, bool, int], bool] = field(default_factory=dict)

    def wants(self, lines: Lines) -> bool:
        """Whether lines with a hit are to be read."""
        return self._leads(lines, asked=False, hops=_MAX_HOPS)

    def wants_bound(self, region: Region) -> bool:
        """Whether a region is to be read that binds a name which may reach a sink."""
        lines = self.scope.lines_at(region.first)
        return lines is None or self._leads(lines, asked=True, hops=_MAX_HOPS)

    def _leads(self, lines: Lines, *, asked: bool, hops: int) -> bool:
        """Whether lines hold a possible candidate, or a name that is bound where there is one."""
        key = (lines.first, asked, hops)
        if key not in self.known:
            self.known[key] = self._found(lines, asked=asked, hops=hops)
        return self.known[key]

    def _found(self, lines: Lines, *, asked: bool, hops: int) -> bool:
        possible, uses = self._look(lines, asked=asked)
        if possible or not hops:
            return possible
        for use in uses:
            binding = self.scope.lookup(use.symbol, use.name, use.line)
            bound = None if binding is None else self.scope.lines_at(binding.first)
            if bound is not None and self._leads(bound, asked=use.reached, hops=hops - 1):
                return True
        return False

    def _look(self, lines: Lines, *, asked: bool) -> tuple[bool, tuple[Use, ...]]:
        key = (lines.first, asked)
        if key not in self.seen:
            glance = Glance(
                takes=self.wanted.takes,
                keys=self.wanted.keys,
                is_setting=self.wanted.is_setting,
                imports=self.scope.imports,
                placed=self.scope.placed,
                asked=asked,
            )
            possible = not lines.nodes or self._has_hits_of_note(lines)
            if not possible:
                try:
                    glance_at(glance, lines)
                except RecursionError:
                    possible = True  # the reader says what is too deep for it
                possible = possible or self._is_possible(glance.strings, self._hits(lines))
            self.seen[key] = possible, tuple(dict.fromkeys(glance.uses))
        return self.seen[key]

    def _hits(self, lines: Lines) -> Sequence[int]:
        start, end = self._range(lines)
        return self.offsets[bisect.bisect_right(self.offsets, start) : bisect.bisect_right(self.offsets, end)]

    def _range(self, lines: Lines) -> tuple[int, int]:
        starts = self.scope.starts
        return starts[lines.first - 1], starts[lines.last] if lines.last < len(starts) else len(self.scope.text) + 1

    def _has_hits_of_note(self, lines: Lines) -> bool:
        """Whether a provider's shape was hit, or what would count as a comment if no literal were around it."""
        start, end = self._range(lines)
        at = bisect.bisect_right(self.wanted.providers, start)
        if at < len(self.wanted.providers) and self.wanted.providers[at] <= end:
            return True
        text = self.scope.text
        return any("#" in text[text.rfind("\n", 0, hit) + 1 : hit] for hit in self._hits(lines))

    def _is_possible(self, strings: Iterable[Seen], hits: Sequence[int]) -> bool:
        return any(
            self.wanted.is_possible(one.text, one.name, one.symbol, one.reached)
            or "${" in one.text
            or self._holds_a_hit(one, hits)
            or self._is_split(one)
            for one in strings
        )

    def _holds_a_hit(self, one: Seen, hits: Sequence[int]) -> bool:
        """Whether named values may stand inside a string."""
        if not hits or not SEVERAL.search(one.text):
            return False
        start, end = self._span(one.node)
        return any(start < hit <= end + 2 for hit in hits)

    def _is_split(self, one: Seen) -> bool:
        """Whether tokens and operands make up a provider's shape that the text does not show in one piece."""
        node = one.node
        if isinstance(node, ast.Constant):
            start, end = self._span(node)
            if end - start <= len(one.text) + 3 or _TOKEN.fullmatch(self.scope.text, start, end):
                return False
            value = node.value if isinstance(node.value, bytes) else one.text.encode("utf-8", "surrogatepass")
            return self.wanted.has_provider_shape(value)
        return isinstance(node, ast.BinOp) and self.wanted.has_provider_shape(one.text.encode("utf-8", "surrogatepass"))

    def _span(self, node: ast.expr) -> tuple[int, int]:
        offset = self.scope.offset
        return offset(node.lineno, node.col_offset), offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
