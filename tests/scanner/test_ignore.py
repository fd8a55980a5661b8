"""Ignore comments stand for what they are written at, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import engine, session
from scanner.ignore import read_markers
from scanner.model import Kind
from scanner.source import ScanResult, Settings, Source
from scanner.statements import statement_lines
from scanner.text import decode

Made = Callable[..., str]
MARK = "unhardcode: ignore"


def scanned(text: str, path: str = "app.py", **options: bool) -> ScanResult:
    source = Source(path=path, raw=text.encode())
    return engine.scan(
        [source], engine.Setup(session.load_prefilter(), session.load_rules, lambda: Settings(key=bytes(32), **options))
    )


def open_lines(text: str, path: str = "app.py", **options: bool) -> list[int]:
    """The lines of the findings that count."""
    return [f.start[0] for f in scanned(text, path, **options).findings if f.suppressed is None]


def reasons(text: str, path: str = "app.py") -> list[str | None]:
    return [finding.suppressed and finding.suppressed.text for finding in scanned(text, path).findings]


def stale(text: str, path: str = "app.py") -> list[tuple[str, str]]:
    return [(one.path, one.reason) for one in scanned(text, path).coverage.remarks]


def test_a_comment_does_not_reach_the_next_line_or_another_rule(made: Made) -> None:
    one, other = made(24), made(24)
    text = f'A_PASSWORD = "{one}"  # {MARK} a reason\nB_PASSWORD = "{other}"\n'
    assert open_lines(text) == [2]
    assert open_lines(f'A_PASSWORD = "{one}"  # {MARK}[aws-secret-access-key] a reason\n') == [1]
    assert open_lines(f'A_PASSWORD = "{one}"  # {MARK}[aws-secret-access-key\n') == [1], "it does not become all rules"
    assert open_lines(f'A_PASSWORD = "{one}"  # {MARK}[named-password\n') == []
    assert open_lines(f'A_PASSWORD = "{one}"  # {MARK}d by nobody\n') == [1]
    assert open_lines(f'A_PASSWORD = "{one}"  # {MARK}-nothing\n') == [1]


def test_a_value_with_the_words_of_a_marker_does_not_accept_itself(made: Made) -> None:
    assert open_lines(f'A_PASSWORD = "{made(24)} # {MARK} me"\n') == [1]


def test_a_string_of_python_accepts_nothing_unless_it_has_a_comment(made: Made) -> None:
    line = f'PASSWORD = "{made(24)}"'
    assert open_lines(f'NOTE = "{MARK}"; {line}\n') == [1]
    assert open_lines(f'"""\n{MARK}-start\n"""\n{line}\n"""{MARK}-end"""\n') == [4]
    assert open_lines(f'CONFIG = """\n{line}  # {MARK} a file of its own\n"""\n') == []
    assert open_lines(f"'{MARK}' {line}\n", "app.rb") == []


def test_a_comment_on_an_entry_does_not_stand_for_the_other_entries(made: Made) -> None:
    text = (
        f'KEYS = {{"a_password": "{made(24)}",  # {MARK} a reason\n'
        f'        "b_password": "{made(24)}",\n'
        f'        "c_password": "{made(24)}"}}\n'
    )
    assert open_lines(text) == [2, 3]
    above = f'# {MARK} a reason\nF = connect(password="{made(24)}",\n    admin_password="{made(24)}")\n'
    assert open_lines(above) == [3]


def test_a_block_that_does_not_close_stands_for_nothing_and_is_said(made: Made) -> None:
    text = f'# {MARK}-start a reason\nA_PASSWORD = "{made(24)}"\n'
    assert open_lines(text) == [2]
    assert stale(text) == [("app.py:1", "an ignore-start without ignore-end has no effect")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param('A_PASSWORD = "{v}"  # <M>[named-password] <R>\n', "app.py", id="on the line, with its rule"),
        pytest.param('A_PASSWORD = "{v}"  # noqa: E501  <M> <R>\n', "app.py", id="behind another comment"),
        pytest.param('# <M>[x, named-password] <R>\nA_PASSWORD = "{v}"\n', "app.py", id="on the line above"),
        pytest.param('A_PASSWORD = (  # <M> <R>\n    "{v}"\n)\n', "app.py", id="on the statement's first line"),
        pytest.param('A_PASSWORD = (\n    "{v}"\n)  # <M> <R>\n', "app.py", id="on the statement's last line"),
        pytest.param('# <M> <R>\nA_PASSWORD = (\n    "{v}"\n)\n', "app.py", id="above the statement"),
        pytest.param('# <M> <R>\nwith f(\n    password="{v}"\n) as x:\n    pass\n', "app.py", id="above a header"),
        pytest.param('# <M>-start <R>\nX = 1\nA_PASSWORD = "{v}"\n# <M>-end\n', "app.py", id="in a block"),
        pytest.param("password: {v}  # <M> <R>\n", "a.yaml", id="in YAML"),
        pytest.param("# <M> <R>\nA_PASSWORD={v}\n", ".env", id="above a line of .env"),
        pytest.param("rem <M> <R>\nset DB_PASSWORD={v}\n", "a.bat", id="behind rem of a batch file"),
        pytest.param("; <M> <R>\npassword = {v}\n", "a.ini", id="behind a semicolon in INI"),
        pytest.param('const password = "{v}"; // <M> <R>\n', "a.js", id="behind two slashes"),
        pytest.param('const password = "{v}"; /* <M> <R> */\n', "a.js", id="in a closed comment"),
    ],
)
def test_a_comment_stands_for(text: str, path: str, made: Made) -> None:
    text = text.replace("{v}", made(24)).replace("<M>", MARK).replace("<R>", "a reason")
    assert reasons(text, path) == ["ignored inline: a reason"]
    assert stale(text, path) == []


def test_blocks_nest_and_end(made: Made) -> None:
    text = (
        f"# {MARK}-start[named-password] outer\n# {MARK}-start inner\n"
        f'A_PASSWORD = "{made(24)}"\n# {MARK}-end\nB_PASSWORD = "{made(24)}"\nX_TOKEN = "{made(32)}"\n# {MARK}-end\n'
        f'C_PASSWORD = "{made(24)}"\n'
    )
    found = reasons(text)
    assert found[:2] == ["ignored inline: outer", "ignored inline: outer"]
    assert open_lines(text) == [6, 8]


def test_a_comment_that_nothing_needs_is_said_but_not_in_documentation_or_strings(made: Made) -> None:
    said = "an ignore comment that nothing needs any more"
    assert stale(f"import os\n\nX = 1  # {MARK} gone\n") == [("app.py:3", said)]
    assert stale(f'X = "# {MARK} a string"\n') == []
    assert stale(f"x: 1  # {MARK} gone\n", "a.yaml") == [("a.yaml:1", said)]
    assert stale(f"put `# {MARK} reason` on the line\n", "notes.txt") == []
    assert stale(f"    x: 1  # {MARK} reason\n", "README.md") == []
    text = f'A_PASSWORD = "{made(24)}"  # {MARK} one\nB = 1  # {MARK} two\n'
    assert stale(text) == [("app.py:2", said)]


def test_settings_turn_our_markers_and_those_of_others_off(made: Made) -> None:
    text = f'A_PASSWORD = "{made(24)}"  # {MARK} a reason\nB_PASSWORD = "{made(24)}"  # pragma: allowlist secret\n'
    assert open_lines(text) == []
    assert open_lines(text, own_markers=False) == [1]
    assert open_lines(text, foreign_markers=False) == [2]


def test_another_tools_marker_on_the_line_above_means_the_next_line_only_where_it_says_so(made: Made) -> None:
    value = f'A_PASSWORD = "{made(24)}"\n'
    assert open_lines("# pragma: allowlist nextline secret\n" + value) == []
    assert open_lines("x = 1  # gitleaks:allow\n" + value) == [2]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*"ab #[]-,\r\n\x0c\u2028:=\"'(){}", MARK, "-start", "-end"]), max_size=60))
def test_any_text_gives_markers_that_lie_in_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    for marker in read_markers(text):
        assert text[marker.span.start : marker.span.end].lower().startswith(MARK)
        assert marker.line >= 1
        assert marker.end == 0 or marker.end >= marker.line


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_statements_of_any_text_are_found_or_not_and_nothing_fails(text: str) -> None:
    around = statement_lines(decode(Source(path="a.py", raw=text.encode()), Kind.PYTHON))
    lines = around(1)
    assert lines is None or lines[0] <= 1 <= lines[1]
