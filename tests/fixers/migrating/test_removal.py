"""`migrate --undo --delete-stored`: only what the migration made and nobody changed, parameters only when typed."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest

from fixers.stores.secretsmanager import SecretsManager
from scanner.errors import StoreError

Run = Callable[..., tuple[int, str, str]]
DELETE = ("migrate", "--undo", "--delete-stored", "--yes")
DATABASE, API, MAIL = "prod/shop/db", "/prod/shop/api-key", "/prod/shop/mail-token"


class Terminal(io.TextIOWrapper):
    """Standard input of somebody who types this."""

    def __init__(self, text: str) -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8")

    def isatty(self) -> bool:
        return True


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sit somebody at a terminal who types this."""
    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text))


def deletion(aws: Any) -> Any:
    return aws.secrets.describe_secret(SecretId=DATABASE).get("DeletedDate")


def test_it_goes_with_an_undo_and_a_window_that_aws_has(shop: Any, aws: Any, run: Run) -> None:
    for words in (("--delete-stored",), ("--undo", "--delete-stored", "--recovery-days", "6")):
        assert run(shop, "migrate", "--yes", *words)[0] == 2
    assert run(shop, *DELETE)[0] == 2  # nothing to undo


def test_without_being_asked_nothing_is_deleted(shop: Any, aws: Any, run: Run) -> None:
    assert run(shop, "migrate", "--yes")[0] == 0
    status, out, _ = run(shop, "migrate", "--undo", "--yes")
    assert status == 0
    assert "stays stored" in out
    assert (len(aws.stored()), deletion(aws)) == (3, None)


@pytest.mark.parametrize("answer", [None, "n\n"])
def test_after_an_undo_it_is_asked_for_too(
    shop: Any, aws: Any, run: Run, types: Callable[[str], None], answer: str | None
) -> None:
    assert run(shop, "migrate", "--yes")[0] == 0
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    if answer is not None:
        types(answer)
    status, _, err = run(shop, "migrate", "--undo", "--delete-stored")
    assert (status, deletion(aws)) == (2 if answer is None else 1, None)
    assert ("there is no terminal to ask on" if answer is None else "Delete what the migration of") in err


@pytest.mark.parametrize("answer", [None, "", "yes\n", "delete 1 parameter\n"])
def test_parameters_stay_unless_the_words_are_typed(
    shop: Any, aws: Any, run: Run, types: Callable[[str], None], answer: str | None
) -> None:
    before = shop.files()
    assert run(shop, "migrate", "--yes")[0] == 0
    if answer is not None:
        types(answer or "\n")
    status, out, _ = run(shop, *DELETE)
    assert status == 0
    assert shop.files() == before
    assert f"deleted    {DATABASE} (restore-secret brings it back for 30 days)" in out
    assert f"kept       {API}" in out
    assert deletion(aws) is not None
    assert aws.parameters.get_parameter(Name=API)["Parameter"]["Name"] == API


def test_what_was_there_before_or_was_changed_or_belongs_to_others_is_kept(
    shop: Any, aws: Any, run: Run, types: Callable[[str], None]
) -> None:
    tags = [{"Key": "unhardcode:repository", "Value": "shop"}]
    aws.parameters.put_parameter(Name=MAIL, Value=shop.values[2], Type="SecureString", Tags=tags)
    assert run(shop, "migrate", "--yes")[0] == 0
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    # Later is not too late, unless something has changed in between.
    aws.parameters.put_parameter(Name=API, Value="changed", Overwrite=True)
    aws.secrets.tag_resource(SecretId=DATABASE, Tags=[{"Key": "unhardcode:repository", "Value": "another"}])
    types("delete 1 parameter\n")
    status, out, _ = run(shop, *DELETE)
    assert status == 0
    for name, why in ((MAIL, "there before"), (API, "changed since"), (DATABASE, "somebody else")):
        assert f"kept       {name}: " in out
        assert why in out
    assert (len(aws.stored()), deletion(aws)) == (3, None)


def test_all_that_was_made_is_deleted_once_it_is_typed(
    shop: Any, aws: Any, run: Run, types: Callable[[str], None]
) -> None:
    assert run(shop, "migrate", "--yes")[0] == 0
    types("delete 2 parameters\n")
    status, out, err = run(shop, *DELETE, "--recovery-days", "7")
    assert status == 0, err
    assert "for good" in err
    assert out.count("deleted  ") == 3
    assert aws.parameters.describe_parameters()["Parameters"] == []
    assert deletion(aws) is not None
    assert run(shop, *DELETE)[0] == 2  # all is done
    # The next migration is told, and the plan can bring it back.
    status, _, err = run(shop, "migrate", "--yes")
    assert status == 3
    assert "the action restore" in err
    run(shop, "plan", "-o", "plan.toml")
    plan = shop.folder / "plan.toml"
    head, mark, rest = plan.read_text().partition(f'name = "{DATABASE}"')
    plan.write_text(head + mark + rest.replace('action = "create"', 'action = "restore"', 1))
    status, out, err = run(shop, "migrate", "--yes", "--plan", "plan.toml")
    assert status == 0, err
    assert (deletion(aws), aws.versions()[DATABASE]) == (None, 1)


def test_a_deletion_that_failed_goes_on_with_the_same_command(
    shop: Any, aws: Any, run: Run, types: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.files()
    assert run(shop, "migrate", "--yes")[0] == 0

    def denied(*_: Any, **__: Any) -> None:
        raise StoreError("cannot delete prod/shop/db: access denied", hint="allow it and repeat")

    with monkeypatch.context() as patched:
        patched.setattr(SecretsManager, "delete", denied)
        status, _, err = run(shop, *DELETE)
    assert status == 3
    assert "access denied" in err
    assert shop.files() == before
    assert deletion(aws) is None
    assert run(shop, *DELETE)[0] == 0
    assert deletion(aws) is not None


def test_what_is_deleted_already_is_not_asked_for_again(
    shop: Any, aws: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(shop, "migrate", "--yes")[0] == 0
    assert run(shop, "migrate", "--undo", "--yes")[0] == 0
    delete = SecretsManager.delete

    def killed(*given: Any, **named: Any) -> None:
        delete(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SecretsManager, "delete", killed)
        status, _, err = run(shop, *DELETE)
        assert (status, "the same command goes on" in err) == (130, True)
    for name in (API, MAIL):  # somebody else's doing
        aws.parameters.delete_parameter(Name=name)
    assert run(shop, *DELETE)[0] == 0
    status, _, err = run(shop, *DELETE)
    assert (status, "no migration to undo" in err) == (2, True)
