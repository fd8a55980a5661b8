"""A repository's own rules in a scan: they add findings, hide none, and a file that is wrong stops the scan."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rules.examples import expand
from rules.load import load_rules
from rules.model import RuleSet
from rules.own import read_own
from rules.signature import rules_state
from scanner import own_rules
from scanner.engine import Setup, scan
from scanner.model import Finding, Source
from scanner.prefilter import Prefilter
from scanner.prefilter import load as load_prefilter
from scanner.source import Settings

# What the built-in rules name here: by shape, by call, by name, in a URL; a pair that becomes one finding.
PAGES = {
    "a.py": """
import boto3, psycopg2, sqlalchemy

boto3.client("s3", aws_access_key_id="AKIA{upper:16}", aws_secret_access_key="{alnum:40}")
AWS_ACCESS_KEY_ID = "AKIA{upper:16}"
ADMIN_PASSWORD = "{alnum:14}"
psycopg2.connect(host="h", password="hunter{digit:2}")
psycopg2.connect("host=h password={alnum:10}")
sqlalchemy.create_engine("postgres://u:{alnum:12}@h/d")
token = "{check:github-crc32:ghp_}"
""",
    ".env": "DB_PASSWORD={alnum:18}\nKEY_ID=AKIA{upper:16}\nURL=redis://:{alnum:16}@h\n",
    "b.yaml": "db:\n  password: {alnum:16}\n  client_secret: {hex:32}\n",
}
# Shapes that lie over these, beside them, and over the half of a line.
SHAPES = (
    "(?P<secret>AKIA[0-9A-Z]{16})", "(?P<secret>[0-9A-Za-z]{10,40})", "(?P<secret>[^\\n]{4,100})",
    "(?P<secret>[a-z]{3})",
    "[=:] ?\"?(?P<secret>[^\"\\n]{4,80})", "(?P<secret>PASSWORD.{3,20})", "://(?P<secret>[^@\\n]{1,20})@",
    "(?P<secret>postgres[^\"]{5,40})", "(?P<secret>host=[^\"]{5,60})", "(?P<secret>aws_[a-z_]{5,20})",
)  # fmt: skip

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


@st.composite
def own_files(draw: st.DrawFn) -> dict[str, object]:
    """The tables of a file of own rules that are as lax as can be."""
    rows = [
        {
            "id": f"own-{number}",
            "title": "A rule",
            "pattern": draw(st.sampled_from(SHAPES)),
            "kind": draw(st.sampled_from(["access-key-id", "access-key", "url", "password"])),
            "severity": draw(st.sampled_from(["low", "medium"])),
            "strength": draw(st.sampled_from(["certain", "strong", "weak"])),
            "match": ["x"],
            "reject": ["y"],
        }
        for number in range(draw(st.integers(2, 10)))
    ]
    return {"rule": rows}


@functools.cache
def built_in() -> tuple[Prefilter, RuleSet]:
    return load_prefilter(Path(os.environ["UNHARDCODE_CACHE"]), rules_state()), load_rules()


@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(tables=own_files())
def test_no_own_rule_makes_less_of_what_the_built_in_ones_find(tables: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("")
    own = read_own(tmp_path / "rules.toml", tables)
    sources = [Source(path=path, raw=expand(page, "own").encode()) for path, page in PAGES.items()]

    def found(added: tuple) -> dict[tuple[object, ...], Finding]:
        prefilter, rules = built_in()
        known = own_rules.beside(added, prefilter, lambda: rules)
        rows = scan(sources, Setup(*known, lambda: Settings(key=bytes(32)))).findings
        return {(row.path, row.span, row.rule, row.kind, row.severity, row.prefix): row for row in rows}

    before, after = found(()), found(own)
    assert len(before) >= 10
    for place, row in before.items():
        assert place in after
        assert after[place].score >= row.score
        assert row.suppressed is not None or after[place].suppressed is None


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


def test_what_an_own_rule_accepted_at_one_place_is_not_moved_while_it_stands_there(
    repository: Path, git: Callable[..., str]
) -> None:
    (repository / ".unhardcode.rules.toml").write_text(RULE)
    for number, name in enumerate(("a.txt", "b.txt")):
        (repository / name).write_text(expand('x("shp_{hex:32}")\n', "own"))
        git(repository, "add", "-A")
        assert run(repository, "scan").returncode == 1
        if number == 0:
            assert run(repository, "baseline", "create").returncode == 0
            assert run(repository, "scan").returncode == 0


def test_a_comment_of_today_counts_for_what_an_own_rule_finds_in_the_past(
    repository: Path, git: Callable[..., str]
) -> None:
    (repository / ".unhardcode.rules.toml").write_text(RULE)
    statement = expand('x("shp_{hex:32}")', "own")
    for comment in ("", "  # unhardcode: ignore"):
        (repository / "a.py").write_text(f"{statement}{comment}\n")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "a token")
    assert run(repository, "scan", "--history").returncode == 0
