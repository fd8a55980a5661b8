"""The records that the plan and the rewriters exchange: placements in, edits out.

Edits of one Rewritten never overlap unless they are equal (two placements in one literal, one import line). Two
Rewritten of one run may hold equal edits too; `unique_edits` keeps one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias

from fixers.model import Edit, NewFile, Proof, RefusalReason
from scanner.errors import NotSeenError
from scanner.model import Document, Finding, Kind, SecretValue

if TYPE_CHECKING:
    from fixers.python_syntax import Syntax
    from fixers.read_as_text import TextRead
    from fixers.settings_modules import Module
    from fixers.workspace import Workspace

# The next step for the user if there is no more specific one.
BY_HAND = "replace the value by hand"
READ_IN_CODE = "read this one value with get_secret_value in the code, and take it out of the file"
# Kinds whose files `fixers.structured` parses.
STRUCTURED = frozenset({Kind.YAML, Kind.JSON, Kind.TOML, Kind.INI})
STYLES = ("module", "inline", "extension")
# Reason, detail, and what the user can do about it.
Refused: TypeAlias = tuple[RefusalReason, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where one finding's value will be stored: the secret's name, its JSON key (None: a plain value), its variable.

    `value` is what will be stored if it is not `finding.value`: a `.env` variable is stored whole even if the finding
    is only the password of its URL. `plain` marks a setting, which is stored unencrypted.
    """

    finding: Finding
    name: str
    key: str | None
    env: str
    value: SecretValue | None = None
    plain: bool = False

    @property
    def stored(self) -> SecretValue | None:
        """The value that the store will hold under this name and key."""
        return self.value if self.value is not None else self.finding.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How code is written. `prefix_from` is the variable that replaces the first part of a secret's name at run time.

    `awaits` says that async functions run in asyncio's event loop, where a generated call can wait in a thread.
    """

    name: str = "module"
    prefix_from: str | None = None
    awaits: bool = True

    @property
    def has_module(self) -> bool:
        """Whether rewritten code calls a generated module."""
        return self.name != "inline"


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteContext:
    """What a rewriter needs besides the document. `fixers.rewrite_context` makes one for a workspace.

    `key` keys the digests of edits and proofs. `imported` holds every dotted name that the workspace's Python files
    import absolutely, which tells a namespace package from a folder of scripts. `loads` are the folders and files
    from which the workspace's code loads modules by listing or by path (`fixers.project_imports`), by their last
    part. `functions` are folders that a template makes the root of a Lambda function. `listed` are modules whose
    names are listed somewhere, by their last part. `roots` are folders that have an `__init__.py` and are on sys.path
    nevertheless, `both` those that are on it for some programs only. `as_text` tells where Python files are read as
    text. `via_run` says that programs are started by `unhardcode run`, so that readers outside Python need no
    rewriting. `devices` are Python files that run on a microcontroller. `style` is how code is written. `syntaxes`
    and `modules` cache parsed Python files by path, because a plan is made in several rounds.
    """

    workspace: Workspace
    key: bytes
    imported: frozenset[str] = frozenset()
    loads: Mapping[str, str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()
    via_run: bool = False
    devices: frozenset[str] = frozenset()
    as_text: tuple[TextRead, ...] = ()
    style: Style = field(default_factory=Style)
    syntaxes: dict[str, Syntax] = field(default_factory=dict, repr=False, compare=False)
    modules: dict[str, Module | None] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The result for the placements of one document, by their index.

    `edits[i]` and `proofs[i]` belong to placement i and are empty if `refused` has it; edits may be in other files
    (the Python readers of a `.env` variable). `imports` are the import lines for all placements that are not refused:
    if one of these is dropped, rewrite again with the rest. `new_files` holds the generated module if it does not
    exist yet.
    """

    edits: tuple[tuple[Edit, ...], ...]
    proofs: tuple[tuple[Proof, ...], ...]
    refused: dict[int, Refused] = field(default_factory=dict)
    imports: tuple[Edit, ...] = ()
    new_files: tuple[NewFile, ...] = ()
    notes: tuple[str, ...] = ()


class CannotRewriteError(Exception):
    """The reason for a refusal; it never leaves the rewriters. The message never quotes source text."""

    def __init__(self, reason: RefusalReason, detail: str, next_step: str) -> None:
        super().__init__(detail)
        self.refused: Refused = (reason, detail, next_step)


def why_not(error: CannotRewriteError | NotSeenError) -> tuple[str, str]:
    """The reason why a file could not be opened for rewriting, and the next step."""
    return error.refused[1:] if isinstance(error, CannotRewriteError) else (error.message, BY_HAND)


class Rewriter(Protocol):
    """Turns the placements of one document into edits: deterministic, without side effects, refusing where unsure."""

    def __call__(self, document: Document, placements: Sequence[Placement], context: RewriteContext) -> Rewritten:
        """Edits and proofs for each placement, or its refusal."""
        ...


def all_refused(
    placements: Sequence[Placement], refused: Refused, *, already: Mapping[int, Refused] | None = None
) -> Rewritten:
    """A result that refuses every placement for one reason, except those `already` refused for their own."""
    nothing = tuple(() for _ in placements)
    every = dict.fromkeys(range(len(placements)), refused) | dict(already or {})
    return Rewritten(edits=nothing, proofs=nothing, refused=every)


def unique_edits(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Each edit once, in order of path and span; insertions at one place keep their order."""
    return tuple(sorted(dict.fromkeys(edits), key=lambda edit: (edit.path, edit.span)))


def overlapping(edits: Sequence[Edit]) -> Edit | None:
    """The first of `unique_edits` that overlaps the one before it; None if all can be applied."""
    for before, after in pairwise(edits):
        if before.path == after.path and after.span.start < before.span.end:
            return after
    return None


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits of one file applied; they must not overlap."""
    for edit in reversed(unique_edits(edits)):
        text = text[: edit.span.start] + edit.new + text[edit.span.end :]
    return text


def rewriters() -> dict[Kind, Rewriter]:
    """The rewriter of each kind of document that has one."""
    from fixers import dotenv, notebook, python, structured

    others = dict.fromkeys(STRUCTURED, structured.rewrite)
    return {Kind.PYTHON: python.rewrite, Kind.DOTENV: dotenv.rewrite, Kind.NOTEBOOK: notebook.rewrite, **others}
