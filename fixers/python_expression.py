"""The text that replaces a literal: a call, or the literal as an f-string around a call.

All generated code is valid from Python 3.8 on: before 3.12 a replacement field may contain neither a backslash nor the
quotes of its f-string (https://peps.python.org/pep-0701/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import libcst as cst

from fixers.model import RefusalReason
from fixers.python_cut import Cut, cut_formatted, cut_strings
from fixers.python_insert import Insert, insert_of, insert_of_part, raw_of
from fixers.python_position import Place, stands_alone, unparenthesised
from fixers.python_syntax import Syntax
from fixers.rewriting import BY_HAND, CannotRewriteError, Placement, Style
from fixers.styles import CANONICAL, Names
from scanner.model import SecretValue, Span

_FEW = 4  # braces that may be doubled
_BOTH_TAKEN = "both kinds of quotes are taken by the f-strings around it"
_BRACE = re.compile(r"[{}]")
_FIELD = re.compile(r"\\(?:N\{[^}]*\}|.)|[{}]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The replacement of `span` of the text.

    `needs` are the functions and modules that `text` uses. `bare` says that only a call is left of the target. For the
    proof, `expression` (in canonical names) must give `value`: the whole target if it is constant, else only the
    secret. `also` are further splices: those that make the token around `span`, which may hold several secrets, an
    f-string, and those that give an enclosing f-string triple quotes.
    """

    span: Span
    text: str
    needs: frozenset[str]
    bare: bool
    expression: str
    value: SecretValue = field(repr=False)
    comments_lost: bool = False
    also: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """The quotation mark that strings of a piece may use, and the splices that make it available."""

    mark: str
    quotes: tuple[tuple[Span, str], ...] = ()


def compose(syntax: Syntax, place: Place, placement: Placement, names: Names, style: Style) -> Piece:
    """The replacement for one placement. Raises CannotRewriteError if the literal cannot be rebuilt exactly."""
    if isinstance(place.leaves[0], cst.FormattedStringText):
        return _into_formatted(syntax, place, placement, names, style)
    cut = cut_strings(syntax, place, placement.finding.span)
    stored = placement.value
    if stored is not None and cut.whole is not None and raw_of(cut.whole) == stored.reveal("bytes"):
        return _whole(syntax, place, placement, cut, names, style)
    if cut.before == cut.after and cut.before in ("", b""):
        if placement.stored is not None and placement.stored.reveal("bytes") != raw_of(cut.secret):
            raise _dynamic("the literal is not the value that would be stored")
        return _whole(syntax, place, placement, cut, names, style)
    insert = insert_of_part(syntax, place, placement, cut.secret, cut.before, style)
    return (
        _into_bytes(syntax, place, cut, insert, names)
        if insert.is_bytes
        else _into_text(syntax, place, cut, insert, names)
    )


def _whole(syntax: Syntax, place: Place, placement: Placement, cut: Cut, names: Names, style: Style) -> Piece:
    insert = insert_of(syntax, place, placement, cut.secret, style)
    marks = _marks(syntax, place)
    span = unparenthesised(syntax, place.target)
    text = insert.render(names, marks.mark)
    if text.startswith("(await ") and stands_alone((*place.chain, place.target)):
        text = text[1:-1]
    return Piece(
        span=span,
        text=_spaced(syntax.text, span, text),
        needs=insert.needs,
        bare=True,
        expression=insert.render(CANONICAL, '"'),
        value=SecretValue(cut.secret if cut.whole is None else cut.whole),
        comments_lost=cut.holds_comment(syntax.text, 0, len(cut.tokens) - 1),
        also=marks.quotes,
    )


def _into_text(syntax: Syntax, place: Place, cut: Cut, insert: Insert, names: Names) -> Piece:
    first, last = cut.tokens[cut.first], cut.tokens[cut.last]
    if _is_page(syntax, place, cut):
        return _call_between(syntax, place, cut, insert, names)
    span = Span(first.span.start, last.span.end)
    if isinstance(place.target, cst.BinaryOperation) and not cut.implicit and not cut.head and not cut.tail:
        marks = _marks(syntax, place)
        call, canonical = (insert.render(each, marks.mark) for each in (names, CANONICAL))
        text = call
    else:
        marks = _marks(syntax, place, first.quote[0])
        call, alone = (insert.render(each, marks.mark) for each in (names, CANONICAL))
        text, canonical = (_formatted(syntax, place, cut, each) for each in (call, alone))
    piece = _partial(syntax, place, cut, insert, span, text, canonical, marks.quotes)
    if cut.first != cut.last or text == call:
        return piece
    # Smaller than the token, because a token may hold several secrets.
    return replace(piece, span=cut.span, text=f"{{{call}}}", also=(*_as_formatted(syntax, cut), *marks.quotes))


def _is_page(syntax: Syntax, place: Place, cut: Cut) -> bool:
    """Whether the secret is in one long text with many braces, each of which an f-string would have to double."""
    if len(cut.tokens) > 1 or place.nested or not cut.head or not cut.tail:
        return False
    token = cut.tokens[0]
    body = syntax.text[token.body.start : token.body.end]
    lone = syntax.text[: cut.span.start].endswith("\\")
    return len(token.quote) == 3 and "r" not in token.prefix.lower() and len(_BRACE.findall(body)) > _FEW and not lone


def _call_between(syntax: Syntax, place: Place, cut: Cut, insert: Insert, names: Names) -> Piece:
    """The call spliced between the text before and after the secret, which may contain further secrets."""
    token, source = cut.tokens[0], syntax.text
    # A quotation mark before a triple quote would be read as part of it.
    quoted = source[cut.span.start - 1] == token.quote[0]
    span = Span(cut.span.start - 1, cut.span.end) if quoted else cut.span
    lead = f"\\{token.quote[0]}" if quoted else ""

    mark = _marks(syntax, place).mark

    def joined(each: Names) -> str:
        return f"{lead}{token.quote} + {insert.render(each, mark)} + {token.prefix}{token.quote}"

    alone = stands_alone((*place.chain, place.target))
    ends = ((token.span.start, "("), (token.span.end, ")")) if not alone else ()
    also = tuple((Span(offset, offset), mark) for offset, mark in ends)
    return _partial(syntax, place, cut, insert, span, joined(names), joined(CANONICAL), also)


def _as_formatted(syntax: Syntax, cut: Cut) -> Iterator[tuple[Span, str]]:
    """The splices that make the token an f-string: its prefix, and braces doubled outside the secret."""
    token, source = cut.tokens[cut.first], syntax.text
    raw = "r" in token.prefix.lower()
    prefix = Span(token.span.start, token.span.start + len(token.prefix))
    yield prefix, _spaced(source, prefix, "rf" if raw else "f")
    for part in (Span(token.body.start, cut.span.start), Span(cut.span.end, token.body.end)):
        for brace in (_BRACE if raw else _FIELD).finditer(source, part.start, part.end):
            if brace[0] in "{}":
                yield Span(*brace.span()), brace[0] * 2


def _formatted(syntax: Syntax, place: Place, cut: Cut, expression: str) -> str:
    """The tokens that contain the secret as one f-string, followed by the rest of the last token."""
    source, between = syntax.text, " + " if isinstance(place.target, cst.BinaryOperation) else " "
    first, last = cut.tokens[cut.first], cut.tokens[cut.last]
    raw = "r" in first.prefix.lower()
    head = _doubled(source[first.body.start : cut.span.start] if cut.head else "", raw=raw)
    rest = source[cut.span.end : last.body.end] if cut.tail else ""
    prefix = "rf" if raw else "f"
    if cut.first == cut.last:
        return f"{prefix}{first.quote}{head}{{{expression}}}{_doubled(rest, raw=raw)}{first.quote}"
    lead = f"{prefix}{first.quote}{head}{{{expression}}}{first.quote}"
    if not rest:
        return lead
    return f"{lead}{between}{last.prefix}{last.quote}{rest}{last.quote}"


def _into_bytes(syntax: Syntax, place: Place, cut: Cut, insert: Insert, names: Names) -> Piece:
    """A concatenation in parentheses, because there are no f-strings of bytes."""
    if isinstance(place.target, cst.BinaryOperation):
        raise _dynamic("the secret is one part of concatenated bytes")
    first, last = cut.tokens[cut.first], cut.tokens[cut.last]
    span, source = syntax.span(place.target), syntax.text
    before = source[span.start : first.span.start]
    if cut.head:
        before = source[span.start : cut.span.start] + first.quote
    after = source[last.span.end : span.end]
    if cut.tail:
        after = f"{last.prefix}{last.quote}{source[cut.span.end : span.end]}"
    marks = _marks(syntax, place)

    def joined(each: Names) -> str:
        parts = [before, insert.render(each, marks.mark), after]
        whole = " + ".join(part for part in parts if part)
        return whole if stands_alone((*place.chain, place.target)) else f"({whole})"

    return _partial(syntax, place, cut, insert, span, joined(names), joined(CANONICAL), marks.quotes)


def _partial(
    syntax: Syntax,
    place: Place,
    cut: Cut,
    insert: Insert,
    span: Span,
    text: str,
    canonical: str,
    also: tuple[tuple[Span, str], ...],
) -> Piece:
    expression, value = insert.render(CANONICAL, '"'), cut.secret
    if cut.whole is not None:
        target = syntax.span(place.target)
        # In parentheses, because the parts may be on several lines.
        expression = f"({syntax.text[target.start : span.start]}{canonical}{syntax.text[span.end : target.end]})"
        value = cut.whole
    return Piece(
        span=span,
        text=_spaced(syntax.text, span, text),
        needs=insert.needs,
        bare=False,
        expression=expression,
        value=SecretValue(value),
        comments_lost=cut.holds_comment(syntax.text, cut.first, cut.last),
        also=also,
    )


def _into_formatted(syntax: Syntax, place: Place, placement: Placement, names: Names, style: Style) -> Piece:
    cut = cut_formatted(syntax, place, placement.finding.span)
    insert = insert_of_part(syntax, place, placement, cut.secret, cut.before, style)
    marks = _marks(syntax, place, cut.tokens[cut.first].quote[0])
    return Piece(
        span=cut.span,
        text=f"{{{insert.render(names, marks.mark)}}}",
        needs=insert.needs,
        bare=False,
        expression=insert.render(CANONICAL, '"'),
        value=SecretValue(cut.secret),
        also=marks.quotes,
    )


def _doubled(source: str, *, raw: bool) -> str:
    """Source text of a string's content with braces doubled for an f-string."""
    if raw:
        return source.replace("{", "{{").replace("}", "}}")
    return _FIELD.sub(lambda found: found[0] * 2 if found[0] in "{}" else found[0], source)


def _marks(syntax: Syntax, place: Place, own: str = "") -> _Marks:
    """A quotation mark that neither the target, whose own may be `own`, nor the f-strings around it use.

    If both are taken, the outermost f-string gets triple quotes, which leaves single ones free inside it.
    """
    around = [node for node in place.chain if isinstance(node, cst.FormattedString)]
    single = [node.end for node in around if len(node.end) == 1]
    for taken in ({own, *(node.end[0] for node in around)}, {own, *single}):
        free = [mark for mark in ('"', "'") if mark not in taken]
        if free:
            return _Marks(mark=free[0])
    outer = around[0] if around else None
    if outer is None or outer.end not in single or outer.end in (own, *single[1:]):
        raise _dynamic(_BOTH_TAKEN, "bind the value to a name first")
    span, three = syntax.span(outer), outer.end * 3
    start = span.start + len(outer.start) - 1
    if three in syntax.text[start + 1 : span.end - 1]:
        raise _dynamic(_BOTH_TAKEN, "bind the value to a name first")
    return _Marks(
        mark=outer.end,
        quotes=((Span(start, start + 1), three), (Span(span.end - 1, span.end), three)),
    )


def _spaced(source: str, span: Span, text: str) -> str:
    """The text with a space in front if the literal's quote separated it from a word: `return"..."`."""
    before = source[span.start - 1 : span.start]
    return f" {text}" if (before.isalnum() or before == "_") and (text[0].isalpha() or text[0] == "_") else text


def _dynamic(detail: str, next_step: str = BY_HAND) -> CannotRewriteError:
    return CannotRewriteError(RefusalReason.DYNAMIC, detail, next_step)
