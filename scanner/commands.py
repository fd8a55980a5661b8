"""`unhardcode scan`: what it was told, what it looks at, and what it says."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.arguments import NamedPath
from scanner.config import SEVERITIES
from scanner.errors import Exit, UsageError
from scanner.running import Mode, Options, run
from scanner.source import Confidence

if TYPE_CHECKING:
    from scanner.reports.context import ReportContext
    from scanner.source import ScanResult

_LEVELS = click.Choice([level.value for level in Confidence])
# The module of a format is called after it.
_FORMATS = ("text", "json", "jsonl", "sarif", "junit", "gitlab", "github", "github-summary")
# Options that say nothing to any other look.
_GOES_WITH = {
    "--unreachable": {"--history"},
    "--since": {"--history"},
    "--no-cache": {"--history"},
    "--no-fail-on-gone": {"--history"},
    "--fail-on-old": {"--range", "--push"},
    "--no-fail-on-old": {"--range", "--push"},
    "--fail-since": {"--history", "--range", "--push"},
}
_FOREACH = "each is a repository of its own: git submodule foreach --recursive 'unhardcode scan {}'"
_ADVICE = """
The push was stopped before anything was sent. A later commit does not take a value out of an earlier one:
change the commit itself (git commit --amend, or git rebase -i COMMIT^), then push again.
No credential? Put the ignore comment on its line and commit that, or `unhardcode baseline update --reason WHY`."""


@click.command(short_help="Find hardcoded credentials; start here.")
@click.argument("path", nargs=-1, type=NamedPath(readable=False))  # one that cannot be read is a gap
@click.option(
    "--staged", "is_staged", is_flag=True, help="What the next commit would add: index blobs that differ from HEAD."
)
@click.option(
    "--range",
    "between",
    metavar="A..B",
    help="What the commits of B that A has not add; A...B since both went apart. Older findings do not fail the scan. "
    "`ci`: those of the pull request or push that a CI job is about; everything where it is about none.",
)
@click.option(
    "--history", "is_history", is_flag=True, help="Every version that a ref, a reflog or a stash reaches, each once."
)
@click.option("--unreachable", is_flag=True, help="With --history: also all that git holds and nothing reaches.")
@click.option(
    "--since", metavar="DATE", help="With --history: what commits since then add (2026-01-31, '30 days ago')."
)
@click.option(
    "--push",
    is_flag=False,
    flag_value="",
    metavar="REMOTE",
    help="What git's pre-push hook is about to give away; git says so on standard input.",
)
@click.option("--stdin", "is_stdin", is_flag=True, help="Standard input; PATH, if given, is its name.")
@click.option("--files", "is_handed", is_flag=True, help="PATHs come from a hook: to skip one of them is no gap.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="Form of the report."
)
@click.option("-o", "--output", type=NamedPath(dir_okay=False), help="Write the report to a file, in UTF-8.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Also write a report in another form to a file; may be repeated.",
)
@click.option("--min-confidence", type=_LEVELS, help="Report findings from this confidence on [default: medium].")
@click.option(
    "--fail-on",
    type=click.Choice([*(level.value for level in Confidence), "never"]),
    help="Exit with 1 from this confidence on [default: medium].",
)
@click.option(
    "--fail-on-severity", type=click.Choice(SEVERITIES), help="Exit with 1 from this severity on [default: low]."
)
@click.option(
    "--fail-on-old/--no-fail-on-old", default=None, help="With --range and --push: also fail for what was there before."
)
@click.option(
    "--fail-on-gone/--no-fail-on-gone",
    default=None,
    help="With --history: fail for what HEAD no longer holds [default: yes].",
)
@click.option(
    "--fail-since",
    metavar="DATE",
    help="With --history, --range and --push: older commits than this (2026-01-31) fail nothing.",
)
@click.option(
    "--baseline",
    type=NamedPath(dir_okay=False),
    help="What was accepted fails nothing [default: .unhardcode.baseline, if it is there].",
)
@click.option("--no-baseline", is_flag=True, help="Honour no baseline.")
@click.option(
    "--policy",
    type=NamedPath(dir_okay=False),
    help="What this gate was told: nothing in the scanned repository makes it laxer (also UNHARDCODE_POLICY).",
)
@click.option("--recurse-submodules", is_flag=True, help="Also what stands in the submodules of the working tree.")
@click.option("--include", multiple=True, metavar="GLOB", help="Only paths like this; may be repeated.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No paths like this; may be repeated.")
@click.option("--max-size", type=click.IntRange(min=1), metavar="BYTES", help="Skip larger files [default: 5,000,000].")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes to look with [default: as many as pay].",
)
@click.option(
    "--no-cache", is_flag=True, help="With --history: look at everything again, and keep no record of what was clean."
)
@click.option("--require-complete", is_flag=True, help="Exit with 3 if anything at all was skipped.")
@click.option("--show-suppressed", is_flag=True, help="Also print what was suppressed, and why.")
@click.option(
    "-q", "--quiet", is_flag=True, help="Print nothing where nothing was found; other forms than text stay whole."
)
@click.option("--no-color", is_flag=True, help="No colours, also on a terminal (as NO_COLOR does).")
def scan(
    path: tuple[Path, ...],
    is_staged: bool,
    between: str | None,
    is_history: bool,
    unreachable: bool,
    since: str | None,
    push: str | None,
    is_stdin: bool,
    is_handed: bool,
    form: str,
    output: Path | None,
    reports: tuple[str, ...],
    recurse_submodules: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    max_size: int | None,
    baseline: Path | None,
    no_baseline: bool,
    policy: Path | None,
    jobs: int | None,
    no_cache: bool,
    require_complete: bool,
    show_suppressed: bool,
    quiet: bool,
    no_color: bool,
    **gate_options: Any,
) -> int:
    """Scan files and folders (the current one by default) for hardcoded credentials.

    In a git repository that is what git tracks, what it does not ignore, and every .env. Exit status: 0 clean,
    1 findings, 2 usage, 3 something that was asked for could not be seen.
    """
    started = time.time()
    beside = _beside(reports, output)
    written = [file for file in (output, *(file for _, file in beside)) if file is not None]
    _refuse_missing_folders(written)
    modes = {
        "--staged": is_staged,
        "--stdin": is_stdin,
        "--files": is_handed,
        "--history": is_history,
        "--range": between is not None,
        "--push": push is not None,
    }
    about_modes = {
        "--unreachable": unreachable,
        "--since": since is not None,
        "--no-cache": no_cache,
        "--no-fail-on-gone": gate_options["fail_on_gone"] is False,
        "--fail-on-old": gate_options["fail_on_old"] is True,
        "--no-fail-on-old": gate_options["fail_on_old"] is False,
        "--fail-since": gate_options["fail_since"] is not None,
    }
    _check_modes(modes, about_modes, submodules=recurse_submodules)
    _check_globs((*include, *exclude))
    if is_stdin and len(path) > 1:
        raise UsageError("--stdin: name one PATH", hint="it says what the text is called")
    if no_baseline and baseline is not None:
        raise UsageError("--baseline and --no-baseline exclude each other")
    if between == "ci":
        between = _range_of_the_job(path)
    options = Options(
        include=include,
        exclude=exclude,
        max_size=max_size,
        policy=policy,
        baseline=baseline,
        no_baseline=no_baseline,
        submodules=recurse_submodules,
        jobs=jobs,
    )
    past = None
    if is_history or between is not None:
        from scanner.past import Past

        past = Past(between=between, unreachable=unreachable, since=since, cache=not no_cache, progress=not quiet)
    scanned = run(path, Mode(staged=is_staged, stdin=is_stdin, handed=is_handed, past=past, push=push), options)
    if written:
        from scanner.saving import refuse_links

        refuse_links(written, scanned.root.folder)
    # On a quiet day no commit is there since yesterday.
    fine_if_empty = is_staged or is_handed or between is not None or push is not None or since is not None
    seen = scanned.result.coverage
    clean = not scanned.result.findings and not seen.skipped and (seen.files > 0 or fine_if_empty)
    if quiet and form == "text" and clean and not written:
        return int(Exit.OK)
    from scanner import gate
    from scanner.printing import emit
    from scanner.reports.context import ReportContext
    from scanner.reports.verdict import verdict

    config = gate.decided(scanned.config, scanned.honour, **gate_options)
    context = ReportContext(
        root=str(scanned.root.folder),
        here=os.getcwd(),
        version=_version(),
        min_confidence=config.min_confidence,
        fail_on=config.fail_on,
        fail_on_old=config.fail_on_old,
        fail_on_severity=config.fail_on_severity,
        fail_on_gone=config.fail_on_gone,
        fail_since=config.fail_since,
        paths=config.paths,
        require_complete=require_complete,
        nothing_is_fine=fine_if_empty or len(path) > 1,
        nothing="no commit has a file there, or there is none yet" if is_history else "check the paths",
        color=output is None and not no_color and _colors(),
        show_suppressed=show_suppressed,
        documents=scanned.texts.get,
        started=started,
    )
    if written:
        from scanner.reports.context import shown
        from scanner.saving import refuse_found

        live = (one.path for one in shown(scanned.result, context) if one.suppressed is None)
        refuse_found(written, scanned.root.folder, live)
    _write_beside(scanned.result, context, beside)
    report = _report(form)
    render = report.render_quiet if quiet and form == "text" else report.render
    emit(render(scanned.result, context), output)
    status = verdict(scanned.result, context).status
    if push is not None and status is Exit.FINDINGS and form == "text":
        _emit_advice()
    return int(status)


def _range_of_the_job(named: Sequence[Path]) -> str | None:
    """The range that a CI job is about; None where that is everything."""
    from scanner.sources.ci import event_range
    from scanner.sources.git import has_commit

    folder = next((one for one in named if os.path.isdir(one)), Path())
    return event_range(os.environ, lambda commit: has_commit(folder, commit))


def _write_beside(result: ScanResult, context: ReportContext, beside: Sequence[tuple[str, Path]]) -> None:
    """Write the further reports, which are files: none of them in colours."""
    from dataclasses import replace

    from scanner.printing import emit

    plain = replace(context, color=False)
    for form, file in beside:
        emit(_report(form).render(result, plain), file)


def _check_modes(modes: Mapping[str, bool], about: Mapping[str, bool], *, submodules: bool) -> None:
    """Raise UsageError for two looks at once, and for an option about another one: it would be forgotten in silence.

    Both are what the command line can say, with whether it does.
    """
    chosen = [mode for mode, is_on in modes.items() if is_on]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other")
    for option in (option for option, is_given in about.items() if is_given):
        wanted = _GOES_WITH[option]
        if wanted.isdisjoint(chosen):
            more = "leave it out, or add " + ("one of them" if len(wanted) > 1 else "that")
            raise UsageError(f"{option} goes with {' or '.join(sorted(wanted))}", hint=more)
    if submodules and set(chosen) - {"--files"}:
        raise UsageError(f"{chosen[0]}: looks into no submodule", hint=_FOREACH.format(chosen[0]))


def _check_globs(globs: Sequence[str]) -> None:
    if "" in globs:
        raise UsageError("--include and --exclude name no path by an empty GLOB", hint="is a variable not set?")
    if any(glob.startswith("!") for glob in globs):
        raise UsageError("a GLOB that begins with ! takes nothing back", hint="name only what is meant")


def _emit_advice() -> None:
    """What to do about a push that was stopped: the values are in commits, but still on this machine."""
    click.echo(_ADVICE, err=True)


def _report(form: str) -> Any:
    return importlib.import_module(f"scanner.reports.{form.replace('-', '_')}")


def _beside(reports: tuple[str, ...], output: Path | None) -> list[tuple[str, Path]]:
    """Form and file of each further report. Raises UsageError where one would be written over another."""
    beside = [_form_and_file(report) for report in reports]
    taken = {output}
    for _, file in beside:
        if file in taken:
            raise UsageError(f"{file}: two reports would be written to it", hint="name a file of its own for each")
        taken.add(file)
    return beside


def _form_and_file(report: str) -> tuple[str, Path]:
    form, equals, file = report.partition("=")
    if form not in _FORMATS or not equals or not file:
        raise UsageError(f"--report {report}: not FORMAT=FILE", hint="formats: " + ", ".join(_FORMATS))
    if file == "-":
        raise UsageError(f"--report {report}: - is no stream here", hint=f"standard output takes --format {form}")
    if os.path.isdir(file):
        raise UsageError(f"--report {report}: a folder", hint="name a file in it")
    return form, Path(file)


def _refuse_missing_folders(files: Iterable[Path]) -> None:
    """Raise UsageError for a file in a folder that is not there: a long scan would end with that."""
    for file in files:
        if not os.path.isdir(file.parent):
            raise UsageError(f"{file}: its folder is not there", hint="make it first: mkdir -p")


def _version() -> str:
    from unhardcode import VERSION

    return VERSION


def _colors() -> bool:
    # An empty NO_COLOR is none: https://no-color.org
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
