"""The role of a path: code in use, or tests, examples and docs, whose values are not uploaded."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rules.lazy_patterns import lazy_pattern


class PathRole(enum.StrEnum):
    """What a file is used for, judged by its path alone."""

    SOURCE = "source"
    TEST = "test"
    EXAMPLE = "example"
    DOCS = "docs"
    FIXTURE = "fixture"
    VENDORED = "vendored"


_FOLDERS = {
    PathRole.FIXTURE: {"fixtures", "fixture", "testdata", "test_data", "cassettes", "snapshots", "__snapshots__"},
    # `t` is the test folder of Perl and git; Celery, Kombu and others adopted it.
    PathRole.TEST: {
        "tests",
        "test",
        "testing",
        "t",
        "__tests__",
        "__mocks__",
        "e2e",
        "spec",
        "specs",
        "cypress",
        "unittests",
        "unit_tests",
        "integration_tests",
        "functional_tests",
    },
    PathRole.EXAMPLE: {"examples", "example", "samples", "sample", "demo", "demos", "tutorial", "tutorials"},
    PathRole.DOCS: {"docs", "doc", "documentation"},
    PathRole.VENDORED: {"vendor", "vendored", "_vendor", "third_party", "node_modules", "site-packages"},
}
_TEST_FILE = lazy_pattern(
    r"test_.*\.py|.*_(?:tests?|testing)\.(?:py|go|rb|exs)|tests?\.py|conftest\.py|.*[._-](?:test|spec)\.[jt]sx?|.*_spec\.rb"
    r"|.*Tests?\.(?:java|kt|cs)"
)
_EXAMPLE_FILE = lazy_pattern(
    r".*[._-](?:example|sample|template|dist|tmpl)s?(?:\.[a-z]+)?|(?:example|sample)[._-].*", re.I
)
_DOCS_FILE = lazy_pattern(r".*\.(?:md|rst|adoc|mdx|markdown)|readme.*|changelog.*", re.I)

_EVIDENCE = {
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
_TRANSLATION_FOLDERS = frozenset(
    ("locale", "locales", "i18n", "l10n", "translations", "lang", "langs", "language", "languages")
)

_WORDS = {
    PathRole.SOURCE: "code that runs",
    PathRole.TEST: "a test",
    PathRole.EXAMPLE: "an example",
    PathRole.DOCS: "documentation",
    PathRole.FIXTURE: "a test's data",
    PathRole.VENDORED: "somebody else's code, kept here",
}


@functools.lru_cache(maxsize=64)
def role_of(path: str, scope: str = "") -> PathRole:
    """The role of a POSIX path. Folders count only below `scope`, the PATH that the user named ("" for all).

    A user who names `examples/shop` means it, so `examples` above it is ignored. The file's own name always counts.
    """
    whole = PurePosixPath(path)
    for part in _below(whole, scope).parts[:-1]:
        for role, folders in _FOLDERS.items():
            if part.lower() in folders:
                return role
    return _role_of_name(whole.name)


def in_words(role: PathRole) -> str:
    """The role as a noun with its article, for messages."""
    return _WORDS[role]


def _role_of_name(name: str) -> PathRole:
    if _TEST_FILE.fullmatch(name):
        return PathRole.TEST
    if _DOCS_FILE.fullmatch(name):
        return PathRole.DOCS
    if _EXAMPLE_FILE.fullmatch(name):
        return PathRole.EXAMPLE
    return PathRole.SOURCE


def _below(path: PurePosixPath, scope: str) -> PurePosixPath:
    named = PurePosixPath(scope)
    if scope in ("", ".") or not path.is_relative_to(named) or path == named:
        return PurePosixPath(path.name) if path == named else path
    return path.relative_to(named)


def is_lock_file(path: str) -> bool:
    """Whether a file pins the versions that a package manager chose."""
    return path.rpartition("/")[2].lower() in _LOCK_FILES


def path_evidence(path: str, scope: str) -> Iterator[str]:
    """Names of the evidence that a file's path gives; a path's role is judged below `scope`."""
    role = _EVIDENCE.get(role_of(path, scope))
    if role is not None:
        yield role
    folders = path.lower().split("/")
    if is_lock_file(path):
        yield "lock-file"
    if folders[-1].endswith((".po", ".pot", ".xlf", ".xliff")) or _TRANSLATION_FOLDERS.intersection(folders[:-1]):
        yield "translation-file"
