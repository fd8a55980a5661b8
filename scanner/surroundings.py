"""Evidence from the text around a candidate: a badge's URL, prose, a schema, a minified line."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator

from rules.lazy_patterns import lazy_pattern
from scanner.detectors.candidate import HOLDER, NAME, URL, Candidate
from scanner.model import CredentialKind, Document, Kind, Literal, Role

# Longer lines are generated.
_WRITTEN = 1_000
_NEAR = 200
_BADGE = lazy_pattern(r"(?:\.svg|/badge)\?(?:[\w.-]+=[\w.%-]*&)*[\w-]+=\Z", re.I)
# `password: SecretStr`, `password:InputCheckPasswordSRP`.
_TYPE = lazy_pattern(r"(?:[A-Z][a-z]+){2,}[A-Z]*")
_WORDS = lazy_pattern(r"(?:[A-Z][a-z]+)+[A-Z]*")
_TYPES = frozenset(("string", "bytes", "str", "int", "long", "integer", "boolean"))
# Words after a value on its line, before what could be the next pair or a comment.
_MORE_WORDS = lazy_pattern(r",?[ \t]+(?:\d{1,4}[ \t]+)?[A-Za-z]+(?:[ \t,.]|$)(?![ \t]*[=:])", re.M)
# Four or more words, then the name of the value that follows: an answer, a conversation, a description.
_SENTENCE = lazy_pattern(r"(?:[A-Za-z0-9][\w'\-]*,? ){4}[A-Za-z]+(?:: | is )\W?\Z")
# A line of bytes in base 85. https://docs.python.org/3/library/base64.html#base64.b85encode
_BYTES = lazy_pattern(r"[\w!#$%&()*+;<=>?@^`{|}~-]{60,200}", re.A)
_MARKS = frozenset("!#$^*+<>?@`{|}~()")
_MANY_MARKS = 6
_CLAUSE = lazy_pattern(r"[A-Za-z]{2,}(?:-[A-Za-z]{2,})?")
# https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data: the values of `data` are base64.
_SECRET = lazy_pattern(r"""(?:^|[{,])[ \t-]*["']?kind["']?[ \t]*:[ \t]*["']?Secret\b""", re.M)
# Forms in which a table of users stores a password: MD5, SHA-1, SHA-2 in hex or base64.
_DIGEST = lazy_pattern(
    r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}"
    r"|[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==",
    re.I,
)
# The beginning of a statement that stores the value after such a character: `INSERT INTO t (a) VALUES (`, `UPDATE t SET
# a =`.
_INSERT = lazy_pattern(r"(?i)\binto\s+[^\s();]{1,120}\s*(?:\([^();]*\)\s*)?values?\s*\(")
_UPDATE = lazy_pattern(r"(?i)\bupdate\s+[^\s();]{1,120}\s+set\s")
_HEADS = {"(": _INSERT, ",": _INSERT, "=": _UPDATE}
_BEFORE_VALUE = lazy_pattern(r"([(,=])\s{0,20}['\"]\Z")
# `CREATE ROLE x PASSWORD '...'` takes the password itself.
_SAID = lazy_pattern(r"(?i)\b(?:password|by)\s{1,9}['\"]\Z")
_STATEMENT = 4_000
# In YAML: what a task does, in a string.
_WITH_PROSE = (Kind.TEXT, Kind.YAML)
_DOCUMENT_END = "\n---"
_MANIFEST = 20_000


def in_kubernetes_secret(literal: Literal, document: Document) -> bool:
    """Whether a literal is a value in the `data` of a Kubernetes Secret."""
    if (
        document.kind not in (Kind.YAML, Kind.JSON)
        or literal.symbol.removesuffix(".secrets").rpartition(".")[2] != "data"
    ):
        return False
    text, at = document.text, literal.span.start
    low, high = max(0, at - _MANIFEST), min(len(text), at + _MANIFEST)
    manifests = _manifests(text)
    if not manifests:
        return False
    start, end = text.rfind(_DOCUMENT_END, low, at), text.find(_DOCUMENT_END, at, high)
    first = bisect.bisect_left(manifests, max(low, start))
    return first < len(manifests) and manifests[first] < (end if end >= 0 else high)


@functools.lru_cache(maxsize=2)
def _manifests(text: str) -> list[int]:
    """Where a text declares a Secret; cached, as all its values need it."""
    return [found.start() for found in _SECRET.finditer(text)]


def evidence_around(candidate: Candidate, document: Document, *, test: bool) -> Iterator[str]:
    """Names of the evidence in the text before and after a candidate."""
    start, end = candidate.span.start, candidate.span.end
    text = document.text
    if text.startswith("=", start - 1) and _BADGE.search(text, max(0, start - _NEAR), start):
        yield "badge"
    if document.kind in (Kind.TEXT, Kind.JSON) and _line_length(text, start) > _WRITTEN:
        yield "recorded" if test else "generated"
    code = document.kind in (Kind.PYTHON, Kind.TEXT)
    if code and candidate.rank in (NAME, HOLDER, URL) and _in_bytes(text, start, end, candidate.literal.name):
        yield "in-bytes"
    spoken = document.kind is Kind.JSON and candidate.literal.role is Role.TEXT
    if spoken and _SENTENCE.search(text, max(0, start - _NEAR), start):
        yield "told"
    if document.kind in _WITH_PROSE and candidate.literal.role is Role.TEXT and not _in_quotes(candidate):
        yield from _of_bare(text, start, end)


def is_stored_digest(candidate: Candidate, document: Document) -> bool:
    """Whether a password in a table, of SQL or CSV, has the form of a digest, as stored passwords have."""
    if candidate.kind is not CredentialKind.PASSWORD or _DIGEST.fullmatch(candidate.value.reveal("text")) is None:
        return False
    start = candidate.span.start
    if _SAID.search(document.text, max(0, start - _NEAR), start):
        return False
    return document.kind is Kind.CSV or (
        # The rows of a dump continue for megabytes after the INSERT.
        document.path.lower().endswith(".sql")
        or (candidate.literal.role is Role.TEXT and _is_stored(document.text, start))
    )


def _is_stored(text: str, start: int) -> bool:
    """Whether the statement before a value stores it in a table."""
    before = _BEFORE_VALUE.search(text, max(0, start - _NEAR), start)
    if before is None:
        return False
    low = max(0, start - _STATEMENT)
    return _HEADS[before[1]].search(text, max(low, text.rfind(";", low, start) + 1), start) is not None


def _in_quotes(candidate: Candidate) -> bool:
    literal = candidate.literal
    return literal.span.start != literal.body or literal.name is None


def _of_bare(text: str, start: int, end: int) -> Iterator[str]:
    value = text[start:end] if end - start <= _NEAR else ""
    before = text[max(0, start - 2) : start]
    declared = before.rstrip(" ").endswith(":") and (_TYPE.fullmatch(value) or (before[-1] == ":" and value in _TYPES))
    # `password:Input = User;` is Telegram's schema language: https://core.telegram.org/mtproto/TL
    if declared or (before == "= " and text.startswith(";", end) and _WORDS.fullmatch(value)):
        yield "type"
    elif _CLAUSE.fullmatch(value) and _MORE_WORDS.match(text, end, end + _NEAR):
        yield "prose"


def _in_bytes(text: str, start: int, end: int, name: str | None) -> bool:
    """Whether a span is inside binary data in base 85: a line full of punctuation, next to one of at least its length.

    A line that begins with the span's own name is an assignment.
    """
    first = text.rfind("\n", max(0, start - _NEAR), start) + 1
    last = text.find("\n", end, end + _NEAR)
    line = text[first:last]
    if not first or last < 0 or not _BYTES.fullmatch(line) or (name and line.startswith(name)):
        return False
    beside = (text[max(0, first - 1 - len(line)) : first - 1], text[last + 1 : last + 1 + len(line)])
    return len(_MARKS.intersection(line)) >= _MANY_MARKS and any(map(_BYTES.fullmatch, beside))


def _line_length(text: str, offset: int) -> int:
    """Characters of the line around an offset, counted up to one more than people write."""
    start = text.rfind("\n", max(0, offset - _WRITTEN), offset)
    end = text.find("\n", offset, offset + _WRITTEN)
    return (end if end >= 0 else min(len(text), offset + _WRITTEN)) - (
        start if start >= 0 else max(0, offset - _WRITTEN)
    )
