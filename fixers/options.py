"""The options that plan, fix and migrate share, and the rules for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from fixers.aws_options import check_not_empty, together
from fixers.plan import PlanOptions
from fixers.rewriting import STYLES
from fixers.stores.kinds import KINDS
from scanner.arguments import NamedPath
from scanner.errors import UsageError
from scanner.model import Confidence

_FROM_PLAN = (
    "env",
    "app",
    "store",
    "style",
    "prefix_from",
    "kms_key",
    "min_confidence",
    "include_tests",
    "via_run",
    "include_config",
)


shared = together(
    click.argument("path", nargs=-1, metavar="[PATH]", type=NamedPath()),
    click.option("--env", help="Environment, the first part of names, for files whose path does not name one [prod]."),
    click.option("--app", help="Application, the second part of names [the project's name]."),
    click.option(
        "--store",
        type=click.Choice(["auto", *KINDS]),
        default="auto",
        show_default=True,
        help="Where values go; auto chooses for each secret and says why.",
    ),
    click.option(
        "--style",
        type=click.Choice(STYLES),
        default="module",
        show_default=True,
        help="What a literal becomes: a call of a generated module; inline boto3, as in AWS's examples; or a module "
        "that asks the Parameters and Secrets Lambda extension.",
    ),
    click.option(
        "--prefix-from",
        metavar="VARIABLE",
        help="Environment variable that replaces the first part of names at run time.",
    ),
    click.option("--kms-key", metavar="KEY", help="Encrypt with this KMS key instead of the AWS managed one."),
    click.option(
        "--min-confidence",
        type=click.Choice([level.value for level in Confidence]),
        default="medium",
        show_default=True,
        help="Plan for findings of at least this confidence.",
    ),
    click.option(
        "--include-config",
        is_flag=True,
        help="Also move the other settings of .env files, as plain parameters.",
    ),
    click.option("--include-tests", is_flag=True, help="Also move credentials in tests, examples and docs."),
    click.option(
        "--via-run",
        is_flag=True,
        help="Programs are started with `unhardcode run`, so readers other than Python need no change.",
    ),
)
from_file = click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=NamedPath(dir_okay=False),
    help="Follow this plan.toml, including changes made to it by hand.",
)


def plan_options(chosen: Mapping[str, Any]) -> PlanOptions:
    """The shared options as PlanOptions. Raises UsageError for an empty one."""
    for name in ("env", "app", "kms_key", "prefix_from"):
        check_not_empty(chosen[name], f"--{name.replace('_', '-')}")
    return PlanOptions(
        env=chosen["env"],
        app=chosen["app"],
        store=chosen["store"],
        style=chosen["style"],
        prefix_from=chosen["prefix_from"],
        kms_key=chosen["kms_key"],
        min_confidence=Confidence(chosen["min_confidence"]),
        include_tests=chosen["include_tests"],
        via_run=chosen["via_run"],
        include_config=chosen["include_config"],
    )


def check_only_from_plan() -> None:
    """Raise UsageError for options next to a plan file, which would be ignored silently."""
    for option in options_on_command_line(_FROM_PLAN):
        raise UsageError(f"{option} is set in the plan file", hint="make a new plan with it")


def refuse(why: str, *names: str, plans: bool = False) -> None:
    """Raise UsageError with `why` and the options to omit, if one of these was given; `plans`: or one of a plan's."""
    found = options_on_command_line((*names, *(_FROM_PLAN if plans else ())))
    if found:
        raise UsageError(why, hint=f"leave out {' and '.join(found)}")


def options_on_command_line(names: Iterable[str]) -> list[str]:
    """The options that the user wrote, among those with these parameter names: those left at a default are not."""
    context = click.get_current_context()
    known = {parameter.name: parameter.opts[-1] for parameter in context.command.params}
    return [known[name] for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]


def one_path(path: tuple[Path, ...]) -> Path:
    """The single PATH [the current folder]. Raises UsageError for several."""
    if len(path) > 1:
        raise UsageError("name one PATH", hint="a plan is for one folder or file")
    return path[0] if path else Path()
