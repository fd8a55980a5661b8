"""Copies of a credential that only their value gives away."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixers.model import RefusalReason
from fixers.plan import PlanOptions
from fixers.planning import Planned, planned

SECRET = "aZ4" + "q8Rt1Lw0Yb6Kd3Hm"
NAMED = f'API_KEY = "{SECRET}"\n'


def plan(folder: Path, files: dict[str, str], named: str = "") -> Planned:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return planned(folder / named, PlanOptions(app="shop"))


def changed(made: Planned) -> dict[str, int]:
    """The number of replaced places by file."""
    edits = {edit for fix in made.plan.fixes for edit in fix.edits if edit.span.start < edit.span.end}
    paths = sorted(edit.path for edit in edits)
    return {path: paths.count(path) for path in paths}


ALONE = {
    "a weak value, which may be another": {"a.py": 'password = "hunter2x"\nprint("hunter2x")\n'},
    "a file outside the folder that was named": {"shop/a.py": NAMED, "other/b.py": f'print("{SECRET}")\n'},
    "a file that is no Python": {"a.py": NAMED, "b.txt": f"x {SECRET}\n"},
    "a file that does not parse": {"a.py": NAMED, "b.py": f'print "{SECRET}"\n'},
    "a place that is to be ignored": {"a.py": f'{NAMED}print("{SECRET}")  # unhardcode: ignore it is known\n'},
}


@pytest.mark.parametrize("files", ALONE.values(), ids=ALONE.keys())
def test_only_the_named_place_is_rewritten(files: dict[str, str], tmp_path: Path) -> None:
    made = plan(tmp_path, files, "shop" if "shop/a.py" in files else "")
    assert list(changed(made).values()) == [1]


def test_a_copy_where_no_call_can_stand_keeps_the_secret_whole(tmp_path: Path) -> None:
    made = plan(tmp_path, {"a.py": NAMED, "b.py": f'match x:\n    case "{SECRET}":\n        pass\n'})
    assert changed(made) == {}
    assert {refusal.reason for refusal in made.plan.refusals} == {RefusalReason.POSITION_NOT_SUPPORTED}


def test_a_copy_in_a_comment_and_one_in_a_test_are_told_and_stay(tmp_path: Path) -> None:
    files = {"a.py": f"{NAMED}x = 1  # was {SECRET}\n", "tests/test_a.py": f'call("{SECRET}")\n'}
    made = plan(tmp_path, files)
    assert changed(made) == {"a.py": 1}
    assert {refusal.reason for refusal in made.plan.refusals} == {RefusalReason.COMMENT, RefusalReason.TEST_FIXTURE}


def test_every_copy_becomes_the_same_secret(tmp_path: Path) -> None:
    copies = f'connect("db", "{SECRET}")\nx = {{"{SECRET}": b"{SECRET}"}}\ny = f"{{x}} {SECRET}!"\n'
    made = plan(tmp_path, {"a.py": NAMED, "b.py": copies})
    assert changed(made) == {"a.py": 1, "b.py": 4}
    assert len(made.plan.secrets) == 1
    assert len({finding.place for finding in made.plan.secrets[0].members[0].findings}) == 5


def test_the_password_of_a_url_is_found_where_it_stands_alone(tmp_path: Path) -> None:
    made = plan(tmp_path, {"a.py": f'URL = "postgresql://u:{SECRET}@db/shop"\nconnect("{SECRET}")\n'})
    assert changed(made) == {"a.py": 2}
