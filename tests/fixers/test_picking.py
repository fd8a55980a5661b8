"""One secret of a plan from its own files: nothing where the plan must judge, else the very payload of the plan."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import unhardcode
from fixers.payload import payload
from fixers.picking import picked
from fixers.planfile import open_plan_file
from fixers.planning import planned_from

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(repository: Path, git: Callable[..., str], made: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop of the examples with an ignored `.env` and the same strong value in two files."""
    shutil.copytree(ROOT / "examples/shop", repository, dirs_exist_ok=True)
    token = made(32)
    (repository / "shop/one.py").write_text(f'API_TOKEN = "{token}"\n')
    (repository / "shop/two.py").write_text(f'import os\n\nT = os.environ["MAIL_TOKEN"]\nAPI_TOKEN = "{token}"\n')
    (repository / ".env").write_text(f"MAIL_TOKEN={made(20)}\n")
    (repository / ".gitignore").write_text(".env\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "shop")
    monkeypatch.chdir(repository)
    assert unhardcode.run(["plan", "-o", "plan.toml"]) == 0
    return repository


def names(tree: Path) -> list[str]:
    return [table["name"] for table in open_plan_file(tree / "plan.toml").tables["secret"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema = 1", "schema = 2"),
        ('action = "create"', 'action = "skip"'),
        ('type = "SecretString"', 'type = "SecureString"'),
        ('store = "secretsmanager"', 'store = "vault"'),
        ("line = ", "line = 1"),
        ('digest = "', 'digest = "0'),
        ('path = "', 'path = "../'),
        ('path = "', 'path = 1 # "'),
        ('path = "', r'path = "\u0000'),
        ('blob = "', 'blob = "0'),
        ('blob = "', 'blob = 0 # "'),
    ],
)
def test_a_plan_that_is_not_as_it_was_written_is_for_the_whole_plan_to_judge(tree: Path, old: str, new: str) -> None:
    text = (tree / "plan.toml").read_text()
    at = text.index(old)
    (tree / "plan.toml").write_text(text[:at] + new + text[at + len(old) :])
    named = [line for line in text[: max(at, text.index("\nstore"))].splitlines() if line.startswith("name = ")]
    name = named[-1].partition('"')[2].rstrip('"')
    assert name in names(tree)
    assert picked(open_plan_file(tree / "plan.toml"), name, Path()) is None


def test_files_that_changed_are_for_the_whole_plan_to_judge(tree: Path) -> None:
    plan: Any = open_plan_file(tree / "plan.toml")
    for table in plan.tables["secret"]:
        place = tree / table["member"][0]["path"]
        before = place.read_bytes()
        place.write_bytes(b"# more\n" + before)
        assert picked(plan, table["name"], Path()) is None
        place.unlink()
        assert picked(plan, table["name"], Path()) is None
        place.write_bytes(before)
        assert picked(plan, table["name"], Path()) is not None


def test_each_secret_has_the_payload_that_the_whole_plan_gives(tree: Path) -> None:
    plan = open_plan_file(tree / "plan.toml")
    whole = {secret.name: secret for secret in planned_from(tree / "plan.toml", Path()).plan.secrets}
    assert len(whole) > 3
    for name, secret in whole.items():
        alone = picked(plan, name, Path())
        assert alone is not None, name
        equal = payload(alone) == payload(secret)
        assert equal, name
        assert (alone.store, alone.type, alone.action) == (secret.store, secret.type, secret.action)
