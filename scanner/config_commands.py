"""`unhardcode config`: show the configuration in effect and the origin of each value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scanner.arguments import NamedPath
from scanner.config import Allow, Config, PathSettings
from scanner.errors import Exit
from scanner.reports.masking import printable
from scanner.running import Options, configuration
from scanner.source import Confidence
from scanner.sources import worktree

_TABLES = ("allow", "paths", "stores")


@click.group(short_help="Show the configuration in effect.")
def config() -> None:
    """The configuration: [tool.unhardcode] in pyproject.toml, or .unhardcode.toml."""


@config.command()
@click.option("--policy", type=NamedPath(dir_okay=False), help="Show the configuration under this policy.")
def show(policy: Path | None) -> int:
    """Print the configuration in effect as TOML, with the origin of each value."""
    root = worktree.root_of(Path())
    loaded = configuration(root.folder, Options(policy=policy))
    for field in Config._fields:
        value = getattr(loaded.config, field)
        if field in _TABLES or (field == "own_markers" and value):
            continue
        key = "ignore-comments" if field == "own_markers" else field.replace("_", "-")
        _line(f"{key} = {_toml(_plain(value, field))}", loaded.origins.get(field, "default"))
    if loaded.honour is not None:
        _line(f"honour = {_toml(sorted(loaded.honour))}", "the policy")
    for entry in loaded.config.allow:
        _table("allow", entry, loaded.origins.get("allow", ""))
    for row in loaded.config.paths:
        _table("paths", row, loaded.origins.get("paths", ""))
    if loaded.config.stores:
        click.echo(f"\n[stores]  # {printable(loaded.origins.get('stores', ''))}")
        for pattern, store in loaded.config.stores:
            click.echo(f"{_toml(pattern)} = {_toml(store)}")
    return int(Exit.OK)


def _table(name: str, row: Allow | PathSettings, origin: str) -> None:
    said = row.source if isinstance(row, Allow) and row.source else origin
    click.echo(f"\n[[{name}]]  # {printable(said)}")
    for key, value in row._asdict().items():
        if value and key != "source":
            click.echo(f"{key.replace('_', '-')} = {_toml(value)}")


def _line(text: str, origin: str) -> None:
    click.echo(f"{text:<44}  # {printable(origin)}")


def _plain(value: Any, field: str) -> Any:
    if value is None:
        return {"fail_on": "never", "baseline": ".unhardcode.baseline"}.get(field, "")
    return False if field == "baseline" and not value else value


def _toml(value: Any) -> str:
    if isinstance(value, Confidence):
        value = value.value
    return printable(json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False))
