"""The sum of the evidence: what an offline check that failed may do to it."""

from __future__ import annotations

import ast
import random
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.load import load_rules
from scanner import engine, session
from scanner.judge import SIGNALS
from scanner.model import Finding
from scanner.source import Settings, Source

PLACES = ("shop/app.py", "tests/test_app.py", "docs/usage.md", "examples/app.py", "tests/fixtures/answer.json")


def scan(path: str, text: str) -> list[Finding]:
    """What is found in a text, suppressed or not."""
    source = Source(path=path, raw=text.encode())
    found = engine.scan(
        [source], engine.Setup(session.load_prefilter(), load_rules, lambda: Settings(key=bytes(32)))
    ).findings
    return list(found)


def made_up(prefix: str, length: int) -> str:
    """A token of a shape with a checksum that is as good as certainly wrong."""
    return prefix + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=length))


def _names_of_evidence() -> Iterator[str]:
    """What judge and detectors yield, give or hand on as evidence, where it is written out and of two words or more."""
    scanner = Path(engine.__file__).parent
    for path in (scanner / "judge.py", scanner / "surroundings.py", *(scanner / "detectors").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            handed = isinstance(node, ast.keyword) and node.arg in ("evidence", "added")
            if handed or isinstance(node, (ast.Yield, ast.Return)):
                texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                yield from (text for text in texts if re.fullmatch(r"[a-z]+(-[a-z]+)+", str(text)))


def test_all_evidence_has_a_weight_and_all_weights_are_used() -> None:
    named, weights = set(_names_of_evidence()), set(load_rules().weights)
    assert len(named) > 30
    assert (named | SIGNALS) - weights == {"bearer-token"}  # the name of a rule
    sources = "".join(path.read_text() for path in Path(engine.__file__).parent.rglob("*.py"))
    assert {name for name in weights if f'"{name}"' not in sources} <= {"provider-weak"}  # by a rule's strength


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "token",
    [
        made_up("ghp_", 36),
        made_up("npm_", 36),
        f"-----BEGIN PRIVATE KEY-----\n{made_up('', 192)}\n-----END PRIVATE KEY-----",
    ],
    ids=["github", "npm", "pem"],
)
def test_a_failed_check_lowers_and_says_so_and_drops_nothing(path: str, token: str) -> None:
    (found,) = scan(path, f"x = '''{token}'''\n")
    assert found.suppressed is None
    said = {piece.name: piece.weight for piece in found.evidence}
    assert said["checksum-invalid"] < 0
    assert found.score == pytest.approx(sum(said.values()), abs=0.01)
    assert found.score >= 0


def test_what_else_speaks_against_a_token_still_drops_it() -> None:
    (found,) = scan("shop/app.py", f'x = "AKIA{"Q" * 9}EXAMPLE"\n')
    assert found.suppressed is not None
    assert found.score < 0
