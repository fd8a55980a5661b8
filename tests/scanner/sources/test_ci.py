from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.sources.ci import event_range

A, B = "a" * 40, "b" * 40
NULL, GONE = "0" * 40, "d" * 40


def told(environment: dict[str, str]) -> str | None:
    """The range of a job in a repository that has every commit but one."""
    return event_range(environment, lambda commit: commit != GONE)


def github(folder: Path, name: str, event: object) -> dict[str, str]:
    file = folder / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(file)}


def request(base: object, head: object) -> dict[str, object]:
    return {"pull_request": {"base": {"sha": base}, "head": {"sha": head}}}


def test_elsewhere_there_is_no_event():
    with pytest.raises(UsageError, match="neither GitHub Actions nor GitLab CI"):
        told({})


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_an_event_that_cannot_be_read_is_said(tmp_path, text):
    environment = github(tmp_path, "push", {})
    (tmp_path / "event.json").write_text(text)
    with pytest.raises(UsageError, match="cannot be read"):
        told(environment)
    with pytest.raises(UsageError, match="cannot be read"):
        told(environment | {"GITHUB_EVENT_PATH": str(tmp_path / "none")})


@pytest.mark.parametrize("head", ["--output=x", "HEAD", "main", None, 1, f"{A}\n", A[:39], f"{A}..{B}"])
def test_only_ids_of_commits_get_from_an_event_to_git(tmp_path, head):
    with pytest.raises(UsageError, match="names no commits"):
        told(github(tmp_path, "pull_request", request(A, head)))


@pytest.mark.parametrize("event", [{}, {"pull_request": 1}, {"pull_request": {"base": []}}])
def test_an_event_of_another_shape_is_said(tmp_path, event):
    with pytest.raises(UsageError, match="names no commits"):
        told(github(tmp_path, "pull_request", event))


@pytest.mark.parametrize("default", ["", "--all", "a b", "x;y"])
def test_a_new_branch_needs_a_default_branch(tmp_path, default):
    event = {"ref": "refs/heads/new", "before": NULL, "after": B, "repository": {"default_branch": default}}
    with pytest.raises(UsageError, match="no default branch"):
        told(github(tmp_path, "push", event))


def test_github(tmp_path):
    branch = {"ref": "refs/heads/new", "after": B, "repository": {"default_branch": "main"}}

    assert told(github(tmp_path, "pull_request", request(A, B))) == f"{A}..{B}"
    assert told(github(tmp_path, "merge_group", {"merge_group": {"base_sha": A, "head_sha": B}})) == f"{A}..{B}"
    assert told(github(tmp_path, "push", branch | {"before": A})) == f"{A}..{B}"
    assert told(github(tmp_path, "push", branch | {"before": NULL})) == f"origin/main...{B}"
    assert told(github(tmp_path, "push", branch | {"before": A, "after": NULL, "deleted": True})) is None
    tag = branch | {"ref": "refs/tags/v1", "before": NULL}
    assert told(github(tmp_path, "push", tag)) == f"origin/main...{B}"
    # A forced push can take away what was there before.
    assert told(github(tmp_path, "push", branch | {"before": GONE})) == f"origin/main...{B}"
    main = branch | {"ref": "refs/heads/main"}
    assert told(github(tmp_path, "push", main | {"before": A})) == f"{A}..{B}"
    assert told(github(tmp_path, "push", main | {"before": NULL})) is None
    assert told(github(tmp_path, "push", main | {"before": GONE})) is None
    assert told(github(tmp_path, "schedule", {})) is None


def test_gitlab():
    job = {"GITLAB_CI": "true", "CI_COMMIT_SHA": B, "CI_DEFAULT_BRANCH": "main"}
    merge = job | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": A, "CI_PIPELINE_SOURCE": "merge_request_event"}
    push = job | {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "x"}

    assert told(merge) == f"{A}..{B}"
    assert told(merge | {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "c" * 40}) == f"{A}..{'c' * 40}"
    assert told(push | {"CI_COMMIT_BEFORE_SHA": A}) == f"{A}..{B}"
    assert told(push | {"CI_COMMIT_BEFORE_SHA": NULL}) == f"origin/main...{B}"
    assert told(push | {"CI_COMMIT_BEFORE_SHA": GONE}) == f"origin/main...{B}"
    tag = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1", "CI_COMMIT_BEFORE_SHA": A}
    assert told(job | tag) == f"origin/main...{B}"
    main = push | {"CI_COMMIT_BRANCH": "main"}
    assert told(main | {"CI_COMMIT_BEFORE_SHA": A}) == f"{A}..{B}"
    assert told(main | {"CI_COMMIT_BEFORE_SHA": NULL}) is None
    assert told(main | {"CI_COMMIT_BEFORE_SHA": GONE}) is None
    assert told(job | {"CI_PIPELINE_SOURCE": "schedule"}) is None
