"""The options of `unhardcode scan` as a record, and which of them can be combined."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from scanner.errors import UsageError

# The module of a format is named after it.
FORMATS = ("text", "json", "jsonl", "sarif", "junit", "gitlab", "github", "github-summary")
_FOREACH = "each is a repository of its own: git submodule foreach --recursive 'unhardcode scan {}'"


class GateOptions(NamedTuple):
    """The options of `scan` that decide whether it fails; None if not given."""

    min_confidence: str | None
    fail_on: str | None
    fail_on_severity: str | None
    fail_on_old: bool | None
    fail_on_gone: bool | None
    fail_since: str | None


class ScanRequest(NamedTuple):
    """The command line of one scan: each field is the option of that name, None if not given.

    `between` is the option --range, `from_hook` --files, `reports` the format and the file of each further report.
    """

    path: tuple[Path, ...]
    staged: bool
    between: str | None
    history: bool
    unreachable: bool
    since: str | None
    push: str | None
    stdin: bool
    from_hook: bool
    form: str
    output: Path | None
    reports: tuple[tuple[str, Path], ...]
    gate: GateOptions
    baseline: Path | None
    no_baseline: bool
    policy: Path | None
    recurse_submodules: bool
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    max_size: int | None
    jobs: int | None
    no_cache: bool
    require_complete: bool
    show_suppressed: bool
    quiet: bool
    no_color: bool

    @property
    def files(self) -> list[Path]:
        """The files that reports are written to."""
        return [file for file in (self.output, *(file for _, file in self.reports)) if file is not None]

    @property
    def is_silent_when_clean(self) -> bool:
        """Whether a scan without findings prints and writes nothing."""
        return self.quiet and self.form == "text" and not self.files

    @property
    def may_be_empty(self) -> bool:
        """Whether having nothing to scan is no error: there may be no commit since yesterday."""
        return (
            self.staged or self.from_hook or any(asked is not None for asked in (self.between, self.push, self.since))
        )


class _ModeOption(NamedTuple):
    """An option that has a meaning only in some modes, and would be ignored silently in others."""

    name: str
    modes: tuple[str, ...]
    is_given: Callable[[ScanRequest], bool]


_MODES: dict[str, Callable[[ScanRequest], bool]] = {
    "--staged": attrgetter("staged"),
    "--stdin": attrgetter("stdin"),
    "--files": attrgetter("from_hook"),
    "--history": attrgetter("history"),
    "--range": lambda asked: asked.between is not None,
    "--push": lambda asked: asked.push is not None,
}
_MODE_OPTIONS = (
    _ModeOption("--unreachable", ("--history",), attrgetter("unreachable")),
    _ModeOption("--since", ("--history",), lambda asked: asked.since is not None),
    _ModeOption("--no-cache", ("--history",), attrgetter("no_cache")),
    _ModeOption("--no-fail-on-gone", ("--history",), lambda asked: asked.gate.fail_on_gone is False),
    _ModeOption("--fail-on-old", ("--push", "--range"), lambda asked: asked.gate.fail_on_old is True),
    _ModeOption("--no-fail-on-old", ("--push", "--range"), lambda asked: asked.gate.fail_on_old is False),
    _ModeOption("--fail-since", ("--history", "--push", "--range"), lambda asked: asked.gate.fail_since is not None),
)


def request_of(*, reports: tuple[str, ...], output: Path | None, **options: Any) -> ScanRequest:
    """The options as a record. Raises UsageError if they contradict each other or cannot be met."""
    gate = GateOptions(**{name: options.pop(name) for name in GateOptions._fields})
    asked = ScanRequest(output=output, reports=_reports(reports, output), gate=gate, **options)
    _check_folders(asked.files)
    _check_modes(asked)
    _check_globs((*asked.include, *asked.exclude))
    if asked.stdin and len(asked.path) > 1:
        raise UsageError("--stdin: name one PATH", hint="it says what the text is called")
    if asked.no_baseline and asked.baseline is not None:
        raise UsageError("--baseline and --no-baseline exclude each other")
    return asked


def _reports(reports: Iterable[str], output: Path | None) -> tuple[tuple[str, Path], ...]:
    """Format and file of each further report. Raises UsageError if one would overwrite another."""
    parsed = tuple(_form_and_file(report) for report in reports)
    taken = {output}
    for _, file in parsed:
        if file in taken:
            raise UsageError(f"{file}: two reports would be written to it", hint="name a file of its own for each")
        taken.add(file)
    return parsed


def _form_and_file(report: str) -> tuple[str, Path]:
    form, equals, file = report.partition("=")
    if form not in FORMATS or not equals or not file:
        raise UsageError(f"--report {report}: not FORMAT=FILE", hint="formats: " + ", ".join(FORMATS))
    if file == "-":
        raise UsageError(
            f"--report {report}: - does not mean a stream here", hint=f"standard output takes --format {form}"
        )
    if os.path.isdir(file):
        raise UsageError(f"--report {report}: a folder", hint="name a file in it")
    return form, Path(file)


def _check_folders(files: Iterable[Path]) -> None:
    """Raise UsageError for a file in a missing folder now, and not after a long scan."""
    for file in files:
        if not os.path.isdir(file.parent):
            raise UsageError(f"{file}: its folder does not exist", hint="create it first: mkdir -p")


def _check_modes(asked: ScanRequest) -> None:
    """Raise UsageError for two modes at once, and for an option that has no meaning in this one."""
    modes = [mode for mode, is_on in _MODES.items() if is_on(asked)]
    if len(modes) > 1:
        raise UsageError(f"{' and '.join(modes)} exclude each other")
    for option in _MODE_OPTIONS:
        if option.is_given(asked) and not set(modes).intersection(option.modes):
            more = "leave it out, or add " + ("one of them" if len(option.modes) > 1 else "that")
            raise UsageError(f"{option.name} goes with {' or '.join(option.modes)}", hint=more)
    if asked.recurse_submodules and set(modes) - {"--files"}:
        raise UsageError(f"{modes[0]}: looks into no submodule", hint=_FOREACH.format(modes[0]))


def _check_globs(globs: Iterable[str]) -> None:
    for glob in globs:
        if not glob:
            raise UsageError("--include and --exclude: an empty GLOB matches no path", hint="is a variable not set?")
        if glob.startswith("!"):
            raise UsageError("a GLOB that begins with ! does not negate", hint="list only what is meant")
