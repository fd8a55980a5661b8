"""Find a value in bytes in any spelling: as it is, escaped, encoded, or cut into pieces.

Whole spellings are literals of one Hyperscan database. A value in pieces (`"abc" "def"`, or with some characters
escaped) is searched for around every occurrence of four consecutive bytes of it.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from scanner.model import SecretValue
from scanner.prefilter import MARK, Expression, Prefilter, compile_database

# Shorter ones occur in any text by chance.
SHORTEST = 5
_ANCHOR = 4
# Longer ones are searched for only in one piece, because the expression would have a hundred thousand characters.
_LONGEST_IN_PIECES = 4_096
# Of longer spellings Hyperscan finds only the beginning: it refuses 4,000 bytes, and compiles 2,000 in half a second.
_LONGEST_LITERAL = 400
AS_IT_IS, ESCAPED, PERCENT, BASE64, HEX, UTF_16, PIECES = (
    "as it is", "escaped", "percent-encoded", "base64", "hex", "UTF-16", "in pieces",
)  # fmt: skip
# The end of one literal and the beginning of the next, or a line continuation.
_JOIN = (
    rb"(?:[\"'`]{1,3}(?:[ \t\r\n+.\\&()]|#[^\r\n]*[\r\n]|//[^\r\n]*[\r\n])*[fFrRbBuU]{0,2}[\"'`]{1,3}"
    rb"|\\\r?\n[ \t]*)?"
)
_SIMPLE = {"\n": "n", "\r": "r", "\t": "t", "\0": "0", "\a": "a", "\b": "b", "\f": "f", "\v": "v"}
_BASE64_SIGN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One occurrence of one value: the value's index, the half-open range of bytes, and the form in words."""

    value: int
    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A compiled search. `literals` are index, spelling and form by expression; the other fields are anchors."""

    database: Prefilter | None
    literals: tuple[tuple[int, bytes, str], ...] = field(repr=False)
    anchors: tuple[int, ...]
    patterns: tuple[re.Pattern[bytes] | None, ...] = field(repr=False)
    reaches: tuple[int, ...]


def search_for(values: Sequence[SecretValue]) -> Search:
    """Compile a search for these values, identified by index; values shorter than SHORTEST bytes are never found."""
    expressions: list[Expression] = []
    literals: list[tuple[int, bytes, str]] = []
    anchors: list[tuple[int, bytes]] = []
    patterns: list[re.Pattern[bytes] | None] = []
    for number, value in enumerate(values):
        long_enough = len(value.reveal("bytes")) >= SHORTEST
        for needle, form in _needles(value).items() if long_enough else ():
            expressions.append(_literal(needle))
            literals.append((number, needle, form))
        units = _units(value) if long_enough and len(value.reveal("bytes")) <= _LONGEST_IN_PIECES else []
        patterns.append(re.compile(_JOIN.join(units)) if units else None)
        anchors += [(number, anchor) for anchor in _anchors(value)] if units else []
    expressions += [_literal(anchor) for _, anchor in anchors]
    database = None
    if expressions:
        compiled = compile_database(expressions, calls=False)
        database = Prefilter(database=compiled, calls=lambda: compiled, imports=len(expressions), table=())
    return Search(
        database=database,
        literals=tuple(literals),
        anchors=tuple(number for number, _ in anchors),
        patterns=tuple(patterns),
        reaches=tuple(10 * len(value.reveal("bytes")) + 400 for value in values),
    )


def may_stand(values: Iterable[SecretValue], raw: bytes) -> list[SecretValue]:
    """Those values of which some spelling may occur: compiling a search for thousands of them takes half a minute."""
    here = {raw[at : at + _ANCHOR] for at in range(len(raw) - _ANCHOR + 1)}

    def may(value: SecretValue) -> bool:
        spelled = any(needle[:_ANCHOR] in here and needle[-_ANCHOR:] in here for needle in _needles(value))
        return spelled or not here.isdisjoint(_anchors(value))

    return [value for value in values if may(value)]


def traces(search: Search, raw: bytes) -> list[Trace]:
    """All occurrences of all values in `raw`, in order. If occurrences of one value overlap, the longest counts."""
    if search.database is None:
        return []
    found: set[tuple[int, int, int, str]] = set()
    windows: dict[int, list[tuple[int, int]]] = {}
    for expression, end in search.database.find(raw):
        if expression < len(search.literals):
            number, needle, form = search.literals[expression]
            start = end - min(len(needle), _LONGEST_LITERAL)
            stop = start + len(needle)
            if raw.startswith(needle, start):
                found.add((number, *(_run(raw, start, stop) if form == BASE64 else (start, stop)), form))
        else:
            number = search.anchors[expression - len(search.literals)]
            reach = search.reaches[number]
            windows.setdefault(number, []).append((max(0, end - reach), min(len(raw), end + reach)))
    for number, ranges in windows.items():
        pattern = search.patterns[number]
        assert pattern is not None
        for start, stop in _merged(ranges):
            found |= {(number, *match.span(), PIECES) for match in pattern.finditer(raw, start, stop)}
    return sorted(_longest(found), key=lambda trace: (trace.start, trace.end, trace.value))


def _needles(value: SecretValue) -> dict[bytes, str]:
    """Every spelling in one piece, with its form; the plainest form if two spellings are the same."""
    raw = value.reveal("bytes")
    spelled: dict[bytes, str] = {raw: AS_IT_IS, raw.replace(b"\n", b"\r\n"): AS_IT_IS}
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None:
        for encoding in ("utf-16-le", "utf-16-be"):
            spelled.setdefault(text.encode(encoding), UTF_16)
        for made in _escaped(text):
            spelled.setdefault(made.encode(), ESCAPED)
        if all(ord(char) < 0x100 for char in text):
            spelled.setdefault(text.encode("latin-1"), AS_IT_IS)
    spelled.setdefault(repr(raw)[2:-1].encode(), ESCAPED)
    for form in ("\\x%02x", "\\x%02X", "\\%03o", "&#%d;", "\\u%04x", "\\u%04X"):
        spelled.setdefault("".join(form % byte for byte in raw).encode(), ESCAPED)
    for quoted in _percent(raw):
        spelled.setdefault(quoted.encode(), PERCENT)
    for coded in _base64(raw):
        spelled.setdefault(coded, BASE64)
    for digits in (raw.hex(), raw.hex().upper()):
        spelled.setdefault(digits.encode(), HEX)
    return {needle: form for needle, form in spelled.items() if len(needle) >= SHORTEST}


def _escaped(text: str) -> Iterator[str]:
    as_json = json.dumps(text)[1:-1]
    yield from (as_json, json.dumps(text, ensure_ascii=False)[1:-1], as_json.replace("/", "\\/"))
    yield json.dumps(as_json)[1:-1]  # JSON inside JSON
    yield repr(text)[1:-1]
    yield repr(text + "'" + '"')[1:-4]  # as in single quotes: an apostrophe in the value is escaped
    doubled = text.replace("\\", "\\\\")
    yield from (doubled, doubled.replace('"', '\\"'), doubled.replace("'", "\\'"))
    yield from (text.replace("'", "''"), text.replace('"', '""'), text.replace("'", "'\\''"), text.replace("$", "\\$"))
    yield from (html.escape(text), html.escape(text, quote=False), text.replace("$", "$$"), text.replace("%", "%%"))
    yield text.replace("\\", "\\\\").replace("\n", "\\n")


def _percent(raw: bytes) -> Iterator[str]:
    for made in (quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="!$&'()*+,;=:@/")):
        yield made
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), made)


def _base64(raw: bytes) -> Iterator[bytes]:
    """The base64 characters that depend on the value alone, for each alignment at which it may begin."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * before + raw)
            tail = (before + len(raw)) % 3
            # The first characters contain bits of what precedes the value; with a tail the last one has bits of what
            # follows.
            yield coded[(0, 2, 3)[before] : len(coded) - (0, 3, 2)[tail]]


def _literal(needle: bytes) -> Expression:
    pattern = b"".join(b"\\x%02x" % byte for byte in needle[:_LONGEST_LITERAL])
    return Expression(role=MARK, pattern=pattern, caseless=False, ref="")


def _anchors(value: SecretValue) -> set[bytes]:
    raw = value.reveal("bytes")
    return {raw[at : at + _ANCHOR] for at in range(0, len(raw) - _ANCHOR + 1, _ANCHOR)}


def _units(value: SecretValue) -> list[bytes]:
    """A regular expression for each character of the value, with its possible spellings."""
    raw = value.reveal("bytes")
    try:
        characters: Sequence[str] = raw.decode("utf-8")
        encode: Callable[[str], bytes] = lambda char: char.encode("utf-8")  # noqa: E731
    except UnicodeDecodeError:
        characters = raw.decode("latin-1")
        encode = lambda char: char.encode("latin-1")  # noqa: E731
    return [_unit(char, encode(char)) for char in characters]


def _unit(char: str, plain: bytes) -> bytes:
    code = ord(char)
    ways = [re.escape(plain)]
    if char == "\n":
        ways = [rb"\r?\n[ \t]*", rb"\\{1,2}r?\\{0,2}n"]
    elif char in _SIMPLE:
        ways.append(rb"\\{1,2}" + _SIMPLE[char].encode())
    elif char in "\"'\\$/`":
        ways = [rb"\\{0,3}" + re.escape(plain)]
    ways += [rb"\\{1,2}[uU](?:0000)?(?i:%04x)" % code, rb"(?i:%s)" % b"".join(b"%%%02x" % byte for byte in plain)]
    if code < 0x100:
        ways.append(rb"\\{1,2}x(?i:%02x)" % code)
    return b"(?:" + b"|".join(ways) + b")"


def _run(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """The whole base64 text around a match, whose ends still hold bits of the value. It does not cross a line end."""
    while start > 0 and raw[start - 1] in _BASE64_SIGN:
        start -= 1
    while end < len(raw) and raw[end] in _BASE64_SIGN:
        end += 1
    return start, end


def _merged(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for one, other in sorted(ranges):
        if one > end:
            if end >= 0:
                yield start, end
            start = one
        end = max(end, other)
    if end >= 0:
        yield start, end


def _longest(found: set[tuple[int, int, int, str]]) -> list[Trace]:
    """The traces without those inside a longer trace of the same value; of equal ranges the plainest form."""
    order = (AS_IT_IS, ESCAPED, PERCENT, HEX, UTF_16, BASE64, PIECES)
    kept: list[Trace] = []
    last: dict[int, int] = {}
    for number, start, end, form in sorted(found, key=lambda one: (one[0], one[1], -one[2], order.index(one[3]))):
        if end > last.get(number, -1):
            last[number] = end
            kept.append(Trace(value=number, start=start, end=end, form=form))
    return kept
