"""Where Python reads a `.env` file into a mapping of its own, past the environment: `dotenv_values(".env")`.

https://saurabh-kumar.com/python-dotenv/#load-configuration-without-altering-the-environment
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from fixers.grouping import SETTING
from fixers.python_environment import dotted, qualified_names, resolve
from fixers.python_syntax import node_span, parse_quietly
from fixers.readers_of import ReaderSite
from fixers.settings_names import is_named, with_gaps
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.text import line_starts

_MAPPINGS = frozenset({"dotenv.dotenv_values", "dotenv.main.dotenv_values"})


def mapping_sites(workspace: Workspace, env_file: str) -> tuple[ReaderSite, ...]:
    """The calls that give the variables of `env_file` as a dictionary, over the whole workspace; not those in ours."""
    found: list[ReaderSite] = []
    for path in workspace.files:
        if workspace.is_python(path) and b"dotenv_values" in workspace.bytes_of(path):
            try:
                text = workspace.document(path).text
                tree = parse_quietly(text)
            except (NotSeenError, SyntaxError, ValueError, RecursionError):
                continue
            found += _of_file(path, text, tree, posixpath.basename(env_file))
    return tuple(found)


def _of_file(path: str, text: str, tree: ast.Module, name: str) -> Iterator[ReaderSite]:
    names, starts = qualified_names(tree), line_starts(text)
    wrapped = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2].lstrip("_") == SETTING
        for argument in node.args
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or resolve(dotted(node.func), names) not in _MAPPINGS:
            continue
        if id(node) not in wrapped and _means(node, name):
            yield ReaderSite(path=path, line=node.lineno, span=node_span(starts, text, node), quote='"')


def _means(call: ast.Call, name: str) -> bool:
    """Whether the file that a call reads can be the one of this name: without an argument it is `.env`."""
    given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "dotenv_path")]
    if not given:
        return name == ".env" and not any(each.arg == "stream" for each in call.keywords)
    texts = [text for each in ast.walk(given[0]) if (text := with_gaps(each)) is not None]
    # A path that is computed from no text can be any.
    return not texts or any(is_named(posixpath.basename(text), name) for text in texts)
