"""One Python file as the rewriter sees it: its text, its `ast` tree, and LibCST's tree with exact spans."""

from __future__ import annotations

import ast
import bisect
import io
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from fixers.model import RefusalReason
from fixers.rewriting import BY_HAND, CannotRewriteError
from scanner.model import Document, Span
from scanner.readers.unchecked import unchecked
from scanner.text import line_starts

# LibCST nests implicit concatenations, and long ones crash it without an exception (Instagram/LibCST#619, #1000).
_LONGEST_CONCATENATION = 2000

_STRINGS = {
    "STRING",
    "FSTRING_START",
    "FSTRING_MIDDLE",
    "FSTRING_END",
    "TSTRING_START",
    "TSTRING_MIDDLE",
    "TSTRING_END",
}
_BETWEEN = {"NL", "COMMENT"}


# CSTLogicError is a separate class in some versions and covers t-strings: https://github.com/Instagram/LibCST/issues
_LIBCST_FAILS = (cst.ParserSyntaxError, cst.CSTLogicError, UnicodeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """A parsed file. Spans of nodes are offsets in `text`; a node's span excludes its parentheses."""

    path: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)
    module: cst.Module = field(repr=False)
    starts: list[int] = field(repr=False)
    positions: Mapping[cst.CSTNode, CodeRange] = field(repr=False)
    # Cached: LibCST builds a node's children anew each time, and many secrets of a file ask for the same ones.
    below: dict[cst.CSTNode, tuple[cst.CSTNode, ...]] = field(default_factory=dict, repr=False)
    # The module's statements in order, so that a file with thousands of secrets is not walked whole for each.
    tops: list[tuple[Span, cst.BaseStatement]] = field(default_factory=list, repr=False)
    # The string tokens of a statement: the span of each one's content, and the path of nodes to it.
    leaves: dict[cst.CSTNode, tuple[tuple[Span, tuple[cst.CSTNode, ...]], ...]] = field(
        default_factory=dict, repr=False
    )
    # The names of texts that are formatted, and by what.
    formatted: dict[tuple[str, str] | None, str] = field(default_factory=dict, repr=False)

    def span(self, node: cst.CSTNode) -> Span:
        """The span of a node."""
        place = self.positions[node]
        return Span(
            self.starts[place.start.line - 1] + place.start.column, self.starts[place.end.line - 1] + place.end.column
        )

    def children(self, node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
        """The direct children of a node, in order."""
        if node not in self.below:
            with unchecked():  # LibCST rebuilds a node to list its children
                self.below[node] = tuple(node.children)
        return self.below[node]

    def statement_span(self, node: cst.BaseStatement) -> Span:
        """The span of a statement including its decorators, which LibCST leaves out."""
        span = self.span(node)
        decorators = getattr(node, "decorators", ())
        return Span(self.span(decorators[0]).start, span.end) if decorators else span

    def statements(self, place: Span) -> list[cst.BaseStatement]:
        """The module's top-level statements that overlap a span, in order."""
        if not self.tops:
            self.tops.extend((self.statement_span(node), node) for node in self.module.body)
        first = bisect.bisect_left(self.tops, place.start, key=lambda top: top[0].end)
        last = bisect.bisect_right(self.tops, place.end, key=lambda top: top[0].start)
        return [node for span, node in self.tops[first:last] if span.meets(place)]

    def source(self, node: cst.CSTNode) -> str:
        """The source text of a node."""
        span = self.span(node)
        return self.text[span.start : span.end]


def parse_quietly(text: str | bytes) -> ast.Module:
    """`ast.parse` without the warnings that user text causes, because they would quote it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def read_syntax(document: Document, tree: ast.Module | None = None) -> Syntax:
    """Parse a file; `tree` is what `read_tree` gives for it, if that has been called.

    Raises CannotRewriteError if Python or LibCST cannot, or if LibCST does not reproduce the text.
    """
    tree = tree or read_tree(document)
    try:
        with unchecked():
            module = cst.parse_module(document.source.raw)
            # The tree is fresh and no node occurs twice in it, so copying it would only double the cost.
            positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
            code = module.code
        same = code == document.text and code.encode(module.encoding) == document.source.raw
    except RecursionError:
        raise _not_parsable("it is nested too deeply") from None
    except _LIBCST_FAILS:
        raise _not_parsable("LibCST cannot parse it") from None
    if not same:
        raise CannotRewriteError(
            RefusalReason.NOT_ROUND_TRIPPABLE,
            "LibCST does not give this file back byte for byte",
            BY_HAND,
        )
    return Syntax(
        path=document.path,
        text=document.text,
        tree=tree,
        module=module,
        starts=line_starts(document.text),
        positions=positions,
    )


def is_readable(text: str) -> bool:
    """Whether LibCST, called as other tools call it, can parse a text that Python can."""
    try:
        cst.parse_module(text)
    # TypeError: a `super()` inside LibCST fails on a lambda that is called directly after `in`.
    except (*_LIBCST_FAILS, cst.CSTValidationError, TypeError):
        return False
    return True


def comment_spans(syntax: Syntax) -> Iterator[Span]:
    """The spans of the comments."""
    for token in _tokens(syntax.text):
        if token.type == tokenize.COMMENT:
            start = syntax.starts[token.start[0] - 1] + token.start[1]
            yield Span(start, start + len(token.string))


def node_span(starts: list[int], text: str, node: ast.AST) -> Span:
    """The span of an `ast` node, whose columns count bytes of UTF-8."""
    place = ast.Expr(value=ast.Constant(None))
    ast.copy_location(place, node)
    assert place.end_lineno is not None
    assert place.end_col_offset is not None
    return Span(
        _offset(starts, text, place.lineno, place.col_offset),
        _offset(starts, text, place.end_lineno, place.end_col_offset),
    )


def _offset(starts: list[int], text: str, line: int, column: int) -> int:
    start = starts[line - 1]
    head = text[start : start + column]
    return start + (column if head.isascii() else len(head.encode()[:column].decode()))


def read_tree(document: Document) -> ast.Module:
    """The `ast` tree of a file. Raises CannotRewriteError if Python cannot parse it."""
    try:
        # Bytes, so that Python itself reads the coding cookie.
        tree = parse_quietly(document.source.raw)
        longest = _longest_concatenation(document.text)
    except (SyntaxError, ValueError, tokenize.TokenError):
        raise _not_parsable("it is not valid Python here") from None
    except (RecursionError, MemoryError):
        raise _not_parsable("it is nested too deeply") from None
    if longest > _LONGEST_CONCATENATION:
        raise _not_parsable("it concatenates too many strings")
    return tree


def _longest_concatenation(text: str) -> int:
    longest = run = 0
    for token in _tokens(text):
        name = tokenize.tok_name[token.type]
        if name in _STRINGS:
            run += 1
            longest = max(longest, run)
        elif name not in _BETWEEN:
            run = 0
    return longest


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text, newline="").readline)


def _not_parsable(why: str) -> CannotRewriteError:
    return CannotRewriteError(RefusalReason.NOT_PARSABLE, f"the file cannot be parsed: {why}", BY_HAND)
