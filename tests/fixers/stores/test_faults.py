"""AWS that fails on the wire: one line, status 3, no value shown, and a state that repeating the call mends."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.model import PlannedSecret
from fixers.stores.kinds import KINDS
from fixers.stores.model import (
    AlreadyExistsError,
    Endpoint,
    OutcomeUnknownError,
    Patience,
    ScheduledForDeletionError,
    Store,
)
from fixers.stores.registry import connect
from scanner.errors import Exit, StoreError
from scanner.model import SecretValue

Made = Callable[..., str]
CREATE = {"secretsmanager": "CreateSecret", "parameterstore": "PutParameter"}
READ = {"secretsmanager": "GetSecretValue", "parameterstore": "GetParameter"}


class Wire:
    """A relay before the emulated AWS (`relaying`), and stores that talk through it."""

    def __init__(self, relay: Any, endpoint: Endpoint) -> None:
        self.relay = relay
        self.endpoint = endpoint
        self._stores: dict[tuple[object, ...], Store] = {}

    def store(self, name: str, *, attempts: int = 1, read: float = 10) -> Store:
        """A client is slow to make, and is kept; one that was throttled goes on slowly, and only that one."""
        end, wanted = self.endpoint, (name, attempts, read)
        if wanted not in self._stores:
            self._stores[wanted] = connect(
                name,
                region=end.region,
                endpoint=self.relay.url,
                credentials=(end.access_key, end.secret_key),
                patience=Patience(connect=5, read=read, attempts=attempts),
            )
        return self._stores[wanted]


@pytest.fixture(scope="module")
def server(aws: Endpoint, relaying: SimpleNamespace) -> Iterator[Wire]:
    with relaying.to(aws.url) as relay:
        yield Wire(relay, aws)


@pytest.fixture
def wire(server: Wire) -> Iterator[Wire]:
    yield server
    server.relay.forget()


@pytest.fixture(params=KINDS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def versions(store: Store, secret: PlannedSecret) -> int:
    client: Any = store.client  # type: ignore[attr-defined]
    if store.name == "secretsmanager":
        return len(client.list_secret_version_ids(SecretId=secret.name, IncludeDeprecated=True)["Versions"])
    return len(client.get_parameter_history(Name=secret.name)["Parameters"])


def assert_told(error: StoreError, *words: str, secret: PlannedSecret | None, value: str) -> None:
    """One line with the name, what happened and what to do; status 3; the value nowhere, not even in a traceback."""
    assert error.status is Exit.NOT_SEEN
    assert "\n" not in error.message + error.hint
    assert error.hint
    for word in (*words, *([secret.name] if secret else [])):
        assert word in f"{error.message}: {error.hint}"
    leaked = value in "".join(traceback.format_exception(error)) + error.hint
    assert not leaked
    assert error.__cause__ is None


# --- nothing can be asked ----------------------------------------------------------------------------------------


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without any AWS settings."""
    for variable in [variable for variable in os.environ if variable.startswith("AWS_")]:
        monkeypatch.delenv(variable)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("nobody")
def test_no_region(name: str, made: Made) -> None:
    with pytest.raises(StoreError) as caught:
        connect(name)
    assert_told(caught.value, "no AWS region", "--region", secret=None, value=made())


@pytest.mark.usefixtures("nobody")
def test_no_credentials(name: str, made: Made, made_stores: SimpleNamespace) -> None:
    secret, value = made_stores.planned(name), made()
    store = connect(name, region="eu-west-1", endpoint="http://127.0.0.1:9")
    with pytest.raises(StoreError) as caught:
        store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert_told(caught.value, "no AWS credentials were found", "AWS_PROFILE", secret=secret, value=value)


@pytest.mark.usefixtures("nobody")
def test_no_such_profile(name: str, made: Made) -> None:
    with pytest.raises(StoreError) as caught:
        connect(name, region="eu-west-1", profile="absent")
    assert_told(caught.value, "there is no such AWS profile", "--profile", secret=None, value=made())


# --- AWS says no -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param("ExpiredTokenException", ("have expired", "sign in again"), id="expired credentials"),
        pytest.param("UnrecognizedClientException", ("does not know", "key pair"), id="unknown credentials"),
        pytest.param("AccessDeniedException", ("access denied", "allow {action}"), id="access denied"),
        pytest.param("KMSAccessDeniedException", ("AWS answered KMSAccessDeniedException",), id="a new error"),
        pytest.param("InvalidKeyId", ("KMS key cannot be used", "enabled"), id="a KMS key that is disabled"),
    ],
)
@pytest.mark.parametrize("doing", ["create", "read"])
def test_aws_says_no(
    wire: Wire, name: str, doing: str, fault: str, words: tuple[str, ...], made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value = made_stores.planned(name), made()
    action = (CREATE if doing == "create" else READ)[name]
    wire.relay.always[action] = (fault, f"no, {value} cannot be used")
    store = wire.store(name, attempts=3)
    attempts: dict[str, Callable[[], object]] = {
        "create": lambda: store.create(secret, SecretValue(value), tags={}, token=made_stores.token()),
        "read": lambda: store.read(secret.name),
    }
    with pytest.raises(StoreError) as caught:
        attempts[doing]()
    service = "ssm" if name == "parameterstore" else name
    told = [word.format(action=f"{service}:{action}") for word in words]
    assert_told(caught.value, *told, secret=secret, value=value)
    assert wire.relay.calls[action] == 1, "an answer that stays the same was asked for again"
    wire.relay.always.clear()
    assert store.read(secret.name) is None


def test_a_name_that_holds_another_value_keeps_it(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, theirs, ours, store = made_stores.planned(name), made(), made(), wire.store(name)
    store.create(secret, SecretValue(theirs), tags={}, token=made_stores.token())
    with pytest.raises(AlreadyExistsError) as caught:
        store.create(secret, SecretValue(ours), tags={}, token=made_stores.token())
    assert_told(caught.value, "the name is taken", "adopt", secret=secret, value=ours)
    assert store.read(secret.name) == SecretValue(theirs)
    assert versions(store, secret) == 1


def test_a_secret_that_is_being_deleted_is_neither_read_nor_replaced(
    wire: Wire, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, store = made_stores.planned("secretsmanager"), made(), wire.store("secretsmanager")
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    client: Any = store.client  # type: ignore[attr-defined]
    client.delete_secret(SecretId=secret.name, RecoveryWindowInDays=7)
    there = store.describe(secret.name)
    assert there is not None
    assert there.deletion is not None
    # As AWS words it; the emulator says that the name is taken, or takes the new value.
    deleted = ("InvalidRequestException", "You can't do this: the secret is already scheduled for deletion.")
    wire.relay.always = {"CreateSecret": deleted, "PutSecretValue": deleted}
    attempts: list[Callable[[], object]] = [
        lambda: store.read(secret.name),
        lambda: store.update(secret, SecretValue(value), token=made_stores.token()),
        lambda: store.create(secret, SecretValue(value), tags={}, token=made_stores.token()),
    ]
    for attempt in attempts:
        with pytest.raises(ScheduledForDeletionError) as caught:
            attempt()
        assert_told(caught.value, "scheduled for deletion", "restore-secret", secret=secret, value=value)


# --- AWS says later ----------------------------------------------------------------------------------------------


def throttling(name: str) -> tuple[str, str]:
    return (
        ("ThrottlingException", "Rate exceeded") if name == "parameterstore" else ("ThrottlingException", "slow down")
    )


def test_a_throttled_call_is_repeated_until_it_succeeds(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, store = made_stores.planned(name), made(), wire.store(name, attempts=4)
    wire.relay.faults[CREATE[name]] = [throttling(name)]
    wire.relay.faults[READ[name]] = [throttling(name)]
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert store.read(secret.name) == SecretValue(value)
    assert (wire.relay.calls[CREATE[name]], wire.relay.calls[READ[name]], versions(store, secret)) == (2, 2, 1)


def test_a_call_that_stays_throttled_is_given_up(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, store = made_stores.planned(name), made(), wire.store(name, attempts=2)
    wire.relay.always[CREATE[name]] = throttling(name)
    with pytest.raises(StoreError) as caught:
        store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert_told(caught.value, "too many requests", "wait a minute and repeat", secret=secret, value=value)
    assert wire.relay.calls[CREATE[name]] == 2
    wire.relay.always.clear()
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert versions(store, secret) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_an_aws_that_breaks_leaves_a_write_unknown_and_a_read_unanswered(
    wire: Wire, name: str, status: int, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, store = made_stores.planned(name), made(), wire.store(name)
    for action in (CREATE[name], READ[name]):
        wire.relay.always[action] = ("InternalServiceError", f"broken at {value}", status)
    with pytest.raises(OutcomeUnknownError) as unknown:
        store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert_told(unknown.value, "may have taken effect", "reads back before it writes", secret=secret, value=value)
    with pytest.raises(StoreError) as unanswered:
        store.read(secret.name)
    assert type(unanswered.value) is StoreError
    assert_told(unanswered.value, "no complete answer in time", "repeat", secret=secret, value=value)


# --- the wire breaks ---------------------------------------------------------------------------------------------


def test_a_write_that_took_effect_without_an_answer_is_found_by_reading_back(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, token = made_stores.planned(name), made(), made_stores.token()
    store = wire.store(name)
    wire.relay.faults[CREATE[name]] = [wire.relay.AFTER]
    with pytest.raises(OutcomeUnknownError) as caught:
        wire.store(name, read=0.5).create(secret, SecretValue(value), tags={}, token=token)
    assert_told(caught.value, "no answer, and it may have taken effect", secret=secret, value=value)
    assert store.read(secret.name) == SecretValue(value)
    assert versions(store, secret) == 1


def test_an_update_that_took_effect_without_an_answer_is_found_by_reading_back(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, token, store = made_stores.planned(name), made(), made_stores.token(), wire.store(name)
    store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    wire.relay.faults["PutSecretValue" if name == "secretsmanager" else "PutParameter"] = [wire.relay.AFTER]
    with pytest.raises(OutcomeUnknownError):
        wire.store(name, read=0.5).update(secret, SecretValue(value), token=token)
    assert store.read(secret.name) == SecretValue(value)
    if name == "secretsmanager":
        # The same token again is the same version; a parameter has none, and is not written again.
        store.update(secret, SecretValue(value), token=token)
    assert versions(store, secret) == 2


def test_an_update_of_a_parameter_is_never_repeated_by_boto3_itself(
    wire: Wire, made: Made, made_stores: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no token: what took effect without an answer would be a second version."""
    secret, value, store = made_stores.planned("parameterstore"), made(), wire.store("parameterstore", attempts=4)
    store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    wire.relay.forget()
    wire.relay.faults["PutParameter"] = [wire.relay.DROP]
    with pytest.raises(OutcomeUnknownError):
        store.update(secret, SecretValue(value), token=made_stores.token())
    assert (wire.relay.calls["PutParameter"], versions(store, secret)) == (1, 2)
    assert store.read(secret.name) == SecretValue(value)
    # What was refused for too many requests had no effect, and is repeated by us.
    pauses: list[float] = []
    monkeypatch.setattr("fixers.stores.parameterstore.time.sleep", pauses.append)
    wire.relay.faults["PutParameter"] = [throttling("parameterstore")] * 2
    store.update(secret, SecretValue(made()), token=made_stores.token())
    assert (pauses[:2], versions(store, secret)) == ([1.0, 2.0], 3)


def test_a_deletion_that_is_repeated_after_it_took_effect_is_one(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, store = made_stores.planned(name), wire.store(name, attempts=3)
    store.create(secret, SecretValue(made()), tags={}, token=made_stores.token())
    action = "DeleteSecret" if name == "secretsmanager" else "DeleteParameter"
    wire.relay.faults[action] = [wire.relay.DROP]
    # As AWS says it; the emulator deletes twice.
    again = ("InvalidRequestException", "You can't perform this operation: the secret is scheduled for deletion.")
    wire.relay.always = {"DeleteSecret": again}
    store.delete(secret.name, days=7)
    assert wire.relay.calls[action] == 2
    there = store.describe(secret.name)
    assert there is None or there.deletion is not None


def test_a_create_that_is_repeated_after_it_took_effect_never_makes_a_second_version(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, store = made_stores.planned(name), made(), wire.store(name)
    wire.relay.faults[CREATE[name]] = [wire.relay.AFTER]
    try:
        wire.store(name, attempts=3, read=2).create(secret, SecretValue(value), tags={}, token=made_stores.token())
    except AlreadyExistsError as error:
        # boto3 itself repeated it: the name is taken, by us.
        assert_told(error, "the name is taken", secret=secret, value=value)
    assert wire.relay.calls[CREATE[name]] >= 2
    assert store.read(secret.name) == SecretValue(value)
    assert versions(store, secret) == 1


def test_a_connection_lost_in_the_middle_of_an_upload_stores_nothing_and_the_next_attempt_does(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value = made_stores.planned(name, tier="Advanced"), made(8_000)
    store = wire.store(name)
    wire.relay.faults[CREATE[name]] = [wire.relay.MIDDLE]
    with pytest.raises(OutcomeUnknownError) as caught:
        store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert_told(caught.value, "may have taken effect", "repeat the same command", secret=secret, value=value[:100])
    assert store.read(secret.name) is None
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert (store.read(secret.name) == SecretValue(value), versions(store, secret)) == (True, 1)


def test_a_connection_lost_once_is_mended_by_itself_where_attempts_are_left(
    wire: Wire, name: str, made: Made, made_stores: SimpleNamespace
) -> None:
    secret, value, store = made_stores.planned(name), made(), wire.store(name, attempts=3)
    wire.relay.faults[CREATE[name]] = [wire.relay.MIDDLE]
    wire.relay.faults[READ[name]] = [wire.relay.MIDDLE]
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    assert store.read(secret.name) == SecretValue(value)
    assert (wire.relay.calls[CREATE[name]], versions(store, secret)) == (2, 1)


def test_a_read_without_an_answer_in_time_says_so(
    wire: Wire, name: str, made_stores: SimpleNamespace, made: Made
) -> None:
    secret, value, store = made_stores.planned(name), made(), wire.store(name)
    store.create(secret, SecretValue(value), tags={}, token=made_stores.token())
    wire.relay.faults[READ[name]] = [wire.relay.AFTER]
    with pytest.raises(StoreError) as caught:
        wire.store(name, read=0.5).read(secret.name)
    assert_told(caught.value, "no complete answer in time", "network", secret=secret, value=value)
    assert store.read(secret.name) == SecretValue(value)
