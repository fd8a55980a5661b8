"""Find Python that reads a `.env` file into its own mapping instead of the environment: `dotenv_values(".env")`.

https://saurabh-kumar.com/python-dotenv/#load-configuration-without-altering-the-environment
"""

from __future__ import annotations

import posixpath

from fixers.dotenv_calls import to_resolve
from fixers.python_environment import qualified_names
from fixers.python_syntax import node_span, parse_quietly
from fixers.readers_of import ReaderSite
from fixers.workspace import Workspace
from scanner.errors import NotSeenError
from scanner.text import line_starts


def mapping_sites(workspace: Workspace, env_file: str) -> tuple[ReaderSite, ...]:
    """The expressions in the workspace that read `env_file` into a dictionary without resolving references."""
    found: list[ReaderSite] = []
    for path in workspace.files:
        if workspace.is_python(path) and b"dotenv_values" in workspace.bytes_of(path):
            try:
                text = workspace.document(path).text
                tree = parse_quietly(text)
            except (NotSeenError, SyntaxError, ValueError, RecursionError):
                continue
            starts = line_starts(text)
            found += [
                ReaderSite(path=path, line=node.lineno, span=node_span(starts, text, node), quote='"')
                for node in to_resolve(tree, qualified_names(tree), posixpath.basename(env_file))
            ]
    return tuple(found)
