"""docs/reference.md says what the code says; other pages name no option that is not there."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

import unhardcode
from fixers.model import RefusalReason

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("[A-Z]*.md")))


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def options(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Every command and its options."""
    context = click.Context(command)
    yield path, {name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from options(found, (*path, name))


COMMANDS = dict(options(unhardcode.cli()))


def said(text: str) -> Iterator[str]:
    """What a page writes as a command line of ours: in a block, or between backticks."""
    for found in re.findall(r"(?:^|[`(]|&& )(?:python -I -m )?(unhardcode [^`\n]+)", text, re.M):
        yield re.split(r"`|\s+#|\s[|&]{1,2}\s|\\$", found)[0]


def fault(line: str) -> str | None:
    """What a command line names that is not there."""
    try:
        words = shlex.split(line)[1:]
    except ValueError:
        words = line.split()[1:]
    path: tuple[str, ...] = ()
    for word in words:
        if (*path, word) not in COMMANDS:
            break
        path = (*path, word)
    for word in words[len(path) : words.index("--") if "--" in words else None]:
        name = word.partition("=")[0].rstrip(".,;:)")
        if re.fullmatch(r"--?[a-z][a-z-]*", name) and name not in COMMANDS[path] | {"--help", "--version", "-h"}:
            return f"{line}: no option {name} of `unhardcode {' '.join(path)}`"
    return None


def test_the_reference_is_what_the_code_says(maker: ModuleType) -> None:
    current = maker.PAGE.read_text("utf-8") == maker.page()

    assert current, "run: python docs/make_reference.py"


def test_every_reason_for_a_refusal_has_its_next_step(maker: ModuleType) -> None:
    text = maker.page()

    assert [reason for reason in RefusalReason if f"| `{reason}` |" not in text] == []
    assert "| … | … |" not in text


def test_every_option_is_in_the_reference() -> None:
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    for path, names in COMMANDS.items():
        if not path or (isinstance(path, tuple) and any(other[: len(path)] == path != other for other in COMMANDS)):
            continue
        section = text.partition(f"### unhardcode {' '.join(path)}\n")[2].partition("\n### ")[0]
        shown = {name for name in names if name.startswith("-") and name not in ("--help", "-h")}
        if path == ("fix",):
            shown.remove("--yes")  # it changes nothing there and is hidden
        assert {name for name in shown if not re.search(rf"(?<![\w-]){name}(?![\w-])", section)} == set(), path


@pytest.mark.parametrize(
    "line", ["unhardcode scan --jason", "unhardcode hook install -q", "unhardcode fix a.py --emit"]
)
def test_an_option_that_is_not_there_is_seen(line: str) -> None:
    assert fault(line) is not None


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_row_of_a_table_stands_below_a_head(page: Path) -> None:
    blocks = re.split(r"\n\s*\n", re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.M | re.S))
    tables = [block.strip().splitlines() for block in blocks if block.strip().startswith("|")]
    assert not [rows[0] for rows in tables if len(rows) < 3 or not re.fullmatch(r"\|(?: ?:?-+:? ?\|)+", rows[1])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_no_option_that_is_not_there(page: Path) -> None:
    text = page.read_text("utf-8")

    assert [wrong for line in said(text) if (wrong := fault(line)) is not None] == []


def test_an_option_that_stands_alone_is_one_of_some_command() -> None:
    known = set().union(*COMMANDS.values())
    for page in PAGES:
        text = page.read_text("utf-8")
        for name in re.findall(r"`(--[a-z][a-z-]+)", text) if page.parent.name == "docs" else ():
            assert name in known | FOREIGN, f"{page.name}: {name}"


# Of other programs.
FOREIGN = {"--all-files", "--hook-stage", "--no-verify"}


def anchors(text: str) -> set[str]:
    """The fragments that GitHub gives the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://|mailto:", target):
            continue
        name, _, fragment = target.partition("#")
        there = page.parent / name if name else page
        assert there.exists(), f"{page.name}: {target}"
        assert not fragment or fragment in anchors(there.read_text("utf-8")), f"{page.name}: {target}"


def test_every_page_is_reached_from_readme() -> None:
    linked, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        for target in re.findall(r"\]\(([^)\s#]+\.md)", page.read_text("utf-8")):
            there = (page.parent / target).resolve()
            if there.exists() and there not in linked:
                linked.add(there)
                todo.append(there)
    assert {page.name for page in (ROOT / "docs").glob("*.md") if page.resolve() not in linked} == set()


@pytest.mark.parametrize(
    ("page", "claim"),
    [
        pytest.param("docs/values.md", r"^\| (?!claim |---).* \|$", id="each row of the page about values"),
        pytest.param("SECURITY.md", r"^- .*(?:\n  .*)*", id="each sentence of the threat model"),
    ],
)
def test_every_claim_names_tests_that_are_there(page: str, claim: str) -> None:
    text = (ROOT / page).read_text("utf-8").partition("## Claims")[2 if page == "SECURITY.md" else 0]
    text = text.partition("## What we do not promise")[0]
    claims = re.findall(claim, text, re.M)

    assert len(claims) > 20
    assert [row for row in claims if "::test_" not in row] == []
    for file, name in re.findall(r"`([\w/]+\.py)::(\w+)`", text):
        assert f"\ndef {name}(" in (ROOT / "tests" / file).read_text("utf-8"), f"{file}::{name}"


def test_every_figure_of_the_comparison_was_measured() -> None:
    text = (ROOT / "docs" / "comparison.md").read_text("utf-8")
    measured = "".join(page.read_text("utf-8") for page in (ROOT / "benchmarks").rglob("*.md"))
    figures = set(re.findall(r"\b[01]\.\d\d\d?\b", text.partition("## Time")[0]))

    assert len(figures) > 30
    assert {figure for figure in figures if figure not in measured} == set()
