"""The files beside a migrated `.env`: examples with its keys, code that loads it, variables composed of its own."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fixers.dotenv_calls import means
from fixers.model import Edit, RefusalReason
from fixers.python_environment import dotted
from fixers.python_syntax import parse_quietly
from fixers.readers_of import OtherReader, ReaderSite, listed
from fixers.rewriting import CannotRewriteError, RewriteContext
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.identity import digest
from scanner.model import Document, Kind, SecretValue, Span
from scanner.readers.dotenv import Binding, bindings
from scanner.readers.kinds import kind_of
from scanner.roles import PathRole, role_of

_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "env.sample")
_LOADING = frozenset({"load_dotenv", "dotenv_values", "read_env", "read_envfile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A variable whose value may refer to others. `own` are the variables of its file, if that is another file."""

    path: str
    line: int
    key: str
    value: SecretValue
    own: frozenset[str] = frozenset()


def composed_in(path: str, found: Sequence[Binding], workspace: Workspace) -> Iterator[Composed]:
    """The composed variables of the `.env` at `path` (bindings: `found`), and of others that may load after it."""
    others = ((other, each) for other, each in _loaded(workspace) if other != path)
    for other, each in ((path, found), *others):
        own = frozenset(binding.key for binding in each) if other != path else frozenset[str]()
        for binding in each:
            if binding.value is not None and "$" in binding.value.reveal("text"):
                yield Composed(path=other, line=binding.line, key=binding.key, value=binding.value, own=own)


def _loaded(workspace: Workspace) -> Sequence[tuple[str, Sequence[Binding]]]:
    """The `.env` files that programs may load, with their bindings; read once."""
    key = ("loaded .env files",)
    if key not in workspace.kept:
        found = []
        for path in workspace.files:
            if kind_of(path, b"") is Kind.DOTENV and role_of(path) is PathRole.SOURCE:
                with suppress(NotSeenError):
                    found.append((path, bindings(workspace.document(path))))
        workspace.kept[key] = found
    loaded: Sequence[tuple[str, Sequence[Binding]]] = workspace.kept[key]
    return loaded


def check_variable(variable: str, value: str, settings: str, workspace: Workspace) -> None:
    """Refuse a setting whose variable a `.env` sets to another value, which the program would then get for it.

    `settings` is the setting's file. A `.env` of a folder beside its own belongs to another program.
    """
    for path, found in _loaded(workspace):
        if not _is_of_one_program(path, settings):
            continue
        for binding in found:
            other = binding.value.reveal("text") if binding.key == variable and binding.value is not None else ""
            if other not in ("", value):  # an empty variable counts as none
                raise CannotRewriteError(
                    RefusalReason.NAME_TAKEN,
                    f"{path}:{binding.line} sets {variable}, the variable of its keys, to another value",
                    "rename one of the two, then plan again",
                )


def _is_of_one_program(path: str, other: str) -> bool:
    """Whether the folder of one file is that of the other, or contains it."""
    folders = [f"{posixpath.dirname(each)}/".lstrip("/") for each in (path, other)]
    return folders[0].startswith(folders[1]) or folders[1].startswith(folders[0])


def example_edits(document: Document, key: str, context: RewriteContext) -> Iterator[Edit]:
    """Edits that append the key without a value to each example file beside the `.env` that lacks it."""
    folder = posixpath.dirname(document.path)
    for name in _EXAMPLES:
        path = posixpath.join(folder, name)
        if path == document.path or path not in context.workspace.files or context.workspace.is_linked(path):
            continue
        try:
            example = context.workspace.document(path)
        except NotSeenError:
            continue
        if example.kind is not Kind.DOTENV or any(binding.key == key for binding in bindings(example)):
            continue
        text = example.text
        newline = "\r\n" if "\r\n" in text else "\n"
        ended = not text or text.endswith(("\n", "\r"))
        yield Edit(
            path=path,
            span=Span(len(text), len(text)),
            expects=digest(context.key, ""),
            new=f"{key}={newline}" if ended else f"{newline}{key}=",
        )


def loading_note(document: Document, workspace: Workspace) -> Iterator[str]:
    """A note that names the Python code which loads this `.env` file, or may load it."""
    found = list(_loading(workspace, posixpath.basename(document.path)))
    if found:
        yield (
            f"{document.path} is loaded by {listed(found)}: the variables then hold references, which the rewritten"
            " reads resolve"
        )


def _loading(workspace: Workspace, name: str) -> Iterator[OtherReader]:
    for path in workspace.files:
        if not workspace.is_python(path) or not any(each.encode() in workspace.bytes_of(path) for each in _LOADING):
            continue
        try:
            tree = parse_quietly(workspace.document(path).text)
        except (NotSeenError, SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            called = dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in _LOADING and means(node, name):
                yield OtherReader(path=path, line=node.lineno, how=called)


def default_note(key: str, sites: Sequence[ReaderSite]) -> list[str]:
    """The note about reads that worked without the variable and now need the store."""
    places = list(dict.fromkeys(f"{site.path}:{site.line}" for site in sites if site.optional))
    if not places:
        return []
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return [
        f"{key}: where it is not set, {', '.join(places[:3])}{more} gave a default or None, and will read the store:"
        f" where none can be asked (tests, CI), set {key}, or the program fails there"
    ]
