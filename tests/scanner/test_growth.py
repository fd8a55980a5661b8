"""What hostile files cost: four times as much of one thing takes four times the work, counted and not timed."""

from __future__ import annotations

import random
import string
import sys
from collections.abc import Callable
from typing import Any

import pytest

from scanner import analysis, ignore, session
from scanner.content import scan_bytes
from scanner.model import Finding
from scanner.reports import explain
from scanner.reports.masking import hide, make_net, make_page, masked_line
from scanner.source import Settings, Source

_FEW, _TIMES, _ROOM = 120, 4, 1.4
_DRAWN = random.Random(7)


def _drawn(size: int = 20) -> str:
    return "".join(_DRAWN.choices(string.ascii_letters + string.digits, k=size))


def _repeated(row: Callable[[], str], *, head: str = "", tail: str = "") -> Callable[[int], str]:
    return lambda many: head + "".join(row() for _ in range(many)) + tail


def _connect(password: str) -> str:
    return f"psycopg2.connect(password={password})\n"


_IMPORT = "import psycopg2\n"
_KEY_ID = "AK" + "IA"
_TEXTS = {
    "assignments on one line": ("a.txt", _repeated(lambda: f"password={_drawn()} ")),
    "the same value on one line": ("a.txt", _repeated(lambda: f"password={'qW8' * 5}z ")),
    "tokens on many lines": (
        "a.txt",
        _repeated(lambda: f"{_KEY_ID}{''.join(_DRAWN.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=16))}\n"),
    ),
    "tokens that begin alike on one line": ("a.txt", _repeated(lambda: f"token=gh{'p_'}{_drawn(36)};")),
    "ignored lines": ("a.txt", _repeated(lambda: f"password={_drawn()} # unhardcode: ignore\n")),
    "ignored lines for another rule": ("a.txt", _repeated(lambda: f"password={_drawn()} # unhardcode: ignore[x]\n")),
    "comments on one line": ("a.txt", _repeated(lambda: f"password={_drawn()} # unhardcode: ignore[x] ")),
    "statements with a comment below": (
        "a.py",
        _repeated(lambda: f'connect(\n  password="{_drawn()}",\n)  # unhardcode: ignore\n'),
    ),
    "blocks in blocks": (
        "a.txt",
        lambda many: (
            "# unhardcode: ignore-start[x]\n" * many
            + "".join(f"password={_drawn()}\n" for _ in range(many))
            + "# unhardcode: ignore-end\n" * many
        ),
    ),
    "text in a mapping": ("a.yaml", _repeated(lambda: f"  password={_drawn()}\n", head="data: |\n")),
    "rows of JSON": ("a.json", _repeated(lambda: f'{{"password":"{_drawn()}"}},', head="[", tail="{}]")),
    "a mapping of Python": ("a.py", _repeated(lambda: f'"password": "{_drawn()}", ', head="d = {", tail="}\n")),
    "entries, each used": (
        "a.py",
        lambda many: (
            _IMPORT
            + "D = {"
            + "".join(f'"k{each}": "{_drawn()}", ' for each in range(many))
            + "}\n"
            + "".join(_connect(f'D["k{each}"]') for each in range(many))
        ),
    ),
    "an attribute set and used in many methods": (
        "a.py",
        _repeated(
            lambda: f'    def go(self):\n        self.token = "{_drawn()}"\n        {_connect("self.token")}',
            head=_IMPORT + "class A:\n",
        ),
    ),
    "a class with many bases": (
        "a.py",
        lambda many: (
            _IMPORT
            + f"class A({', '.join(f'B{each}' for each in range(many))}):\n    def go(self):\n"
            + f"        {_connect('self.k')}" * many
            + f'        password = "{_drawn()}"\n' * many
        ),
    ),
    "a function that gives back what it is given": (
        "a.py",
        _repeated(lambda: _connect(f'same("{_drawn()}")'), head=_IMPORT + "def same(given):\n    return given\n"),
    ),
}


def _work(run: Callable[[], Any]) -> int:
    """How many lines and calls of Python something takes: a count that no busy machine changes."""
    steps = 0

    def traced(*_: object) -> Any:
        nonlocal steps
        steps += 1
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        run()
    finally:
        sys.settrace(before)
    return steps


@pytest.fixture(scope="module")
def knowledge() -> analysis.Knowledge:
    return analysis.learn(session.load_rules(), session.load_prefilter())


def _reported(path: str, text: str, knowledge: analysis.Knowledge) -> list[Finding]:
    source = Source(path=path, raw=text.encode())
    settings = Settings(key=bytes(32), scope="", foreign_markers=True, own_markers=True)
    hits = knowledge.prefilter.find(scan_bytes(source.raw))
    found, _, _ = analysis.analyse(source, hits, knowledge, settings)
    list(ignore.remarks(source, found))
    net, page = make_net(found, {path: text}.get), make_page(text, found)
    assert page is not None
    for finding in found:
        masked_line(page, finding, net)
        for piece in finding.evidence:
            hide(piece.text, net)
    return found


@pytest.mark.parametrize("name", _TEXTS)
def test_work_grows_as_the_text_does(name: str, knowledge: analysis.Knowledge) -> None:
    path, text_of = _TEXTS[name]
    few, many = text_of(_FEW), text_of(_FEW * _TIMES)
    assert len(_reported(path, few, knowledge)) >= _FEW, "nothing is found, so nothing is measured"
    less = _work(lambda: _reported(path, few, knowledge))
    more = _work(lambda: _reported(path, many, knowledge))
    assert more <= less * _TIMES * _ROOM


def test_several_findings_of_a_line_are_explained_over_one_net(
    knowledge: analysis.Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"password={_drawn()} " for _ in range(30))
    found = _reported("a.txt", text, knowledge)
    asked = []
    monkeypatch.setattr(explain, "make_net", lambda *given: asked.append(1) or make_net(*given))
    rows = list(explain.render(found, {"a.txt": text}.get, others=found))
    assert len([row for row in rows if "sum of the evidence" in row]) == len(found) == 30
    assert len(asked) == 1
