"""A repository's own rules in a scan: they add findings, hide none, and a file that is wrong stops the scan."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rules.examples import expand

RULE = """
[[rule]]
id = "own-shop"
title = "Shop token"
severity = "low"
pattern = '''\\b(?P<secret>shp_[0-9a-f]{32})\\b'''
match = ['T = "shp_{hex:32}"']
reject = ['T = "shp_"']
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "unhardcode", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def found(folder: Path, *arguments: str) -> dict[str, str]:
    done = run(folder, "scan", "--format", "json", *arguments)
    return {row["path"]: f"{row['rule']} {row['severity']}" for row in json.loads(done.stdout)["findings"]}


def test_a_file_that_is_wrong_stops_the_scan_and_is_named_with_its_line(repository: Path) -> None:
    (repository / ".unhardcode.rules.toml").write_text(RULE.replace("{32}", "{32,}"))
    done = run(repository, "scan", ".")
    assert done.returncode == 2
    assert ".unhardcode.rules.toml: line 6, pattern: a repeat needs an end" in done.stderr


def test_an_own_rule_over_a_built_in_one_takes_nothing_from_it(repository: Path) -> None:
    token = expand("{check:github-crc32:ghp_}", "own")
    (repository / "a.py").write_text(f'token = "{token}"\n')
    before = found(repository)
    assert before == {"a.py": "github-personal-access-token critical"}
    greedy = RULE.replace("\\b(?P<secret>shp_[0-9a-f]{32})\\b", '(?P<secret>token = "ghp_[0-9A-Za-z]{36}")')
    (repository / ".unhardcode.rules.toml").write_text(
        greedy.replace('severity = "low"', 'severity = "low"\nstrength = "certain"')
    )
    assert found(repository) == before


@pytest.mark.parametrize(
    "arguments",
    [pytest.param((), id="the working tree"), pytest.param(("--staged",), id="what is staged"),
     pytest.param(("--history",), id="history")],
)  # fmt: skip
def test_an_own_rule_adds_findings(repository: Path, git: Callable[..., str], arguments: tuple[str, ...]) -> None:
    (repository / "a.py").write_text(expand('x("shp_{hex:32}")\n', "own"))
    git(repository, "add", "-A")
    if arguments == ("--history",):
        git(repository, "commit", "-qm", "a token")
    assert found(repository, *arguments) == {}
    (repository / ".unhardcode.rules.toml").write_text(RULE)
    assert found(repository, *arguments) == {"a.py": "own-shop low"}
    quiet = run(repository, "scan", "--staged", "-q")
    assert quiet.returncode == (1 if arguments != ("--history",) else 0)


def test_rules_test_runs_the_examples_and_says_which_are_wrong(repository: Path) -> None:
    (repository / ".unhardcode.rules.toml").write_text(
        RULE.replace("reject = ['T = \"shp_\"']", "reject = ['shp_{hex:32}']")
    )
    done = run(repository, "rules", "test")
    assert done.returncode == 1
    assert "own-shop: reject example 1 is found" in done.stdout
    assert done.stdout.count("\n") == 2
    other = repository / "other.toml"
    other.write_text(RULE)
    done = run(repository, "rules", "test", "other.toml")
    assert (done.returncode, "1 of them this repository's own: 0 wrong" in done.stdout) == (0, True)
