"""What is done about names that exist, and about writes without an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from fixers.model import Member, Plan, PlannedSecret
from fixers.payload import payload
from fixers.stores.model import AlreadyExistsError, Existing, OutcomeUnknownError, Receipt, Stored
from fixers.storing import Ready, check, holds, store_secret
from scanner.errors import StoreError
from scanner.model import SecretValue

OURS, THEIRS = "shop", "another-repository"


@dataclass
class FakeStore:
    """A store in memory. `lose` is how many writes take effect without an answer, `ignore` how many do not even."""

    name: str = "secretsmanager"
    values: dict[str, SecretValue] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    deletion: str | None = None
    problem: str = ""
    lose: int = 0
    ignore: int = 0
    garble: bool = False
    kind: str = "Secret"
    own_key: bool | None = None
    writes: list[tuple[str, str, str]] = field(default_factory=list)

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        return (self.problem,) if self.problem else ()

    def read(self, name: str) -> SecretValue | None:
        assert self.deletion is None, "AWS refuses to read what is being deleted"
        return SecretValue("garbled") if self.garble and name in self.values else self.values.get(name)

    def describe(self, name: str) -> Existing | None:
        if name not in self.values:
            return None
        return Existing(
            name=name, version="7", type=self.kind, repository=self.tags.get(name), tags={}, deletion=self.deletion,
            own_key=self.own_key,
        )  # fmt: skip

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Stored | None]]:
        for name in names:
            there = self.describe(name)
            value = self.read(name) if there is not None and there.deletion is None else None
            yield name, None if there is None else Stored(existing=there, value=value)

    def restore(self, name: str) -> None:
        self.deletion = None
        self.writes.append(("restore", name, ""))

    def delete(self, name: str, *, days: int) -> None:
        del self.values[name]

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        if secret.name in self.values:
            raise AlreadyExistsError(f"cannot create {secret.name}: the name is taken")
        self.tags[secret.name] = tags["unhardcode:repository"]
        return self._write("create", secret, payload, token)

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        return self._write("update", secret, payload, token)

    def _write(self, what: str, secret: PlannedSecret, payload: SecretValue, token: str) -> Receipt:
        if self.ignore:
            self.ignore -= 1
            raise OutcomeUnknownError(f"cannot {what} {secret.name}: no answer")
        self.values[secret.name] = payload
        self.writes.append((what, secret.name, token))
        if self.lose:
            self.lose -= 1
            raise OutcomeUnknownError(f"cannot {what} {secret.name}: no answer")
        return Receipt(name=secret.name, version="1", arn=None)


def planned(
    name: str = "prod/shop/db", action: str = "create", value: str = "generated-value", kind: str = "SecretString"
) -> PlannedSecret:
    member = Member(key=None, env="DB", value=SecretValue(value), digest="", findings=())
    return PlannedSecret(
        name=name, store="secretsmanager", type=kind, tier=None, kms_key=None, members=(member,),
        constants=(), action=action, reason="", rotation="manual", monthly_cost=0.4,
    )  # fmt: skip


def plan(*secrets: PlannedSecret) -> Plan:
    return Plan(env="prod", app=OURS, root="/", tree="", secrets=secrets, fixes=(), refusals=(), new_files=())


def holding(value: str, tag: str | None, **more: Any) -> FakeStore:
    return FakeStore(values={"prod/shop/db": SecretValue(value)}, tags={"prod/shop/db": tag}, **more)


@pytest.mark.parametrize(
    ("store", "action", "words"),
    [
        (holding("another", OURS), "create", "another value"),
        (holding("another", OURS), "adopt", "another value"),
        (holding("generated-value", None), "create", "must be adopt"),
        (holding("generated-value", THEIRS), "create", THEIRS),
        (holding("generated-value", OURS, deletion="2026-12-01T00:00:00"), "create", "2026-12-01"),
        (FakeStore(), "update", "nothing to update"),
        (FakeStore(), "adopt", "nothing to adopt"),
        (FakeStore(), "restore", "nothing to restore"),
        (FakeStore(problem="a secret cannot be empty"), "create", "cannot be empty"),
    ],
    ids=[
        "our own name with another value", "another value is not adopted", "an untagged name", "another's name",
        "a name that is being deleted", "update of nothing", "adopt of nothing",
        "restore of nothing", "what AWS would refuse",
    ],
)  # fmt: skip
def test_a_conflict_is_told_and_nothing_is_written(store: FakeStore, action: str, words: str) -> None:
    with pytest.raises(StoreError) as raised:
        check(plan(planned(action=action)), lambda name: store)
    assert words in str(raised.value)
    assert "generated-value" not in raised.value.message + raised.value.hint
    assert store.writes == []


@pytest.mark.parametrize(
    ("key", "own_key", "conflict"),
    [
        ("alias/shop", False, True),
        ("alias/shop", True, False),
        ("alias/shop", None, False),
        ("alias/aws/secretsmanager", False, False),
        (None, False, False),
    ],
)
@pytest.mark.parametrize(("action", "value"), [("create", "generated-value"), ("update", "another")])
def test_a_secret_under_awss_own_key_is_not_said_to_be_under_the_plans(
    action: str, value: str, key: str | None, own_key: bool | None, conflict: bool
) -> None:
    store, secret = holding(value, OURS, own_key=own_key), replace(planned(action=action), kms_key=key)
    if not conflict:
        assert check(plan(secret), lambda name: store)
        return
    with pytest.raises(StoreError, match="update-secret --secret-id prod/shop/db --kms-key-id alias/shop"):
        check(plan(secret), lambda name: store)


@pytest.mark.parametrize(
    ("there", "wanted", "action", "value", "conflict"),
    [
        ("String", "SecureString", "adopt", "generated-value", "not encrypted"),
        ("String", "SecureString", "update", "another", "changes no type"),
        ("StringList", "SecureString", "update", "another", "changes no type"),
        ("SecureString", "String", "update", "another", "changes no type"),
        ("SecureString", "String", "adopt", "generated-value", "changes no type"),
        ("SecureString", "SecureString", "update", "another", None),
    ],
)
def test_a_parameter_of_another_type_is_neither_replaced_nor_taken_for_encrypted(
    there: str, wanted: str, action: str, value: str, conflict: str | None
) -> None:
    store, secret = holding(value, None, kind=there), planned(action=action, kind=wanted)
    if conflict is None:
        assert check(plan(secret), lambda name: store)
        return
    with pytest.raises(StoreError, match=conflict):
        check(plan(secret), lambda name: store)


def test_all_conflicts_come_together() -> None:
    store = FakeStore(values={"a": SecretValue("x"), "b": SecretValue("y")})
    with pytest.raises(StoreError, match="2 names") as caught:
        check(plan(planned("a"), planned("b"), planned("c")), lambda name: store)
    assert [line.partition(" with")[0] for line in caught.value.lines] == ["a: it exists", "b: it exists"]


@pytest.mark.parametrize(
    ("store", "action", "does"),
    [
        (FakeStore(), "create", "create"),
        (holding("generated-value", OURS), "create", "present"),
        (holding("generated-value", None), "adopt", "present"),
        (holding("generated-value", None), "update", "present"),
        (holding("another", None), "update", "update"),
        (holding("another", None, deletion="2026-12-01T00:00:00"), "restore", "restore"),
        (holding("another", None), "restore", "update"),
        (holding("generated-value", None), "restore", "present"),
    ],
)
def test_what_is_done_about_a_name(store: FakeStore, action: str, does: str) -> None:
    assert [ready.action for ready in check(plan(planned(action=action)), lambda name: store)] == [does]


def test_a_skipped_secret_is_not_even_looked_at() -> None:
    def never(name: str) -> FakeStore:
        raise AssertionError("asked")

    assert check(plan(planned(action="skip")), never) == ()


def ready(action: str = "create", version: str = "") -> Ready:
    secret = planned()
    return Ready(secret=secret, payload=payload(secret), action=action, version=version)


def test_what_reads_back_otherwise_is_an_error() -> None:
    with pytest.raises(StoreError, match="not what was stored"):
        store_secret(ready(), FakeStore(garble=True), app=OURS, token="t", sleep=lambda seconds: None)


def test_a_name_taken_in_between_is_not_overwritten() -> None:
    store = holding("another", None)
    with pytest.raises(AlreadyExistsError):
        store_secret(ready(), store, app=OURS, token="t")
    assert store.writes == []


@pytest.mark.parametrize("action", ["create", "update"])
def test_a_read_that_lags_behind_the_write_is_waited_for(action: str) -> None:
    """Both stores may answer from a copy without the new secret, or with the old value of one."""
    store = holding("old", OURS) if action == "update" else FakeStore()
    waits: list[float] = []
    seen = iter([store.values.get("prod/shop/db")] * 2)
    now = store.read
    store.read = lambda name: next(seen, None) if len(waits) < 2 else now(name)  # type: ignore[method-assign]
    assert store_secret(ready(action), store, app=OURS, token="t", sleep=waits.append) == "1"
    assert len(waits) == 2
    assert [what for what, _, _ in store.writes] == [action]


def test_a_write_without_an_answer_and_without_effect_is_an_error() -> None:
    with pytest.raises(OutcomeUnknownError):
        store_secret(ready(), FakeStore(ignore=1), app=OURS, token="t")


@pytest.mark.parametrize(("value", "writes"), [("another", ["restore", "update"]), ("generated-value", ["restore"])])
def test_what_is_being_deleted_comes_back_and_gets_the_value_only_if_it_has_another(
    value: str, writes: list[str]
) -> None:
    store = holding(value, None, deletion="2026-12-01T00:00:00")
    store_secret(ready("restore"), store, app=OURS, token="t")
    assert [what for what, _, _ in store.writes] == writes
    assert store.values == {"prod/shop/db": SecretValue("generated-value")}


@pytest.mark.parametrize("action", ["create", "update"])
def test_a_write_without_an_answer_that_took_effect_counts(action: str) -> None:
    store = FakeStore(lose=1)
    assert store_secret(ready(action), store, app=OURS, token="t") == "7"
    assert [(what, token) for what, _, token in store.writes] == [(action, "t")]


def test_what_is_there_is_not_written_again() -> None:
    store = FakeStore()
    assert store_secret(ready("present", "3"), store, app=OURS, token="t") == "3"
    assert store.writes == []


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (None, False),
        (SecretValue("plain"), False),
        (SecretValue("[1]"), False),
        (SecretValue('{"username": "generated-value"}'), False),
        (SecretValue('{"password": 5}'), False),
        (SecretValue('{"password": "generated-value "}'), False),
        (SecretValue('{"engine": "postgres", "password": "generated-value"}'), True),
        (SecretValue(b'{"password": "generated-value"}'), True),
    ],
)
def test_a_stored_object_holds_a_secret_if_its_members_read_the_same(
    stored: SecretValue | None, expected: bool
) -> None:
    member = Member(key="password", env="DB", value=SecretValue("generated-value"), digest="", findings=())
    secret = planned()
    keyed = PlannedSecret(**{name: getattr(secret, name) for name in secret.__slots__} | {"members": (member,)})
    assert holds(keyed, stored) is expected


def test_bytes_of_a_binary_secret_are_compared_as_bytes() -> None:
    secret = planned()
    member = Member(key=None, env="DB", value=SecretValue(b"\x00\xff"), digest="", findings=())
    binary = PlannedSecret(
        **{name: getattr(secret, name) for name in secret.__slots__} | {"members": (member,), "type": "SecretBinary"}
    )
    assert holds(binary, SecretValue(b"\x00\xff"))
    assert not holds(binary, SecretValue("\x00\xff"))
