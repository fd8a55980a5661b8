"""The whole way from a text to its findings, in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rules.load import load_rules
from rules.signature import rules_state
from scanner import analysis, prefilter
from scanner.model import Finding, Source
from scanner.source import Settings

Find = Callable[..., list[Finding]]


@pytest.fixture(scope="session")
def knowledge(_isolated: None) -> analysis.Knowledge:
    """The built-in rules, indexed."""
    return analysis.learn(load_rules(), prefilter.load(Path(os.environ["UNHARDCODE_CACHE"]), rules_state()))


@pytest.fixture(scope="session")
def find(knowledge: analysis.Knowledge) -> Find:
    """Find in a text: `find("a.py", text)` gives what is reported, `rule=` only that of one rule."""

    def found(path: str, text: str, *, rule: str | None = None) -> list[Finding]:
        source = Source(path=path, raw=text.encode())
        hits = knowledge.prefilter.find(source.raw)
        findings, _, _ = analysis.analyse(source, hits, knowledge, Settings(key=b"k" * 32))
        return [each for each in findings if each.suppressed is None and rule in (None, each.rule)]

    return found


@pytest.fixture(scope="session")
def spans() -> Callable[[str, list[Finding]], list[str]]:
    """What stands at the findings' spans."""
    return lambda text, findings: [text[each.span.start : each.span.end] for each in findings]
