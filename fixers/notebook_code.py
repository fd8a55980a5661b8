"""The Python of notebooks as one program of the project: what it imports, and which files and variables it reads.

A notebook's reads are not rewritten: resolving a reference takes a module of the project, which may be missing where
the notebook is opened. So a value that a notebook reads stays where the notebook reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fixers.workspace import Workspace

SUFFIX = ".ipynb"


def code_of(path: str, workspace: Workspace) -> str:
    """The concatenated sources of a notebook's code cells; "" if there are none."""
    try:
        cells = json.loads(workspace.read(path))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return "".join("".join(source).rstrip("\n") + "\n" for source in sources)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def lines_with(pattern: re.Pattern[str], path: str, workspace: Workspace) -> Iterator[tuple[int, re.Match[str]]]:
    """The lines of code that match a pattern, without comments, each with its line number in the file (from 1)."""
    code = code_of(path, workspace)
    if not pattern.search(code):
        return
    text = workspace.read(path).decode("utf-8", "replace")
    for row in code.splitlines():
        found = None if row.lstrip().startswith("#") else pattern.search(row)
        if found is not None:
            # A line that the file spells differently (escapes) is reported as the first.
            yield text.count("\n", 0, max(0, text.find(json.dumps(row)[1:-1]))) + 1, found
