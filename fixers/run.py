"""`unhardcode run`: resolve the references in the environment, then become the program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from fixers.dotenv import environment_of
from fixers.runtime.module import SecretUnavailable, get_secret_value
from scanner.errors import Exit

_REFERENCE = "{{resolve:"
# https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_08_02
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--env-file", type=click.Path(path_type=Path, dir_okay=False), help="Also set what this .env says.")
@click.argument("command", nargs=-1, required=True, metavar="-- CMD [ARGUMENT]...", type=click.UNPROCESSED)
def run(env_file: Path | None, command: tuple[str, ...]) -> int:
    """Run CMD with the references of its environment resolved.

    A variable that holds {{resolve:secretsmanager:...}} or {{resolve:ssm-secure:...}} gets the value that the store has
    now. What the environment has already wins over --env-file. The exit status is CMD's; 125 if a value cannot be read,
    126 or 127 if CMD cannot be run. Values are in CMD's environment and nowhere else.
    """
    if env_file is not None:
        try:
            for name, value in environment_of(env_file).items():
                os.environ.setdefault(name, value)
        except OSError as error:
            return _failed(f"{env_file}: cannot be read ({error.strerror})")
    for name in [name for name, value in os.environ.items() if value.startswith(_REFERENCE)]:
        try:
            os.environ[name] = get_secret_value("", env=name)
        except SecretUnavailable as error:
            return _failed(f"{name}: {error}")
    sys.stdout.flush()
    try:
        # The program takes our place: its signals and its exit status are its own.
        os.execvp(command[0], command)  # noqa: S606 - the user's own words, and no shell
    except FileNotFoundError:
        click.echo(f"unhardcode: {command[0]}: not found", err=True)
        return _NOT_FOUND
    except OSError as error:
        click.echo(f"unhardcode: {command[0]}: cannot be run ({error.strerror})", err=True)
        return _NOT_EXECUTABLE


def _failed(message: str) -> int:
    click.echo(f"unhardcode: {message}", err=True)
    return int(Exit.RUN_FAILED)
