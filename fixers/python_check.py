"""The check after every rewrite of a Python file: its syntax tree is unchanged outside the edits."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from fixers.model import Edit
from fixers.python_syntax import Syntax, is_readable, node_span, parse_quietly
from fixers.rewriting import splice, unique_edits
from scanner.model import Span
from scanner.text import line_starts

_GLUED = re.compile(r"\b(?:return|yield|await|not|in|is|and|or|if|else|elif|while|assert|from|raise|del)\(")


def same_outside(syntax: Syntax, edits: Sequence[Edit]) -> bool:
    """Whether each edit replaced one whole expression or added imports, nothing else differs, and the text compiles."""
    edits = unique_edits(edits)
    after = splice(syntax.text, edits)
    try:
        tree = parse_quietly(after)
        if not (_compiles(tree) or not _compiles(syntax.tree)):
            return False
        # `return(f"..." if x else y)` is valid Python, but LibCST requires a space there, so other tools could not
        # parse it.
        if _GLUED.search(after) and not is_readable(after) and is_readable(syntax.text):
            return False
    except (SyntaxError, ValueError, RecursionError):
        return False
    starts = line_starts(after)
    moved = _moved(edits)
    added = [new for old, new in moved if old.start == old.end]
    replaced = {inner: new for old, new in moved if old.start < old.end for inner in _within(syntax.text, old)}
    tree.body = [node for node in tree.body if not any(span.contains(node_span(starts, after, node)) for span in added)]
    seen: set[Span] = set()  # of the replacements, each of which must be a node
    waiting: list[tuple[object, object]] = [(syntax.tree, tree)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, ast.expr) and isinstance(other, ast.expr):
            old = node_span(syntax.starts, syntax.text, one)
            new = replaced.get(old)
            if new is not None and new not in seen and _fills(after, new, node_span(starts, after, other)):
                seen.add(new)
                continue
        if type(one) is not type(other):
            return False
        if isinstance(one, ast.AST):
            waiting.extend((getattr(one, name, None), getattr(other, name, None)) for name in one._fields)
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            waiting.extend(zip(one, other, strict=True))
        elif repr(one) != repr(other):
            return False
    return seen == set(replaced.values())


def _compiles(tree: ast.Module) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(tree, "<file>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, SystemError):  # the last: https://github.com/python/cpython/issues/150700
            return False
    return True


def _moved(edits: Sequence[Edit]) -> list[tuple[Span, Span]]:
    """The span of each edit before, and the span of its text afterwards."""
    moved, shift = [], 0
    for edit in edits:
        start = edit.span.start + shift
        moved.append((edit.span, Span(start, start + len(edit.new))))
        shift += len(edit.new) - (edit.span.end - edit.span.start)
    return moved


def _within(text: str, span: Span) -> list[Span]:
    """The span, and the spans inside the parentheses around it: parentheses belong to no node."""
    spans = [span]
    while text[span.start] == "(" and text[span.end - 1] == ")":
        inner = text[span.start + 1 : span.end - 1]
        start = span.start + 1 + len(inner) - len(inner.lstrip())
        span = Span(start, start + len(inner.strip()))
        spans.append(span)
    return spans


def _fills(text: str, written: Span, node: Span) -> bool:
    """Whether a node covers all of a replacement except spaces and parentheses around it."""
    outside = text[written.start : node.start] + text[node.end : written.end]
    return written.contains(node) and not outside.strip(" ()")
