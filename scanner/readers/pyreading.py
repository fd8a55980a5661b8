"""Turn Python statements into literals: the name of each string, and the calls it reaches, directly or by name."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rules.lazy_patterns import lazy_pattern
from scanner.extent import HOPS
from scanner.model import Argument, Literal, SecretValue, Sibling, Span
from scanner.readers.errors import Unreadable
from scanner.readers.parts import SEVERAL
from scanner.readers.pyfollowing import Flow, sources_of, uses_of
from scanner.readers.pyleaf import arguments, leaf_of, string_of
from scanner.readers.pylines import Lines
from scanner.readers.pynames import callees_of
from scanner.readers.pyscope import Scope
from scanner.readers.pysources import called_as, calls_of
from scanner.readers.pystate import Context, Found, Reach, Reading, Reference
from scanner.readers.pystatements import read_lines
from scanner.readers.pystrings import Surroundings, literal_of
from scanner.readers.wanted import Wanted

# One string token. A value made of several tokens does not appear in the source in one piece.
_TOKEN = lazy_pattern(
    r"""[A-Za-z]{0,2}(?:\"{3}(?:(?!\"{3})[^\\]|\\.)*+\"{3}|'{3}(?:(?!'{3})[^\\]|\\.)*+'{3}"""
    r"""|\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+')""",
    re.S,
)


def literals_of(
    scope: Scope, wanted: Iterable[Lines], offsets: Sequence[int], detectors: Wanted | None
) -> list[Literal]:
    """The literals of some lines, and of the lines that bind the names used there, in order; `offsets` are hits.

    With `detectors`, only those that a detector could take. Raises Unreadable if a string cannot be decoded.
    """
    read, references, called = _read(scope, wanted, detectors)
    flow = Flow(scope=scope, uses=uses_of(scope, references), called=called)
    around = _Around(scope=scope)
    found: dict[Span, Literal] = {}
    for lines, every in read.items():
        whole = detectors is None or _is_of_note(scope, lines, offsets, detectors)
        for one in every:
            reaches = flow.reached(one.context.reaches)
            if detectors is None or whole or _is_taken(scope, one, reaches, offsets, detectors):
                literal = literal_of(scope, one, around.surroundings(one.context, reaches))
                if literal is not None:
                    found.setdefault(literal.span, literal)
    return sorted(found.values(), key=lambda literal: literal.span)


def _read(
    scope: Scope, wanted: Iterable[Lines], detectors: Wanted | None
) -> tuple[dict[Lines, list[Found]], list[Reference], set[str]]:
    """Read some lines, and the lines that bind the names used there.

    The last element is the names of the file's functions with a parameter that is used so.
    """
    found: dict[Lines, list[Found]] = {}
    references: list[Reference] = []
    called: set[str] = set()
    todo = dict.fromkeys(wanted)
    for _ in range(HOPS + 1):
        for lines in todo:
            reading = Reading(scope=scope)
            try:
                read_lines(reading, lines)
            except RecursionError:
                raise Unreadable(lines.first, 1, "nested too deep") from None
            found[lines] = reading.found
            references += _leading_on(scope, reading.references, detectors)
        todo = dict.fromkeys(lines for lines in _binding(scope, references, called, detectors) if lines not in found)
    return found, references, called


def _leading_on(scope: Scope, references: Iterable[Reference], wanted: Wanted | None) -> Iterator[Reference]:
    """The references that lead to a call or setting that a detector knows, or may do so under another name."""
    for reference in references:
        reaches = tuple(
            reach
            for reach in reference.reaches
            if reach.target is None or leaf_of(reach.target) in scope.parameters or _counts(scope, reach, wanted)
        )
        if reaches:
            yield reference._replace(reaches=reaches)


def _counts(scope: Scope, reach: Reach, wanted: Wanted | None) -> bool:
    """Whether a detector knows the call or the setting that a value reaches."""
    if wanted is None or reach.keyword == "*":
        return True
    return _called_leaf(scope, reach.target) in wanted.carriers or _may_take(scope, reach, wanted)


def _binding(scope: Scope, references: Sequence[Reference], called: set[str], wanted: Wanted | None) -> Iterator[Lines]:
    """Lines that bind what the references name, directly or through other names; adds to `called`."""
    used = {reference.name for reference in references}
    used.update(step for reference in references for step in reference.steps if isinstance(step, str))
    for reference in references:
        if not any(_leads(scope, reach, used, called, wanted) for reach in reference.reaches):
            continue
        for name, binding, _ in sources_of(scope, reference):
            symbol = scope.defined.get(binding.line)
            calls: Sequence[int] = ()
            if symbol is not None and (symbol, name) in scope.bindings:
                called.add(called_as(symbol))
                calls = calls_of(scope, called_as(symbol))
            for line in (binding.line, *calls):
                lines = scope.lines_at(line)
                if lines is not None:
                    yield lines


def _leads(scope: Scope, reach: Reach, used: set[str], called: set[str], wanted: Wanted | None) -> bool:
    if reach.target is None:
        return reach.keyword in used
    return leaf_of(reach.target) in called or _counts(scope, reach, wanted)


@dataclass(slots=True, kw_only=True)
class _Around:
    """The arguments that strings are part of, and their siblings, from the nodes that contain them."""

    scope: Scope
    around: dict[ast.Call | ast.Dict, tuple[Span, tuple[Sibling, ...]]] = field(default_factory=dict)

    def surroundings(self, context: Context, reaches: Iterable[Reach]) -> Surroundings:
        """The arguments that a string reaches, and the container that it is in."""
        found = tuple(dict.fromkeys(self._argument(reach) for reach in reaches))
        if context.within is None:
            return Surroundings(found, None, ())
        if isinstance(context.within, str):
            return Surroundings(found, None, self.scope.constants(context.within))
        return Surroundings(found, *self._beside(context.within))

    def _argument(self, reach: Reach) -> Argument:
        callees = callees_of(self.scope, reach.target) if reach.target is not None else ()
        if reach.keyword == "*":
            reach = _unpacked(reach)
        return Argument(
            callees=callees,
            index=reach.number,
            keyword=reach.keyword,
            call=self.scope.span(reach.node),
            typed=reach.keyword == "=" or not callees[0].startswith("."),
            element=reach.element,
            key=reach.key,
        )

    def _beside(self, node: ast.Call | ast.Dict) -> tuple[Span, tuple[Sibling, ...]]:
        if node not in self.around:
            pairs: Iterable[tuple[str | None, ast.expr]]
            if isinstance(node, ast.Dict):
                pairs = zip(map(string_of, node.keys), node.values, strict=True)
            else:
                pairs = (
                    (keyword or f"#{number}", value)
                    for number, (keyword, value) in enumerate(arguments(node))
                    if keyword != "**" and not isinstance(value, ast.Starred)
                )
            self.around[node] = self.scope.span(node), tuple(self._siblings(pairs))
        return self.around[node]

    def _siblings(self, pairs: Iterable[tuple[str | None, ast.expr]]) -> Iterator[Sibling]:
        for name, value in pairs:
            if name is None:
                continue
            if isinstance(value, ast.Name):
                bound = self.scope.constant(value.id)
                if bound is not None:
                    yield Sibling(name=name, value=bound.value, span=bound.span)
                continue
            constant = value.value if isinstance(value, ast.Constant) else None
            if type(constant) in (int, float):
                constant = self.scope.written(value)
            if isinstance(constant, (str, bytes)):
                yield Sibling(name=name, value=SecretValue(constant), span=self.scope.span(value))


# --- what a detector could take -------------------------------------------------------------------------------


def _is_of_note(scope: Scope, lines: Lines, offsets: Sequence[int], wanted: Wanted) -> bool:
    """Whether some lines have a hit of a provider's format, or one that counts only inside a literal."""
    start = scope.starts[lines.first - 1]
    end = scope.starts[lines.last] if lines.last < len(scope.starts) else len(scope.text) + 1
    at = bisect.bisect_right(wanted.providers, start)
    if at < len(wanted.providers) and wanted.providers[at] <= end:
        return True
    hits = offsets[bisect.bisect_right(offsets, start) : bisect.bisect_right(offsets, end)]
    return any("#" in scope.text[scope.text.rfind("\n", 0, hit) + 1 : hit] for hit in hits)


def _is_taken(scope: Scope, one: Found, reaches: Iterable[Reach], offsets: Sequence[int], wanted: Wanted) -> bool:
    """Whether a detector could take a string."""
    text, name = one.text, one.context.name
    if one.piece is not None:
        text, name = text[one.piece.start : one.piece.end], one.piece.name
    reached = any(_may_take(scope, reach, wanted) for reach in reaches)
    if wanted.is_possible(text, name, one.context.symbol, reached) or "${" in text:
        return True
    return _holds_one(scope, one, offsets) or _is_split(scope, one, wanted)


def _unpacked(reach: Reach) -> Reach:
    """The argument that a value becomes by `*values`."""
    first, *rest = reach.steps or (None,)
    number = reach.number + first if isinstance(first, int) and reach.number is not None else None
    return reach._replace(number=number, keyword=None, steps=tuple(rest))


def _may_take(scope: Scope, reach: Reach, wanted: Wanted) -> bool:
    reach = _unpacked(reach) if reach.keyword == "*" else reach
    target = reach.target
    if target is None or (reach.key is not None and reach.key.lower() not in wanted.keys):
        return False
    if reach.keyword == "=":
        return wanted.is_setting(leaf_of(target))
    return wanted.takes(_called_leaf(scope, target) or "", reach.keyword, reach.number)


def _called_leaf(scope: Scope, target: ast.expr | None) -> str | None:
    """The last word of the callable, by its original name if it was imported under another one."""
    if isinstance(target, ast.Name):
        return scope.imports.get(target.id, target.id).rpartition(".")[2]
    return None if target is None else leaf_of(target)


def _holds_one(scope: Scope, one: Found, offsets: Sequence[int]) -> bool:
    """Whether a string may contain named values."""
    if not SEVERAL.search(one.text):
        return False
    span = scope.span(one.node)
    at = bisect.bisect_right(offsets, span.start)
    return at < len(offsets) and offsets[at] <= span.end + 2


def _is_split(scope: Scope, one: Found, wanted: Wanted) -> bool:
    """Whether the tokens of a string together match a provider's format that no single token shows."""
    node = one.node
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, (str, bytes)):
            return False
        span = scope.span(node)
        if span.end - span.start <= len(one.text) + 3 or _TOKEN.fullmatch(scope.text, span.start, span.end):
            return False
        value = node.value if isinstance(node.value, bytes) else one.text.encode("utf-8", "surrogatepass")
        return wanted.has_provider_shape(value)
    return isinstance(node, ast.BinOp) and wanted.has_provider_shape(one.text.encode("utf-8", "surrogatepass"))
