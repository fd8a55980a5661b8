"""Cut a string expression at the secret: which tokens hold it, and the values before, of and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from fixers.model import RefusalReason
from fixers.python_position import Place, body_span, strings
from fixers.python_syntax import Syntax
from fixers.rewriting import BY_HAND, CannotRewriteError
from scanner.model import Span
from scanner.readers import pystring


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One string token of the target. `value` is None for an f-string."""

    span: Span
    body: Span
    prefix: str
    quote: str
    value: str | bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where the secret lies in the tokens of its target.

    Tokens `first` to `last` hold it: `head` is the part of the first token's value before it, `tail` the part of the
    last token's value after it. `span` is the secret within the bodies of those tokens. `before`, `after` and `whole`
    are values of the target, None if they are not constant. `implicit` says that a token that holds it is in an
    implicit concatenation.
    """

    tokens: tuple[Token, ...] = field(repr=False)
    first: int
    last: int
    span: Span
    head: str | bytes = field(repr=False)
    secret: str | bytes = field(repr=False)
    tail: str | bytes = field(repr=False)
    before: str | bytes | None = field(repr=False)
    after: str | bytes | None = field(repr=False)
    whole: str | bytes | None = field(repr=False)
    implicit: bool = False

    def holds_comment(self, source: str, first: int, last: int) -> bool:
        """Whether there is a comment between the tokens from `first` to `last`."""
        pairs = zip(self.tokens[first:last], self.tokens[first + 1 : last + 1], strict=True)
        return any("#" in source[one.span.end : other.span.start] for one, other in pairs)


def cut_strings(syntax: Syntax, place: Place, secret: Span) -> Cut:
    """Cut a target whose plain strings or bytes hold the secret. Raises CannotRewriteError if it cannot be cut."""
    nodes = list(strings(place.target))
    tokens = tuple(_token(syntax, node) for node in nodes)
    held = [index for index, node in enumerate(nodes) if any(node is leaf for leaf in place.leaves)]
    first, last = held[0], held[-1]
    span = Span(max(secret.start, tokens[first].body.start), min(secret.end, tokens[last].body.end))
    head = _value(syntax.text, tokens[first], tokens[first].body.start, span.start)
    tail = _value(syntax.text, tokens[last], span.end, tokens[last].body.end)
    middle = [
        _value(
            syntax.text,
            tokens[index],
            span.start if index == first else tokens[index].body.start,
            span.end if index == last else tokens[index].body.end,
        )
        for index in held
    ]
    before = _joined([*(token.value for token in tokens[:first]), head])
    after = _joined([tail, *(token.value for token in tokens[last + 1 :])])
    secret_value = _joined(middle)
    inside = _joined([token.value for token in tokens[first : last + 1]])
    if secret_value is None or inside is None or _joined([head, secret_value, tail]) != inside:
        raise _bad_cut()
    return Cut(
        tokens=tokens,
        first=first,
        last=last,
        span=span,
        head=head,
        secret=secret_value,
        tail=tail,
        before=before,
        after=after,
        whole=_joined([token.value for token in tokens]),
        implicit=any(_implicit(place, node) for node in nodes[first : last + 1]),
    )


def cut_formatted(syntax: Syntax, place: Place, secret: Span) -> Cut:
    """Cut an f-string whose constant part holds the secret; only that part itself has a value."""
    formatted = next(node for node in strings(place.target) if _within(node, place.leaves[0]))
    assert isinstance(formatted, cst.FormattedString)
    part = syntax.span(place.leaves[0])
    span = Span(max(secret.start, part.start), min(secret.end, part.end))
    token = Token(span=syntax.span(formatted), body=part, prefix=formatted.prefix, quote=formatted.end, value=None)
    head, value, tail = (
        _formatted_value(syntax.text[start:end], token)
        for start, end in ((part.start, span.start), (span.start, span.end), (span.end, part.end))
    )
    if head + value + tail != _formatted_value(syntax.text[part.start : part.end], token):
        raise _bad_cut()
    return Cut(
        tokens=(token,),
        first=0,
        last=0,
        span=span,
        head=head,
        secret=value,
        tail=tail,
        # Known completely only if the part begins the f-string.
        before=head if formatted.parts[0] is place.leaves[0] else None,
        after=None,
        whole=None,
    )


def _bad_cut() -> CannotRewriteError:
    return CannotRewriteError(RefusalReason.DYNAMIC, "the secret's bounds cut through an escape", BY_HAND)


def _within(node: cst.CSTNode, leaf: cst.CSTNode) -> bool:
    return isinstance(node, cst.FormattedString) and any(part is leaf for part in node.parts)


def _implicit(place: Place, node: cst.CSTNode) -> bool:
    """Whether a token is part of an implicit concatenation, so that only a string may replace it."""
    if isinstance(place.target, cst.ConcatenatedString):
        return True
    return isinstance(place.target, cst.BinaryOperation) and not _is_operand(place.target, node)


def _is_operand(target: cst.BaseExpression, node: cst.CSTNode) -> bool:
    if isinstance(target, cst.BinaryOperation):
        return _is_operand(target.left, node) or _is_operand(target.right, node)
    return target is node


def _token(syntax: Syntax, node: cst.SimpleString | cst.FormattedString) -> Token:
    span = syntax.span(node)
    if isinstance(node, cst.FormattedString):
        body = Span(span.start + len(node.start), span.end - len(node.end))
        return Token(span=span, body=body, prefix=node.prefix, quote=node.end, value=None)
    return Token(
        span=span,
        body=body_span(syntax, node),
        prefix=node.prefix,
        quote=node.quote,
        value=pystring.decode(syntax.text[span.start : span.end]).value,
    )


def _value(source: str, token: Token, start: int, end: int) -> str | bytes:
    prefix = token.prefix.lower()
    text, _ = pystring.decode_body(source, start, end, raw="r" in prefix, is_bytes="b" in prefix)
    return text.encode("latin-1") if "b" in prefix else text


def _formatted_value(source: str, token: Token) -> str:
    plain = source.replace("{{", "{").replace("}}", "}")
    return pystring.decode_body(plain, 0, len(plain), raw="r" in token.prefix.lower(), is_bytes=False)[0]


def _joined(values: Sequence[str | bytes | None]) -> str | bytes | None:
    """The values concatenated; None if one is not constant or their types differ."""
    if all(isinstance(value, str) for value in values):
        return "".join(value for value in values if isinstance(value, str))
    if all(isinstance(value, bytes) for value in values):
        return b"".join(value for value in values if isinstance(value, bytes))
    return None
