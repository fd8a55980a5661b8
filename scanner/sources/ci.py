"""What a CI job is about: the range of commits of its event, as its server tells it in the environment.

GitHub: https://docs.github.com/actions/reference/workflows-and-actions/variables and the event's JSON, whose shape is
https://docs.github.com/webhooks/webhook-events-and-payloads. GitLab: https://docs.gitlab.com/ci/variables/predefined_variables/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.errors import UsageError

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = re.compile(r"[\w./+@-]+")


def event_range(environment: Mapping[str, str]) -> str | None:
    """The range `A..B` that the job is about; None where it is about no commits in particular (a schedule, a tag).

    Of a pull request it is what its head adds to its base, however the checkout came about: a merge ref's own merge
    commit is not part of it. Raises UsageError outside of CI, and for an event that cannot be read.
    """
    if environment.get("GITHUB_ACTIONS") == "true":
        return _github(environment)
    if environment.get("GITLAB_CI") == "true":
        return _gitlab(environment)
    raise UsageError(
        "--range ci: neither GitHub Actions nor GitLab CI runs this", hint="name the range: --range origin/main...HEAD"
    )


def _github(environment: Mapping[str, str]) -> str | None:
    name = environment.get("GITHUB_EVENT_NAME", "")
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    if name in ("pull_request", "pull_request_target"):
        request = _table(event, "pull_request")
        return _between(_table(request, "base").get("sha"), _table(request, "head").get("sha"), name)
    if name == "merge_group":
        group = _table(event, "merge_group")
        return _between(group.get("base_sha"), group.get("head_sha"), name)
    if name == "push" and str(event.get("ref", "")).startswith("refs/heads/"):
        if event.get("deleted") is True:
            return None
        default = str(_table(event, "repository").get("default_branch", ""))
        return _pushed(event.get("before"), event.get("after"), default, name)
    return None


def _gitlab(environment: Mapping[str, str]) -> str | None:
    tip = environment.get("CI_COMMIT_SHA")
    base = environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
    if base:
        # In a pipeline for merged results the tip is a merge commit that only GitLab has made.
        return _between(base, environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or tip, "merge request")
    if environment.get("CI_PIPELINE_SOURCE") == "push" and environment.get("CI_COMMIT_BRANCH"):
        default = environment.get("CI_DEFAULT_BRANCH", "")
        return _pushed(environment.get("CI_COMMIT_BEFORE_SHA"), tip, default, "push")
    return None


def _event(path: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise UsageError("--range ci: the event that GITHUB_EVENT_PATH names cannot be read")
    return found


def _table(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = parent.get(key)
    return found if isinstance(found, dict) else {}


def _pushed(before: object, after: object, default: str, event: str) -> str:
    """What a push brings; of a new branch, and of one that was rewritten away, what it adds to the default branch."""
    if isinstance(before, str) and before.strip("0"):
        return _between(before, after, event)
    if not _BRANCH.fullmatch(default) or default.startswith("-"):
        raise UsageError(f"--range ci: the {event} names no default branch to compare a new branch with")
    return f"origin/{default}...{_commit(after, event)}"


def _between(base: object, tip: object, event: str) -> str:
    return f"{_commit(base, event)}..{_commit(tip, event)}"


def _commit(found: object, event: str) -> str:
    # Whoever can open a pull request writes a part of its event: nothing but an id goes on to git.
    if isinstance(found, str) and _COMMIT.fullmatch(found):
        return found
    raise UsageError(f"--range ci: the {event} names no commits", hint="name the range: --range origin/main...HEAD")
