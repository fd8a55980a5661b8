"""CONTRIBUTING's worked examples: the rule and the sink there are read, and a scan finds what they say."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from rules import load
from rules.examples import expand
from rules.load import hyperscan_expression, load_rules
from rules.model import RuleSet
from scanner import engine
from scanner.expressions import expressions
from scanner.prefilter import IMPORT, Prefilter, compile_database
from scanner.rules_check import wrong_examples
from scanner.source import Settings, Source

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    """The two files of the recipes alone, with the real words and weights."""
    root = tmp_path_factory.mktemp("rules")
    for folder, marker in (("providers", "provider ="), ("sinks", "library =")):
        (root / folder).mkdir()
        (block,) = (block for block in BLOCKS if block.startswith(marker))
        (root / folder / "acme.toml").write_text(block, "utf-8")
    shutil.copytree(load.ROOT / "names", root / "names")
    shutil.copy(load.ROOT / "judge.toml", root)
    return load_rules(root, validate=True)


@pytest.fixture(scope="module")
def prefilter(acme: RuleSet) -> Prefilter:
    found = expressions(acme)
    calls = compile_database(found, calls=True)
    return Prefilter(
        database=compile_database(found, calls=False),
        calls=lambda: calls,
        imports=next(number for number, row in enumerate(found) if row.role == IMPORT),
        table=tuple((row.role, row.ref) for row in found),
    )


def found(text: str, acme: RuleSet, prefilter: Prefilter) -> set[str]:
    source = Source(path="shop.py", raw=text.encode())
    result = engine.scan([source], engine.Setup(prefilter, lambda: acme, lambda: Settings(key=bytes(32))))
    return {finding.rule for finding in result.findings if finding.suppressed is None}


def test_the_recipes_are_one_file_each_and_have_the_look_alikes_that_they_ask_for(acme: RuleSet) -> None:
    assert [rule.id for rule in acme.providers] == ["acme-secret-key"]
    assert [sink.id for sink in acme.sinks] == ["acme-client"]
    assert len(acme.providers[0].reject) >= 2
    assert hyperscan_expression(acme.providers[0])


def test_the_examples_of_the_provider_are_its_tests(acme: RuleSet, prefilter: Prefilter) -> None:
    assert list(wrong_examples(acme.providers, prefilter)) == []
    narrowed = acme.providers[0]._replace(match=("acme_test_{alnum:24}",))
    assert list(wrong_examples([narrowed], prefilter)) == ["acme-secret-key: match example 1 is not found"]


def test_a_scan_finds_what_the_recipes_say_and_nothing_else(acme: RuleSet, prefilter: Prefilter) -> None:
    for row in (*acme.providers, *acme.sinks):
        for number, template in enumerate(row.reject):
            assert row.id not in found(expand(template, f"{number}"), acme, prefilter)
        for number, template in enumerate(row.match):
            assert found(expand(template, f"{number}"), acme, prefilter) == {row.id}
