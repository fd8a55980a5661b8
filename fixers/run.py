"""`unhardcode run`: resolve the references in the environment, then become the program."""

from __future__ import annotations

import functools
import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fixers.aws_options import aws, check_not_empty
from fixers.stores.forms import Reference
from fixers.stores.notation import begins_as_reference, parsed
from scanner.arguments import NamedPath
from scanner.errors import Exit, StoreError, UsageError
from scanner.reports.masking import printable

# With braces a reference can be part of a longer text, as in a CloudFormation template.
_INSIDE = re.compile(r"\{\{resolve:[^{}]+\}\}")
# https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_08_02
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127


class _Run(click.Command):
    """A command whose own usage errors exit with 125, because 2 could be the program's status."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.show()
            raise click.exceptions.Exit(int(Exit.RUN_FAILED)) from None


@click.command(
    cls=_Run,
    short_help="Run a program with secret references resolved.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--env-file",
    "env_files",
    type=NamedPath(dir_okay=False),
    multiple=True,
    help="Also set the variables of this .env file; the last of several wins.",
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="/PATH/",
    help="Also set every parameter below this path; with /prod/shop/, /prod/shop/api-key becomes API_KEY.",
)
@aws
@click.argument("command", nargs=-1, required=True, metavar="-- CMD [ARGUMENT]...", type=click.UNPROCESSED)
def run(
    env_files: tuple[Path, ...],
    paths: tuple[str, ...],
    region: str | None,
    profile: str | None,
    command: tuple[str, ...],
) -> int:
    """Run CMD with the secret references in its environment resolved.

    A variable that holds {{resolve:secretsmanager:...}} or {{resolve:ssm-secure:...}}, alone or inside a longer text,
    gets the value that the store has now. The environment takes precedence over --env-file, and that over --path. CMD
    replaces this process, so signals and exit status are its own; 125 if a value cannot be read, 126 or 127 if CMD
    cannot be run. Values are in CMD's environment and nowhere else.
    """
    if not command[0]:
        return _failed("CMD is empty: is a variable not set?")
    try:
        check_not_empty(region, "--region")
        check_not_empty(profile, "--profile")
        environment = _environment(env_files, paths, _clients(region, profile))
    except (StoreError, UsageError) as error:
        return _failed(error.message + (f"; {error.hint}" if error.hint else ""))
    sys.stdout.flush()
    # Python ignores these, and what is ignored stays so in CMD: `yes | head` would end with an error message.
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 - the user's own words, and no shell
    except FileNotFoundError:
        click.echo(f"unhardcode: {command[0]}: not found", err=True)
        return _NOT_FOUND
    except OSError as error:
        click.echo(f"unhardcode: {command[0]}: cannot be run ({error.strerror})", err=True)
        return _NOT_EXECUTABLE


def variable_of(name: str, path: str) -> str:
    """The variable for a parameter below a path: `/prod/shop/db/password` below `/prod/shop` is DB_PASSWORD."""
    rest = name.removeprefix(path.rstrip("/")).strip("/")
    return re.sub(r"\W", "_", rest, flags=re.ASCII).upper()


def _environment(env_files: tuple[Path, ...], paths: tuple[str, ...], client: Any) -> dict[str, str]:
    for path in paths:
        if not path.startswith("/"):
            raise UsageError(f"--path {path}: a path starts with a slash")
    from fixers.dotenv_environment import environment_of

    given: dict[str, str] = {}
    for file in env_files:
        given |= environment_of(file)
    environment = given | dict(os.environ)
    for path in paths:
        for name, value in _below(path, client).items():
            environment.setdefault(name, value)
    return environment | _resolved(environment, client)


def _below(path: str, client: Any) -> dict[str, str]:
    """The variables of all parameters below a path."""
    from fixers.stores.kinds import kind_of

    store = kind_of(path)
    if store.read_below is None:
        raise UsageError(f"--path {path}: {store.title} has no paths")
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in store.read_below(path, client(store.word)).items():
        variable = variable_of(name, path)
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", variable):
            raise UsageError(
                f"{name}: {variable} is not a valid name for a variable", hint="use --env-file with a reference"
            )
        if variable in found:
            raise UsageError(f"{name} and {names[variable]} are both {variable}", hint="use --env-file with references")
        found[variable], names[variable] = _text(variable, value.reveal()), name
    if not found:
        raise UsageError(f"--path {path}: there is no parameter below it")
    return found


def _resolved(environment: Mapping[str, str], client: Any) -> dict[str, str]:
    """The values of variables that are a reference or contain some, such as a URL composed in a `.env`."""
    pointing = {name: text for name, text in environment.items() if begins_as_reference(text) or _INSIDE.search(text)}
    if not pointing:
        return {}
    from fixers.stores.model import UnreadError
    from fixers.stores.resolving import read_references

    # The pieces of each text: plain strings, and references to be resolved.
    pieces: dict[str, list[str | Reference]] = {}
    for name, text in pointing.items():
        whole = parsed(text)
        parts = [text] if whole else [part for part in re.split(f"({_INSIDE.pattern})", text) if part]
        pieces[name] = [parsed(part) or part for part in parts]
        if any(isinstance(part, str) and begins_as_reference(part) for part in pieces[name]):
            raise UsageError(f"{name}: holds a reference that cannot be parsed")
    wanted = [(name, part) for name, parts in pieces.items() for part in parts if isinstance(part, Reference)]
    try:
        found = read_references((reference for _, reference in wanted), client)
    except UnreadError as error:
        waiting = dict.fromkeys(name for name, reference in wanted if reference in error.wanted)
        raise StoreError(f"{', '.join(waiting)}: {error.message}", hint=error.hint) from None
    return {
        name: "".join(part if isinstance(part, str) else _text(name, found[part].reveal()) for part in parts)
        for name, parts in pieces.items()
    }


def _text(name: str, value: str | bytes) -> str:
    """A value in the form that a variable can hold."""
    try:
        text = value if isinstance(value, str) else value.decode("utf-8")
        text.encode("utf-8")  # JSON may contain a lone surrogate
    except UnicodeError:
        text = "\0"
    if "\0" in text:
        raise UsageError(f"{name}: its value is no text, and no variable can hold it")
    return text


def _clients(region: str | None, profile: str | None) -> Any:
    """The client of each kind of store, created when it is first used."""

    @functools.cache
    def aws() -> Any:
        from fixers.stores.registry import users_aws

        return users_aws(region=region, profile=profile)

    return lambda store: aws().stores(store).client


def _failed(message: str) -> int:
    click.echo(f"unhardcode: {printable(message)}", err=True)
    return int(Exit.RUN_FAILED)
