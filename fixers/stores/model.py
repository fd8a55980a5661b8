"""The protocol of a store, and the records that it takes and returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from fixers.model import PlannedSecret
from fixers.stores.forms import Commands, Permissions, Reference, References
from fixers.stores.pace import Wait
from scanner.errors import StoreError
from scanner.model import SecretValue

# Marks what we created: an existing name without it is never written to unless the plan adopts it.
REPOSITORY_TAG = "unhardcode:repository"
DESCRIPTION = "Created by unhardcode: this value was in source code before."
# Types of parameters that are not encrypted: settings, never what was judged secret.
PLAIN_TYPES = ("String", "StringList")
# The type of bytes that are no text, in a store that takes them.
BINARY_TYPE = "SecretBinary"


class AlreadyExistsError(StoreError):
    """The name is taken: read it back and compare before anything else."""


class ScheduledForDeletionError(StoreError):
    """The name is kept by a secret that is being deleted."""


class DeniedError(StoreError):
    """The credentials may not make this call; perhaps they may make another that does the same."""


class ThrottledError(StoreError):
    """AWS refused for too many requests: nothing took effect, and the same call may succeed later."""


class UnreadError(StoreError):
    """What one of these references names could not be read. It says what the store's own error says."""

    def __init__(self, error: StoreError, wanted: Sequence[Reference]) -> None:
        super().__init__(error.message, lines=error.lines, hint=error.hint)
        self.wanted = tuple(wanted)


class OutcomeUnknownError(StoreError):
    """A write got no answer: whether it took effect is only known after reading back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An AWS to talk to instead of the real one, with the only key pair that it accepts."""

    url: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call may take: seconds to connect and to answer, and attempts before it fails."""

    connect: float = 5.0
    read: float = 15.0
    attempts: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """What the store says of a name, without its value.

    `version` is the version id or number that is read now, "" where there is none. `type` is Secret in Secrets Manager,
    where a name takes either type of value, and a parameter's own type else. `deletion` is when a scheduled deletion
    ends (ISO 8601), else None. `repository` is the tag that says who created it, None where it has none. `arn` is None
    where the store does not give one. `own_key` says whether it is encrypted with a KMS key of its own and not with
    AWS's; None where the store does not say.
    """

    name: str
    version: str
    type: str
    repository: str | None
    tags: Mapping[str, str]
    deletion: str | None = None
    arn: str | None = None
    own_key: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store has under a name, with its value; `value` is None if there is none to read."""

    existing: Existing
    value: SecretValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a write came to: the version that now holds the value, and the ARN where the store gives one."""

    name: str
    version: str
    arn: str | None


class Store(Protocol):
    """Where values go. Every failure is a StoreError that names the secret and what to do, never a value."""

    @property
    def name(self) -> str:
        """The store's word in plans: secretsmanager, parameterstore."""

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        """Say, without any call, why the store would not take this: name, size, level, forbidden text."""

    def read(self, name: str) -> SecretValue | None:
        """Read the current value; None where the name does not exist or has no value."""

    def describe(self, name: str) -> Existing | None:
        """Say what is there without reading it; None where the name does not exist."""

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Stored | None]]:
        """Look at many names in few calls, in their order; None where a name does not exist."""

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        """Store a new name; AlreadyExistsError where it is taken. `token` is a random UUID, kept for a retry."""

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        """Store a new version under an existing name."""

    def restore(self, name: str) -> None:
        """Bring back a name that is scheduled for deletion; nothing happens to one that is not."""

    def delete(self, name: str, *, days: int) -> None:
        """Delete a name: a secret can be brought back for so many days (7 to 30), a parameter never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a store is reached: its client of boto3, one that tries each call only `once`, and the pace of writes."""

    client: Any  # boto3's, whose types are made at run time
    once: Callable[[], Any]
    region: str
    pace: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What a store offers at one price: the bytes that a value may have, and US dollars a month without reads."""

    most_bytes: int
    a_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKind:
    """What is known of a store without asking it.

    `word` names it in plans and on the command line, `title` to people, `service` to boto3 and KMS; `one` and `many`
    are what it holds. Of `types` the first is that of an encrypted text. `tiers` are by their names, the smallest
    first, None where there is only one. `writes_a_second` is what AWS's default rates allow. `has_fields` says that
    references can name one field of a JSON object, `rotates` that AWS can rotate what it holds, `recoverable` that
    what was deleted can be brought back.

    `name_for` makes a name of it from `env/app/part`. `name_problems` (region None: one with a long name) and
    `value_problems` (tier None: the smallest) say why AWS would refuse; emulators refuse nothing.

    `read_many(wanted, client)` reads what references name, in any order. Raises UnreadError. `read_below(path, client)`
    reads all values below a path, by their full names; None where the store has no such call. `terraform` is the type
    of resource that Terraform adopts without its value; None: its provider would keep values in the state.
    """

    word: str
    title: str
    service: str
    one: str
    many: str
    types: tuple[str, ...]
    tiers: Mapping[str | None, Tier]
    writes_a_second: float
    has_fields: bool
    rotates: bool
    recoverable: bool
    name_for: Callable[[str], str]
    name_problems: Callable[[str, str | None], Iterator[str]]
    value_problems: Callable[[bytes | str, str | None], Iterator[str]]
    open: Callable[[Connection], Store]
    read_many: Callable[[Sequence[Reference], Any], Iterator[tuple[Reference, SecretValue]]]
    read_below: Callable[[str, Any], dict[str, SecretValue]] | None = None
    references: References
    permissions: Permissions
    commands: Commands
    terraform: str | None = None

    def problems(self, name: str, value: bytes | str, *, tier: str | None, region: str | None) -> tuple[str, ...]:
        """Say why the store would not take this name and value; () where it would."""
        return (*self.name_problems(name, region), *self.value_problems(value, tier))


# A store by its word in plans.
Stores: TypeAlias = Callable[[str], Store]
