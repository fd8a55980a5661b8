"""The edits in a SARIF log are those of the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixers.changes import changed_files
from fixers.fix_report import render_findings
from fixers.plan import PlanOptions
from fixers.planning import Planned, planned
from scanner.text import line_starts


@pytest.fixture
def shop(repository: Path, git, made, monkeypatch) -> tuple[Planned, list[str]]:
    """A plan for a repository with three places to rewrite and one in a test, and the values in it."""
    values = [made(), made(), made(), made()]
    files = {
        "shop/__init__.py": "",
        "shop/db.py": "import psycopg2\n\n\ndef connect():\n"
        f'    return psycopg2.connect(host="db.internal", user="shop", password="{values[0]}")\n',
        "shop/settings.py": f'"""é"""\r\nMAIL_PASSWORD = "{values[1]}"\r\nAPI_TOKEN = "{values[2]}"\r\n',
        "tests/test_db.py": f'DB_PASSWORD = "{values[3]}"\n',
    }
    for path, text in files.items():
        file = repository / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "A shop")
    monkeypatch.chdir(repository)
    return planned(Path(), PlanOptions(app="shop")), values


def spliced(text: str, replacements: list[dict]) -> str:
    starts = line_starts(text)

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column - 1

    for part in sorted(
        replacements, key=lambda p: (p["deletedRegion"]["startLine"], p["deletedRegion"]["startColumn"])
    )[::-1]:
        region = part["deletedRegion"]
        start, end = (offset(region[f"{side}Line"], region[f"{side}Column"]) for side in ("start", "end"))
        text = text[:start] + part["insertedContent"]["text"] + text[end:]
    return text


def test_what_is_refused_has_no_edit_but_its_reason(shop):
    made, _ = shop
    run = json.loads("".join(render_findings(made, "sarif", "0.1.0")))["runs"][0]

    refused = [result for result in run["results"] if "fixes" not in result]
    assert [result["properties"]["refusal"] for result in refused] == ["test-fixture"]


def test_the_edits_of_all_results_together_make_the_plans_files(shop):
    made, _ = shop
    run = json.loads("".join(render_findings(made, "sarif", "0.1.0")))["runs"][0]

    edits: dict[str, list[dict]] = {}
    for result in run["results"]:
        for fix in result.get("fixes", ()):
            for change in fix["artifactChanges"]:
                parts = edits.setdefault(change["artifactLocation"]["uri"], [])
                parts += [part for part in change["replacements"] if part not in parts]

    wanted = changed_files(made.plan, made.workspace, made.scanned.key)
    assert sorted(edits) == sorted(path for path in wanted if path not in {new.path for new in made.plan.new_files})
    for path, parts in edits.items():
        assert (spliced(made.workspace.document(path).text, parts) == wanted[path].decode()) is True


def test_each_finding_of_the_json_says_what_becomes_of_it(shop):
    made, _ = shop
    found = json.loads("".join(render_findings(made, "json", "0.1.0")))["findings"]

    assert {(one["path"], one["fix"]["safety"], one["fix"]["refusal"]) for one in found} == {
        ("shop/db.py", "safe", None),
        ("shop/settings.py", "safe", None),
        ("tests/test_db.py", None, "test-fixture"),
    }


def test_no_value_is_in_either(shop):
    made, values = shop
    output = "".join((*render_findings(made, "sarif", "0.1.0"), *render_findings(made, "json", "0.1.0")))

    assert sum(value in output for value in values) == 0
