"""Rules that no data file holds: people meet their ids in reports, and ask for them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import unhardcode
from scanner import coded_rules, session
from scanner.detectors import named
from scanner.errors import Exit

ROOT = Path(__file__).parents[2]


def test_a_rule_is_shown_without_marks_of_python(capsys: pytest.CaptureFixture[str]) -> None:
    assert unhardcode.run(["rules", "show", "psycopg2-connect"]) == Exit.OK
    shown = capsys.readouterr().out
    assert "parameters:\n  dsn: argument 1 or dsn=\n  password: password=\n" in shown
    assert "calls:\n  psycopg2.connect\n" in shown
    assert not [mark for mark in ("None", "('", "Parameter(") if mark in shown]


def test_no_line_of_the_list_holds_every_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert unhardcode.run(["rules", "list"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 300
    assert any("requests.get, requests.post and " in line for line in lines)


def test_no_rule_of_that_name_is_a_mistake_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert unhardcode.run(["rules", "show", "named-pasword"]) == Exit.USAGE
    assert "did you mean named-password?" in capsys.readouterr().err


def test_every_id_that_code_gives_a_finding_is_listed_and_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    given = {named.rule_of(kind) for kind in named.TITLES}
    for file in [*(ROOT / "scanner" / "detectors").glob("*.py"), ROOT / "scanner" / "keyfiles.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Candidate", "KeyFile"):
                asked = [word.value for word in node.keywords if word.arg == "rule"] or node.args[:1]
                given |= {each.value for rule in asked for each in ast.walk(rule) if isinstance(each, ast.Constant)}
    words = {str(each) for each in given if isinstance(each, str) and "-" in each}
    ids = coded_rules.rule_ids(session.load_rules())

    assert {"url-password", "bearer-token", "key-file-java"} <= words <= set(ids)
    assert len(ids) == len(set(ids))
    assert unhardcode.run(["rules", "list"]) == Exit.OK
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert listed == set(ids)
    for rule in words:
        assert unhardcode.run(["rules", "show", rule]) == Exit.OK
        assert f"id: {rule}\n" in capsys.readouterr().out


def test_a_repositorys_own_rules_are_among_them(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".unhardcode.rules.toml").write_text(
        '[[rule]]\nid = "own-shop"\ntitle = "Shop token"\n'
        """pattern = '\\b(?P<secret>shp_[0-9a-f]{32,40})\\b'\n"""
        """match = ['T = "shp_{hex:32}"']\nreject = ['T = "shp_"']\n"""
    )
    monkeypatch.chdir(repository)
    status = unhardcode.run(["rules", "show", "own-shop"])
    told = capsys.readouterr()
    assert (status, "Shop token" in told.out) == (Exit.OK, True), told.err


def test_nothing_in_a_repositorys_own_rule_commands_the_terminal_that_shows_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".unhardcode.rules.toml").write_text(
        '[[rule]]\nid = "own-shop"\ntitle = "Shop token"\nrotate = "https://shop.test/\\u001b]0;owned\\u0007"\n'
        """pattern = '\\b(?P<secret>shp_[0-9a-f]{32,40})\\b'\n"""
        """match = ["T = 'shp_{hex:32}'\\u001b]0;owned\\u0007"]\nreject = ['T = "shp_"']\n"""
    )
    monkeypatch.chdir(repository)
    assert unhardcode.run(["rules", "show", "own-shop"]) == Exit.OK
    told = capsys.readouterr()
    assert "\\x1b]0;owned\\x07" in told.out
    assert "\x1b" not in told.out + told.err
