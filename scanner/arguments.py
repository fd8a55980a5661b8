"""Types for command line arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class NamedPath(click.Path):
    """A path that has a name, as a Path.

    pathlib takes an empty one for the working directory: `scan "$FOLDER"` with a variable that is not set would look
    at, and `migrate "$FOLDER"` would move, everything that is there.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails for an empty one, and for an option's `-`, which would be written as a file."""
        if value == "":
            self.fail("it is empty: is a variable not set?", param, ctx)
        if value == "-" and isinstance(param, click.Option):  # among PATHs a hook may name such a file
            self.fail(
                "- does not mean a stream here: leave the option out, or write ./- for a file of that name", param, ctx
            )
        return super().convert(value, param, ctx)
