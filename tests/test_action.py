"""The steps of action.yml, run as GitHub's runner runs them: in bash, in checkouts of every kind that it makes."""

from __future__ import annotations

import json
import os
import random
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[1]
ACTION = yaml.safe_load((TOP / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def secret(seed: str) -> str:
    source = random.Random(seed)
    return "".join(source.choices(string.ascii_letters + string.digits, k=22)) + "7a"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | IDENTITY, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", name)
    git(folder, "commit", "-q", "-m", f"Change {name}")
    return git(folder, "rev-parse", "HEAD")


class Server:
    """A repository as GitHub holds it: a main branch, and a pull request of a fork with its head and merge ref."""

    def __init__(self, folder: Path, *, added: str) -> None:
        self.origin = folder / "origin.git"
        work = folder / "work"
        git(folder, "init", "-q", "-b", "main", str(work))
        commit(work, "old.py", f'DB_PASSWORD = "{secret("old")}"\n')
        git(work, "checkout", "-q", "-b", "topic")
        commit(work, "new.py", "x = 1\n")
        self.head = commit(work, "new.py", added)
        git(work, "checkout", "-q", "main")
        self.base = commit(work, "other.py", f'API_TOKEN = "{secret("other")}"\n')
        git(work, "checkout", "-q", "--detach")
        git(work, "merge", "-q", "--no-ff", "-m", "Merge", "topic")
        self.merge = git(work, "rev-parse", "HEAD")
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.origin))
        refs = (f"{self.head}:refs/pull/7/head", f"{self.merge}:refs/pull/7/merge", "main:refs/heads/main")
        git(work, "push", "-q", str(self.origin), *refs)

    def checkout(self, folder: Path, ref: str, *depth: str) -> Path:
        """As actions/checkout does it: one ref, fetched into a new repository, detached."""
        git(folder, "init", "-q", "clone")
        clone = folder / "clone"
        git(clone, "remote", "add", "origin", self.origin.as_uri())
        git(clone, "fetch", "-q", "--no-tags", *depth, "origin", f"+{ref}:refs/remotes/checkout")
        git(clone, "checkout", "-q", "--detach", "refs/remotes/checkout")
        return clone


def run_steps(
    clone: Path, temp: Path, event_name: str, event: dict, names: tuple[str, ...], **inputs: str
) -> tuple[int, str]:
    """Status and output of some steps, with the inputs' defaults where none is given."""
    if "Install unhardcode" not in names:
        python = temp / "unhardcode" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
    (temp / "event.json").write_text(json.dumps(event), encoding="utf-8")
    given = {name: about.get("default", "") for name, about in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    known = {f"inputs.{name}": value for name, value in given.items()} | {
        "github.event.pull_request.number": str(event.get("number", "")),
        "github.event.before": str(event.get("before", "")),
        "github.action_path": str(TOP),
    }
    environment = (
        os.environ
        | IDENTITY
        | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event_name,
            "GITHUB_EVENT_PATH": str(temp / "event.json"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary.md"),
            "RUNNER_TEMP": str(temp),
        }
    )
    output = ""
    for name in names:
        step = STEPS[name]
        own = {
            key: known[value.removeprefix("${{ ").removesuffix(" }}")] if value.startswith("${{") else value
            for key, value in step["env"].items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=clone,
            env=environment | own,
            capture_output=True,
            text=True,
        )
        output += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, output
    return 0, output


BOTH = ("Fetch the commits that the event is about", "Scan")
CHECKOUTS = [
    pytest.param("refs/pull/7/merge", ("--depth=1",), id="the shallow merge ref, as actions/checkout has it"),
    pytest.param("refs/pull/7/merge", (), id="the merge ref with its history"),
    pytest.param("refs/pull/7/head", ("--depth=1",), id="the fork's head, shallow"),
]


def pull_request(server: Server) -> dict:
    return {"number": 7, "pull_request": {"base": {"sha": server.base}, "head": {"sha": server.head}}}


@pytest.mark.parametrize(("ref", "depth"), CHECKOUTS)
def test_a_pull_request_without_a_secret_passes_although_its_base_has_some(tmp_path, ref, depth):
    server = Server(tmp_path, added="x = 2\n")
    clone = server.checkout(tmp_path, ref, *depth)

    status, output = run_steps(clone, tmp_path, "pull_request", pull_request(server), BOTH)

    assert status == 0, output
    assert "::error" not in output


@pytest.mark.parametrize(("ref", "depth"), CHECKOUTS)
def test_a_pull_request_with_a_secret_fails_and_only_that_one_is_annotated(tmp_path, ref, depth):
    value = secret("new")
    server = Server(tmp_path, added=f'MAIL_PASSWORD = "{value}"\n')
    clone = server.checkout(tmp_path, ref, *depth)

    status, output = run_steps(clone, tmp_path, "pull_request", pull_request(server), BOTH)

    assert status == 1, output
    errors = [line for line in output.splitlines() if line.startswith("::error")]
    assert [line.partition("file=")[2].partition(",")[0] for line in errors] == ["new.py"]
    assert "new.py:1" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert len(json.loads((clone / "unhardcode.sarif").read_text())["runs"][0]["results"]) == 1
    assert (value in output) is False


def test_a_new_branch_is_compared_with_the_default_branch(tmp_path):
    server = Server(tmp_path, added=f'MAIL_PASSWORD = "{secret("new")}"\n')
    clone = server.checkout(tmp_path, "refs/pull/7/head", "--depth=1")
    event = {
        "ref": "refs/heads/topic",
        "before": "0" * 40,
        "after": server.head,
        "repository": {"default_branch": "main"},
    }

    status, output = run_steps(clone, tmp_path, "push", event, BOTH)

    assert status == 1, output
    assert "old.py" not in output


def forced(server: Server, tmp_path: Path, seed: str) -> dict:
    """The event of a push that took the topic's commits away and put another in their place."""
    work = tmp_path / "work"
    git(work, "push", "-q", str(server.origin), "topic")
    git(work, "checkout", "-q", "-B", "topic", "main~1")
    after = commit(work, "again.py", f'MAIL_PASSWORD = "{secret(seed)}"\n')
    git(work, "push", "-q", "--force", str(server.origin), "topic", "main")
    repository = {"default_branch": "main"}
    return {
        "ref": "refs/heads/topic",
        "before": server.head,
        "after": after,
        "forced": True,
        "repository": repository,
    }


@pytest.mark.parametrize("kept", [True, False], ids=["on a server that still gives it", "where it is gone for good"])
def test_a_forced_push_is_looked_at_although_no_name_leads_to_what_was_before(tmp_path, kept):
    server = Server(tmp_path, added=f'API_TOKEN = "{secret("before")}"\n')
    event = forced(server, tmp_path, "again")
    for name in ("refs/pull/7/head", "refs/pull/7/merge"):
        git(server.origin, "update-ref", "-d", name)
    if not kept:
        git(server.origin, "gc", "-q", "--prune=now")
    clone = server.checkout(tmp_path, "refs/heads/topic", "--depth=1")

    status, output = run_steps(clone, tmp_path, "push", event, BOTH)

    assert status == 1, output
    assert "again.py" in output
    assert ("old.py" in output, "other.py" in output) == (False, False)
    assert subprocess.run(["git", "cat-file", "-e", server.head], cwd=clone).returncode == (0 if kept else 1)


def test_a_tag_and_a_first_push_of_the_default_branch(tmp_path):
    server = Server(tmp_path, added="x = 2\n")
    clone = server.checkout(tmp_path, "refs/heads/main", "--depth=1")
    event = {"before": "0" * 40, "after": server.base, "repository": {"default_branch": "main"}}

    status, output = run_steps(clone, tmp_path, "push", event | {"ref": "refs/tags/v1"}, BOTH)
    assert status == 0, output
    shutil.rmtree(tmp_path / "unhardcode")
    status, output = run_steps(clone, tmp_path, "push", event | {"ref": "refs/heads/main"}, BOTH)
    assert status == 1, output
    assert "old.py:1" in output


def test_a_checkout_that_may_not_fetch_is_scanned_where_all_is_there_and_else_says_what_it_misses(tmp_path):
    server = Server(tmp_path, added=f'MAIL_PASSWORD = "{secret("new")}"\n')
    for name, depth, expected in (("whole", (), 1), ("shallow", ("--depth=1",), 3)):
        (tmp_path / name).mkdir()
        clone = server.checkout(tmp_path / name, "refs/pull/7/merge", *depth)
        git(clone, "remote", "set-url", "origin", "https://127.0.0.1:9/none")

        status, output = run_steps(clone, tmp_path / name, "pull_request", pull_request(server), BOTH)

        assert status == expected, output
        assert ("new.py" in output) == (expected == 1)


@pytest.mark.parametrize("has_secret", [True, False])
def test_the_job_for_gitlab_writes_its_reports_and_ends_as_the_scan_does(tmp_path, has_secret):
    server = Server(tmp_path, added=f'MAIL_PASSWORD = "{secret("new") if has_secret else ""}"\n')
    job = yaml.safe_load((TOP / "ci" / "gitlab.yml").read_text(encoding="utf-8"))["unhardcode"]
    clone = server.checkout(tmp_path, "refs/pull/7/head")
    own = tmp_path / "python"
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    own.chmod(0o755)
    event = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(clone, "rev-parse", "HEAD~2"),  # where the branch left main
        "CI_COMMIT_SHA": server.head,
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }

    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
        cwd=clone,
        env=os.environ | {name: str(value) for name, value in job["variables"].items()} | event,
        capture_output=True,
        text=True,
    )

    assert done.returncode == has_secret, done.stdout + done.stderr
    reports = job["artifacts"]["reports"]
    found = json.loads((clone / reports["secret_detection"]).read_text())["vulnerabilities"]
    assert [one["location"]["file"] for one in found] == ["new.py"] * has_secret
    assert (clone / reports["junit"]).is_file()


def test_a_schedule_scans_everything(tmp_path):
    server = Server(tmp_path, added="x = 2\n")
    clone = server.checkout(tmp_path, "refs/heads/main")

    status, output = run_steps(clone, tmp_path, "schedule", {}, BOTH)

    assert status == 1, output
    assert "old.py:1" in output
    assert "other.py:1" in output


def test_inputs_are_words_and_no_shell(tmp_path):
    server = Server(tmp_path, added="x = 2\n")
    clone = server.checkout(tmp_path, "refs/heads/main")
    mark = tmp_path / "mark"

    status, output = run_steps(
        clone, tmp_path, "schedule", {}, ("Scan",), args=f"--min-confidence high $(touch {mark}) `touch {mark}`"
    )

    assert status != 0, output
    assert not mark.exists()


def test_options_on_several_lines_all_count(tmp_path):
    server = Server(tmp_path, added="x = 2\n")
    clone = server.checkout(tmp_path, "refs/heads/main")

    status, output = run_steps(
        clone, tmp_path, "schedule", {}, ("Scan",), args="--exclude old.py\n--exclude  other.py\n--fail-on high\n"
    )

    assert "no findings" in output
    assert status == 3, output  # everything that is there was left out


def test_no_step_has_an_expression_inside_its_script():
    # What a pull request's author writes (a branch's name, a title) would be a part of the script.
    assert [name for name, step in STEPS.items() if "${{" in step.get("run", "")] == []


@pytest.mark.slow
def test_the_action_installs_itself(tmp_path):
    server = Server(tmp_path, added="x = 2\n")
    clone = server.checkout(tmp_path, "refs/heads/main")

    status, output = run_steps(
        clone, tmp_path, "schedule", {}, ("Install unhardcode", *BOTH), python=sys.executable, fail_on="never"
    )

    assert status == 0, output
    assert "old.py:1" in output
