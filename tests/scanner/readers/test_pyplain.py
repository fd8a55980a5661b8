"""Statements that bind a name to one string are read as LibCST would have them read."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Document, Kind, Literal
from scanner.readers import pyreading
from scanner.readers.errors import Unreadable
from scanner.readers.pyplain import literal_of
from scanner.readers.pyscope import read_scope
from scanner.readers.pystate import Reading
from scanner.source import Source

ROOT = Path(__file__).parents[3]
TARGETS = ("a", "self.a", "cls.a", "os.a", "o.a", "made.a", "é", "a: str", "self.a: Final[str]")
PREFIXES = ("", "r", "b", "u", "Rb", "f")
QUOTES = ("'", '"', "'''", '"""')
PIECES = ("word", "\\n", "\\x41", "\\\n", "\\\\", "é", "#", " ", "${A}", "{}", "\\'", "\t")


def documents(text: str) -> Document:
    raw = text.encode("utf-8", "surrogatepass")
    source = Source(path="app.py", raw=raw)
    return Document(source=source, kind=Kind.PYTHON, text=text, encoding="utf-8", bom=False, utf8=raw)


def compared(text: str) -> int:
    """How many statements of a text are read without LibCST, each of which LibCST has to read alike."""
    scope = read_scope(text)
    regions = [scope.region(lines) for lines in scope.lines]
    plain = [(region, literal) for region in regions if (literal := literal_of(scope, region)) is not None]
    reading = Reading(document=documents(text), scope=scope)
    if plain:
        pyreading._parse_regions(reading, [region for region, _ in plain])
    assert sorted(reading.literals, key=lambda literal: literal.span) == sorted(
        (literal for _, literal in plain), key=lambda literal: literal.span
    )
    return len(plain)


@pytest.mark.parametrize(
    "text",
    [
        "a = f'{b}'",
        "a = 'one' 'two'",
        "a = 'one' + 'two'",
        "a = b = 'one'",
        "a, b = 'one'",
        "a['key'] = 'one'",
        "a().b = 'one'",
        "a = 1",
        "a: str",
        "a += 'one'",
        "a = 'one'; b = 'two'",
        "if x: a = 'one'",
        "def f(a='one'): pass",
        "return_('one')",
    ],
)
def test_anything_else_is_left_to_libcst(text: str) -> None:
    scope = read_scope(text)
    assert [literal_of(scope, scope.region(lines)) for lines in scope.lines if lines.first == 1] == [None]


@settings(max_examples=200, deadline=None)
@given(
    statements=st.lists(
        st.tuples(
            st.sampled_from(TARGETS),
            st.sampled_from(PREFIXES),
            st.sampled_from(QUOTES),
            st.lists(st.sampled_from(PIECES), max_size=5),
            st.sampled_from(("{}", "({})", "(\n    {}\n)", "{}  # note")),
        ),
        min_size=1,
        max_size=5,
    ),
    head=st.sampled_from(("", "def f(self, o: Thing):\n", "class A:\n", "async def g():\n")),
    ending=st.sampled_from(("\n", "\r\n")),
)
def test_a_program_is_read_as_by_libcst(statements: list[Any], head: str, ending: str) -> None:
    indent = "    " if head else ""
    lines = [
        f"{indent}{target} = {around.format(prefix + quote + ''.join(pieces) + quote)}\n"
        for target, prefix, quote, pieces, around in statements
    ]
    text = f"import os\nmade = Made()\n{head}{''.join(lines)}".replace("\n", ending)
    with contextlib.suppress(Unreadable):  # an escape that Python refuses; a Unicode one in bytes
        compared(text)


def test_this_repository_is_read_as_by_libcst() -> None:
    files = [path for name in ("rules", "scanner", "fixers", "docs") for path in (ROOT / name).rglob("*.py")]
    assert sum(compared(path.read_text(encoding="utf-8")) for path in sorted(files)) > 30


def test_a_file_of_plain_settings_needs_no_libcst(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("HOST = 'db'\nDB_PASSWORD = 'hunter2hunter2'\n", encoding="utf-8")
    words = (
        "import sys, unhardcode\nstatus = unhardcode.run()\n"
        "print('libcst' in sys.modules, file=sys.stderr)\nsys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", words, "scan", "-j", "1", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1] == "False"
    assert "DB_PASSWORD" in done.stdout


def test_a_string_that_a_call_uses_by_name_reaches_it() -> None:
    text = "password = 'hunter2hunter2'\nconnect(password=password)\n"
    document = documents(text)
    scope = read_scope(text)
    literals: list[Literal] = pyreading.literals_of(document, scope, [scope.region(scope.lines[1])], None)
    assert [(each.name, [a.callees for a in each.arguments]) for each in literals] == [("password", [("connect",)])]
