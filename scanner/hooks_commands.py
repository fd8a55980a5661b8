"""`unhardcode hook`: install and remove plain git hooks, for those who do not use pre-commit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from scanner import hooks_install
from scanner.errors import Exit, NotSeenError, UsageError
from scanner.sources import git

_NOT_FOUND = """\
unhardcode is not on PATH here, and that is where these hooks look for it: until it is, they stop every commit
  install it with pipx, or put the folder of its program on PATH"""


@click.group(short_help="Install git hooks that scan commits and pushes.")
def hook() -> None:
    """Manage git hooks that refuse a commit, merge or push with a hardcoded credential.

    If you use pre-commit, configure it there instead: see docs/hooks.md.
    """


@hook.command()
@click.option(
    "--stage",
    "stages",
    type=click.Choice(hooks_install.STAGES),
    multiple=True,
    help="Only this hook; may be repeated [default: all three].",
)
@click.option(
    "--shared", is_flag=True, help="Also if the hooks folder is shared with other repositories (core.hooksPath)."
)
def install(stages: tuple[str, ...], shared: bool) -> int:
    """Install the hooks; an existing hook is kept and runs first."""
    repository = _repository()
    if repository.bare:
        raise UsageError(
            f"{os.getcwd()}: in a bare repository, or in git's own folder, nobody commits or pushes",
            hint="go to a working tree; what comes to a server is checked with unhardcode scan --range OLD..NEW",
        )
    home = hooks_install.find_home(repository, shared=shared)
    for stage in stages or hooks_install.STAGES:
        click.echo(hooks_install.install(home, stage))
    if home.portable and shutil.which("unhardcode") is None:
        click.echo(_NOT_FOUND, err=True)
    return int(Exit.OK)


@hook.command()
@click.option(
    "--shared", is_flag=True, help="Also if the hooks folder is shared with other repositories (core.hooksPath)."
)
def uninstall(shared: bool) -> int:
    """Remove the hooks and restore those that were there before."""
    home = hooks_install.find_home(_repository(), shared=shared)
    done = [said for stage in hooks_install.STAGES if (said := hooks_install.uninstall(home, stage)) is not None]
    for said in done or [f"{home.folder}: no hooks of unhardcode"]:
        click.echo(said)
    return int(Exit.OK)


def _repository() -> git.Repository:
    repository = git.find(Path(os.getcwd()))
    if repository is None:
        raise NotSeenError("not in a git repository", hint="go to the one that the hooks are for")
    return repository
