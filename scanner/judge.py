"""Judge a candidate: collect the evidence for and against, and sum it up to a confidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rules.model import Names, Weight
from scanner.decoding import decoded
from scanner.detectors.candidate import HOLDER, NAME, Candidate
from scanner.detectors.name import judge_name, split_words
from scanner.detectors.sequences import is_made_up
from scanner.detectors.value import is_stand_in, judge_value
from scanner.detectors.valueforms import is_digest_of
from scanner.model import Confidence, CredentialKind, Document, Evidence, Kind, Role
from scanner.readers.kinds import CODE
from scanner.roles import path_evidence
from scanner.surroundings import evidence_around, in_kubernetes_secret, is_stored_digest

HIGH, MEDIUM, LOW = 4.0, 2.0, 0.0

_ROLES = {
    Role.ENV_DEFAULT: "env-default",
    Role.COMPARISON: "comparison",
    Role.VARIABLE: "env-file",
}
_CARRIERS = (CredentialKind.URL, CredentialKind.DSN)
# ISO 639, but what else keys are called.
_LANGUAGE = re.compile(
    r"(?:cs|da|de|el|en|es|fi|fr|hr|hu|it|ja|ko|nb|nl|pl|pt|ro|ru|sk|sv|tr|uk|vi|zh)(?:[-_]\w{2,4})?"
)
# What a shape that only a provider's credentials have leaves open: an example, something cut or made up. Its other
# looks (a webhook is a URL, a token can read like words) are the shape's own.
_OPEN = frozenset(
    ("placeholder", "docs-example", "repeated", "sequence", "example-word", "random-high", "random-medium",
     "random-low", "random-part", "template")
)  # fmt: skip
# https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki: 12, 15, 18, 21 or 24 words of three to eight letters.
_MNEMONIC = re.compile(r"(?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8}")
_SHAPED = frozenset(("provider-certain", "provider-strong", "basic-auth"))
_NAMES = frozenset(("name-strong", "name-weak"))
_AT_SINK = frozenset(("sink", "sink-untyped", "setting"))
# Where a value that anybody would guess is there to be read, not to be kept.
_FOR_SHOW = frozenset(("test-path", "docs-path"))
_WEAK = frozenset(("equals-name", "example-word", "number-only", "sequence"))
_COMMON = frozenset(("number-only", "sequence", "repeated"))
_CONFIGURATION = frozenset((Kind.DOTENV, Kind.YAML, Kind.TOML, Kind.INI, Kind.JSON))
_TYPE = re.compile(r"[(\[]\s*(?:str|bytes|int|float|bool|list|dict)\s*,\s*\Z")
_MORE = re.compile(r"\s*,\s*[^\s)\]]")
_USERS = frozenset((("user",), ("username",), ("login",), ("account",), ("name",)))
# Of so few letters nothing tells whether they are a word.
_SHORT_WORD = 8
_FIELD_WORDS = frozenset(("username", "hostname", "schema", "database", "email", "api_key", "access_token", "user_id"))
# A table of names, or a login, is short; of ten thousand settings each would be compared with all.
_MOST_SIBLINGS = 100
# What a value's look may be for its name to be believed without more.
_PLAIN = frozenset(("random-high", "random-medium", "random-low", "password-like", "uuid"))
# What says by itself that a literal is a credential; all other evidence only moves the sum.
SIGNALS = frozenset(
    ("provider-certain", "provider-strong", "sink", "sink-untyped", "setting", "url-password", "dsn-password",
     "basic-auth", "bearer", "name-strong", "name-weak", "key-file", "encoded")
)  # fmt: skip


def is_signal(candidate: Candidate) -> bool:
    """Whether anything but randomness and position speaks for a candidate."""
    return any(name in SIGNALS for name in (*candidate.evidence, *candidate.added))


def judge(
    candidate: Candidate, *, document: Document, scope: str, names: Names, weights: dict[str, Weight]
) -> tuple[tuple[Evidence, ...], float]:
    """All evidence for one candidate, strongest first, and its sum."""
    alone = _summed(candidate, document, scope, names, weights)
    if not candidate.added:
        return alone
    both = replace(candidate, evidence=(*candidate.evidence, *candidate.added))
    return max(alone, _summed(both, document, scope, names, weights), key=lambda summed: summed[1])


def _summed(
    candidate: Candidate, document: Document, scope: str, names: Names, weights: dict[str, Weight]
) -> tuple[tuple[Evidence, ...], float]:
    if candidate.inside is not None:
        inside = [
            judge(each, document=candidate.inside.document, scope=scope, names=names, weights=weights)
            for each in candidate.inside.candidates
            if is_signal(each)
        ]
        best = max(inside, key=lambda judged: judged[1], default=((), 0.0))[0]
        found = dict.fromkeys((*(piece.name for piece in best), *candidate.evidence))
    else:
        found = dict.fromkeys(_all_evidence(candidate, document, scope, names))
    evidence = sorted(_softened(list(_weighed(found, weights))), key=lambda piece: (-abs(piece.weight), piece.name))
    return tuple(evidence), round(sum(piece.weight for piece in evidence), 2)


def confidence_of(score: float) -> Confidence | None:
    """High from 4, medium from 2, low from 0 points; below that None: not reported."""
    if score >= HIGH:
        return Confidence.HIGH
    if score >= MEDIUM:
        return Confidence.MEDIUM
    return Confidence.LOW if score >= LOW else None


def _all_evidence(candidate: Candidate, document: Document, scope: str, names: Names) -> Iterator[str]:
    value = _of_the_value(candidate, document, names)
    file = tuple(path_evidence(document.path, scope))
    yield from _of_the_name(candidate, names)
    yield from value if file else _said_once(candidate, document, value)
    if candidate.literal.role in _ROLES:
        yield _ROLES[candidate.literal.role]
    elif candidate.literal.role is Role.TEXT:
        inside = bool(candidate.literal.symbol)
        yield "other-text" if document.kind is Kind.TEXT else "inside-text" if inside else "comment"
    yield from file
    if "translation-file" not in file and _is_translated(candidate, document):
        yield "translation-file"
    yield from _of_name_and_place(candidate, document, value, file)
    if not _FOR_SHOW.isdisjoint(file) and _is_weak(candidate, value):
        yield "weak-in-test"
        if not _AT_SINK.isdisjoint(candidate.evidence):
            yield "weak-at-sink-in-test"
    yield from evidence_around(candidate, document, test="test-path" in file)


def _of_the_name(candidate: Candidate, names: Names) -> Iterator[str]:
    """What the detectors said, and what the name says besides."""
    found = list(candidate.evidence)
    if candidate.literal.name is not None:
        verdict = judge_name(candidate.literal.name, names, symbol=candidate.literal.symbol)
        # That `broker_url` is a URL says nothing of the password in it.
        if verdict.kind not in _CARRIERS or candidate.kind not in _CARRIERS:
            found += verdict.evidence
    # A sink's parameter is called by what it takes: both say the same.
    said = not _AT_SINK.isdisjoint(found)
    yield from ("name-agrees" if said and name == "name-strong" else name for name in found)


def _of_the_value(candidate: Candidate, document: Document, names: Names) -> tuple[str, ...]:
    """The evidence of the value alone, with what its place changes in that (`_IN_PLACE`)."""
    text = _plain(candidate, document)
    if is_stored_digest(candidate, document) or is_digest_of(text, candidate.literal.symbol):
        return ("hash",)
    # What is named by the collection that it stands in, and a password by where it goes, whatever it is called.
    at_sink = candidate.kind is CredentialKind.PASSWORD and not _AT_SINK.isdisjoint(candidate.evidence)
    kind = CredentialKind.PASSWORD if candidate.kind in _CARRIERS else None
    if at_sink or candidate.rank in (NAME, HOLDER):
        kind = candidate.kind
    found = judge_value(text, name=candidate.literal.name, names=names, kind=kind)
    if not _SHAPED.isdisjoint(candidate.evidence):
        found = _of_a_shape(candidate, text, found)
    for said, instead, applies in _IN_PLACE:
        if (said is None or said in found) and applies(candidate, document):
            rest = () if said is None else tuple(name for name in found if name != said)
            found = rest if instead is None else (*rest, instead)
    return found


def _of_a_shape(candidate: Candidate, text: str, found: tuple[str, ...]) -> tuple[str, ...]:
    """What a provider's shape leaves open, and whether somebody has made up a value that fits it."""
    left = tuple(name for name in found if name in _OPEN)
    if "checksum-valid" in candidate.evidence or not is_made_up(text.removeprefix(candidate.prefix)):
        return left
    return ("made-up", *(name for name in left if name not in ("repeated", "sequence")))


def _is_prose(candidate: Candidate, _: Document) -> bool:
    """Whether small words are no passphrase where they stand: only an argument or a variable is given one."""
    return candidate.literal.role not in (Role.KEYWORD, Role.VARIABLE) and "sink" not in candidate.evidence


def _is_mnemonic(candidate: Candidate, _: Document) -> bool:
    return "sink" in candidate.evidence and _MNEMONIC.fullmatch(candidate.value.reveal("text")) is not None


def _follows_type(candidate: Candidate, document: Document) -> bool:
    """Whether a word stands between a type and a value: `"PASSWORD": (str, "General", "")` says what a setting is like.

    `(str, "shop")` is a type and a default: https://django-environ.readthedocs.io/
    """
    if document.kind not in CODE or not candidate.value.reveal("text").isalpha():
        return False
    text, span = document.text, candidate.literal.span
    before = text[max(0, span.start - 20) : span.start]
    between = _TYPE.search(before) is not None and _MORE.match(text, span.end) is not None
    return candidate.literal.role is Role.ELEMENT and between


def _is_variable(candidate: Candidate, document: Document) -> bool:
    """Whether a key is set as an environment's variable (`JWT_SECRET_KEY: our_jwt_secret`), and is no name of one."""
    name = candidate.literal.name or ""
    key = candidate.kind is CredentialKind.SIGNING_KEY and candidate.value.reveal("text").islower()
    return key and name.isupper() and "_" in name and _is_configured(candidate, document)


def _is_configured(_: Candidate, document: Document) -> bool:
    return document.kind in _CONFIGURATION


def _said_once(candidate: Candidate, document: Document, value: Sequence[str]) -> Iterator[str]:
    """The evidence without that which says the same again: a configured `123456` is one of the most used passwords.

    That it is a number and a sequence is the reason for it.
    """
    configured = candidate.kind is CredentialKind.PASSWORD and document.kind in _CONFIGURATION - {Kind.JSON}
    common = configured and "common-password" in value
    yield from (name for name in value if not common or name not in _COMMON)


def _is_group(candidate: Candidate, _: Document) -> bool:
    """Whether several things are called by a word for several: `'passwords' => 'users'` of Laravel's guards."""
    text = candidate.value.reveal("text")
    several = split_words(candidate.literal.name or "")[-1:] in (("passwords",), ("tokens",), ("secrets",))
    return several and candidate.literal.role is Role.TEXT and text.isalpha() and text.islower() and text[-1] == "s"


def _is_identifier(candidate: Candidate, _: Document) -> bool:
    """Whether words of a list are joined as a language's names are: `created_at`, `GitCredentialOptions`."""
    text = candidate.value.reveal("text")
    joined = "_" in text or (text.isalpha() and len(split_words(text)) > 2)
    return joined and candidate.literal.role is Role.ELEMENT


def _is_chosen(candidate: Candidate, document: Document) -> bool:
    """Whether words may be somebody's choice: in code `{"passwd": "authentication_key"}` maps one name to another."""
    return document.kind not in CODE and "/" not in candidate.value.reveal("text")


def _plain(candidate: Candidate, document: Document) -> str:
    """The value, decoded where a Kubernetes manifest encodes it: a placeholder is one in base 64 as well."""
    text = candidate.value.reveal("text")
    if not in_kubernetes_secret(candidate.literal, document):
        return text
    return decoded(text, surely=True) or text


def _of_name_and_place(
    candidate: Candidate, document: Document, value: Sequence[str], file: Sequence[str]
) -> Iterator[str]:
    """Whether a name and a plain value are set in code or configuration that runs, or only in a test."""
    strong = "name-strong" in candidate.evidence
    if file:
        if (
            "test-path" in file
            and strong
            and "random-high" in value
            and not SIGNALS.intersection(candidate.evidence) - _NAMES
        ):
            yield "by-name-in-test"
        return
    read = document.kind is not Kind.TEXT and candidate.literal.role is not Role.TEXT
    if (
        read
        and _PLAIN.issuperset(value)
        and (strong or ("name-weak" in candidate.evidence and "random-medium" in value))
    ):
        yield "set-in-code"


def _is_weak(candidate: Candidate, value: Sequence[str]) -> bool:
    """Whether anybody would guess a value: a word that stands for a password, a run of digits, the user's own name."""
    if not _WEAK.isdisjoint(value) or "url-user-is-password" in candidate.evidence:
        return True
    text = candidate.value.reveal("text").casefold()
    # A URL of a test is parsed, hardly ever opened, and its helper is given any plain word.
    by_place = "url-password" in candidate.evidence or candidate.literal.role is Role.POSITIONAL
    if by_place and text.isalpha() and ("random-low" in value or len(text) < _SHORT_WORD):
        return True
    return is_stand_in(text) or any(
        sibling.value.reveal("text").casefold() == text and split_words(sibling.name)[-1:] in _USERS
        for sibling in candidate.literal.siblings[:_MOST_SIBLINGS]
    )


def _is_set(candidate: Candidate, document: Document) -> bool:
    """Whether a password that repeats its name is one: configured, or passed to a call; elsewhere it names a key."""
    if "/" in candidate.value.reveal("text") or _is_alias(candidate, document):
        return False
    written = document.kind in _CONFIGURATION - {Kind.JSON} or candidate.literal.role is Role.KEYWORD
    return written and candidate.kind is CredentialKind.PASSWORD and candidate.value.reveal("text").islower()


def _is_alias(candidate: Candidate, _: Document) -> bool:
    """Whether a value is one of a table of names: `{"UID": "username", "PWD": "password"}`."""
    if candidate.literal.role is not Role.ENTRY:
        return False
    values = {sibling.value.reveal("text").casefold() for sibling in candidate.literal.siblings[:_MOST_SIBLINGS]}
    return not _FIELD_WORDS.isdisjoint(values)


_IN_PLACE: tuple[tuple[str | None, str | None, Callable[[Candidate, Document], bool]], ...] = (
    ("common-password", "equals-name", _is_alias),
    ("passphrase", "sentence", _is_prose),
    ("sentence", None, _is_mnemonic),
    ("equals-name", "common-password", _is_set),
    (None, "identifier-like", _is_group),
    ("words", "field-like", _is_identifier),
    (None, "field-like", _follows_type),
    ("field-like", "words", _is_chosen),
    ("chosen-secret", "chosen-in-configuration", _is_configured),
    ("identifier-like", "chosen-in-configuration", _is_variable),
)
"""In order: evidence of a value (None: any), what counts instead of it (None: nothing), and in which places."""


def _is_translated(candidate: Candidate, document: Document) -> bool:
    """Whether a value is words below the key of a language: `de: {login: {secret: Geheimnis}}`.

    https://guides.rubyonrails.org/i18n.html
    """
    language = candidate.literal.symbol.partition(".")[0]
    words = candidate.value.reveal("text").replace(" ", "")
    return document.kind in _CONFIGURATION and words.isalpha() and _LANGUAGE.fullmatch(language) is not None


def _softened(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """The evidence, a failed offline check weakened so far that it alone does not suppress a finding.

    Schemes change, and a token that was cut here may stand whole elsewhere.
    """
    rest = sum(piece.weight for piece in evidence if piece.name != "checksum-invalid")
    for piece in evidence:
        if piece.name == "checksum-invalid":
            yield replace(piece, weight=round(max(piece.weight, min(0.0, LOW - rest)), 2))
        else:
            yield piece


def _weighed(found: Iterable[str], weights: dict[str, Weight]) -> Iterator[Evidence]:
    for name in found:
        yield Evidence(name=name, weight=weights[name].weight, text=weights[name].text)
