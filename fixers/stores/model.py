"""What a store is, and the records that it gives and takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from fixers.model import PlannedSecret
from scanner.errors import StoreError
from scanner.model import SecretValue

# Marks what we created: an existing name without it is never written to unless the plan adopts it.
REPOSITORY_TAG = "unhardcode:repository"
DESCRIPTION = "Created by unhardcode: this value was in source code before."
# Types of parameters that are not encrypted: settings, never what was judged secret.
PLAIN_TYPES = ("String", "StringList")
# What each store holds.
TYPES = {"secretsmanager": ("SecretString", "SecretBinary"), "parameterstore": ("SecureString", *PLAIN_TYPES)}


class AlreadyExistsError(StoreError):
    """The name is taken: read it back and compare before anything else."""


class ScheduledForDeletionError(StoreError):
    """The name is kept by a secret that is being deleted."""


class DeniedError(StoreError):
    """The credentials may not make this call; perhaps they may make another that does the same."""


class ThrottledError(StoreError):
    """AWS refused for too many requests: nothing took effect, and the same call may succeed later."""


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
class Seen:
    """A name that was looked at: what is there, and its value. `value` is None where there is none to read."""

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

    def look(self, names: Sequence[str]) -> Iterator[tuple[str, Seen | None]]:
        """Look at many names in few calls, in their order; None where a name does not exist."""

    def create(self, secret: PlannedSecret, payload: SecretValue, *, tags: Mapping[str, str], token: str) -> Receipt:
        """Store a new name; AlreadyExistsError where it is taken. `token` is a random UUID, kept for a retry."""

    def update(self, secret: PlannedSecret, payload: SecretValue, *, token: str) -> Receipt:
        """Store a new version under an existing name."""

    def restore(self, name: str) -> None:
        """Bring back a name that is scheduled for deletion; nothing happens to one that is not."""

    def delete(self, name: str, *, days: int) -> None:
        """Delete a name: a secret can be brought back for so many days (7 to 30), a parameter never."""


# A store by its word in plans.
Stores: TypeAlias = Callable[[str], Store]
