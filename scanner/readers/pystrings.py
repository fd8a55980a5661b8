"""String expressions as literals: decoded, each character mapped to where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.model import Literal, SecretValue, Span
from scanner.readers import pystring
from scanner.readers.pystate import Context, Reading, span_of
from scanner.readers.structured import COMPUTED, piece_of, rest_of
from scanner.readers.together import Piece


def add_string(
    reading: Reading, operands: list[cst.BaseExpression], whole: cst.BaseExpression, context: Context
) -> None:
    """Yield one literal for a string, an f-string or a concatenation, with its offset map."""
    span = span_of(reading, whole)
    if span is None:
        return
    pieces: list[tuple[str, tuple[int, ...] | None, int]] = []
    dynamic = context.dynamic
    is_bytes = False
    for operand in operands:
        for node in tokens_of(operand):
            at = span_of(reading, node)
            if at is None:
                return
            if isinstance(node, cst.SimpleString):
                try:
                    token = pystring.decode(node.value)
                except ValueError:
                    return
                is_bytes = isinstance(token.value, bytes)
                text = token.value.decode("latin-1") if isinstance(token.value, bytes) else token.value
                offsets = token.offsets and tuple(at.start + offset for offset in token.offsets)
                pieces.append((text, offsets, at.start + token.body))
            elif isinstance(node, cst.FormattedString):
                dynamic = True
                pieces += _formatted(reading, node)
            else:
                dynamic = True
                pieces.append((COMPUTED, (at.start,) * (len(COMPUTED) + 1), at.start))
    if len(pieces) == 1 and pieces[0][1] is None:
        text, _, body = pieces[0]
        offsets = None
    else:
        text, offsets = _joined(pieces)
        body = offsets[0] if offsets else span.start
    reading.literals.append(
        Literal(
            span=span,
            value=SecretValue(text.encode("latin-1") if is_bytes and not dynamic else text),
            role=context.role,
            name=context.name,
            symbol=context.symbol,
            body=body,
            offsets=offsets,
            parts=len(pieces),
            dynamic=dynamic,
            arguments=context.arguments,
            container=context.container,
            siblings=context.siblings,
        )
    )


def add_number(reading: Reading, node: cst.Integer, context: Context) -> None:
    """Yield a number that is a password; what it reaches takes a text, and says nothing of it."""
    span = span_of(reading, node)
    if span is not None:
        reading.literals.append(
            Literal(
                span=span,
                value=SecretValue(node.value),
                role=context.role,
                name=context.name,
                symbol=context.symbol,
                body=span.start,
                container=context.container,
                siblings=context.siblings,
            )
        )


def add_rest(reading: Reading, node: cst.BaseExpression, start: int) -> None:
    """Yield what stands in a string's value from `start` on as a password: `"-pS3cret"` of a command."""
    last = reading.literals[-1] if reading.literals else None
    if last is not None and last.span == span_of(reading, node):
        reading.literals.append(rest_of(last, start, "password"))


def add_part(reading: Reading, node: cst.BaseExpression, piece: Piece) -> None:
    """Yield a part of a string's value by the name that it gets: `user, password = "a:b".split(":")`."""
    span = span_of(reading, node)
    whole = next((each for each in reversed(reading.literals) if each.span == span), None)
    if whole is not None:
        reading.literals.append(piece_of(whole, Span(piece.start, piece.end), piece.name))


def _joined(pieces: list[tuple[str, tuple[int, ...] | None, int]]) -> tuple[str, tuple[int, ...]]:
    offsets: list[int] = []
    end = 0
    for text, mapped, body in pieces:
        piece = mapped if mapped is not None else tuple(range(body, body + len(text) + 1))
        offsets += piece[:-1]
        end = piece[-1]
    return "".join(text for text, _, _ in pieces), (*offsets, end)


def tokens_of(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The tokens of an implicit concatenation, or the node itself."""
    if isinstance(node, cst.ConcatenatedString):
        yield from tokens_of(node.left)
        yield from tokens_of(node.right)
    else:
        yield node


def _formatted(reading: Reading, node: cst.FormattedString) -> Iterator[tuple[str, tuple[int, ...] | None, int]]:
    """The constant parts of an f-string, and a placeholder for each expression."""
    raw = "r" in node.start.lower()
    for part in node.parts:
        at = span_of(reading, part)
        if at is None:
            continue
        if not isinstance(part, cst.FormattedStringText):
            yield COMPUTED, (at.start,) * (len(COMPUTED) + 1), at.start
            continue
        try:
            text, offsets = pystring.decode_body(part.value, 0, len(part.value), raw=raw, is_bytes=False)
        except ValueError:
            continue
        if "{{" not in text and "}}" not in text:
            yield text, offsets and tuple(at.start + offset for offset in offsets), at.start
            continue
        mapped = offsets or tuple(range(len(text) + 1))
        kept = [i for i in range(len(text)) if not (text[i] in "{}" and i and text[i - 1] == text[i] and _odd(text, i))]
        yield (
            "".join(text[i] for i in kept),
            tuple(at.start + mapped[i] for i in (*kept, len(text))),
            at.start,
        )


def _odd(text: str, at: int) -> bool:
    """Whether the brace at `at` is the second one of a doubled pair."""
    start = at
    while start and text[start - 1] == text[at]:
        start -= 1
    return (at - start) % 2 == 1
