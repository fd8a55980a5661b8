"""What a migration stored in one place is not gone on with, taken back or deleted in another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixers import journal
from scanner.errors import UsageError

Run = Callable[..., tuple[int, str, str]]
ELSEWHERE = "ap-southeast-2"


def refused(shop: Any, aws: Any, run: Run, *arguments: str) -> None:
    """In another region a command must end with status 2, the names of both and nothing changed."""
    now, stored, journals = shop.files(), aws.stored(), shop.journals()
    status, _, err = run(shop, "migrate", "--yes", "--region", ELSEWHERE, *arguments)
    assert status == 2, err
    assert f"stored to account 123456789012, {aws.endpoint.region}" in err
    assert f"this goes to account 123456789012, {ELSEWHERE}" in err
    assert "--region" in err
    same = (shop.files(), aws.stored(), shop.journals()) == (now, stored, journals)
    assert same


def test_an_interrupted_migration_ends_where_it_began(behind: Any) -> None:
    behind.relay.faults = {"CreateSecret": [("AccessDeniedException", "no")]}
    assert behind.migrate()[0] == 3
    behind.relay.forget()
    refused(behind.shop, behind.aws, behind.run)
    behind.finishes()


def test_what_stored_nothing_is_no_hindrance_elsewhere(behind: Any, run: Run) -> None:
    behind.relay.faults = {"PutParameter": [("AccessDeniedException", "no")]}
    assert behind.migrate()[0] == 3
    behind.relay.forget()
    (path,) = (behind.shop.folder / ".git/unhardcode").glob("*.jsonl")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])  # killed before its first call
    with behind.nothing_fails():
        status, out, err = run(behind.shop, "migrate", "--yes", "--region", ELSEWHERE)
    assert status == 0, out + err
    assert not behind.aws.stored().keys()
    assert [lines[-1]["step"] for lines in behind.shop.journals()] == ["abandoned", "done"]


def test_where_the_account_is_not_told_a_migration_is_not_stopped(behind: Any) -> None:
    # What answers here is no XML, as from a proxy.
    behind.relay.always = {"GetCallerIdentity": ("AccessDeniedException", "no")}
    status, out, err = behind.migrate()
    assert status == 0, out + err
    assert behind.relay.calls["GetCallerIdentity"] == 1
    assert "account" not in behind.shop.journals()[0][0]["aws"]
    behind.finished()


def test_an_undo_asks_the_store_that_was_written_to(shop: Any, aws: Any, run: Run) -> None:
    before = shop.files()
    assert run(shop, "migrate", "--yes")[0] == 0
    refused(shop, aws, run, "--undo")
    refused(shop, aws, run, "--undo", "--delete-stored")
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before
    refused(shop, aws, run, "--undo", "--delete-stored")


def test_a_journal_of_before_the_place_was_noted_is_followed(shop: Any, aws: Any, run: Run) -> None:
    before = shop.files()
    assert run(shop, "migrate", "--yes")[0] == 0
    (path,) = (shop.folder / ".git/unhardcode").glob("*.jsonl")
    first, *rest = path.read_text().splitlines(keepends=True)
    facts = json.loads(first)
    assert facts.pop("aws") == {"account": "123456789012", "region": aws.endpoint.region}
    path.write_text(json.dumps(facts) + "\n" + "".join(rest))
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    assert shop.files() == before


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        ({"region": "a", "account": "1"}, {"region": "a", "account": "1"}, True),
        ({"region": "a", "account": "1"}, {"region": "a", "account": "2"}, False),
        ({"region": "a", "account": "1"}, {"region": "b", "account": "1"}, False),
        ({"region": "a", "account": "1"}, {"region": "a"}, True),
        ({"region": "a"}, {"region": "a", "account": "1"}, True),
        ({"region": "a"}, {}, True),
    ],
)
def test_only_what_is_known_of_both_can_differ(
    tmp_path: Path, then: dict[str, str], now: dict[str, str], same: bool
) -> None:
    run = journal.begin(tmp_path, {"root": "/tree", "files": [], "secrets": [], "aws": then})
    journal.check_place(run, lambda: {"region": "elsewhere"})  # nothing is stored yet
    run = journal.note(run, "upload", name="a", action="create")
    if same:
        journal.check_place(run, lambda: now)
        return
    with pytest.raises(UsageError, match=f"this goes to account {now['account']}, {now['region']}"):
        journal.check_place(run, lambda: now)
