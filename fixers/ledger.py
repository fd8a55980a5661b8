"""The values that a repository holds or held, from plans, migrations and history, for status, rotation and purge.

A plan identifies a value by a keyed digest, which only the clone with that key can check, and by the blob and span
where it was found, which every full clone can read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import click

from fixers import journal
from fixers.connections import connection
from fixers.drafting import by_variable
from fixers.grouping import secret_value
from fixers.plan_tables import DIGEST_DIGITS
from fixers.planfile import PlanFile, open_plan_file, read_plan_file
from fixers.strength import strength
from fixers.value_search import search_for, traces
from scanner import analysis, session
from scanner.arguments import NamedPath
from scanner.config import Config
from scanner.errors import UsageError
from scanner.history.scan import HistoryRequest
from scanner.identity import digest
from scanner.model import Confidence, Finding, SecretValue
from scanner.readers.kinds import kind_of
from scanner.reports.masking import hide, make_net
from scanner.running import OWNERS, Mode, Scanned, run, scan_paths
from scanner.source import Settings, Source
from scanner.sources import git, worktree
from scanner.sources.history import folder_of
from scanner.sources.selection import Selection
from scanner.text import UndecodableError, decode

# A finding with the value that would be stored for it.
Valued: TypeAlias = tuple[Finding, SecretValue]

# A value with fewer bits (`postgres`) may occur in a text by chance, so only a scan's findings count for it.
DISTINCT_BITS = 30.0


plans_option = click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="FILE",
    type=NamedPath(dir_okay=False),
    help="A plan.toml that was carried out; may be repeated [the migrations that this clone remembers].",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value, with the places where it is and was.

    `name`, `store` and `key` are where a plan puts it, None if no plan has it. `digest` is the beginning of its keyed
    digest. `value` is None if neither the tree nor the history has it any more. `kms_key` is the KMS key that the
    plan named for it. `now` are the findings of the working tree that hold it, `past` those of history. `recorded`
    are the places that the plan named, `held` those of the working tree that still hold it in any spelling, both as
    path:line.
    """

    name: str | None
    store: str | None
    key: str | None
    action: str
    digest: str
    value: SecretValue | None
    kms_key: str | None = None
    recorded: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    now: tuple[Finding, ...] = ()
    past: tuple[Finding, ...] = ()

    @property
    def label(self) -> str:
        """Its label in reports: name and key, or one of its places."""
        if self.name is None:
            first = self.past[0] if self.past and not self.held else None
            if first is not None:
                commit = f" ({first.commit.id[:8]})" if first.commit is not None else ""
                return f"{first.path}:{first.start[0]}{commit}"
            return self.held[0] if self.held else f"#{self.digest[:8]}"
        return self.name if self.key is None else f"{self.name}:{self.key}"

    @property
    def distinct(self) -> bool:
        """Whether its text is so distinctive that each occurrence must be this value."""
        return self.value is not None and strength(self.value) >= DISTINCT_BITS

    @property
    def engine(self) -> str | None:
        """AWS's name for the database engine that it belongs to, from the context of its findings."""
        found = (connection(finding).engine for finding in (*self.past, *self.now))
        return next((engine for engine in found if engine), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All entries of a repository, and `gaps`: descriptions of what could not be searched."""

    root: worktree.Root
    key: bytes
    entries: tuple[Entry, ...]
    gaps: tuple[str, ...] = ()


def ledger(named: Path, plan_files: Sequence[Path]) -> Ledger:
    """The ledger of the repository around `named`: from plan files, else from its journals, and from its history.

    Raises UsageError for a plan that cannot be used, NotSeenError if git cannot show the history.
    """
    now = scan_paths((worktree.root_of(named).folder,))
    root = now.root
    files = [open_plan_file(path) for path in plan_files] or list(_journaled(root))
    past: Scanned | None = _past(root) if root.repository is not None else None
    here, before = _with_values(now.result.findings), _with_values(past.result.findings) if past else []
    found = [*here, *before]
    recorded = _recorded(files, root, now.key)
    by_digest = {digest(now.key, value)[:DIGEST_DIGITS]: value for _, value in found}
    entries = [_completed(entry, by_digest) for entry in recorded]
    entries += _unplanned(found, [entry.value for entry in entries if entry.value is not None], now.key)
    entries = _held([_located(entry, here, before) for entry in entries], root, now.config)
    gaps = [f"{one.path}: {one.reason}" for one in (past.result.coverage.skipped if past else ()) if one.gap]
    if past is None:
        gaps.append("there is no git repository here: nothing is known of the past")
    return Ledger(root=root, key=now.key, entries=tuple(entries), gaps=tuple(gaps))


def _past(root: worktree.Root) -> Scanned:
    """A scan of the repository's whole history, including what a baseline accepts."""
    return run((root.folder,), Mode(past=HistoryRequest()), OWNERS)


def _journaled(root: worktree.Root) -> Iterator[PlanFile]:
    """The plans that migrations on this tree carried out, oldest first."""
    for one in journal.runs(journal.folder_of(root.repository), root.folder, mend=False):
        text = one.begin.get("plan_file")
        if isinstance(text, str) and one.state in ("proven", "written", "done"):
            yield read_plan_file(text, str(one.path))


def _recorded(files: Iterable[PlanFile], root: worktree.Root, key: bytes) -> list[Entry]:
    """One entry for each value of each plan, with the value itself if a recorded blob still gives it."""
    found: dict[tuple[str, str | None, str], Entry] = {}
    for file in files:
        for table in _tables(file, "secret"):
            if table.get("action") == "skip":
                continue
            for member in _members(file, table):
                # One name in a store can have held several values in succession.
                place = (str(table["name"]), member.get("key"), str(member["digest"]))
                at = f"{member.get('path')}:{member.get('line')}"
                value = _of_blob(root, member, key)
                before = found.get(place)
                if before is not None:
                    again = before.recorded if at in before.recorded else (*before.recorded, at)
                    found[place] = replace(before, recorded=again, value=before.value or value)
                    continue
                found[place] = Entry(
                    name=place[0],
                    store=str(table["store"]),
                    key=place[1],
                    action=str(table.get("action")),
                    digest=place[2],
                    value=value,
                    kms_key=str(table.get("kms_key") or "") or None,
                    recorded=(at,),
                )
    return list(found.values())


def _tables(file: PlanFile, name: str) -> list[Mapping[str, Any]]:
    tables = file.tables.get(name, [])
    good = isinstance(tables, list) and all(
        isinstance(table, dict) and isinstance(table.get("name"), str) and isinstance(table.get("store"), str)
        for table in tables
    )
    if not good:
        raise UsageError(f"{file.path}: its [[{name}]] tables cannot be parsed", hint="make the plan again")
    return list(tables)


def _members(file: PlanFile, table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    members = table.get("member", [])
    if not isinstance(members, list) or not all(
        isinstance(member, dict) and isinstance(member.get("digest"), str) and isinstance(member.get("key", ""), str)
        for member in members
    ):
        raise UsageError(f"{file.path}: a member of {table['name']} cannot be parsed", hint="make the plan again")
    return list(members)


def _of_blob(root: worktree.Root, member: Mapping[str, Any], key: bytes) -> SecretValue | None:
    """The value at a recorded place in the form that was stored, read again from its blob."""
    blob, path, span = member.get("blob"), member.get("path"), member.get("span")
    if root.repository is None or not isinstance(blob, str) or not isinstance(path, str):
        return None
    if len(blob) not in (40, 64) or not blob.isalnum():
        return None
    ((_, raw),) = git.blobs(folder_of(root.repository), [blob])
    if raw is None:
        return None
    source = Source(path=path, raw=raw, blob=blob, tracked=True)
    for finding, value in _with_values(_findings_of(source, key)):
        if [finding.span.start, finding.span.end] == span:
            return value
    return None


def _findings_of(source: Source, key: bytes) -> list[Finding]:
    knowledge = analysis.learn(session.load_rules(), session.load_prefilter())
    found = analysis.findings_of(source, knowledge, Settings(key=key, scope="", foreign_markers=True))
    try:
        document = decode(source, kind_of(source.path, source.raw[:4096]))
    except UndecodableError:
        return found
    return list(by_variable(found, {document.path: document}))


def _with_values(findings: Iterable[Finding]) -> list[Valued]:
    """Findings with the values that would be stored for them."""
    return [
        (finding, secret_value(finding, kind_of(finding.path, b"")))
        for finding in findings
        if finding.value is not None
    ]


def _completed(entry: Entry, by_digest: Mapping[str, SecretValue]) -> Entry:
    """The entry with its value, looked up by digest where a place has no blob (an untracked file)."""
    return entry if entry.value is not None else replace(entry, value=by_digest.get(entry.digest))


def _located(entry: Entry, here: Sequence[Valued], before: Sequence[Valued]) -> Entry:
    """The entry with all findings of the tree and of history that hold its value."""
    if entry.value is None:
        return entry
    raw = entry.value.reveal("bytes")
    return replace(entry, now=_holding(raw, here), past=_holding(raw, before))


def _holding(raw: bytes, found: Sequence[Valued]) -> tuple[Finding, ...]:
    """The findings that hold a value, either whole or as their secret part."""
    return tuple(
        finding
        for finding, value in found
        if raw in (value.reveal("bytes"), finding.value.reveal("bytes") if finding.value else b"")
    )


def _held(entries: Sequence[Entry], root: worktree.Root, config: Config) -> list[Entry]:
    """The entries with the places in the working tree that hold them: findings, and any spelling in any file."""
    held = [{(finding.path, finding.start[0]) for finding in entry.now} for entry in entries]
    search = search_for([entry.value if entry.value and entry.distinct else SecretValue("") for entry in entries])
    selection = Selection(max_size=config.max_size)
    for source in worktree.sources(root, (root.folder,), selection):
        if isinstance(source, Source):
            for trace in traces(search, source.raw):
                held[trace.value].add((source.path, source.raw.count(b"\n", 0, trace.start) + 1))
    return [
        replace(entry, held=tuple(f"{path}:{line}" for path, line in sorted(places)))
        for entry, places in zip(entries, held, strict=True)
    ]


def _unplanned(found: Sequence[Valued], known: Sequence[SecretValue], key: bytes) -> list[Entry]:
    """Values that no plan has and a scan would report, except parts and other spellings of a known value."""
    search = search_for(known)
    raws = [value.reveal("bytes") for value in known]
    rest: dict[bytes, SecretValue] = {}
    for finding, value in found:
        sure = finding.suppressed is None and finding.confidence.rank >= Confidence.MEDIUM.rank
        whole, secret = value.reveal("bytes"), (finding.value or value).reveal("bytes")
        if not sure or whole in raws or whole in rest or any(secret in raw for raw in raws):
            continue
        if not any(trace.end - trace.start == len(secret) for trace in traces(search, secret)):
            rest[whole] = value
    return [
        Entry(name=None, store=None, key=None, action="", digest=digest(key, value)[:DIGEST_DIGITS], value=value)
        for value in rest.values()
    ]


def without_values(text: str, kept: Ledger) -> str:
    """A report's text with the entries' values masked, because a file name may contain one."""
    return hide(text, make_net(found for entry in kept.entries for found in (*entry.now, *entry.past)))
