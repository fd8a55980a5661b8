"""What only Parameter Store has: types and tiers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.stores.model import Store
from scanner.errors import StoreError
from scanner.model import SecretValue

Made = Callable[..., str]


@pytest.fixture(scope="module")
def store(opened: Callable[[str], Store]) -> Store:
    return opened("parameterstore")


def described(store: Store, name: str) -> dict[str, Any]:
    filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    found: dict[str, Any] = store.client.describe_parameters(ParameterFilters=filters)["Parameters"][0]  # type: ignore[attr-defined]
    return found


def test_bytes_are_refused_before_any_call(store: Store, made_stores: SimpleNamespace) -> None:
    secret = made_stores.planned("parameterstore")
    with pytest.raises(StoreError, match="text only"):
        store.create(secret, SecretValue(b"\xff"), tags={}, token="")
    assert store.describe(secret.name) is None


@pytest.mark.parametrize("type_", ["SecureString", "SecretString", ""])
def test_nothing_becomes_a_plain_string_unless_it_is_planned_as_one(
    store: Store, made_stores: SimpleNamespace, made: Made, type_: str
) -> None:
    secret = made_stores.planned("parameterstore", type=type_)
    store.create(secret, SecretValue(made()), tags={}, token="")
    assert described(store, secret.name)["Type"] == "SecureString"


def test_plain_string_has_no_key(store: Store, made_stores: SimpleNamespace, made: Made) -> None:
    secret = made_stores.planned("parameterstore", type="String", kms_key="alias/shop")
    store.create(secret, SecretValue(made()), tags={}, token="")
    assert described(store, secret.name)["Type"] == "String"
    assert "KeyId" not in described(store, secret.name)


def test_planned_key_encrypts(store: Store, made_stores: SimpleNamespace, made: Made) -> None:
    secret = made_stores.planned("parameterstore", kms_key="alias/shop")
    store.create(secret, SecretValue(made()), tags={}, token="")
    assert described(store, secret.name)["KeyId"] == "alias/shop"


@pytest.mark.parametrize(("tier", "written"), [(None, "Standard"), ("Standard", "Standard"), ("Advanced", "Advanced")])
def test_tier_is_always_said(
    store: Store, made_stores: SimpleNamespace, made: Made, tier: str | None, written: str
) -> None:
    secret = made_stores.planned("parameterstore", tier=tier)
    store.create(secret, SecretValue(made()), tags={}, token="")
    assert described(store, secret.name)["Tier"] == written


def test_looking_at_a_parameter_does_not_decrypt_it(store: Store, made_stores: SimpleNamespace, made: Made) -> None:
    secret, asked = made_stores.planned("parameterstore"), []
    store.create(secret, SecretValue(made()), tags={}, token="")
    events = store.client.meta.events  # type: ignore[attr-defined]
    events.register(
        "provide-client-params.ssm.GetParameter", lambda params, **_: asked.append(params), unique_id="seen"
    )
    try:
        there = store.describe(secret.name)
    finally:
        events.unregister("provide-client-params.ssm.GetParameter", unique_id="seen")
    assert there is not None
    assert (there.type, there.version) == ("SecureString", "1")
    assert [params["WithDecryption"] for params in asked] == [False]
