"""The options that plan, fix and migrate share, and what they mean together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

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


def together(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options as one decorator, in the order of the help text."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


shared = together(
    click.argument("path", nargs=-1, metavar="[PATH]", type=NamedPath()),
    click.option("--env", help="Environment: the first part of names, where a file does not say its own [prod]."),
    click.option("--app", help="Application: the second part of names [the project's name]."),
    click.option(
        "--store",
        type=click.Choice(["auto", *KINDS]),
        default="auto",
        show_default=True,
        help="Where values go; auto chooses for each and says why.",
    ),
    click.option(
        "--style",
        type=click.Choice(STYLES),
        default="module",
        show_default=True,
        help="What code becomes: a call of a generated module; boto3 inline, as in AWS's examples; or a module that "
        "asks the Parameters and Secrets Lambda extension.",
    ),
    click.option(
        "--prefix-from", metavar="VARIABLE", help="At run time this variable replaces the first part of names."
    ),
    click.option("--kms-key", metavar="KEY", help="Encrypt with this KMS key instead of AWS's own."),
    click.option(
        "--min-confidence",
        type=click.Choice([level.value for level in Confidence]),
        default="medium",
        show_default=True,
        help="Plan for findings from this confidence on.",
    ),
    click.option(
        "--include-config",
        is_flag=True,
        help="Also move settings of .env that are no secrets, as plain parameters.",
    ),
    click.option("--include-tests", is_flag=True, help="Also move what stands in tests, examples and docs."),
    click.option(
        "--via-run", is_flag=True, help="Programs are started by `unhardcode run`: readers outside Python stay."
    ),
)
from_file = click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=NamedPath(dir_okay=False),
    help="Follow a plan.toml, with the changes that a person made in it.",
)
aws = together(
    click.option("--region", help="AWS region [as boto3 finds it]."),
    click.option("--profile", help="AWS profile [as boto3 finds it]."),
)


def plan_options(chosen: Mapping[str, Any]) -> PlanOptions:
    """What the shared options say. Raises UsageError for an empty one."""
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


def check_not_empty(text: str | None, option: str) -> None:
    """Raise UsageError where a shell's variable that is not set would choose what nobody chose."""
    if text is not None and not text.strip():
        raise UsageError(f"{option} is empty", hint=f"name one, or leave {option} out")


def check_only_from_plan() -> None:
    """A plan file says all of it: an option beside it would be forgotten in silence."""
    for option in given(_FROM_PLAN):
        raise UsageError(f"{option} stands in the plan file", hint="make a new plan with it")


def refuse(why: str, *names: str, plans: bool = False) -> None:
    """Raise UsageError, `why` and what to leave out, where one of these options was given; `plans`: or a plan's."""
    found = given((*names, *(_FROM_PLAN if plans else ())))
    if found:
        raise UsageError(why, hint=f"leave out {' and '.join(found)}")


def given(names: Iterable[str]) -> list[str]:
    """Those of a command's options, by the names of their parameters, that stand on the command line."""
    context = click.get_current_context()
    known = {parameter.name: parameter.opts[-1] for parameter in context.command.params}
    return [known[name] for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]


def one_path(path: tuple[Path, ...]) -> Path:
    """The one PATH that was named [the current folder]. Raises UsageError for several."""
    if len(path) > 1:
        raise UsageError("name one PATH", hint="a plan is for one folder or file")
    return path[0] if path else Path()
