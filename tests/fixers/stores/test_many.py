"""Looking at many names: few calls, every name answered, also where the batch calls are not allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fixers.stores.kinds import KINDS
from fixers.stores.model import Store
from scanner.errors import StoreError
from scanner.model import SecretValue

Opened = Callable[[str], Store]
Made = Callable[..., str]
BATCH = {"secretsmanager": ("BatchGetSecretValue", 20), "parameterstore": ("GetParameters", 10)}

pytestmark = pytest.mark.parametrize("name", KINDS)


@pytest.fixture
def calls(name: str, opened: Opened) -> Iterator[Counter[str]]:
    """How often each operation is called."""
    seen: Counter[str] = Counter()
    events = opened(name).client.meta.events  # type: ignore[attr-defined]
    events.register("before-call", lambda model, **_: seen.update([model.name]), unique_id="count")
    yield seen
    events.unregister("before-call", unique_id="count")


def refusing(action: str) -> Callable[..., None]:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, action)

    return refuse


def stored(store: Store, made_stores: SimpleNamespace, made: Made, count: int) -> dict[str, SecretValue]:
    found = {}
    for _ in range(count):
        secret, value = made_stores.planned(store.name), SecretValue(made())
        store.create(secret, value, tags={"unhardcode:repository": "shop"}, token=made_stores.token())
        found[secret.name] = value
    return found


def test_a_failure_is_told_and_nothing_is_taken_for_missing(
    name: str, opened: Opened, made_stores: SimpleNamespace
) -> None:
    with made_stores.server_saying(b"") as url, pytest.raises(StoreError, match="no complete answer"):
        list(made_stores.at(name, url).look(["/a/b", "/a/c"]))


def test_no_names_is_no_call(name: str, opened: Opened, calls: Counter[str]) -> None:
    assert list(opened(name).look([])) == []
    assert not calls


def test_every_name_is_answered_in_order_by_few_calls(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made, calls: Counter[str]
) -> None:
    store, (action, most) = opened(name), BATCH[name]
    held = stored(store, made_stores, made, most + 3)
    missing = made_stores.planned(name).name
    names = [missing, *held]
    calls.clear()
    seen = list(store.look(names))
    assert [each for each, _ in seen] == names
    assert seen[0] == (missing, None)
    answers = {each: one for each, one in seen if one is not None}
    assert {each: one.value for each, one in answers.items()} == held
    assert {one.existing.repository for one in answers.values()} == {"shop"}
    assert all(one.existing == store.describe(each) for each, one in answers.items())
    assert calls[action] == 2
    read = calls["GetSecretValue"] if name == "secretsmanager" else 0
    assert read == 0


def test_where_the_batch_call_is_not_allowed_each_name_is_read_alone(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made, calls: Counter[str]
) -> None:
    store, (action, most) = opened(name), BATCH[name]
    held = stored(store, made_stores, made, most + 3)
    events = store.client.meta.events  # type: ignore[attr-defined]
    service = store.client.meta.service_model.service_name  # type: ignore[attr-defined]
    events.register_first(f"before-call.{service}.{action}", refusing(action), unique_id="refuse")
    try:
        seen = dict(store.look(list(held)))
    finally:
        events.unregister(f"before-call.{service}.{action}", unique_id="refuse")
    assert {each: one.value for each, one in seen.items() if one is not None} == held


def test_what_is_deleted_can_be_stored_anew_or_brought_back(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made
) -> None:
    store, secret, value = opened(name), made_stores.planned(name), SecretValue(made())
    store.create(secret, value, tags={}, token=made_stores.token())
    store.delete(secret.name, days=7)
    ((_, seen),) = store.look([secret.name])
    if name == "parameterstore":
        assert seen is None
        store.delete(secret.name, days=7)  # what is gone already is no failure
        store.restore(secret.name)
        return
    assert seen is not None
    assert (seen.value, seen.existing.deletion is None) == (None, False)
    store.restore(secret.name)
    assert store.read(secret.name) == value
    store.restore(secret.name)  # nothing happens to one that is not being deleted
    assert store.read(secret.name) == value
