"""Run a scan for a command: resolve configuration and sources, scan, and suppress what was accepted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scanner import engine, session
from scanner.config import DEFAULT_BASELINE, Config, Loaded, excluded, load_config
from scanner.errors import NotSeenError, UsageError
from scanner.source import ScanResult, Settings, Skipped, Source
from scanner.sources import git, staged, stdin, worktree
from scanner.sources.git_process import installed
from scanner.sources.paths import shown
from scanner.sources.selection import Selection

if TYPE_CHECKING:
    from scanner.current import Current
    from scanner.history.scan import HistoryRequest


class Scanned(NamedTuple):
    """The result of a scan with what its reports need: the root of its paths, the texts of files with findings.

    `key` keys the fingerprints. `baseline` is the baseline file, None without one. `current` finds what a path holds
    now: in the working tree, the index, or the commit that was scanned. `at_once` says that the findings are from many
    commits, so that there is no single present version. `honour` is what a policy lets the repository decide, None
    without one.
    """

    result: ScanResult
    root: worktree.Root
    texts: dict[str, str]
    key: bytes
    config: Config
    baseline: Path | None = None
    current: Current | None = None
    at_once: bool = False
    honour: frozenset[str] | None = None


class Options(NamedTuple):
    """Options of the command line; they override the configuration, but not a policy.

    `gate` says whether the command decides what may pass, so that a policy in the environment applies. `jobs` is the
    number of processes, None for as many as are worth starting.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int | None = None
    policy: Path | None = None
    baseline: Path | None = None
    no_baseline: bool = False
    gate: bool = True
    submodules: bool = False
    jobs: int | None = None


# For commands with which owners change their own code: no baseline suppresses anything, and no policy applies.
OWNERS = Options(no_baseline=True, gate=False)


class Mode(NamedTuple):
    """What to scan: the working tree, unless one of these is set."""

    staged: bool = False
    stdin: bool = False
    from_hook: bool = False
    past: HistoryRequest | None = None
    push: str | None = None


def scan_paths(named: tuple[Path, ...]) -> Scanned:
    """Scan the working tree below the named paths, for plan, fix and migrate.

    Findings that the baseline accepts are included: they were accepted for the time being, and these commands end that.
    """
    return run(named, Mode(), OWNERS)


def run(named: tuple[Path, ...], mode: Mode, options: Options) -> Scanned:
    """Scan, and suppress what the configuration allows or the baseline accepts. Raises UsageError or NotSeenError."""
    in_past = mode.past is not None or mode.push is not None
    found = _scan_commits(named, mode, options) if in_past else _scan_files(named, mode, options)
    if not found.result.findings and found.baseline is None:
        return found
    from scanner import acceptance

    everything = not named and found.root.folder == Path.cwd()
    whole = everything and not (mode.staged or mode.stdin or mode.from_hook or in_past)
    return found._replace(result=acceptance.settled(found, whole=whole, past=in_past))


def configuration(root: Path, options: Options) -> Loaded:
    """The configuration in effect. Raises UsageError for an option that would relax a policy."""
    loaded = load_config(root, options.policy, gate=options.gate)
    if loaded.honour is not None:
        refused = {
            "--include": options.include and "exclude",
            "--exclude": options.exclude and "exclude",
            "--max-size": options.max_size and options.max_size < loaded.config.max_size and "exclude",
            "--baseline": options.baseline and "baseline",
        }
        for option, word in refused.items():
            if word and word not in loaded.honour:
                raise policy_refuses(option, f'honour = ["{word}"]')
    return loaded


def policy_refuses(option: str, instead: str) -> UsageError:
    """The error for an option that a policy does not leave to the command line."""
    return UsageError(
        f"{option}: the policy of this gate does not allow that", hint=f"it would have to contain {instead}"
    )


def _scan_commits(named: tuple[Path, ...], mode: Mode, options: Options) -> Scanned:
    """Scan commits (the history, a range, or a push), below the named folder or everywhere."""
    from scanner import hooks_push
    from scanner.current import of_commit
    from scanner.history.scan import scan_history
    from scanner.sources.history import folder_of, has_held

    if len(named) > 1:
        raise UsageError("name one PATH", hint="a history is scanned below one folder")
    paths = named or (Path(),)
    root = worktree.root_of(paths[0] if os.path.lexists(paths[0]) else _nearest(paths[0]))
    repository = root.repository
    if repository is None:
        raise _without_git(f"{paths[0]}: not in a git repository", "--history, --range and --push look at commits")
    root = root._replace(folder=folder_of(repository))
    # A path that was deleted from disk may still be in the history.
    inside = worktree.relative(root, _absolute(paths[0]))
    if not os.path.lexists(paths[0]) and (repository.bare or not has_held(repository, inside)):
        raise NotSeenError(f"{paths[0]}: not there, and no commit has had it", hint="check the spelling")
    config, _, honour = configuration(root.folder, options)
    scope = "" if repository.bare else _scope(root, paths)
    settings = _lazy_settings(root, scope, config)
    setup = engine.Setup(*session.known_at(root.folder), settings, options.jobs)
    selection = _selection(options, config)._replace(below=scope)
    if mode.past is not None:
        result = scan_history(repository, selection, mode.past, setup)
        tips = hooks_push.tips_of(repository, mode.past.between)
    else:
        git.refuse_another(repository)
        push = hooks_push.read_push(repository, mode.push or "")
        result = hooks_push.scan(repository, selection, push, setup)
        tips = push.tips
    return Scanned(
        result=result,
        root=root,
        texts={},
        key=settings().key if result.findings else bytes(32),
        config=config,
        baseline=_baseline(root, options, config),
        current=of_commit(root.folder, tips[0], settings) if len(tips) == 1 else None,
        honour=honour,
        at_once=len(tips) != 1 or (mode.past is not None and mode.past.between is None),
    )


def _scan_files(named: tuple[Path, ...], mode: Mode, options: Options) -> Scanned:
    from scanner.current import of_index, of_worktree

    paths = named or (Path(),)
    root = worktree.root_of(Path()) if mode.stdin else worktree.common_root(paths)
    config, _, honour = configuration(root.folder, options)
    selection = _selection(options, config)
    sources: Iterable[Source | Skipped]
    if mode.stdin:
        sources = stdin.sources(str(named[0]) if named else None, selection.max_size)
    elif mode.staged:
        below = [worktree.relative(root, Path(os.path.realpath(path))) for path in named]
        # A link out of the repository names nothing in its index, so the whole index is scanned.
        inside = [] if any(os.path.isabs(path) for path in below) else below
        sources = staged.sources(_repository(root), selection, inside)
    elif mode.from_hook and not named:
        sources = ()  # a hook that passed no file
    else:
        sources = worktree.sources(root, paths, selection, from_hook=mode.from_hook)
    texts: dict[str, str] = {}
    settings = _lazy_settings(root, _scope(root, paths), config)
    setup = engine.Setup(*session.known_at(root.folder), settings, options.jobs)
    result = engine.scan(sources, setup, texts)
    current = of_index(root.folder, settings) if mode.staged else of_worktree(root.folder, settings)
    return Scanned(
        result=result,
        root=root,
        texts=texts,
        key=settings().key if result.findings else bytes(32),
        config=config,
        baseline=_baseline(root, options, config),
        current=current,
        honour=honour,
    )


def _selection(options: Options, config: Config) -> Selection:
    return Selection(
        include=options.include or config.include,
        exclude=(*excluded(config), *options.exclude),
        max_size=options.max_size or config.max_size,
        submodules=options.submodules,
    )


def _baseline(root: worktree.Root, options: Options, config: Config) -> Path | None:
    """The baseline file: the option's, relative to the working directory, or the configuration's, to the root."""
    if options.no_baseline:
        return None
    if options.baseline is not None:
        return options.baseline
    if config.baseline is not None:
        return root.folder / config.baseline if config.baseline else None
    there = root.folder / DEFAULT_BASELINE
    return there if there.is_file() else None


def _lazy_settings(root: worktree.Root, scope: str, config: Config) -> Callable[[], Settings]:
    """A function that makes the settings on its first call: a scan without a hit needs no key."""
    key: list[bytes] = []

    def settings() -> Settings:
        if not key:
            key.append(session.key_for(root.repository))
        return Settings(key=key[0], scope=scope, foreign_markers=config.foreign_markers, own_markers=config.own_markers)

    return settings


def _repository(root: worktree.Root) -> git.Repository:
    if root.repository is None or root.repository.bare:
        raise _without_git(f"{root.folder}: not in a git working tree", "--staged looks at a repository's index")
    git.refuse_another(root.repository)
    return root.repository


def _without_git(what: str, hint: str) -> NotSeenError:
    return NotSeenError(what if installed() else "git was not found on PATH", hint=hint)


def _scope(root: worktree.Root, named: tuple[Path, ...]) -> str:
    """The named folder relative to the root; the roles of paths are judged below it."""
    if len(named) != 1:
        return ""
    relative = worktree.relative(root, _absolute(named[0]))
    return "" if relative == "." else shown(relative)


def _nearest(gone: Path) -> Path:
    """The nearest existing parent folder of a path."""
    return Path(os.path.realpath(next(folder for folder in _absolute(gone).parents if os.path.lexists(folder))))


def _absolute(named: Path) -> Path:
    return Path(os.path.abspath(named))
