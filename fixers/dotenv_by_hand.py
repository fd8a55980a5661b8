"""Python code that parses a `.env` file itself, to inspect it or to load the variables in its own way."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixers.project_imports import read_quietly
from fixers.python_environment import ENVIRON, dotted, resolve
from fixers.readers_of import OtherReader
from fixers.settings_modules import Module, parsed
from fixers.settings_readers import find_load_sites
from fixers.workspace import Workspace
from scanner.model import Document, Kind
from scanner.readers.dotenv import Binding
from scanner.roles import PathRole, role_of

# Functions that put the file's variables into the environment, pass its path on, write the file or ignore its content,
# provided that they are Python's own, of one of these libraries, or defined in the calling file itself.
_LIBRARIES = frozenset(
    """dotenv dotenv_vault environ environs envparse decouple starlette pydantic_settings pydantic dynaconf click
    typer""".split()
)
_QUIET = frozenset(
    """load_dotenv dotenv_values find_dotenv read_env read_envfile read_dotenv set_key unset_key Config RepositoryEnv
    AutoConfig SettingsConfigDict Dynaconf LazySettings write writelines write_text write_bytes truncate touch unlink
    remove rename replace chmod copy copy2 copyfile move getmtime getsize stat relpath relative_to ignore_patterns
    add append extend update insert discard items keys values get setdefault pop index count sort startswith endswith
    zip any all max min filter type repr mkdir rmdir symlink_to echo secho""".split()
)
_QUIET_CALLS = frozenset({"uvicorn.run"})
# Programs read it if a word says so; `rsync --exclude .env` does not.
_STARTING = frozenset({"run", "call", "check_call", "check_output", "Popen", "system", "local", "sudo", "popen"})
_READ_BY = re.compile(r"env-?file|\bsource\b|dotenv|[\"' ]\. ", re.IGNORECASE)
_LINES = 6
# Libraries with a parser of their own: a word that shows their use in a file, and whether they accept `export`.
# https://github.com/HBNetwork/python-decouple, https://django-environ.readthedocs.io/en/latest/quickstart.html,
# https://www.starlette.io/config/
_PARSERS = {
    "decouple": (re.compile(rb"\bdecouple\b"), False),
    "django-environ": (re.compile(rb"\bread_env\("), True),
    "Starlette": (re.compile(rb"\bstarlette\.config\b"), False),
}
_EITHER = "\"'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """Python that loads variables from `.env` files in its own way. `quotes` are the quotation marks that it strips.

    `exports` says that it accepts `export`, `blanks` that it strips spaces around the equals sign.
    """

    path: str
    line: int
    name: str
    exports: bool = False
    blanks: bool = False
    quotes: str


def by_hand(
    workspace: Workspace, path: str, known: dict[str, Module | None]
) -> tuple[tuple[OtherReader, ...], tuple[Loader, ...]]:
    """The places that open the file at `path` or pass it to something other than a loader, and the loaders of it.

    A place in a file that sets variables with computed names is a loader.
    """
    readers, loaders = [], [*_libraries(workspace)]
    for reader in find_load_sites(workspace, path, Kind.DOTENV, known).opaque:
        called = reader.how.removesuffix("(...)")
        module = parsed(workspace, reader.path, known)
        if called == reader.how or module is None or role_of(reader.path) is not PathRole.SOURCE:
            continue
        quiet = called.rpartition(".")[2] in _QUIET and not _is_foreign(module, called, workspace)
        if quiet or called in _QUIET_CALLS:
            continue
        near = "\n".join(module.text.splitlines()[reader.line - 1 : reader.line - 1 + _LINES])
        if called.rpartition(".")[2] in _STARTING and not _READ_BY.search(near):
            continue
        if _sets_variables(module):
            quotes = "".join(mark for mark in _EITHER if _strips(module, mark))
            loaders.append(Loader(path=reader.path, line=reader.line, name="it", quotes=quotes))
        else:
            readers.append(reader)
    return tuple(readers), tuple(loaders)


def _is_foreign(module: Module, called: str, workspace: Workspace) -> bool:
    """Whether a called function is from an unknown library, or is a method of an object made by one."""
    name = called.partition(".")[0].removesuffix("()")
    made = (
        dotted(node.value.func).partition(".")[0]
        for node in module.nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == name
    )
    tops = {module.names.get(each, "").partition(".")[0] for each in (name, *made)} - {""}
    unknown = tops - _LIBRARIES - sys.stdlib_module_names
    if unknown:
        unknown -= {part for path in workspace.files for part in PurePosixPath(path).with_suffix("").parts}
    return bool(unknown)


def _libraries(workspace: Workspace) -> Iterator[Loader]:
    for path in workspace.files:
        if workspace.is_python(path) and role_of(path) is PathRole.SOURCE:
            raw = read_quietly(path, workspace)
            for name, (word, exports) in _PARSERS.items():
                if (found := word.search(raw)) is not None and (name != "django-environ" or b"environs" not in raw):
                    line = raw.count(b"\n", 0, found.start()) + 1
                    yield Loader(path=path, line=line, name=name, exports=exports, blanks=not exports, quotes=_EITHER)


def reads_alike(document: Document, binding: Binding, loader: Loader) -> bool:
    """Whether a loader without comments, escapes or spaces gets the same value as python-dotenv."""
    text, span = document.text, binding.span
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    before, inside = text[start : span.start], text[span.start : span.end]
    before = re.sub(r"[ \t]", "", before) if loader.blanks and not binding.export else before
    behind = re.compile(r"[^\r\n]*").match(text, span.end)
    plain = inside[1:-1] if binding.quote else inside
    return (
        binding.value is not None
        and plain == binding.value.reveal("text")
        and binding.quote in ("", *loader.quotes)
        and before in (f"{binding.key}=", f"export {binding.key}=" if loader.exports else "")
        and (behind is None or not behind[0].strip())
        and not re.search(r"[\r\n]|^\$", plain)
    )


def _strips(module: Module, mark: str) -> bool:
    """Whether a file strips this quotation mark from the ends of some text."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("strip", "replace", "removeprefix")
        and any(isinstance(each, ast.Constant) and mark in str(each.value) for each in node.args)
        for node in module.nodes
    )


def _sets_variables(module: Module) -> bool:
    """Whether a file sets environment variables with computed names."""
    for node in module.nodes:
        match node:
            case (
                ast.Subscript(value=owner, slice=given, ctx=ast.Store())
                | ast.Call(func=ast.Attribute(value=owner, attr="setdefault" | "update" | "putenv"), args=[given, *_])
            ) if not isinstance(given, ast.Constant):
                if resolve(dotted(owner), module.names) in ENVIRON | {"os"}:
                    return True
    return False
