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

# Marks what we created: an existing name without this tag is never written to unless the plan adopts it.
REPOSITORY_TAG = "unhardcode:repository"
DESCRIPTION = "Created by unhardcode: this value was in source code before."
# Types of parameters that are not encrypted: for settings, never for a value judged secret.
PLAIN_TYPES = ("String", "StringList")
# The type for bytes that are not valid text, in a store that accepts them.
BINARY_TYPE = "SecretBinary"


class AlreadyExistsError(StoreError):
    """The name exists: read it back and compare before anything else."""


class ScheduledForDeletionError(StoreError):
    """The name belongs to a secret that is scheduled for deletion."""


class DeniedError(StoreError):
    """The credentials do not permit this call; they may permit another one with the same result."""


class ThrottledError(StoreError):
    """AWS throttled the call: nothing took effect, and the same call may succeed later."""


class UnreadError(StoreError):
    """The value of one of these references could not be read. The message is the store's own error."""

    def __init__(self, error: StoreError, wanted: Sequence[Reference]) -> None:
        super().__init__(error.message, lines=error.lines, hint=error.hint)
        self.wanted = tuple(wanted)


class OutcomeUnknownError(StoreError):
    """A write got no answer: only reading back shows whether it took effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An AWS to use instead of the real one, with the only key pair that it accepts."""

    url: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call may take: seconds to connect and to answer, and the number of attempts."""

    connect: float = 5.0
    read: float = 15.0
    attempts: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """What the store tells about a name, without its value.

    `version` is the current version's id or number, "" if there is none. `type` is Secret in Secrets Manager, where a
    name accepts either type of value, otherwise a parameter's type. `deletion` is when a scheduled deletion ends (ISO
    8601), else None. `repository` is the tag that says for whom it was created, None if it has none. `arn` is None if
    the store does not return one. `own_key` says whether it is encrypted with a customer's KMS key rather than AWS's;
    None if the store does not tell.
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
    """The result of a write: the version that now holds the value, and the ARN if the store returns one."""

    name: str
    version: str
    arn: str | None


class Store(Protocol):
    """A store of values. Every failure is a StoreError that names the secret and what to do, never a value."""

    @property
    def name(self) -> str:
        """The store's word in plans: secretsmanager, parameterstore."""

    def problems(self, secret: PlannedSecret, payload: SecretValue) -> tuple[str, ...]:
        """The reasons, found without a call, why the store would not accept this: name, size, level, forbidden text."""

    def read(self, name: str) -> SecretValue | None:
        """Read the current value; None if the name does not exist or has no value."""

    def describe(self, name: str) -> Existing | None:
        """Describe a name without reading its value; None if the name does not exist."""

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Stored | None]]:
        """Describe and read many names in few calls, in their order; None for a name that does not exist."""

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        """Store under a new name; AlreadyExistsError if it exists. `token` is a random UUID, kept for a retry."""

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        """Store a new version under an existing name."""

    def restore(self, name: str) -> None:
        """Cancel the scheduled deletion of a name; no effect on other names."""

    def delete(self, name: str, *, days: int) -> None:
        """Delete a name: a secret can be restored for so many days (7 to 30), a parameter never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a store is reached: its boto3 client, one that tries each call only `once`, and the pace of writes."""

    client: Any  # boto3's, whose types are created at run time
    once: Callable[[], Any]
    region: str
    pace: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A price tier of a store: the maximum size of a value in bytes, and US dollars per month without reads."""

    most_bytes: int
    a_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKind:
    """What is known about a store without asking it.

    `word` is its name in plans and on the command line, `title` its name for people, `service` its name for boto3 and
    KMS; `one` and `many` are words for what it holds. The first of `types` is that of encrypted text. `tiers` are by
    name, the smallest first, None if there is only one. `writes_a_second` is what AWS's default rates allow.
    `has_fields` says that references can name one field of a JSON object, `rotates` that AWS can rotate what it holds,
    `recoverable` that a deletion can be undone.

    `name_for` makes one of its names from `env/app/part`. `name_problems` (region None: one with a long name) and
    `value_problems` (tier None: the smallest) say why AWS would refuse; emulators refuse nothing.

    `read_many(wanted, client)` reads the values of references, in any order. Raises UnreadError. `read_below(path,
    client)` reads all values below a path, by their full names; None if the store has no such call. `terraform` is the
    resource type that Terraform adopts without its value; None: its provider would keep values in the state.
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
        """The reasons why the store would not accept this name and value; () if it would."""
        return (*self.name_problems(name, region), *self.value_problems(value, tier))


# Returns a store by its word in plans.
Stores: TypeAlias = Callable[[str], Store]
