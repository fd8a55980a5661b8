"""How a file spells a value: a recipe without the value, by which an undo writes it there again.

A recipe is a list of parts: literal text, and ranges of a stored value, each with the form in which its characters are
written. Recipes are JSON as they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias
from urllib.parse import unquote

from fixers.model import Member
from scanner.judge import confidence_of
from scanner.model import Document, Finding, Literal, SecretValue, Span

# A text; or {"secret", "key", "from", "to", "as", "bytes"}: characters of a stored value. `to` is null at its end, so
# that the journal does not reveal a length.
Part: TypeAlias = str | dict[str, Any]
# Stored values, by the name of the secret and the key in it.
Values: TypeAlias = Mapping[tuple[str, str | None], SecretValue]

# Shorter values occur in a text by chance; masking them everywhere would reveal more than it hides.
SHORTEST_SEARCHED = 4

_SIMPLE = dict(zip("\\'\"\a\b\f\n\r\t\v/", "\\'\"abfnrtv/", strict=True))


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def _named(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"\\N{{{name}}}" if name else ""


# The ways to write one character. The longest that matches is right: `\\` before `\`.
_FORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda char: char,
    "escape": lambda char: f"\\{_SIMPLE[char]}" if char in _SIMPLE else "",
    "hex": lambda char: f"\\x{ord(char):02x}" if ord(char) < 0x100 else "",
    "HEX": lambda char: f"\\x{ord(char):02X}" if ord(char) < 0x100 else "",
    "short": lambda char: f"\\u{ord(char):04x}" if ord(char) < 0x10000 else "",
    "SHORT": lambda char: f"\\u{ord(char):04X}" if ord(char) < 0x10000 else "",
    "long": lambda char: f"\\U{ord(char):08x}",
    "LONG": lambda char: f"\\U{ord(char):08X}",
    "octal": lambda char: f"\\{ord(char):o}" if ord(char) < 0o1000 else "",
    "octal of three": lambda char: f"\\{ord(char):03o}" if ord(char) < 0o1000 else "",
    "name": _named,
    "percent": _percent,
    "percent, lower": lambda char: _percent(char).lower(),
    "line end of two": lambda char: "\r\n" if char == "\n" else "",
    "old line end": lambda char: "\r" if char == "\n" else "",
}


def recipe(
    document: Document, span: Span, holders: Sequence[tuple[str, Member, Finding]], others: Sequence[Finding]
) -> list[Part] | None:
    """The parts that give `document.text[span]`; None if they would not, or if a part would contain a credential.

    `holders` are the findings of all secrets in the file, with the secret's name and member; `others` are all findings.
    """
    inside = {place: holder for holder in holders if (place := _stretch(document, holder)) and span.contains(place)}
    parts: list[Part] = []
    at = span.start
    for place, (name, member, finding) in sorted(inside.items()):
        if place.start < at:
            return None
        spelled = _spelled(document, place, name, member, finding)
        if spelled is None:
            return None
        parts += [document.text[at : place.start], *spelled]
        at = place.end
    parts.append(document.text[at : span.end])
    if _left(document.path, span, list(inside), parts, others):
        return None
    return [part for part in parts if part]


def written(parts: Sequence[Part], values: Values) -> str:
    """The text of a recipe. Raises KeyError for a missing value, ValueError for one of another type."""
    return "".join(part if isinstance(part, str) else _part(part, values) for part in parts)


def needed(parts: Sequence[Part]) -> set[str]:
    """The names of the secrets whose values a recipe uses."""
    return {str(part["secret"]) for part in parts if not isinstance(part, str)}


def _part(part: dict[str, Any], values: Values) -> str:
    view = _view(values[part["secret"], part["key"]], is_bytes=part["bytes"])
    return "".join(map(_FORMS[part["as"]], view[part["from"] : part["to"]]))


def _view(value: SecretValue, *, is_bytes: bool) -> str:
    """The value as a literal's characters; for a bytes literal one character per byte."""
    return value.reveal("bytes").decode("latin-1") if is_bytes else value.reveal("text")


def _stretch(document: Document, holder: tuple[str, Member, Finding]) -> Span | None:
    """The span of the stored value: the secret part, or the whole literal if that is stored."""
    _, member, finding = holder
    literal = finding.literal
    if finding.path != document.path or finding.commit is not None:
        return None
    if member.value.reveal("bytes") == literal.value.reveal("bytes"):
        return literal.source_span(0, len(literal.value.reveal("text")))
    return finding.span


def _spelled(document: Document, place: Span, name: str, member: Member, finding: Finding) -> list[Part] | None:
    """The value's characters in their forms, with the text between them."""
    literal = finding.literal
    view = _view(member.value, is_bytes=literal.value.is_bytes)
    ends = _ends(document.text, place, view, finding)
    if ends is None:
        return None
    parts: list[Part] = []
    for index, (start, end) in enumerate(pairwise(ends)):
        source = document.text[start:end]
        texts = {form: spelled(view[index]) for form, spelled in _FORMS.items()}
        fitting = [form for form, text in texts.items() if text and source.startswith(text)]
        if not fitting:
            return None
        longest = max(fitting, key=lambda form: len(texts[form]))
        _extend(parts, index, longest, source[len(texts[longest]) :])
    for part in parts:
        if not isinstance(part, str):
            part |= {"secret": name, "key": member.key, "bytes": literal.value.is_bytes}
            part["to"] = None if part["to"] == len(view) else part["to"]
    return parts


def _extend(parts: list[Part], index: int, form: str, gap: str) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, dict) and last["as"] == form and last["to"] == index:
        last["to"] = index + 1
    else:
        parts.append({"from": index, "to": index + 1, "as": form})
    if gap:
        parts.append(gap)


def _ends(text: str, place: Span, view: str, finding: Finding) -> list[int] | None:
    """The offset in the document at which each character of the value begins, and the end of the last."""
    literal = finding.literal
    inner = literal.value.reveal("text")
    offsets = _apart(text, literal)
    first = next((index for index in range(len(inner) + 1) if offsets[index] >= place.start), None)
    if first is None or offsets[first] != place.start:
        return None
    pieces = _pieces(inner[first:], view)
    if pieces is None:
        return None
    starts = [first]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    last = literal.source_span(starts[0], starts[-1]).end
    return [*(offsets[start] for start in starts[:-1]), last] if last == place.end else None


def _apart(text: str, literal: Literal) -> Sequence[int]:
    """The offsets of a literal's characters; an unknown escape has one for two characters, told apart here."""
    inner = literal.value.reveal("text")
    if literal.offsets is None:
        return range(literal.body, literal.body + len(inner) + 1)
    offsets = list(literal.offsets)
    for index in range(1, len(inner)):
        at = literal.offsets[index]
        if at == literal.offsets[index - 1] and text[at : at + 2] == inner[index - 1 : index + 1]:
            offsets[index] += 1
    return offsets


def _pieces(inner: str, view: str) -> list[str] | None:
    """How the value's characters are written in the literal: as they are, or percent-encoded as in a URL."""
    if inner.startswith(view):
        return list(view)
    pieces = []
    for char in view:
        encoded = _percent(char)
        if inner[: len(encoded)].upper() == encoded.upper() and unquote(inner[: len(encoded)]) == char:
            pieces.append(inner[: len(encoded)])
        elif inner.startswith(char):
            pieces.append(char)
        else:
            return None
        inner = inner[len(pieces[-1]) :]
    return pieces


def _left(path: str, span: Span, covered: Sequence[Span], parts: Sequence[Part], others: Sequence[Finding]) -> bool:
    """Whether the recipe's text would contain a credential: a finding that no range covers, or a known value."""
    for finding in others:
        if confidence_of(finding.score) is None:
            continue  # judged not to be one, such as the name in a composed URL
        here = finding.commit is None and finding.path == path and finding.span.meets(span)
        if here and not any(place.contains(finding.span) for place in covered):
            return True
        value = finding.value.reveal("text") if finding.value is not None else ""
        if len(value) >= SHORTEST_SEARCHED and any(value in part for part in parts if isinstance(part, str)):
            return True
    return False
