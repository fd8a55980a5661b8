"""The options --region and --profile, and what else commands of the fixers share without needing a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from scanner.errors import UsageError


def together(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options as one decorator, in the order of the help text."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


aws = together(
    click.option("--region", help="AWS region [boto3's default]."),
    click.option("--profile", help="AWS profile [boto3's default]."),
)


def check_not_empty(text: str | None, option: str) -> None:
    """Raise UsageError for an empty option: usually a shell variable that is not set."""
    if text is not None and not text.strip():
        raise UsageError(f"{option} is empty", hint=f"name one, or leave {option} out")
