"""`scan --history` and `scan --range`: list the commits, scan what they add, check which values are still present."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scanner.config import OWN_RULES
from scanner.history import listing_cache, messages, presence, record, versions
from scanner.progress import Meter
from scanner.source import ScanResult, Settings
from scanner.sources import git, history
from scanner.sources import range as commit_range
from scanner.sources.selection import Selection

if TYPE_CHECKING:
    from scanner.engine import Setup


class HistoryRequest(NamedTuple):
    """What to scan: a range of commits (`between`), or the whole history.

    `cache`: whether the record of clean versions is read and written; `progress`: whether to show progress.
    """

    between: str | None = None
    unreachable: bool = False
    since: str | None = None
    cache: bool = True
    progress: bool = False


def scan_history(
    repository: git.Repository,
    selection: Selection,
    past: HistoryRequest,
    setup: Setup,
) -> ScanResult:
    """Scan the history of a repository, or a range of its commits."""
    folder = history.folder_of(repository)
    ends = None if past.between is None else commit_range.ends(repository, past.between)
    before = None
    if ends is None:
        commits, extra = history.reached(repository, past.since)
        before = _record(repository, selection, past, setup.settings()) if past.cache else None
        again = None
        if before is not None and not past.unreachable and past.since is None:
            again = listing_cache.listing(before, folder, commits, extra, selection)
        found, spoken = again or (
            history.listing(repository, selection, commits, extra, unreachable=past.unreachable, since=past.since),
            None,
        )
    else:
        found, spoken, extra = commit_range.listing(repository, selection, ends), None, {}
    meter = Meter("history" if ends is None else "range", show=past.progress)
    seen = versions.scan(folder, found, setup, before=before, meter=meter)
    result = seen.result
    heard: list[str] = []
    if not selection.below:
        tags = [] if ends is not None or past.since is not None else history.tags(folder)
        read = dict.fromkeys((*(found.commits if spoken is None else spoken), *tags))
        said = list(messages.findings(folder, list(read), seen.knowledge, setup.settings()))
        heard = [each for each in dict.fromkeys(map(messages.object_of, said)) if each not in set(tags)]
        result = messages.joined(result, [each for each in said if selection.takes(each.path)])
    findings = result.findings and presence.with_head(folder, result.findings, seen.read, selection.max_size)
    if ends is not None and findings:
        findings = presence.with_age(folder, ends.base, findings, seen.read, selection.max_size)
    if before is not None:
        listed = listing_cache.dump(before, found, extra, seen.states, heard)
        record.keep(before, found.blobs, seen.states, seen.serialized, seen.notes, listed, added=spoken is not None)
    return result._replace(findings=findings)


def _record(
    repository: git.Repository, selection: Selection, past: HistoryRequest, settings: Settings
) -> record.Record | None:
    """The record of earlier scans with these options, rules and program."""
    import platformdirs

    from rules.signature import rules_state
    from scanner.identity import repository_key
    from scanner.prefilter import full_state

    options = (
        settings.scope, str(settings.foreign_markers), str(settings.own_markers), *selection.include, "-",
        *selection.exclude, str(selection.max_size), str(past.unreachable), past.since or "",
    )  # fmt: skip
    try:
        own = (history.folder_of(repository) / OWN_RULES).read_bytes()
    except OSError:
        own = b""
    try:
        secret = repository_key(platformdirs.user_state_path("unhardcode"))
    except (OSError, RuntimeError):
        return None  # no home directory
    return record.load(
        repository.common, secret, options, b"\0".join((full_state(rules_state()), record.program_state(), own))
    )
