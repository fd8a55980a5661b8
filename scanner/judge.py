"""Judge a candidate: collect the evidence for and against it, and derive a confidence from the sum of the weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rules.lazy_patterns import lazy_pattern
from rules.model import Names, Weight
from scanner.detectors.candidate import Candidate
from scanner.detectors.name import judge_name, split_words
from scanner.detectors.value import is_stand_in
from scanner.model import Confidence, CredentialKind, Document, Evidence, Kind, Role
from scanner.roles import path_evidence
from scanner.surroundings import evidence_around
from scanner.value_evidence import AT_SINK, CARRIERS, CONFIGURATION, MOST_SIBLINGS, value_evidence

HIGH, MEDIUM, LOW = 4.0, 2.0, 0.0

_ROLES = {
    Role.ENV_DEFAULT: "env-default",
    Role.COMPARISON: "comparison",
    Role.VARIABLE: "env-file",
}
# ISO 639, without codes that are also common names of keys.
_LANGUAGE = lazy_pattern(
    r"(?:cs|da|de|el|en|es|fi|fr|hr|hu|it|ja|ko|nb|nl|pl|pt|ro|ru|sk|sv|tr|uk|vi|zh)(?:[-_]\w{2,4})?"
)
_NAMES = frozenset(("name-strong", "name-weak"))
# Paths where an easily guessed value is an example.
_FOR_SHOW = frozenset(("test-path", "docs-path"))
_WEAK = frozenset(("equals-name", "example-word", "number-only", "sequence"))
_COMMON = frozenset(("number-only", "sequence", "repeated"))
_USERS = frozenset((("user",), ("username",), ("login",), ("account",), ("name",)))
# With fewer letters than this, a word cannot be recognised.
_SHORT_WORD = 8
# Evidence from a value that agrees with a telling name.
_PLAIN = frozenset(("random-high", "random-medium", "random-low", "password-like", "uuid"))
# Evidence that makes a literal a candidate; all other evidence only changes the sum.
SIGNALS = frozenset(
    ("provider-certain", "provider-strong", "sink", "sink-untyped", "setting", "url-password", "dsn-password",
     "basic-auth", "bearer", "name-strong", "name-weak", "key-file", "encoded")
)  # fmt: skip


def is_signal(candidate: Candidate) -> bool:
    """Whether a candidate has more evidence than randomness and position."""
    return any(name in SIGNALS for name in (*candidate.evidence, *candidate.added))


def judge(
    candidate: Candidate, *, document: Document, scope: str, names: Names, weights: dict[str, Weight]
) -> tuple[tuple[Evidence, ...], float]:
    """All evidence for one candidate, strongest first, and the sum of its weights."""
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
    value = value_evidence(candidate, document, names)
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
        if not AT_SINK.isdisjoint(candidate.evidence):
            yield "weak-at-sink-in-test"
    yield from evidence_around(candidate, document, test="test-path" in file)


def _of_the_name(candidate: Candidate, names: Names) -> Iterator[str]:
    """The evidence of the detectors, and what the name adds to it."""
    found = list(candidate.evidence)
    if candidate.literal.name is not None:
        verdict = judge_name(candidate.literal.name, names, symbol=candidate.literal.symbol)
        # That `broker_url` is a URL says nothing about the password in it.
        if verdict.kind not in CARRIERS or candidate.kind not in CARRIERS:
            found += verdict.evidence
    # The name of a sink's parameter repeats what the sink says.
    said = not AT_SINK.isdisjoint(found)
    yield from ("name-agrees" if said and name == "name-strong" else name for name in found)


def _said_once(candidate: Candidate, document: Document, value: Sequence[str]) -> Iterator[str]:
    """The evidence without repetition: a configured `123456` is a common password because it is a sequence."""
    configured = candidate.kind is CredentialKind.PASSWORD and document.kind in CONFIGURATION - {Kind.JSON}
    common = configured and "common-password" in value
    yield from (name for name in value if not common or name not in _COMMON)


def _of_name_and_place(
    candidate: Candidate, document: Document, value: Sequence[str], file: Sequence[str]
) -> Iterator[str]:
    """Evidence from a name with a plain value: set in code or configuration in use, or only in a test."""
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
    """Whether a value is easily guessed: a word for a password, a run of digits, the user's name."""
    if not _WEAK.isdisjoint(value) or "url-user-is-password" in candidate.evidence:
        return True
    text = candidate.value.reveal("text").casefold()
    # A URL in a test is parsed, hardly ever opened, and its helper is passed any plain word.
    by_place = "url-password" in candidate.evidence or candidate.literal.role is Role.POSITIONAL
    if by_place and text.isalpha() and ("random-low" in value or len(text) < _SHORT_WORD):
        return True
    return is_stand_in(text) or any(
        sibling.value.reveal("text").casefold() == text and split_words(sibling.name)[-1:] in _USERS
        for sibling in candidate.literal.siblings[:MOST_SIBLINGS]
    )


def _is_translated(candidate: Candidate, document: Document) -> bool:
    """Whether a value is a translated text, below a language's key: `de: {login: {secret: Geheimnis}}`.

    https://guides.rubyonrails.org/i18n.html
    """
    language = candidate.literal.symbol.partition(".")[0]
    words = candidate.value.reveal("text").replace(" ", "")
    return document.kind in CONFIGURATION and words.isalpha() and _LANGUAGE.fullmatch(language) is not None


def _softened(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """The evidence, with a failed offline check weakened so that it does not suppress a finding by itself.

    Schemes change, and a token that was cut here may be complete elsewhere.
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
