"""Run a scan for a command: resolve the configuration and the sources, scan, apply what was accepted."""

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
    """A scan with what its reports need: the root of its paths and the texts that hold findings.

    `baseline` is the file that was asked for or is there by default, None without one. `current` reads what stands at
    a path now: in the working tree, the index, or the commit that was scanned. `at_once` says that findings of many
    moments stand side by side. `honour` is what a policy lets the repository say, None without one.
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
    """What the command line said; it wins over the configuration, but not over a policy.

    `gate` is whether the command tells somebody what may pass, which is what a policy in the environment is about.
    `jobs` None: as many processes as pay.
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


# For commands by which owners change what is theirs. They see all that is there, and no gate's policy overrules them.
OWNERS = Options(no_baseline=True, gate=False)


class Mode(NamedTuple):
    """What to look at: the working tree unless one of these says otherwise."""

    staged: bool = False
    stdin: bool = False
    handed: bool = False
    past: HistoryRequest | None = None
    push: str | None = None


def scan_paths(named: tuple[Path, ...]) -> Scanned:
    """Scan the working tree below the named paths: what plan, fix and migrate start from.

    What the baseline accepts is among it: it was accepted for now, and to move it out is what these are for.
    """
    return run(named, Mode(), OWNERS)


def run(named: tuple[Path, ...], mode: Mode, options: Options) -> Scanned:
    """Scan, and settle what the configuration allows and the baseline accepts. Raises UsageError or NotSeenError."""
    in_past = mode.past is not None or mode.push is not None
    found = _scan_commits(named, mode, options) if in_past else _scan_files(named, mode, options)
    if not found.result.findings and found.baseline is None:
        return found
    from scanner import acceptance

    everything = not named and found.root.folder == Path.cwd()
    whole = everything and not (mode.staged or mode.stdin or mode.handed or in_past)
    return found._replace(result=acceptance.settled(found, whole=whole, past=in_past))


def configuration(root: Path, options: Options) -> Loaded:
    """The configuration in effect. Raises UsageError where an option would be laxer than a policy."""
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
    """Scan what a repository remembers of the named folder, or of everything: its history, a range, what is pushed."""
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
    # What is gone from the disk is what a history may be asked about.
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
        # A link that leads out of the repository names nothing of its index: then all of it is looked at.
        inside = [] if any(os.path.isabs(path) for path in below) else below
        sources = staged.sources(_repository(root), selection, inside)
    elif mode.handed and not named:
        sources = ()  # a hook that had no file to hand over
    else:
        sources = worktree.sources(root, paths, selection, handed=mode.handed)
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
    """The baseline to honour: the option's, from the working directory; the configuration's, from the root."""
    if options.no_baseline:
        return None
    if options.baseline is not None:
        return options.baseline
    if config.baseline is not None:
        return root.folder / config.baseline if config.baseline else None
    there = root.folder / DEFAULT_BASELINE
    return there if there.is_file() else None


def _lazy_settings(root: worktree.Root, scope: str, config: Config) -> Callable[[], Settings]:
    """Settings on demand: a scan without a hit reads, and makes, no key."""
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
    """The named folder, from the root, as results have it: what a path's role is judged below."""
    if len(named) != 1:
        return ""
    relative = worktree.relative(root, _absolute(named[0]))
    return "" if relative == "." else shown(relative)


def _nearest(gone: Path) -> Path:
    """The folder that is left of a path."""
    return Path(os.path.realpath(next(folder for folder in _absolute(gone).parents if os.path.lexists(folder))))


def _absolute(named: Path) -> Path:
    return Path(os.path.abspath(named))
