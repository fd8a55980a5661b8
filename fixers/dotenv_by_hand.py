"""Python that reads a `.env` file itself: it sees the references, whatever reads the variables."""

from __future__ import annotations

import ast

from fixers.python_environment import ENVIRON, dotted, resolve
from fixers.readers_of import OtherReader
from fixers.roles import PathRole, role_of
from fixers.settings_modules import Module, parsed
from fixers.settings_readers import find_load_sites
from fixers.workspace import Workspace
from scanner.model import Kind

# They put the file's variables into the environment, give its path on, write it or ask nothing of what it holds.
_QUIET = frozenset(
    """load_dotenv dotenv_values find_dotenv read_env read_envfile read_dotenv set_key unset_key Config RepositoryEnv
    AutoConfig SettingsConfigDict Dynaconf LazySettings write writelines write_text write_bytes truncate touch unlink
    remove rename replace chmod copy copy2 copyfile move getmtime getsize stat relpath relative_to ignore_patterns
    add append extend update""".split()
)
_QUIET_CALLS = frozenset({"uvicorn.run"})


def read_by_hand(workspace: Workspace, path: str, known: dict[str, Module | None]) -> tuple[OtherReader, ...]:
    """The places that open the file at `path` or give it to something else than a loader of variables.

    Not those in a file that sets variables by computed names: it loads them.
    """
    found = []
    for reader in find_load_sites(workspace, path, Kind.DOTENV, known).opaque:
        called = reader.how.removesuffix("(...)")
        if called == reader.how or called in _QUIET_CALLS or called.rpartition(".")[2] in _QUIET:
            continue
        module = parsed(workspace, reader.path, known)
        if module is not None and role_of(reader.path) is PathRole.SOURCE and not _sets_variables(module):
            found.append(reader)
    return tuple(found)


def _sets_variables(module: Module) -> bool:
    """Whether a file sets environment variables that it does not name."""
    for node in module.nodes:
        match node:
            case (
                ast.Subscript(value=owner, slice=given, ctx=ast.Store())
                | ast.Call(func=ast.Attribute(value=owner, attr="setdefault" | "update" | "putenv"), args=[given, *_])
            ) if not isinstance(given, ast.Constant):
                if resolve(dotted(owner), module.names) in ENVIRON | {"os"}:
                    return True
    return False
