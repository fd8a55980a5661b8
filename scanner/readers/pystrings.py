"""Turn string expressions into literals: decode them, and map each character to its source offset."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from scanner.lazy_dataclasses import lazy_dataclasses
from scanner.model import MAX_SIBLINGS, Argument, Literal, SecretValue, Sibling, Span
from scanner.readers import pystring
from scanner.readers.parts import COMPUTED, piece_of
from scanner.readers.pyleaf import flattened, is_string
from scanner.readers.pyscope import Scope
from scanner.readers.pystate import Found

if TYPE_CHECKING:
    from scanner.readers.pycomposed import Part


class _Text(NamedTuple):
    """Characters of a value, with the offset of each and of the end; `offsets` is None if verbatim from `body` on."""

    text: str
    offsets: tuple[int, ...] | None
    body: int

    def __repr__(self) -> str:
        return f"_Text(<{len(self.text)} characters>, {self.body})"


class Surroundings(NamedTuple):
    """The arguments that a string reaches, and its container."""

    arguments: tuple[Argument, ...]
    container: Span | None
    siblings: tuple[Sibling, ...]


def literal_of(scope: Scope, found: Found, around: Surroundings) -> Literal | None:
    """The literal of a string, an f-string, a sum of those or a number, or of a named part; None for anything else."""
    node, context = found.node, found.context
    span = scope.span(node)
    is_bytes, dynamic = False, context.dynamic
    is_number = isinstance(node, ast.Constant) and not is_string(node)
    texts = [_Text(found.text, None, span.start)] if is_number else []
    for operand in () if is_number else flattened(node):
        if is_string(operand):
            read = _texts(scope, operand)
            if read is None:
                return None
            texts += read
            is_bytes = isinstance(operand, ast.Constant) and isinstance(operand.value, bytes)
            dynamic = dynamic or isinstance(operand, ast.JoinedStr)
        else:
            dynamic = True
            texts.append(_computed(scope.span(operand).start))
    text, offsets, body = _joined(texts)
    literal = Literal(
        span=span,
        value=SecretValue(text.encode("latin-1") if is_bytes and not dynamic else text),
        role=context.role,
        name=context.name,
        symbol=context.symbol,
        body=body,
        offsets=offsets,
        parts=len(texts),
        dynamic=dynamic,
        arguments=around.arguments,
        container=around.container,
        siblings=_near(around.siblings, span.start),
    )
    piece = found.piece
    return literal if piece is None else piece_of(literal, Span(piece.start, piece.end), piece.name)


def _near(siblings: tuple[Sibling, ...], at: int) -> tuple[Sibling, ...]:
    """The siblings closest to an offset; siblings are in source order.

    Bounded, so that a large table does not cost the square of its length.
    """
    if len(siblings) <= 2 * MAX_SIBLINGS:
        return siblings
    middle = bisect.bisect_left(siblings, at, key=lambda sibling: sibling.span.start)
    first = min(max(0, middle - MAX_SIBLINGS), len(siblings) - 2 * MAX_SIBLINGS)
    return siblings[first : first + 2 * MAX_SIBLINGS]


def _texts(scope: Scope, node: ast.expr) -> list[_Text] | None:
    """The parts of a string expression: its tokens, and the parts of f-strings."""
    span = scope.span(node)
    written = scope.text[span.start : span.end]
    if pystring.parts(written) is None:
        return None
    token = _one_token(node, written)
    if token is not None:
        return [_of_token(token, span.start)]
    with lazy_dataclasses():
        from scanner.readers.pycomposed import parts_of
    try:
        return [_of_part(part, span.start + part.at) for part in parts_of(written, node.lineno)]
    except ValueError:
        return None


def _one_token(node: ast.expr, written: str) -> pystring.Token | None:
    """The token of a string that is only one, else None."""
    if not isinstance(node, ast.Constant):
        return None
    try:
        token = pystring.decode(written)
    except ValueError:
        return None
    return token if token.value == node.value else None


def _of_part(part: Part, at: int) -> _Text:
    if part.field is not None:
        return _computed(at)
    return _of_token(pystring.decode(part.written), at) if part.is_token else _of_formatted(part, at)


def _of_token(token: pystring.Token, at: int) -> _Text:
    text = token.value.decode("latin-1") if isinstance(token.value, bytes) else token.value
    return _Text(text, token.offsets and tuple(at + offset for offset in token.offsets), at + token.body)


def _computed(at: int) -> _Text:
    return _Text(COMPUTED, (at,) * (len(COMPUTED) + 1), at)


def _of_formatted(part: Part, at: int) -> _Text:
    """The text between the expressions of an f-string, with doubled braces made single."""
    text, offsets = pystring.decode_body(part.written, 0, len(part.written), raw=part.is_raw, is_bytes=False)
    if "{{" not in text and "}}" not in text:
        return _Text(text, offsets and tuple(at + offset for offset in offsets), at)
    mapped = offsets or tuple(range(len(text) + 1))
    kept = list(_single(text))
    return _Text("".join(text[i] for i in kept), tuple(at + mapped[i] for i in (*kept, len(text))), at)


def _single(text: str) -> Iterator[int]:
    """The indices of the characters that remain when the second of each doubled brace is dropped."""
    run = 0
    for at, one in enumerate(text):
        run = run + 1 if at and one == text[at - 1] else 1
        if one not in "{}" or run % 2:
            yield at


def _joined(texts: list[_Text]) -> _Text:
    if len(texts) == 1 and texts[0].offsets is None:
        return texts[0]
    offsets: list[int] = []
    end = 0
    for text, mapped, body in texts:
        every = mapped if mapped is not None else tuple(range(body, body + len(text) + 1))
        offsets += every[:-1]
        end = every[-1]
    offsets.append(end)
    return _Text("".join(each.text for each in texts), tuple(offsets), offsets[0])
