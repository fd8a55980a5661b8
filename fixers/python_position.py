"""Find the expression that contains a secret, and decide whether a call may replace it."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import libcst as cst

from fixers.model import RefusalReason
from fixers.python_syntax import Syntax, comment_spans
from fixers.rewriting import BY_HAND, CannotRewriteError
from scanner.model import Span

_BLANK = " \t\f\r\n"
_NAME_LISTS = frozenset({"__slots__", "__all__", "__match_args__"})
# Variables that tools read from the source without running it.
# https://docs.ansible.com/ansible/latest/dev_guide/developing_modules_documenting.html
_DOCUMENTS = frozenset({"__doc__", "DOCUMENTATION", "EXAMPLES", "RETURN"})
_FORMATTERS = frozenset({"format", "format_map"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The position of a secret in the syntax tree.

    `leaves` are the string tokens that hold it, in order (one FormattedStringText if it is in the constant part of an
    f-string). `target` is the smallest whole string expression around them; `chain` are its ancestors, Module first.
    `outer` is the expression that an edit replaces: the target, or the outermost f-string that it is nested in.
    """

    leaves: tuple[cst.CSTNode, ...] = field(repr=False)
    target: cst.BaseExpression = field(repr=False)
    outer: cst.BaseExpression = field(repr=False)
    chain: tuple[cst.CSTNode, ...] = field(repr=False)

    @property
    def nested(self) -> bool:
        """Whether the target is inside an f-string's replacement field."""
        return self.outer is not self.target


def find_place(syntax: Syntax, secret: Span) -> Place:
    """The string expression that holds a secret. Raises CannotRewriteError if there is none that a call can replace."""
    found = list(_leaves(syntax, secret))
    if not found:
        raise _nothing_there(syntax, secret)
    if isinstance(found[0][-1], cst.TemplatedStringText):
        raise _position("a t-string is not a string: its parts cannot be calls")
    formatted = [path for path in found if isinstance(path[-1], cst.FormattedStringText)]
    if formatted and len(found) > 1:
        raise CannotRewriteError(RefusalReason.DYNAMIC, "the secret is spread over parts of an f-string", BY_HAND)
    path = _widened(_common(found))
    target = path[-1]
    if not isinstance(target, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString, cst.BinaryOperation)):
        raise CannotRewriteError(RefusalReason.DYNAMIC, "the secret is spread over several expressions", BY_HAND)
    _check_format_spec(found[0])
    _check_chain(syntax, path)
    return Place(leaves=tuple(path[-1] for path in found), target=target, outer=_outermost(path), chain=path[:-1])


def stands_alone(path: Sequence[cst.CSTNode]) -> bool:
    """Whether the last node of a path may be any expression without parentheses: a value, an argument, an element."""
    above, node = path[-2:]
    if isinstance(above, (cst.Arg, cst.Element, cst.DictElement)):
        return not isinstance(above, cst.Arg) or not above.star
    return isinstance(above, (cst.Assign, cst.AnnAssign, cst.Return, cst.Expr)) or (
        isinstance(above, cst.Param) and above.default is node
    )


def is_template(syntax: Syntax, place: Place) -> str:
    """The characters that the formatting applied to the target interprets: `%`, or the braces of `.format`."""
    node: cst.CSTNode = place.target
    if isinstance(place.chain[-1], (cst.Assign, cst.AnnAssign)):
        return _formatted_by_name(syntax, set(_bound_to(place.chain)))
    for above in reversed(place.chain):
        if isinstance(above, cst.BinaryOperation) and isinstance(above.operator, cst.Modulo):
            return "%" if above.left is node else ""
        if isinstance(above, cst.Attribute):
            return "{}" if above.attr.value in _FORMATTERS else ""
        if not (isinstance(above, cst.BinaryOperation) and isinstance(above.operator, cst.Add)):
            return ""
        node = above
    return ""


def _formatted_by_name(syntax: Syntax, names: Collection[tuple[str, str]]) -> str:
    """The formatting applied, anywhere in the file, to a text with one of these names (see `_bound_to`)."""
    if not syntax.formatted:
        syntax.formatted[None] = ""
        for node in ast.walk(syntax.tree):
            match node:
                case ast.Attribute(value=value, attr=attr) if attr in _FORMATTERS:
                    syntax.formatted.setdefault(_used(value), "{}")
                case ast.BinOp(left=value, op=ast.Mod()):
                    syntax.formatted.setdefault(_used(value), "%")
    return next((syntax.formatted[name] for name in names if name in syntax.formatted), "")


def _bound_to(chain: Sequence[cst.CSTNode]) -> Iterator[tuple[str, str]]:
    """What an assignment binds: names, attributes of any object, keys of any mapping."""
    above = chain[-1]
    assert isinstance(above, (cst.Assign, cst.AnnAssign))
    in_class = any(isinstance(node, cst.ClassDef) for node in chain[-4:-1])
    for target in [each.target for each in above.targets] if isinstance(above, cst.Assign) else [above.target]:
        match target:
            case cst.Name(value=name):
                yield "name", name
                if in_class:
                    yield "attribute", name
            case cst.Attribute(attr=cst.Name(value=name)):
                yield "attribute", name
            case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
                yield "key", str(key.evaluated_value)


def _used(node: ast.expr) -> tuple[str, str] | None:
    match node:
        case ast.Name(id=name):
            return "name", name
        case ast.Attribute(attr=name):
            return "attribute", name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return "key", name
    return None


def may_wait(chain: Sequence[cst.CSTNode]) -> bool:
    """Whether an expression below these nodes may contain `await`: it is directly in an async function's body."""
    for above, node in zip(chain[-2::-1], chain[:0:-1], strict=True):
        if isinstance(above, (cst.Lambda, cst.BaseComp, cst.ClassDef)):
            return False
        if isinstance(above, cst.FunctionDef):
            return above.asynchronous is not None and above.body is node
    return False


def unparenthesised(syntax: Syntax, node: cst.BaseExpression) -> Span:
    """The span of an expression including parentheses that contain only it, and no comment."""
    text, span = syntax.text, syntax.span(node)
    for _ in node.lpar:
        start = len(text[: span.start].rstrip(_BLANK)) - 1
        end = len(text) - len(text[span.end :].lstrip(_BLANK)) + 1
        if text[start] != "(" or text[end - 1] != ")":
            break
        span = Span(start, end)
    return span


def strings(node: cst.CSTNode) -> Iterator[cst.SimpleString | cst.FormattedString]:
    """The string tokens of a string expression, in order. Raises CannotRewriteError if it contains anything else."""
    if isinstance(node, (cst.SimpleString, cst.FormattedString)):
        yield node
    elif isinstance(node, cst.ConcatenatedString) or (
        isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add)
    ):
        yield from strings(node.left)
        yield from strings(node.right)
    else:
        raise CannotRewriteError(RefusalReason.DYNAMIC, "the secret is computed together with other values", BY_HAND)


def body_span(syntax: Syntax, token: cst.SimpleString) -> Span:
    """The content of a string token, without prefix and quotes."""
    span = syntax.span(token)
    return Span(span.start + len(token.prefix) + len(token.quote), span.end - len(token.quote))


def _leaves(syntax: Syntax, secret: Span) -> Iterator[tuple[cst.CSTNode, ...]]:
    """Paths from the module to each string token whose content shares text with the secret, in order."""
    waiting: list[tuple[cst.CSTNode, ...]] = [(syntax.module, node) for node in reversed(syntax.statements(secret))]
    while waiting:
        path = waiting.pop()
        node = path[-1]
        if isinstance(node, cst.BaseStatement) and not syntax.statement_span(node).meets(secret):
            continue
        if isinstance(node, cst.SimpleStatementLine):
            # A node with a thousand strings (a dictionary of users) is searched only once.
            if node not in syntax.leaves:
                syntax.leaves[node] = tuple(_strings_below(syntax, node))
            held = syntax.leaves[node]
            for number in range(bisect_left(held, secret.start, key=lambda each: each[0].end), len(held)):
                token, below = held[number]
                if token.start > secret.end:
                    break
                if token.meets(secret):
                    yield *path, *below
            continue
        span = _token_span(syntax, node)
        if span is None:
            waiting.extend((*path, child) for child in reversed(syntax.children(node)))
        elif span.meets(secret):
            yield path


def _strings_below(syntax: Syntax, node: cst.CSTNode) -> Iterator[tuple[Span, tuple[cst.CSTNode, ...]]]:
    """The content's span of each string token below a node, with the path to it, in order."""
    waiting: list[tuple[cst.CSTNode, ...]] = [(child,) for child in reversed(syntax.children(node))]
    while waiting:
        path = waiting.pop()
        span = _token_span(syntax, path[-1])
        if span is None:
            waiting.extend((*path, child) for child in reversed(syntax.children(path[-1])))
        else:
            yield span, path


def _token_span(syntax: Syntax, node: cst.CSTNode) -> Span | None:
    """The span of a string token's content; None for any other node."""
    if isinstance(node, cst.SimpleString):
        return body_span(syntax, node)
    return syntax.span(node) if isinstance(node, (cst.FormattedStringText, cst.TemplatedStringText)) else None


def _common(paths: Sequence[tuple[cst.CSTNode, ...]]) -> tuple[cst.CSTNode, ...]:
    """The path to the deepest node that all paths go through."""
    first, depth = paths[0], min(len(path) for path in paths)
    while any(path[depth - 1] is not first[depth - 1] for path in paths):
        depth -= 1
    return first[:depth]


def _widened(path: tuple[cst.CSTNode, ...]) -> tuple[cst.CSTNode, ...]:
    """The path shortened to end at the f-string around a part, or at the whole implicit concatenation."""
    if isinstance(path[-1], cst.FormattedStringText):
        depth = max(number for number, node in enumerate(path) if isinstance(node, cst.FormattedString))
        path = path[: depth + 1]
    while len(path) > 1 and isinstance(path[-2], cst.ConcatenatedString):
        path = path[:-1]
    return path


def _outermost(path: tuple[cst.CSTNode, ...]) -> cst.BaseExpression:
    for depth, node in enumerate(path):
        if isinstance(node, (cst.FormattedString, cst.ConcatenatedString)) and _is_outer(path, depth):
            return node
    last = path[-1]
    assert isinstance(last, cst.BaseExpression)
    return last


def _is_outer(path: tuple[cst.CSTNode, ...], depth: int) -> bool:
    node = path[depth]
    if isinstance(node, cst.FormattedString):
        return True
    # A concatenation counts if the path leads into one of its f-strings.
    return any(isinstance(below, cst.FormattedString) for below in path[depth:]) or node is path[-1]


def _check_format_spec(leaf: Sequence[cst.CSTNode]) -> None:
    for above, node in pairwise(leaf):
        if isinstance(above, cst.FormattedStringExpression) and any(node is part for part in above.format_spec or ()):
            raise _position("a format specification cannot hold it")
        if isinstance(above, cst.FormattedStringExpression) and above.equal is not None:
            raise _position("`=` of an f-string prints the expression as it is written", "print the name apart from it")
        if isinstance(above, cst.TemplatedString):
            raise _position("a t-string is not a string: its parts cannot be calls")


def _check_chain(syntax: Syntax, path: Sequence[cst.CSTNode]) -> None:
    evaluated = False
    for above, node in zip(path[-2::-1], path[:0:-1], strict=True):
        # What follows the type in `Annotated[str, Field(...)]` is a value that the program uses.
        if isinstance(above, cst.Subscript) and above.slice[0] is not node:
            evaluated |= syntax.source(above.value).rpartition(".")[2] == "Annotated"
        if not (evaluated and isinstance(above, cst.Annotation)):
            _check_parent(syntax, above, node)


def _check_parent(syntax: Syntax, above: cst.CSTNode, node: cst.CSTNode) -> None:
    if isinstance(above, cst.Expr):
        # A name or a call would be valid here, but a string here is a docstring or has no effect.
        if _is_text(node):
            raise CannotRewriteError(RefusalReason.COMMENT, "a copy in a docstring", "delete it by hand")
    elif isinstance(above, cst.MatchPattern):
        raise _position("a case pattern cannot hold a call", "compare in the case's guard instead, then plan again")
    elif isinstance(above, (cst.Annotation, cst.TypeAlias, cst.TypeParameters)):
        raise _position("an annotation is not a value of the program")
    elif isinstance(above, cst.Subscript):
        if above.value is not node and syntax.source(above.value).rpartition(".")[2] == "Literal":
            raise _position("typing.Literal takes only literals")
    elif isinstance(above, (cst.Assign, cst.AnnAssign, cst.AugAssign)):
        if _NAME_LISTS & set(_target_names(above)):
            raise _position("a list of names cannot hold a call")
        if _is_text(node) and _DOCUMENTS & set(_target_names(above)):
            raise CannotRewriteError(RefusalReason.COMMENT, "a copy in documentation", "delete it by hand")
    elif isinstance(above, cst.ComparisonTarget) and isinstance(above.operator, (cst.Is, cst.IsNot)):
        raise _position("`is` compares identity, which a value from a store does not keep", "compare with `==`")


def _is_text(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString))


def _target_names(node: cst.Assign | cst.AnnAssign | cst.AugAssign) -> Iterator[str]:
    targets = [target.target for target in node.targets] if isinstance(node, cst.Assign) else [node.target]
    for target in targets:
        if isinstance(target, cst.Name):
            yield target.value


def _nothing_there(syntax: Syntax, secret: Span) -> CannotRewriteError:
    if any(span.meets(secret) for span in comment_spans(syntax)):
        return CannotRewriteError(RefusalReason.COMMENT, "a copy in a comment", "delete it by hand")
    return _position("no string literal stands there")


def _position(detail: str, next_step: str = BY_HAND) -> CannotRewriteError:
    return CannotRewriteError(RefusalReason.POSITION_NOT_SUPPORTED, detail, next_step)
