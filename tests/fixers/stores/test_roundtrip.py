"""What both stores promise, against an embedded AWS: refusals first, then that every value reads back equal."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixers.stores.kinds import KINDS
from fixers.stores.model import REPOSITORY_TAG, AlreadyExistsError, Store
from scanner.errors import Exit
from scanner.model import SecretValue

TAGS = {REPOSITORY_TAG: "github.com/example/shop"}
Opened = Callable[[str], Store]
Made = Callable[..., str]

pytestmark = pytest.mark.parametrize("name", KINDS)


def test_nothing_is_read_where_nothing_is(name: str, opened: Opened, made_stores: SimpleNamespace) -> None:
    missing = made_stores.planned(name).name
    assert opened(name).read(missing) is None
    assert opened(name).describe(missing) is None


def test_name_that_is_taken_is_never_overwritten_by_create(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made
) -> None:
    secret, first, second = made_stores.planned(name), SecretValue(made()), SecretValue(made())
    opened(name).create(secret, first, tags=TAGS, token=made_stores.token())
    with pytest.raises(AlreadyExistsError, match=f"cannot create {secret.name} in us-east-1") as caught:
        opened(name).create(secret, second, tags=TAGS, token=made_stores.token())
    assert caught.value.status is Exit.NOT_SEEN
    assert "adopt" in caught.value.hint
    assert opened(name).read(secret.name) == first


def test_name_that_is_missing_is_not_created_by_read_or_describe(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made
) -> None:
    prefix = made_stores.planned(name)
    longer = made_stores.planned(name, name=f"{prefix.name}.more")
    opened(name).create(longer, SecretValue(made()), tags=TAGS, token=made_stores.token())
    assert opened(name).read(prefix.name) is None


def test_created_value_reads_back_equal_and_is_tagged(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made
) -> None:
    secret, value = made_stores.planned(name), SecretValue(made())
    receipt = opened(name).create(secret, value, tags={**TAGS, "team": "a~b"}, token=made_stores.token())
    there = opened(name).describe(secret.name)
    assert opened(name).read(secret.name) == value
    assert there is not None
    assert (there.repository, there.tags["team"], there.version) == (TAGS[REPOSITORY_TAG], "a_b", receipt.version)
    assert there.deletion is None


def test_update_makes_a_new_version_and_keeps_the_tags(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made
) -> None:
    secret, value = made_stores.planned(name), SecretValue(made())
    created = opened(name).create(secret, SecretValue(made()), tags=TAGS, token=made_stores.token())
    updated = opened(name).update(secret, value, token=made_stores.token())
    there = opened(name).describe(secret.name)
    assert opened(name).read(secret.name) == value
    assert updated.version != created.version
    assert there is not None
    assert (there.repository, there.version) == (TAGS[REPOSITORY_TAG], updated.version)


def test_name_without_our_tag_says_so(name: str, opened: Opened, made_stores: SimpleNamespace, made: Made) -> None:
    secret = made_stores.planned(name)
    opened(name).create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    there = opened(name).describe(secret.name)
    assert there is not None
    assert there.repository is None


# No control characters: the emulator answers with them raw, which AWS does not.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=TEXT.filter(lambda text: "{{" not in text))
def test_any_text_reads_back_equal(name: str, opened: Opened, made_stores: SimpleNamespace, text: str) -> None:
    secret, value = made_stores.planned(name), SecretValue(text)
    assert opened(name).problems(secret, value) == ()
    opened(name).create(secret, value, tags=TAGS, token=made_stores.token())
    assert opened(name).read(secret.name) == value


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_pem_reads_back_byte_for_byte(
    name: str, opened: Opened, made_stores: SimpleNamespace, made: Made, end: str
) -> None:
    label = "PRIVATE " + "KEY"
    lines = [f"-----BEGIN {label}-----", *(made(64) for _ in range(20)), f"-----END {label}-----"]
    secret, value = made_stores.planned(name), SecretValue("\n".join(lines) + end)
    opened(name).create(secret, value, tags=TAGS, token=made_stores.token())
    assert opened(name).read(secret.name) == value


def test_largest_value_reads_back_equal(name: str, opened: Opened, made_stores: SimpleNamespace, made: Made) -> None:
    size, tier = (65_536, None) if name == "secretsmanager" else (8_192, "Advanced")
    secret, value = made_stores.planned(name, tier=tier), SecretValue(made(size))
    assert opened(name).problems(secret, value) == ()
    assert len(opened(name).problems(secret, SecretValue("x" * (size + 1)))) == 1
    opened(name).create(secret, value, tags=TAGS, token=made_stores.token())
    assert opened(name).read(secret.name) == value
