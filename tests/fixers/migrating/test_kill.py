"""SIGKILL or SIGINT at every effect of a migration and an undo: nothing is lost or stored twice, the rest follows.

At every moment each file is as it was or as it will be; after the same command has been run again the tree is wholly
new, after an undo wholly old, and each name in the store has exactly one version.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

DRIVER = Path(__file__).with_name("driver.py")
MIGRATE = ("migrate", "--yes")
UNDO = ("migrate", "--undo", "--yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The shop before and after, a way to run commands on copies of it, and how many effects each has."""

    shop: Any
    aws: Any
    folder: Path
    process: subprocess.Popen[str]

    def copy(self, name: str) -> Any:
        """A fresh copy of the repository as it was first, and an empty AWS."""
        self.aws.empty()
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.shop.folder, self.folder / name, symlinks=True)
        return replace(self.shop, folder=self.folder / name)

    def run(self, shop: Any, arguments: tuple[str, ...], kill: int = 0, by: str = "SIGKILL") -> tuple[int, int]:
        """Status and effects of a command that gets a signal at its effect number `kill`, if it has so many."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        log = str(self.folder / "log")
        request = {"folder": str(shop.folder), "arguments": arguments, "kill": kill, "signal": by, "log": log}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["status"], answer["effects"]

    def log(self) -> str:
        """All that commands printed."""
        return (self.folder / "log").read_text()


@pytest.fixture
def stage(shop: Any, aws: Any, tmp_path: Path) -> Iterator[Stage]:
    with subprocess.Popen(
        [sys.executable, "-I", str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Stage(shop=shop, aws=aws, folder=tmp_path, process=process)
        assert process.stdin is not None
        process.stdin.close()


def test_a_run_that_is_killed_again_and_again_still_ends(stage: Stage) -> None:
    shop = stage.copy("whole")
    before = shop.files()
    status, effects = stage.run(shop, MIGRATE)
    assert status == 0, stage.log()
    after = shop.files()
    shop = _killed(stage, MIGRATE, effects // 4, before, after)  # while it stores
    assert stage.run(shop, MIGRATE, effects // 2)[0] == -9  # while it rewrites
    _each_old_or_new(shop, before, after)
    assert stage.run(shop, MIGRATE)[0] == 0, stage.log()
    assert shop.files() == after
    assert set(stage.aws.versions().values()) == {1}
    assert len(shop.journals()) == 1
    assert stage.run(shop, UNDO, effects // 4)[0] == -9
    _each_old_or_new(shop, before, after)
    assert stage.run(shop, UNDO)[0] == 0, stage.log()
    assert shop.files() == before
    _said_no_value(stage, shop)


@pytest.fixture
def ecs(stage: Stage) -> Stage:
    """The shop with an ECS task definition that names its login by the ARN that the store makes up."""
    shop = stage.shop
    entries = [("DB_HOST", "db.internal"), ("DB_USER", "shop"), ("DB_PASSWORD", shop.values[0]), ("DB_NAME", "orders")]
    task = {"containerDefinitions": [{"environment": [{"name": name, "value": value} for name, value in entries]}]}
    # Not in git: an undo takes the value from the store.
    (shop.folder / "taskdef.json").write_text(json.dumps(task, indent=2))

    class WithoutSuffix(type(shop)):  # type: ignore[misc]
        def files(self) -> dict[str, bytes]:
            return {
                path: type(raw)(re.sub(rb"-\w{6}:password::", b"-??????:password::", raw))
                for path, raw in super().files().items()
            }

    return replace(stage, shop=WithoutSuffix(folder=shop.folder, values=shop.values))


def test_a_killed_run_finds_its_arns_again(ecs: Stage) -> None:
    before, after, effects, _ = _whole(ecs)
    assert b"-??????:password::" in after["taskdef.json"]
    _killed_in_migration(ecs, effects * 2 // 3, before, after)


both = pytest.mark.parametrize("served", ["moto", "ministack"], indirect=True)
# Whole, each takes many minutes; in shares it can be spread and begun again where it ended.
SHARES = 4
in_shares = pytest.mark.parametrize("share", range(1, SHARES + 1))


@in_shares
@pytest.mark.slow
def test_every_kill_of_a_migration_with_arns(ecs: Stage, share: int) -> None:
    before, after, effects, _ = _whole(ecs)
    for kill in range(share, effects + 1, SHARES):
        _killed_in_migration(ecs, kill, before, after)


@both
@in_shares
@pytest.mark.slow
def test_every_kill_of_a_migration(stage: Stage, share: int) -> None:
    before, after, effects, _ = _whole(stage)
    for kill in range(share, effects + 1, SHARES):
        _killed_in_migration(stage, kill, before, after)


@both
@in_shares
@pytest.mark.slow
def test_every_kill_of_an_undo(stage: Stage, share: int) -> None:
    before, after, _, effects = _whole(stage)
    shop = stage.copy("one")
    assert stage.run(shop, MIGRATE)[0] == 0
    # An undo writes to no store: what one migration stored is there for all of them.
    shutil.copytree(shop.folder, stage.folder / "migrated", symlinks=True)
    stored = stage.aws.versions()
    for kill in range(share, effects + 1, SHARES):
        shutil.rmtree(shop.folder)
        shutil.copytree(stage.folder / "migrated", shop.folder, symlinks=True)  # journals hold this path
        _killed_in_undo(stage, shop, kill, before, after)
    assert stage.aws.versions() == stored


@both
@in_shares
@pytest.mark.slow
def test_every_kill_and_then_an_undo_instead(stage: Stage, share: int) -> None:
    before, after, effects, _ = _whole(stage)
    for kill in range(share, effects + 1, SHARES):
        shop = _killed(stage, MIGRATE, kill, before, after)
        status, _ = stage.run(shop, UNDO)
        begun = bool(shop.journals())
        assert status == (0 if begun and shop.journals()[0] else 2), (kill, stage.log()[-500:])
        assert shop.files() == before, kill


@in_shares
@pytest.mark.slow
@pytest.mark.parametrize("command", [MIGRATE, UNDO], ids=["a migration", "an undo"])
def test_every_interruption(stage: Stage, command: tuple[str, ...], share: int) -> None:
    """Ctrl-C: unlike a kill it leaves no temporary file either."""
    before, after, effects, undo_effects = _whole(stage)
    last = effects if command is MIGRATE else undo_effects
    shop = stage.copy("one")
    assert command is MIGRATE or stage.run(shop, MIGRATE)[0] == 0
    shutil.copytree(shop.folder, stage.folder / "first", symlinks=True)
    for number in range(share, last + 1, SHARES):
        if command is MIGRATE:
            stage.aws.empty()
        shutil.rmtree(shop.folder)
        shutil.copytree(stage.folder / "first", shop.folder, symlinks=True)
        status, _ = stage.run(shop, command, number, "SIGINT")
        assert status in (0, 130), (number, stage.log()[-500:])  # 0: a write is not interrupted in its middle
        left = [path for path, raw in shop.files().items() if raw not in (before.get(path), after.get(path))]
        assert not left, number
        ended = [line["step"] for run in shop.journals() for line in run[-1:]]
        assert stage.run(shop, command)[0] == (2 if ended == ["undone"] else 0), (number, stage.log()[-500:])
        assert shop.files() == (after if command is MIGRATE else before), number
        assert set(stage.aws.versions().values()) == {1}, number
        _said_no_value(stage, shop)


def _whole(stage: Stage) -> tuple[dict[str, bytes], dict[str, bytes], int, int]:
    """A migration and an undo that nobody kills."""
    shop = stage.copy("whole")
    before = shop.files()
    status, effects = stage.run(shop, MIGRATE)
    assert status == 0, stage.log()
    after = shop.files()
    assert after != before
    undo_status, undo_effects = stage.run(shop, UNDO)
    assert undo_status == 0, stage.log()
    assert shop.files() == before
    return before, after, effects, undo_effects


def _killed_in_migration(stage: Stage, kill: int, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    shop = _killed(stage, MIGRATE, kill, before, after)
    status, _ = stage.run(shop, MIGRATE)
    assert status == 0, (kill, stage.log()[-500:])
    assert shop.files() == after, kill
    assert set(stage.aws.versions().values()) == {1}, kill
    assert len(stage.aws.stored()) == 3, kill
    _said_no_value(stage, shop)


def _killed_in_undo(stage: Stage, shop: Any, kill: int, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    assert stage.run(shop, UNDO, kill)[0] == -9
    _each_old_or_new(shop, before, after)
    finished = shop.journals()[0][-1]["step"] == "undone"
    assert stage.run(shop, UNDO)[0] == (2 if finished else 0), (kill, stage.log()[-500:])
    assert shop.files() == before, kill
    _said_no_value(stage, shop)


def _killed(
    stage: Stage, arguments: tuple[str, ...], kill: int, before: dict[str, bytes], after: dict[str, bytes]
) -> Any:
    shop = stage.copy("one")
    status, _ = stage.run(shop, arguments, kill)
    assert status == -9, (kill, stage.log()[-500:])
    _each_old_or_new(shop, before, after)
    return shop


def _each_old_or_new(shop: Any, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    for path, raw in shop.files().items():
        temporary = ".unhardcode-" in path
        assert temporary or raw in (before.get(path), after.get(path)), path
    assert set(before) <= set(shop.files())


def _said_no_value(stage: Stage, shop: Any) -> None:
    text = stage.log() + "".join(path.read_text() for path in (shop.folder / ".git/unhardcode").glob("*.jsonl"))
    assert not [value for value in shop.values if value in text]
