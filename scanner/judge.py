"""The evidence for and against, added up into a confidence that can be explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.model import Names, Weight
from scanner.detectors.candidate import Candidate
from scanner.detectors.name import judge_name
from scanner.detectors.value import judge_value
from scanner.model import Confidence, Evidence, Role
from scanner.roles import PathRole, role_of

HIGH, MEDIUM, LOW = 4.0, 2.0, 0.0

_ROLES = {
    Role.ENV_DEFAULT: "env-default",
    Role.COMPARISON: "comparison",
    Role.TEXT: "comment",
    Role.VARIABLE: "env-file",
}
_PATHS = {
    PathRole.TEST: "test-path",
    PathRole.FIXTURE: "test-path",
    PathRole.EXAMPLE: "example-path",
    PathRole.DOCS: "docs-path",
    PathRole.VENDORED: "generated",
}
_LOCK_FILES = frozenset(
    ("poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "go.sum",
     "cargo.lock", "composer.lock", "gemfile.lock")
)  # fmt: skip
_TRANSLATION_FOLDERS = frozenset(("locale", "locales", "i18n", "l10n", "translations", "lang", "langs"))
# What says by itself that a literal is a credential; all other evidence only moves the sum.
SIGNALS = frozenset(
    ("provider-certain", "provider-strong", "sink", "sink-untyped", "setting", "url-password", "dsn-password",
     "name-strong", "name-weak", "key-file")
)  # fmt: skip


def is_signal(candidate: Candidate) -> bool:
    """Whether anything but randomness and position speaks for a candidate."""
    return any(name in SIGNALS for name in candidate.evidence)


def judge(
    candidate: Candidate, *, path: str, scope: str, names: Names, weights: dict[str, Weight]
) -> tuple[tuple[Evidence, ...], float]:
    """All evidence for one candidate, strongest first, and its sum."""
    found = dict.fromkeys(_all_evidence(candidate, path, scope, names))
    evidence = sorted(_weighed(found, weights), key=lambda piece: (-abs(piece.weight), piece.name))
    return tuple(evidence), round(sum(piece.weight for piece in evidence), 2)


def confidence_of(score: float) -> Confidence | None:
    """High from 4, medium from 2, low from 0 points; below that None: not reported."""
    if score >= HIGH:
        return Confidence.HIGH
    if score >= MEDIUM:
        return Confidence.MEDIUM
    return Confidence.LOW if score >= LOW else None


def _all_evidence(candidate: Candidate, path: str, scope: str, names: Names) -> Iterator[str]:
    yield from candidate.evidence
    if candidate.literal.name is not None:
        yield from judge_name(candidate.literal.name, names, symbol=candidate.literal.symbol).evidence
    yield from judge_value(candidate.value.text, name=candidate.literal.name, names=names)
    if candidate.literal.role in _ROLES:
        yield _ROLES[candidate.literal.role]
    role = _PATHS.get(role_of(path, scope))
    if role is not None:
        yield role
    folders = path.lower().split("/")
    if folders[-1] in _LOCK_FILES:
        yield "lock-file"
    if folders[-1].endswith((".po", ".pot", ".xlf", ".xliff")) or _TRANSLATION_FOLDERS.intersection(folders[:-1]):
        yield "translation-file"


def _weighed(found: Iterable[str], weights: dict[str, Weight]) -> Iterator[Evidence]:
    for name in found:
        weight = weights.get(name)
        if weight is not None:
            yield Evidence(name=name, weight=weight.weight, text=weight.text)
