"""Evidence from a candidate's value: by its form, corrected by its context."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rules.lazy_patterns import lazy_pattern
from rules.model import Names
from scanner.decoding import decoded
from scanner.detectors.candidate import HOLDER, NAME, Candidate
from scanner.detectors.name import split_words
from scanner.detectors.sequences import is_made_up
from scanner.detectors.value import judge_value
from scanner.detectors.valueforms import is_digest_of
from scanner.model import CredentialKind, Document, Kind, Role
from scanner.readers.kinds import CODE
from scanner.surroundings import in_kubernetes_secret, is_stored_digest

CARRIERS = (CredentialKind.URL, CredentialKind.DSN)
# Evidence that a format which only a provider's credentials have leaves open: an example, truncated or invented. The
# value's other forms (a webhook is a URL, a token can look like words) are part of the format.
_OPEN = frozenset(
    ("placeholder", "docs-example", "repeated", "sequence", "example-word", "random-high", "random-medium",
     "random-low", "random-part", "template")
)  # fmt: skip
# https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki: 12, 15, 18, 21 or 24 words of three to eight letters.
_MNEMONIC = lazy_pattern(r"(?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8}")
_SHAPED = frozenset(("provider-certain", "provider-strong", "basic-auth"))
AT_SINK = frozenset(("sink", "sink-untyped", "setting"))
CONFIGURATION = frozenset((Kind.DOTENV, Kind.YAML, Kind.TOML, Kind.INI, Kind.JSON))
_TYPE = lazy_pattern(r"[(\[]\s*(?:str|bytes|int|float|bool|list|dict)\s*,\s*\Z")
_MORE = lazy_pattern(r"\s*,\s*[^\s)\]]")
_VERDICTS = frozenset(("pass", "skip", "warn", "pending"))
# The other branch of a conditional expression is a word, as in `'pass' if ok else 'fail'`.
_ELSE_WORD = lazy_pattern(r"\s+if\s[^\n]{1,200}?\selse\s+[\"'][A-Za-z]{1,20}[\"']")
_WORD_IF = lazy_pattern(r"[\"'][A-Za-z]{1,20}[\"']\s+if\s[^\n]{1,200}?\selse\s+\Z")
_LABEL = lazy_pattern(r"[A-Za-z]+(?:[ _.:/-][A-Za-z]+)*")
_OF_A_SECRET = lazy_pattern(
    r"(?:\.encode\(\))?\s*,\s*(?:msg\s*=\s*)?[\w.]*(?i:token|secret|password|passwd|_key)(?:\.|\s*[,)])"
)
_FIELD_WORDS = frozenset(("username", "hostname", "schema", "database", "email", "api_key", "access_token", "user_id"))
# A table of names, or a login, is short; of ten thousand settings each would be compared with all others.
MOST_SIBLINGS = 100
_NEAR = 300


def value_evidence(candidate: Candidate, document: Document, names: Names) -> tuple[str, ...]:
    """Names of the evidence that the value gives, corrected by its context (`_CORRECTIONS`)."""
    text = _plain(candidate, document)
    if is_stored_digest(candidate, document) or is_digest_of(text, candidate.literal.symbol):
        return ("hash",)
    # The kind counts for a value named by its collection, and for a password at a sink.
    at_sink = candidate.kind is CredentialKind.PASSWORD and not AT_SINK.isdisjoint(candidate.evidence)
    kind = CredentialKind.PASSWORD if candidate.kind in CARRIERS else None
    if at_sink or candidate.rank in (NAME, HOLDER):
        kind = candidate.kind
    found = judge_value(text, name=candidate.literal.name, names=names, kind=kind)
    if not _SHAPED.isdisjoint(candidate.evidence):
        found = _of_a_shape(candidate, text, found)
    for each in _CORRECTIONS:
        if (each.found is None or each.found in found) and each.applies(candidate, document):
            rest = () if each.found is None else tuple(name for name in found if name != each.found)
            found = rest if each.instead is None else (*rest, each.instead)
    return found


def _of_a_shape(candidate: Candidate, text: str, found: tuple[str, ...]) -> tuple[str, ...]:
    """The evidence that a provider's format leaves open, and whether the value is an invented example of it."""
    left = tuple(name for name in found if name in _OPEN)
    if "checksum-valid" in candidate.evidence:
        return left
    # `REDDIT_CLIENT_SECRET=your_reddit_client_secret` has the length of one.
    named = "placeholder" in found and "provider-strong" in candidate.evidence and "random-high" not in found
    if not named and not is_made_up(text.removeprefix(candidate.prefix)):
        return left
    return ("made-up", *(name for name in left if name not in ("repeated", "sequence", "placeholder")))


def _is_prose(candidate: Candidate, _: Document) -> bool:
    """Whether lower-case words are prose and no passphrase: not passed to an argument, a variable or a sink."""
    return candidate.literal.role not in (Role.KEYWORD, Role.VARIABLE) and "sink" not in candidate.evidence


def _is_mnemonic(candidate: Candidate, _: Document) -> bool:
    return "sink" in candidate.evidence and _MNEMONIC.fullmatch(candidate.value.reveal("text")) is not None


def _follows_type(candidate: Candidate, document: Document) -> bool:
    """Whether there is a word between a type and a value: `"PASSWORD": (str, "General", "")` describes a setting.

    `(str, "shop")` is a type and a default: https://django-environ.readthedocs.io/
    """
    if document.kind not in CODE or not candidate.value.reveal("text").isalpha():
        return False
    text, span = document.text, candidate.literal.span
    before = text[max(0, span.start - 20) : span.start]
    between = _TYPE.search(before) is not None and _MORE.match(text, span.end) is not None
    return candidate.literal.role is Role.ELEMENT and between


def _is_variable(candidate: Candidate, document: Document) -> bool:
    """Whether a signing key is set as an environment variable (`JWT_SECRET_KEY: our_jwt_secret`)."""
    name = candidate.literal.name or ""
    key = candidate.kind is CredentialKind.SIGNING_KEY and candidate.value.reveal("text").islower()
    return key and name.isupper() and "_" in name and _is_configured(candidate, document)


def _is_configured(_: Candidate, document: Document) -> bool:
    return document.kind in CONFIGURATION


def _is_group(candidate: Candidate, _: Document) -> bool:
    """Whether a plural name has the plural name of a group: `'passwords' => 'users'` of Laravel's guards."""
    text = candidate.value.reveal("text")
    several = split_words(candidate.literal.name or "")[-1:] in (("passwords",), ("tokens",), ("secrets",))
    return several and candidate.literal.role is Role.TEXT and text.isalpha() and text.islower() and text[-1] == "s"


def _is_identifier(candidate: Candidate, _: Document) -> bool:
    """Whether an element of a list is an identifier of several words: `created_at`, `GitCredentialOptions`."""
    text = candidate.value.reveal("text")
    joined = "_" in text or (text.isalpha() and len(split_words(text)) > 2)
    return joined and candidate.literal.role is Role.ELEMENT


def _is_chosen(candidate: Candidate, document: Document) -> bool:
    """Whether words may be a chosen value; in code, `{"passwd": "authentication_key"}` maps one name to another."""
    return document.kind not in CODE and "/" not in candidate.value.reveal("text")


def _plain(candidate: Candidate, document: Document) -> str:
    """The value, decoded in a Kubernetes secret: an encoded placeholder is still a placeholder."""
    text = candidate.value.reveal("text")
    if not in_kubernetes_secret(candidate.literal, document):
        return text
    return decoded(text, surely=True) or text


def _is_set(candidate: Candidate, document: Document) -> bool:
    """Whether a password equal to its name is one: in configuration or passed to a call; else it names a key."""
    if "/" in candidate.value.reveal("text") or _is_alias(candidate, document):
        return False
    written = document.kind in CONFIGURATION - {Kind.JSON} or candidate.literal.role is Role.KEYWORD
    return written and candidate.kind is CredentialKind.PASSWORD and candidate.value.reveal("text").islower()


def _is_alias(candidate: Candidate, _: Document) -> bool:
    """Whether a value is part of a mapping between field names: `{"UID": "username", "PWD": "password"}`."""
    if candidate.literal.role is not Role.ENTRY:
        return False
    values = {sibling.value.reveal("text").casefold() for sibling in candidate.literal.siblings[:MOST_SIBLINGS]}
    return not _FIELD_WORDS.isdisjoint(values)


def _is_verdict(candidate: Candidate, document: Document) -> bool:
    """Whether "pass" or "skip" is the result of a test: `status = "pass" if ok else "none"`."""
    if document.kind not in CODE or candidate.value.reveal("text").casefold() not in _VERDICTS:
        return False
    text, span = document.text, candidate.literal.span
    before = _WORD_IF.search(text, max(0, span.start - _NEAR), span.start)
    return before is not None or _ELSE_WORD.match(text, span.end) is not None


def _is_class_name(candidate: Candidate, document: Document) -> bool:
    """Whether an attribute repeats the name of its class: `class TooManyKeys(Error): code = "TooManyKeys"`."""
    literal = candidate.literal
    around = literal.symbol.split(".")
    return literal.role is Role.ASSIGNMENT and document.kind in CODE and candidate.value.reveal("text") in around


def _labels_a_secret(candidate: Candidate, document: Document) -> bool:
    """Whether words are the key of a MAC over a secret, which derives a key: `hmac.new(b"WebAppData", token)`.

    https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app, RFC 5869 (extract).
    """
    if candidate.kind is not CredentialKind.SIGNING_KEY or "sink" not in candidate.evidence:
        return False
    words = _LABEL.fullmatch(candidate.value.reveal("text"))
    return words is not None and _OF_A_SECRET.match(document.text, candidate.literal.span.end) is not None


class _Correction(NamedTuple):
    """If `applies` holds, the evidence `found` (None: all of it) is replaced by `instead` (None: dropped)."""

    found: str | None
    instead: str | None
    applies: Callable[[Candidate, Document], bool]


# In this order.
_CORRECTIONS = (
    _Correction("common-password", "equals-name", _is_alias),
    _Correction(None, "format-word", _is_verdict),
    _Correction("passphrase", "sentence", _is_prose),
    _Correction("sentence", None, _is_mnemonic),
    _Correction("equals-name", "common-password", _is_set),
    _Correction(None, "equals-name", _is_class_name),
    _Correction(None, "identifier-like", _is_group),
    _Correction("words", "field-like", _is_identifier),
    _Correction(None, "field-like", _follows_type),
    _Correction("field-like", "words", _is_chosen),
    _Correction("chosen-secret", "chosen-in-configuration", _is_configured),
    _Correction("identifier-like", "chosen-in-configuration", _is_variable),
    _Correction(None, "public-label", _labels_a_secret),
)
