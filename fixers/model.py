"""The records of a change: finding -> PlannedSecret, Fix, Refusal -> (apply) -> Outcome. Only the standard library."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from scanner.model import Finding, SecretValue, Span


class RefusalReason(enum.StrEnum):
    """Why a finding is not rewritten; every finding ends in a Fix or with one of these reasons."""

    TEST_FIXTURE = "test-fixture"  # tests, examples and docs
    KEY_FILE = "key-file"
    OWN_AWS_KEYS = "own-aws-keys"  # the account's own access keys: remove the arguments instead
    READER_OUTSIDE_PYTHON = "reader-outside-python"
    READER_UNKNOWN = "reader-unknown"  # no reader of this key was found
    READER_NOT_REWRITABLE = "reader-not-rewritable"  # Python reads it in a form that cannot be rewritten
    KIND_NOT_SUPPORTED = "kind-not-supported"  # YAML, JSON, ...: the user has to do it
    POSITION_NOT_SUPPORTED = "position-not-supported"  # case patterns, typing.Literal, docstrings, comments
    COMMENT = "comment"  # a copy in a comment or docstring: remove it by hand
    DYNAMIC = "dynamic"  # part of a computed value that cannot be rebuilt
    NOT_PARSABLE = "not-parsable"
    NOT_ROUND_TRIPPABLE = "not-round-trippable"  # LibCST does not reproduce the bytes it read
    LINKED = "linked"  # a symlink, or outside the repository
    VALUE_NOT_STORABLE = "value-not-storable"  # empty, too large, or `{{` for Parameter Store
    NAME_TAKEN = "name-taken"
    HISTORY_ONLY = "history-only"
    COMPANION_MISSING = "companion-missing"  # one half of a pair
    READ_ONLY = "read-only"
    EXAMPLE_VALUE = "example-value"
    SKIPPED = "skipped"  # the user set the plan's action to skip
    NOT_UNDOABLE = "not-undoable"  # neither git nor the store could restore the file's text
    NOT_STORED = "not-stored"  # `fix --write`: the store does not hold this value


class Safety(enum.StrEnum):
    """Whether an edit may be applied without review."""

    SAFE = "safe"
    REVIEW = "review"  # offered for review


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace `span` of `path` by `new`. `expects` is the keyed digest of the text to be replaced."""

    path: str
    span: Span
    expects: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a migration creates (the generated module). Refused if the path has other content."""

    path: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One value of a planned secret: its JSON key (None if the secret is a plain value), its variable and its places.

    `digest` is the keyed digest of the value. `findings` are the executable places that hold it; the first one gave the
    secret its name.
    """

    key: str | None
    env: str
    value: SecretValue
    digest: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSecret:
    """One secret that a migration stores: where, and why there.

    `constants` are the non-secret fields of a database secret (engine, host, username, port, dbname), stored beside the
    members in its JSON. `type` is SecretString, SecretBinary, SecureString or String. `tier` is Standard or Advanced,
    None in Secrets Manager. `action` is create, update, adopt, restore or skip. `rotation` is automatic or manual, or
    says in words what automatic rotation waits for. `monthly_cost` is in US dollars, without reads. `environment` is
    that of the secret's files, "" if it is the plan's.
    """

    name: str
    store: str
    type: str
    tier: str | None
    kms_key: str | None
    members: tuple[Member, ...]
    constants: tuple[tuple[str, str], ...]
    action: str
    reason: str
    rotation: str
    monthly_cost: float
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One expression to evaluate: with the generated module, `expression` must give the value that has `digest`.

    `variables` are the recorded environment variables (name, value) for the run in which they are set. `style` is how
    the expression is written: module, inline or extension.
    """

    path: str
    line: int
    expression: str
    digest: str
    variables: tuple[tuple[str, SecretValue], ...]
    style: str = "module"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """All edits for one secret in all its executable places, applied together or not at all."""

    secret: str
    title: str
    safety: Safety
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A finding that is not rewritten: the reason, the detail, and what the user can do."""

    finding: Finding
    reason: RefusalReason
    detail: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a migration will do. `tree` is a digest over the files that it changes.

    `imports` are edits that belong to a file and not to one fix (import lines, a requirements line): each is applied if
    any fix changes its file. `style` is how code is written: module, inline or extension; `prefix_from` is the variable
    that replaces the first part of names at run time.
    """

    env: str
    app: str
    root: str
    tree: str
    secrets: tuple[PlannedSecret, ...]
    fixes: tuple[Fix, ...]
    refusals: tuple[Refusal, ...]
    new_files: tuple[NewFile, ...]
    imports: tuple[Edit, ...] = ()
    notes: tuple[str, ...] = ()
    style: str = "module"
    prefix_from: str | None = None

    @property
    def moving(self) -> tuple[PlannedSecret, ...]:
        """The secrets that are not skipped."""
        return tuple(secret for secret in self.secrets if secret.action != "skip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one fix: `status` is proven, unproven, failed or skipped, `level` expression, module, command."""

    secret: str
    status: str
    level: str | None
    detail: str
