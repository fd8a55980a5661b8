"""What only Secrets Manager has: bytes, tokens, scheduled deletion, ARNs."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.stores.model import AlreadyExistsError, ScheduledForDeletionError, Store
from scanner.errors import StoreError
from scanner.model import SecretValue

Made = Callable[..., str]


@pytest.fixture(scope="module")
def store(opened: Callable[[str], Store]) -> Store:
    return opened("secretsmanager")


def test_secret_scheduled_for_deletion_is_said_so(store: Store, made_stores: SimpleNamespace, made: Made) -> None:
    secret = made_stores.planned("secretsmanager")
    store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    store.client.delete_secret(SecretId=secret.name, RecoveryWindowInDays=7)  # type: ignore[attr-defined]
    with pytest.raises(ScheduledForDeletionError, match="scheduled for deletion") as caught:
        store.read(secret.name)
    assert "restore-secret" in caught.value.hint
    with pytest.raises((ScheduledForDeletionError, AlreadyExistsError)):
        store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    there = store.describe(secret.name)
    assert there is not None
    assert there.deletion is not None


def test_update_of_what_is_not_there_is_one_line_without_the_value(
    store: Store, made_stores: SimpleNamespace, made: Made
) -> None:
    secret, value = made_stores.planned("secretsmanager"), made()
    with pytest.raises(StoreError, match="does not exist") as caught:
        store.update(secret, SecretValue(value), token=made_stores.token())
    assert value not in str(caught.value) + caught.value.hint
    assert "\n" not in caught.value.message


def test_same_token_with_another_value_is_refused(store: Store, made_stores: SimpleNamespace, made: Made) -> None:
    secret, token, value = made_stores.planned("secretsmanager"), made_stores.token(), SecretValue(made())
    store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    store.update(secret, value, token=token)
    with pytest.raises(StoreError):
        store.update(secret, SecretValue(made()), token=token)
    assert store.read(secret.name) == value


def test_same_token_with_the_same_value_changes_nothing(store: Store, made_stores: SimpleNamespace, made: Made) -> None:
    secret, token, value = made_stores.planned("secretsmanager"), made_stores.token(), SecretValue(made())
    first = store.create(secret, value, tags={}, token=token)
    again = store.create(secret, value, tags={}, token=token)
    assert first == again
    assert first.version == token
    assert first.arn is not None
    assert first.arn.startswith(f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{secret.name}-")


def test_secret_without_a_value_reads_as_nothing(store: Store, made_stores: SimpleNamespace) -> None:
    secret = made_stores.planned("secretsmanager")
    store.client.create_secret(Name=secret.name)  # type: ignore[attr-defined]
    assert store.read(secret.name) is None
    assert store.describe(secret.name) is not None


@pytest.mark.parametrize("key", [None, "alias/shop"])
def test_it_says_whether_a_secret_has_a_key_of_its_own(
    store: Store, made_stores: SimpleNamespace, made: Made, key: str | None
) -> None:
    secret = made_stores.planned("secretsmanager", kms_key=key)
    store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    there = store.describe(secret.name)
    assert there is not None
    assert there.own_key is (key is not None)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.binary(min_size=1, max_size=300))
def test_any_bytes_read_back_equal(store: Store, made_stores: SimpleNamespace, value: bytes) -> None:
    secret = made_stores.planned("secretsmanager", type="SecretBinary")
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert store.read(secret.name) == SecretValue(value)
    store.update(secret, SecretValue(value + b"\0"), token=made_stores.token())
    assert store.read(secret.name) == SecretValue(value + b"\0")
