"""Rules of a repository's own: what cannot be used is refused with its line; what could be abused is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rules.own import line_of, read_own
from rules.patterns import compile_pattern
from rules.tables import RuleError

GOOD = """
[[rule]]
id = "own-shop"
title = "Shop token"
pattern = '''\\b(?P<secret>shp_[0-9a-f]{32,40})\\b'''
match = ['T = "shp_{hex:32}"']
reject = ['T = "shp_"']
"""

BAD = {
    "no rule at all": ("other = 1", 1, "unknown key"),
    "a key that is not known": (GOOD + "check = 'jwt'", 8, "unknown key"),
    "an id that a built-in rule could have": (GOOD.replace("own-shop", "aws-shop"), 3, "must start with own-"),
    "no title": (GOOD.replace('title = "Shop token"\n', ""), 2, "missing"),
    "a title with a control character": (GOOD.replace("Shop token", "a\\u001b[31m"), 4, "one line"),
    "no example to reject": (GOOD.replace("reject = ['T = \"shp_\"']", ""), 2, "needs at least 1"),
    "an open repeat": (GOOD.replace("{32,40}", "{32,}"), 5, "needs an end"),
    "a star": (GOOD.replace("{32,40}", "*"), 5, ""),
    "a look-around": (GOOD.replace("\\b(", "(?<=x)("), 5, ""),
    "no group": (GOOD.replace("?P<secret>", "?:"), 5, ""),
    "a repeated group": (GOOD.replace("[0-9a-f]{32,40}", "(?:a{1,9}){1,9}b"), 5, "may not be repeated"),
    "repeats that multiply": (GOOD.replace("[0-9a-f]{32,40}", "a{1,99}a{1,99}a{1,99}b"), 5, "too many"),
    "a repeated group of a verbose pattern": (
        GOOD.replace("\\b(", "(?x)(").replace("[0-9a-f]{32,40}", "(?:a{1,9}) {1,9}b"),
        5,
        "nothing else",
    ),
    "a comment": (GOOD.replace("shp_", "(?#x)shp_"), 5, "nothing else"),
    "a group behind an escaped backslash": (
        GOOD.replace("[0-9a-f]{32,40}", "(?:a{1,9}\\\\){1,9}b"),
        5,
        "may not be repeated",
    ),
    "optional parts behind escaped backslashes": (GOOD.replace("[0-9a-f]{32,40}", "\\\\?" * 20), 5, "too many"),
    "optional classes that begin groups": (GOOD.replace("[0-9a-f]{32,40}", "(?:a)([ab]?)(\\w?)" * 8), 5, "too many"),
    "branches that multiply": (GOOD.replace("[0-9a-f]{32,40}", "(?:a|a)" * 20), 5, "too many"),
    "a pattern of a thousand characters": (GOOD.replace("shp_", "a" * 999), 5, "longer than"),
    "a second rule of the same id": (GOOD + GOOD, 3, "is also in"),
    "the second rule's pattern": (GOOD + GOOD.replace("own-shop", "own-till").replace("{32,40}", "{3,}"), 12, "an end"),
    "a variable that can be none": (GOOD + "env = 'A B'", 8, "a variable's name"),
    "an address that is not https": (GOOD + 'docs = "http://a"', 8, "https"),
}


@pytest.mark.parametrize(("text", "line", "message"), BAD.values(), ids=BAD)
def test_the_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / ".unhardcode.rules.toml"
    path.write_text(text)
    with pytest.raises(RuleError) as raised:
        read_own(path, tomllib.loads(text))
    assert raised.value.where.startswith(f"line {line}")
    assert message in raised.value.message


def test_what_only_looks_like_a_repeat_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = GOOD.replace("shp_", "(?i:shp)[?|{,(]\\?\\|" * 8).replace('title = "Shop token"', "title = 'x'")
    path.write_text(text)
    assert read_own(path, tomllib.loads(text))


def test_a_place_that_is_not_in_the_text_is_line_1() -> None:
    assert line_of("", "rule[own-x].pattern") == 1
    assert line_of("[[rule]]\n", "rule[7].id") == 1


def test_what_ends_no_line_of_toml_is_not_counted() -> None:
    assert line_of("# a\u2028b\x85c\n[[rule]]\nid = 'own-x'\n", "rule[own-x].id") == 3


def test_a_rule_has_defaults_for_what_only_we_know(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD)
    (rule,) = read_own(path, tomllib.loads(GOOD))
    assert (rule.id, rule.kind, rule.severity, rule.strength, rule.check) == (
        "own-shop", "api-key", "high", "strong", None
    )  # fmt: skip


def test_a_set_that_python_means_to_read_otherwise_one_day_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = GOOD.replace("[0-9a-f]", "[[0-9a-f]")
    assert text != GOOD
    path.write_text(text)
    # Warnings are errors here.
    (rule,) = read_own(path, tomllib.loads(text))
    assert compile_pattern(rule.pattern)


def test_no_part_of_a_pattern_is_repeated_in_its_refusal(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = GOOD.replace("?P<secret>", "?P<a pasted value>")
    path.write_text(text)
    with pytest.raises(RuleError) as raised:
        read_own(path, tomllib.loads(text))
    assert "bad character in group name at position" in raised.value.message
    assert "pasted" not in raised.value.message


@pytest.mark.parametrize(
    "body", ["(?:a{0,700})b", "(?:x[(]{1,700})y", "tok_[a-z]{20}\\)?", "tok_[a-z]{20}[)]?", "(?:tok_[a-z]{20})?z{5}"]
)
def test_the_shorter_form_for_hyperscan_is_a_pattern_too(tmp_path: Path, body: str) -> None:
    path = tmp_path / "own.toml"
    text = GOOD.replace("shp_[0-9a-f]{32,40}", body)
    path.write_text(text)
    assert read_own(path, tomllib.loads(text))
