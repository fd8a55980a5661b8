"""Types for command line arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class NamedPath(click.Path):
    """A command line argument for a path, as a Path; it must not be empty.

    pathlib reads an empty path as the working directory: `scan "$FOLDER"` with an unset variable would scan, and
    `migrate "$FOLDER"` would migrate, everything that is there.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails for an empty one, and for an option's `-`, which would be written as a file."""
        if value == "":
            self.fail("it is empty: is a variable not set?", param, ctx)
        if value == "-" and isinstance(param, click.Option):  # as a PATH argument, a hook may pass such a file name
            self.fail(
                "- does not mean a stream here: leave the option out, or write ./- for a file of that name", param, ctx
            )
        return super().convert(value, param, ctx)
