"""The environment that a `.env` file gives to a program started with it."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import click
from dotenv.main import DotEnv

from scanner.errors import UsageError
from scanner.model import Kind, Source
from scanner.named_files import text_named
from scanner.readers.dotenv import errors
from scanner.reports.masking import printable
from scanner.text import decode

_LONGEST = 10_000_000


def environment_of(file: Path) -> dict[str, str]:
    """The variables that a file sets, as python-dotenv reads it, without keys that have no value.

    Raises UsageError if the file cannot be used. A statement that python-dotenv skips is reported on standard error.
    """
    text = text_named(file, _LONGEST)
    if "\0" in text:
        raise UsageError(f"{file}: contains a zero byte, which no variable can hold", hint="save it as UTF-8")
    for line in errors(decode(Source(path=str(file), raw=text.encode()), Kind.DOTENV)):
        click.echo(f"unhardcode: {printable(str(file))}:{line}: passed over: not NAME=VALUE", err=True)
    logging.getLogger("dotenv.main").disabled = True  # it warns of the same, but without the file's name
    # As in load_dotenv, the environment takes precedence over the file, also in `${NAME}`.
    values = DotEnv(None, stream=io.StringIO(text), override=False).dict()
    if any("=" in key for key in values):
        raise UsageError(f"{file}: quotes a name with `=`, which no variable can have", hint="write NAME=VALUE")
    return {key: value for key, value in values.items() if value is not None}
