"""Set up what every scan needs once: the cache, the rules, the prefilter, the repository's key."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scanner import prefilter
from scanner.config import OWN_RULES
from scanner.errors import UsageError
from scanner.sources.git import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules.model import RuleSet
    from scanner.analysis import Knowledge


def cache_folder() -> Path | None:
    """The folder for compiled rules; None if there is no home folder. Raises UsageError."""
    named = os.environ.get("UNHARDCODE_CACHE")
    if named:
        if not os.path.isabs(named):  # it would be a different folder for each working directory, and be scanned there
            raise UsageError("UNHARDCODE_CACHE: not an absolute path", hint="write it from / on, or unset it")
        return Path(named)
    system: str = sys.platform
    if system == "linux":
        # https://specifications.freedesktop.org/basedir-spec/latest/: platformdirs gives the same path, but importing
        # it takes longer than a clean scan.
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        return Path(base, "unhardcode") if os.path.isabs(base) else None
    import platformdirs

    try:
        return platformdirs.user_cache_path("unhardcode")
    except (OSError, RuntimeError):
        return None


@functools.cache
def _rules_state() -> bytes:
    from rules.signature import rules_state

    return rules_state()


@functools.cache
def load_prefilter() -> prefilter.Prefilter:
    """The compiled database of the built-in rules."""
    return prefilter.load(cache_folder(), _rules_state())


@functools.cache
def load_rules() -> RuleSet:
    """The built-in rules, from the cache where they are there."""
    from rules.load import load_rules_cached

    return load_rules_cached(cache_folder(), state=_rules_state())


@functools.cache
def knowledge() -> Knowledge:
    """The built-in rules, indexed for the detectors."""
    from scanner import analysis

    return analysis.learn(load_rules(), load_prefilter())


@functools.cache
def knowledge_at(root: Path) -> Knowledge:
    """The rules for a repository, indexed for the detectors. Raises UsageError."""
    if not os.path.lexists(root / OWN_RULES):
        return knowledge()
    from scanner import analysis

    found, rules = known_at(root)
    return analysis.learn(rules(), found)


def known_at(root: Path) -> tuple[prefilter.Prefilter, Callable[[], RuleSet]]:
    """The prefilter and the rules for a repository: the built-in ones, and its own. Raises UsageError."""
    path = root / OWN_RULES
    if not os.path.lexists(path):
        return load_prefilter(), load_rules
    from scanner import own_rules

    return own_rules.beside(own_rules.load_own(path), load_prefilter(), load_rules)


def key_for(repository: Repository | None) -> bytes:
    """The key of a repository's fingerprints; without a repository, the user's."""
    from scanner import identity

    if repository is not None:
        return identity.repository_key(repository.common)
    import platformdirs

    return identity.repository_key(platformdirs.user_state_path("unhardcode"))
