"""`unhardcode scan`: its options, the scan that they ask for, and its reports."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.arguments import NamedPath
from scanner.config import SEVERITIES
from scanner.errors import Exit
from scanner.running import Mode, Options, Scanned, run
from scanner.scan_request import FORMATS, ScanRequest, request_of
from scanner.source import Confidence

if TYPE_CHECKING:
    from scanner.reports.context import ReportContext
    from scanner.source import ScanResult

_LEVELS = click.Choice([level.value for level in Confidence])
_STOPPED_PUSH = """
The push was stopped before anything was sent. A later commit does not take a value out of an earlier one:
change the commit itself (git commit --amend, or git rebase -i COMMIT^), then push again.
No credential? Put the ignore comment on its line and commit that, or `unhardcode baseline update --reason WHY`."""


@click.command(short_help="Find hardcoded credentials; start here.")
@click.argument("path", nargs=-1, type=NamedPath(readable=False))  # a path that cannot be read is reported as a gap
@click.option(
    "--staged", is_flag=True, help="Scan what the next commit would add: blobs of the index that differ from HEAD."
)
@click.option(
    "--range",
    "between",
    metavar="A..B",
    help="Scan what the commits of B that are not in A add; A...B: since their merge base. Older findings do not "
    "fail the scan. `ci`: the commits of the pull request or push that a CI job runs for; everything if there is none.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Scan every version of every file reachable from a ref, a reflog or a stash, each once.",
)
@click.option("--unreachable", is_flag=True, help="With --history: also objects that nothing reaches.")
@click.option(
    "--since", metavar="DATE", help="With --history: only what commits since DATE add (2026-01-31, '30 days ago')."
)
@click.option(
    "--push",
    is_flag=False,
    flag_value="",
    metavar="REMOTE",
    help="Scan what a push to REMOTE would send, as git's pre-push hook describes it on standard input.",
)
@click.option("--stdin", is_flag=True, help="Scan standard input; PATH, if given, is its file name.")
@click.option(
    "--files",
    "from_hook",
    is_flag=True,
    help="PATHs are passed by a hook: a skipped one does not make the scan incomplete.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Format of the report."
)
@click.option("-o", "--output", type=NamedPath(dir_okay=False), help="Write the report to a file, in UTF-8.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Also write a report in this format to FILE; may be repeated.",
)
@click.option("--min-confidence", type=_LEVELS, help="Report findings of at least this confidence [default: medium].")
@click.option(
    "--fail-on",
    type=click.Choice([*(level.value for level in Confidence), "never"]),
    help="Exit with 1 for a finding of at least this confidence [default: medium].",
)
@click.option(
    "--fail-on-severity",
    type=click.Choice(SEVERITIES),
    help="Exit with 1 only for findings of at least this severity [default: low].",
)
@click.option(
    "--fail-on-old/--no-fail-on-old",
    default=None,
    help="With --range and --push: also fail for findings that were there before.",
)
@click.option(
    "--fail-on-gone/--no-fail-on-gone",
    default=None,
    help="With --history: also fail for findings that are gone from HEAD [default: yes].",
)
@click.option(
    "--fail-since",
    metavar="DATE",
    help="With --history, --range and --push: do not fail for commits older than DATE (2026-01-31).",
)
@click.option(
    "--baseline",
    type=NamedPath(dir_okay=False),
    help="Accepted findings, which do not fail the scan [default: .unhardcode.baseline, if it exists].",
)
@click.option("--no-baseline", is_flag=True, help="Ignore the baseline.")
@click.option(
    "--policy",
    type=NamedPath(dir_okay=False),
    help="Settings of this gate, which nothing in the scanned repository can relax (also UNHARDCODE_POLICY).",
)
@click.option("--recurse-submodules", is_flag=True, help="Also scan the submodules of the working tree.")
@click.option("--include", multiple=True, metavar="GLOB", help="Only paths that match; may be repeated.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No paths that match; may be repeated.")
@click.option("--max-size", type=click.IntRange(min=1), metavar="BYTES", help="Skip larger files [default: 5,000,000].")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Number of processes [default: as many as are worth starting].",
)
@click.option(
    "--no-cache", is_flag=True, help="With --history: scan everything again, and keep no record of what was clean."
)
@click.option("--require-complete", is_flag=True, help="Exit with 3 if anything at all was skipped.")
@click.option("--show-suppressed", is_flag=True, help="Also print suppressed findings, and why they are.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing if nothing was found (text reports only).")
@click.option("--no-color", is_flag=True, help="No colours, even on a terminal (NO_COLOR does the same).")
def scan(**options: Any) -> int:
    """Scan files and folders (the current one by default) for hardcoded credentials.

    In a git repository, files that git ignores are left out, except .env files. Exit status: 0 clean, 1 findings,
    2 usage error, 3 something that was asked for could not be scanned.
    """
    started = time.time()
    asked = request_of(**options)
    if asked.between == "ci":
        asked = asked._replace(between=_range_of_the_job(asked.path))
    scanned = run(asked.path, _mode(asked), _options(asked))
    if asked.files:
        from scanner.saving import refuse_links

        refuse_links(asked.files, scanned.root.folder)
    if asked.is_silent_when_clean and _is_clean(asked, scanned.result):
        return int(Exit.OK)
    return int(_report(asked, scanned, started))


def _mode(asked: ScanRequest) -> Mode:
    """What to scan, from the options --staged, --history, --range and --push."""
    past = None
    if asked.history or asked.between is not None:
        from scanner.history.scan import HistoryRequest

        past = HistoryRequest(
            between=asked.between,
            unreachable=asked.unreachable,
            since=asked.since,
            cache=not asked.no_cache,
            progress=not asked.quiet,
        )
    return Mode(staged=asked.staged, stdin=asked.stdin, from_hook=asked.from_hook, past=past, push=asked.push)


def _options(asked: ScanRequest) -> Options:
    return Options(
        include=asked.include,
        exclude=asked.exclude,
        max_size=asked.max_size,
        policy=asked.policy,
        baseline=asked.baseline,
        no_baseline=asked.no_baseline,
        submodules=asked.recurse_submodules,
        jobs=asked.jobs,
    )


def _is_clean(asked: ScanRequest, result: ScanResult) -> bool:
    """Whether there is nothing to report: no finding, nothing skipped, and something was scanned."""
    seen = result.coverage
    return not result.findings and not seen.skipped and (seen.files > 0 or asked.may_be_empty)


def _report(asked: ScanRequest, scanned: Scanned, started: float) -> Exit:
    """Write all reports and return the exit status."""
    import dataclasses

    from scanner.printing import emit
    from scanner.reports.verdict import verdict

    result, context = scanned.result, _context(asked, scanned, started)
    if asked.files:
        from scanner.reports.context import shown
        from scanner.saving import refuse_found

        live = (one.path for one in shown(result, context) if one.suppressed is None)
        refuse_found(asked.files, scanned.root.folder, live)
    plain = dataclasses.replace(context, color=False)
    for form, file in asked.reports:
        emit(_format(form).render(result, plain), file)
    report = _format(asked.form)
    render = report.render_quiet if asked.quiet and asked.form == "text" else report.render
    emit(render(result, context), asked.output)
    status = verdict(result, context).status
    if asked.push is not None and status is Exit.FINDINGS and asked.form == "text":
        click.echo(_STOPPED_PUSH, err=True)
    return status


def _context(asked: ScanRequest, scanned: Scanned, started: float) -> ReportContext:
    """The options that the reports depend on. Raises UsageError for an option that would relax a policy."""
    from scanner import gate
    from scanner.reports.context import ReportContext

    config = gate.decided(scanned.config, scanned.honour, asked.gate)
    return ReportContext(
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
        require_complete=asked.require_complete,
        nothing_is_fine=asked.may_be_empty or len(asked.path) > 1,
        nothing="no commit has a file there, or there is none yet" if asked.history else "check the paths",
        color=asked.output is None and not asked.no_color and _has_colors(),
        show_suppressed=asked.show_suppressed,
        documents=scanned.texts.get,
        started=started,
    )


def _format(form: str) -> Any:
    return importlib.import_module(f"scanner.reports.{form.replace('-', '_')}")


def _range_of_the_job(named: Sequence[Path]) -> str | None:
    """The range of commits that a CI job runs for; None for everything."""
    from scanner.sources.ci import event_range
    from scanner.sources.git import has_commit

    folder = next((one for one in named if os.path.isdir(one)), Path())
    return event_range(os.environ, lambda commit: has_commit(folder, commit))


def _version() -> str:
    from unhardcode import VERSION

    return VERSION


def _has_colors() -> bool:
    # An empty NO_COLOR is none: https://no-color.org
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
