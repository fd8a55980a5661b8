"""The commit range of a CI job's event, from the environment of GitHub Actions or GitLab CI.

GitHub: https://docs.github.com/actions/reference/workflows-and-actions/variables and the event's JSON, whose shape is
https://docs.github.com/webhooks/webhook-events-and-payloads. GitLab: https://docs.gitlab.com/ci/variables/predefined_variables/.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rules.lazy_patterns import lazy_pattern
from scanner.errors import UsageError

_COMMIT = lazy_pattern(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = lazy_pattern(r"[\w./+@-]+")


def event_range(environment: Mapping[str, str], here: Callable[[str], bool]) -> str | None:
    """The range `A..B` of the job; None if that is everything (a schedule, a first push).

    For a pull request it is what its head adds to its base, whatever is checked out: a merge ref's own merge commit is
    not part of it. `here` says whether the repository has a commit: a forced push can name one that no longer exists.
    Raises UsageError outside CI, and for an event that cannot be read.
    """
    if environment.get("GITHUB_ACTIONS") == "true":
        return _github(environment, here)
    if environment.get("GITLAB_CI") == "true":
        return _gitlab(environment, here)
    raise UsageError(
        "--range ci: neither GitHub Actions nor GitLab CI runs this", hint="name the range: --range origin/main...HEAD"
    )


def _github(environment: Mapping[str, str], here: Callable[[str], bool]) -> str | None:
    name = environment.get("GITHUB_EVENT_NAME", "")
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    if name in ("pull_request", "pull_request_target"):
        request = _table(event, "pull_request")
        return _between(_table(request, "base").get("sha"), _table(request, "head").get("sha"), name)
    if name == "merge_group":
        group = _table(event, "merge_group")
        return _between(group.get("base_sha"), group.get("head_sha"), name)
    if name == "push" and event.get("deleted") is not True:
        default = str(_table(event, "repository").get("default_branch", ""))
        branch = str(event.get("ref", "")).removeprefix("refs/heads/")
        if branch == default and not _is_here(event.get("before"), here):
            return None
        # A tag's commits were scanned when they were pushed, unless no branch has them.
        before = None if branch.startswith("refs/tags/") else event.get("before")
        return _pushed(before, event.get("after"), default, name, here)
    return None


def _gitlab(environment: Mapping[str, str], here: Callable[[str], bool]) -> str | None:
    tip = environment.get("CI_COMMIT_SHA")
    base = environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
    if base:
        # In a pipeline for merged results the tip is a merge commit that exists only on GitLab.
        return _between(base, environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or tip, "merge request")
    branch, default = environment.get("CI_COMMIT_BRANCH"), environment.get("CI_DEFAULT_BRANCH", "")
    if environment.get("CI_PIPELINE_SOURCE") == "push" and (branch or environment.get("CI_COMMIT_TAG")):
        before = environment.get("CI_COMMIT_BEFORE_SHA") if branch else None
        if branch == default and not _is_here(before, here):
            return None
        return _pushed(before, tip, default, "push", here)
    return None


def _event(path: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(
            "--range ci: the event that GITHUB_EVENT_PATH names cannot be read",
            hint="in a container mount that file too, or name the range: --range A..B",
        )
    return found


def _table(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = parent.get(key)
    return found if isinstance(found, dict) else {}


def _is_here(commit: object, here: Callable[[str], bool]) -> bool:
    return isinstance(commit, str) and bool(_COMMIT.fullmatch(commit) and commit.strip("0")) and here(commit)


def _pushed(before: object, after: object, default: str, event: str, here: Callable[[str], bool]) -> str:
    """The commits of a push; for a new branch, or one that was force-pushed, what it adds to the default branch."""
    if _is_here(before, here):
        return _between(before, after, event)
    if not _BRANCH.fullmatch(default) or default.startswith("-"):
        raise UsageError(f"--range ci: the {event} names no default branch to compare a new branch with")
    return f"origin/{default}...{_commit(after, event)}"


def _between(base: object, tip: object, event: str) -> str:
    return f"{_commit(base, event)}..{_commit(tip, event)}"


def _commit(found: object, event: str) -> str:
    # The author of a pull request controls a part of its event: only an id is passed to git.
    if isinstance(found, str) and _COMMIT.fullmatch(found):
        return found
    raise UsageError(f"--range ci: the {event} names no commits", hint="name the range: --range origin/main...HEAD")
