"""`unhardcode rules`: list, show and test the rules."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner import coded_rules, session
from scanner.arguments import NamedPath
from scanner.config import OWN_RULES
from scanner.errors import Exit, UsageError
from scanner.reports.masking import printable
from scanner.sources import worktree

if TYPE_CHECKING:
    from rules.model import ProviderRule, RuleSet, Setting, Sink


@click.group(short_help="List, show and test the rules.")
def rules() -> None:
    """The rules: which shapes, calls, settings and names unhardcode knows."""


@rules.command("list")
def rules_list() -> None:
    """List the rules, one a line: id, kind of credential, title or the first of its calls and settings."""
    known = _known()
    for provider in known.providers:
        click.echo(f"{provider.id:<44} {provider.kind:<14} {provider.title}")
    for sink in known.sinks:
        kinds = ",".join(sorted({parameter.kind for parameter in sink.parameters}))
        click.echo(f"{sink.id:<44} {kinds:<14} {_first(sink.calls)}")
    for setting in known.settings:
        click.echo(f"{setting.id:<44} {setting.kind:<14} {_first((*setting.targets, *setting.paths))}")
    for rule in coded_rules.RULES:
        click.echo(f"{rule.id:<44} {rule.kind:<14} {rule.title}")


@rules.command("show")
@click.argument("rule")
def rules_show(rule: str) -> None:
    """Show everything about one rule."""
    known = _known()
    everything: list[ProviderRule | Sink | Setting | coded_rules.CodedRule] = [
        *known.providers,
        *known.sinks,
        *known.settings,
        *coded_rules.RULES,
    ]
    for found in everything:
        if found.id == rule:
            for name, value in found._asdict().items():
                _show(name, value)
            return
    near = difflib.get_close_matches(rule, coded_rules.rule_ids(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "`unhardcode rules list` prints them all"
    raise UsageError(f"no rule has the id {rule}", hint=hint)


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 3 else ""
    return ", ".join(names[:2] if more else names) + more


def _show(field: str, value: object) -> None:
    """A field and its value, several values below each other; nothing if it is empty."""
    # A repository's own rules are untrusted text: control characters must not reach the terminal.
    lines = [printable(line) for each in (value if isinstance(value, tuple) else (value,)) for line in _lines(each)]
    if any(lines):
        click.echo(f"{field}: {lines[0]}" if len(lines) == 1 else "\n  ".join([f"{field}:", *lines]))


def _lines(value: object) -> list[str]:
    from rules.model import Parameter

    if isinstance(value, Parameter):
        places = [*(f"argument {index + 1}" for index in value.indexes), *(f"{name}=" for name in value.name)]
        inside = "" if value.element is None else f", part {value.element + 1} of it"
        return [f"{value.kind}: {' or '.join(places)}{inside}" + "".join(f", its {key!r}" for key in value.key)]
    return [] if value is None else str(value).rstrip("\n").split("\n")


@rules.command("test", short_help="Run the examples of the rules, including your own.")
@click.argument("file", required=False, type=NamedPath(dir_okay=False, exists=True))
def rules_test(file: Path | None) -> int:
    """Run the examples of the provider rules, and of the repository's own rules in FILE.

    FILE is the repository's .unhardcode.rules.toml by default. Exit status: 0 if all examples pass, 1 if one fails, 2
    if the file is invalid.
    """
    from scanner import own_rules
    from scanner.rules_check import wrong_examples

    path = file or worktree.root_of(Path()).folder / OWN_RULES
    own = own_rules.load_own(path)
    prefilter, known = own_rules.beside(own, session.load_prefilter(), session.load_rules)
    providers = known().providers
    wrong = list(wrong_examples(providers, prefilter))
    for line in wrong:
        click.echo(line)
    click.echo(f"{len(providers)} rules, {len(own)} of them this repository's own: {len(wrong)} wrong examples")
    return int(Exit.FINDINGS if wrong else Exit.OK)


def _known() -> RuleSet:
    """The rules in effect here: the built-in ones, and this repository's own."""
    return session.known_at(worktree.root_of(Path()).folder)[1]()
