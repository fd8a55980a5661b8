"""Confirmation before a migration acts, and the options that decide whether to ask."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from fixers.incident import FORMAT
from fixers.stores.registry import UsersAws, users_aws
from scanner.errors import Exit, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of a migration besides the plan's. `modules` and `commands` are proofs that run the user's code.

    `delete_stored` belongs to an undo: what the migration created is deleted, secrets permanently after
    `recovery_days`.
    """

    path: Path
    region: str | None
    profile: str | None
    yes: bool
    modules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    incident: bool = False
    undoing: bool = False
    delete_stored: bool = False
    recovery_days: int = 30

    def target(self) -> UsersAws:
        """The AWS account and region that boto3 finds with these options."""
        return users_aws(region=self.region, profile=self.profile)


def asked_from(path: Path, chosen: Mapping[str, Any]) -> Asked:
    """The options of a command by name; those that the command does not have get their defaults."""
    given = {field.name: chosen[field.name] for field in fields(Asked) if field.name in chosen}
    return Asked(**{**given, "path": path})


def check_can_ask(asked: Asked) -> None:
    """Raise UsageError without a terminal to ask on, unless --yes was given."""
    if not asked.yes and not sys.stdin.isatty():
        if asked.incident:
            raise UsageError(
                "there is no terminal to ask on",
                hint=f"add --yes; standard input gives the new values: {FORMAT}",
            )
        first = "" if asked.undoing else "look at the plan, then "
        raise UsageError("there is no terminal to ask on", hint=f"{first}add --yes; nothing was changed")


def consent(asked: Asked, question: str) -> None:
    """Ask for confirmation unless --yes was given; a no ends the command."""
    if not asked.yes and not _answer(lambda: click.confirm(question, err=True)):
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(int(Exit.FINDINGS))


def typed(parameters: Sequence[str]) -> bool:
    """Whether the user typed the confirmation for a permanent deletion, for which --yes is not enough."""
    if not sys.stdin.isatty():
        return False
    words = f"delete {len(parameters)} parameter{'s' if len(parameters) > 1 else ''}"
    click.echo(f"Deleted at once, with all their versions, and for good: {', '.join(parameters)}", err=True)
    question = f'Type "{words}" to do it'
    answer = _answer(lambda: click.prompt(question, default="", show_default=False, err=True))
    return bool(answer.strip() == words)


def _answer(ask: Callable[[], Any]) -> Any:
    """The user's answer. After an interrupt, output continues on a new line."""
    try:
        return ask()
    except click.Abort:
        click.echo(err=True)
        raise
