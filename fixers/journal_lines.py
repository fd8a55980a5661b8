"""The lines of a migration's journal: JSON objects with these members, never with a value."""

from __future__ import annotations

from typing import Any, NotRequired, Required, TypeAlias, TypedDict, final

from fixers.spelling import Part


@final
class FromBlob(TypedDict):
    """Undo by restoring git's object with this id."""

    blob: str


@final
class FromStore(TypedDict):
    """Undo by edits with values from the store: start, end and the parts of the old text (fixers.spelling).

    `mark` says whether the file begins with a byte order mark.
    """

    edits: list[tuple[int, int, list[Part]]]
    encoding: str
    mark: bool


WayBack: TypeAlias = FromBlob | FromStore


class FileLine(TypedDict):
    """How a file changes. `before` and `after` are keyed digests of its bytes, `before` is None for a new file.

    A new file has `content`. Any other has `edits`, each [start, end, expected digest, new text], and `way`, which
    undoes them. `way` is None only in an incident, which is not undone.
    """

    path: str
    before: str | None
    after: str
    content: NotRequired[str]
    edits: NotRequired[list[list[Any]]]
    way: NotRequired[WayBack | None]


class SecretLine(TypedDict):
    """A secret to store. `token` is the request token that makes a repeated upload idempotent."""

    name: str
    store: str
    token: str


class Facts(TypedDict):
    """What a resumed run or an undo needs to know. `plan` is a digest of the plan, `plan_file` its text.

    `aws` is the region and, if known, the account to which values are stored.
    """

    root: str
    app: str
    plan: str
    plan_file: NotRequired[str]
    files: list[FileLine]
    secrets: list[SecretLine]
    incident: NotRequired[bool]
    aws: NotRequired[dict[str, str]]


class Begin(Facts):
    """The first line. `journal` is the format's version, `at` the time in ISO 8601."""

    step: str
    journal: int
    at: str


class Step(TypedDict, total=False):
    """A later line; its `step` decides which members it has. `outcomes` are those of fixers.model, as objects."""

    step: Required[str]
    name: str
    action: str
    version: str
    path: str
    files: list[FileLine]
    outcomes: list[dict[str, Any]]
