"""`unhardcode status`: whether each value is stored, gone from the code, rotated and purged, without showing any value.

Rotated means that the keyed digest of the value found in the code differs from that of the value now in the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fixers.aws_options import aws
from fixers.history_search import reached, sightings
from fixers.ledger import Entry, Ledger, ledger, plans_option, without_values
from fixers.options import refuse
from fixers.payload import field_of
from fixers.plan_tables import DIGEST_DIGITS
from fixers.stores.kinds import KINDS
from fixers.stores.model import ScheduledForDeletionError, Store, Stores
from fixers.stores.registry import users_aws
from fixers.value_search import search_for
from scanner.arguments import NamedPath
from scanner.errors import Exit, UsageError
from scanner.identity import digest
from scanner.model import SecretValue
from scanner.reports.masking import printable
from scanner.sources.history import folder_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """In how many objects of the history a value is, and whether a remote-tracking ref reaches one of them."""

    objects: int
    pushed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The state of one value. `stored`, `rotated` and `past` are None if unknown."""

    entry: Entry
    stored: bool | None
    rotated: bool | None
    past: Past | None

    @property
    def exposed(self) -> bool:
        """Whether a value that others may have seen is still in use."""
        return self.past is not None and self.past.pushed and self.rotated is False

    @property
    def lost(self) -> bool:
        """Whether the store does not have it, so that nothing shows whether it was rotated."""
        return self.stored is False and self.rotated is None


@click.command(short_help="Show what is stored, rotated, still in history.")
@click.argument("path", nargs=-1, metavar="[PATH]", type=NamedPath())
@plans_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--offline", is_flag=True, help="Do not ask the stores; whether values are stored and rotated stays unknown."
)
@click.option(
    "--fail-on-unrotated", is_flag=True, help="For CI: exit with 1 while a value in pushed history is still in use."
)
@aws
def status(
    path: tuple[Path, ...],
    plans: tuple[Path, ...],
    form: str,
    offline: bool,
    fail_on_unrotated: bool,
    region: str | None,
    profile: str | None,
) -> int:
    """Show for each value whether it is stored, gone from the code, rotated, and gone from the history.

    Exit status 0; with --fail-on-unrotated 1 while a value in pushed history is still in use, and 3 if a part of the
    history could not be read, or the store does not have such a value.
    """
    if len(path) > 1:
        raise UsageError("name one PATH", hint="the ledger is that of one repository")
    if offline and fail_on_unrotated:
        raise UsageError("--fail-on-unrotated asks the store", hint="leave out --offline")
    if offline:
        refuse("--offline asks no AWS", "region", "profile")
    kept = ledger(path[0] if path else Path(), plans)
    stores = None if offline else users_aws(region=region, profile=profile).stores
    rows = states(kept, stores)
    render = _json if form == "json" else _text
    click.echo(without_values("\n".join(render(rows, kept, offline=offline)), kept))
    if not fail_on_unrotated:
        return int(Exit.OK)
    if any(row.exposed for row in rows):
        return int(Exit.FINDINGS)
    lost = any(row.lost and row.past is not None and row.past.pushed for row in rows)
    return int(Exit.NOT_SEEN if kept.gaps or lost else Exit.OK)


def states(kept: Ledger, stores: Stores | None) -> tuple[Row, ...]:
    """The state of every entry. With `stores` None no store is asked. Raises StoreError if a store does not answer."""
    pasts = _pasts(kept)
    # Digests recorded in a plan can only be compared under the key that made them.
    ours = any(entry.value and _digest(kept.key, entry.value) == entry.digest for entry in kept.entries if entry.name)
    held: dict[tuple[str, str], SecretValue | None] = {}
    rows = []
    for entry, past in zip(kept.entries, pasts, strict=True):
        current = None
        asked = stores is not None and entry.name is not None and entry.store in KINDS
        if asked and stores is not None and entry.name is not None and entry.store is not None:
            place = (entry.store, entry.name)
            if place not in held:
                held[place] = _held(stores(entry.store), entry.name)
            there = held[place]
            current = None if there is None else field_of(there, entry.key)
        stored = current is not None if asked else None
        rows.append(Row(entry=entry, stored=stored, rotated=_rotated(entry, current, kept.key, ours=ours), past=past))
    return tuple(rows)


def _held(store: Store, name: str) -> SecretValue | None:
    """The value that the store returns; None also for a secret scheduled for deletion, which cannot be read."""
    try:
        return store.read(name)
    except ScheduledForDeletionError:
        return None


def _pasts(kept: Ledger) -> list[Past | None]:
    """Where the history holds each value, None if that is unknown; values that are not distinct only by findings."""
    repository = kept.root.repository
    if repository is None:
        return [None] * len(kept.entries)
    folder = folder_of(repository)
    remote = set(reached(folder, ("--remotes",)))
    objects: list[set[str]] = [set() for _ in kept.entries]
    for number, entry in enumerate(kept.entries):
        objects[number] |= {finding.blob for finding in entry.past if finding.blob is not None}
    search = search_for([entry.value if entry.value and entry.distinct else SecretValue("") for entry in kept.entries])
    for sighting in sightings(folder, search):
        objects[sighting.value].add(sighting.id)
    return [
        None if entry.value is None else Past(objects=len(found), pushed=not found.isdisjoint(remote))
        for entry, found in zip(kept.entries, objects, strict=True)
    ]


def _rotated(entry: Entry, current: SecretValue | None, key: bytes, *, ours: bool) -> bool | None:
    if current is None:
        return False if entry.held else None
    now = _digest(key, current)
    if entry.value is not None:
        return now != _digest(key, entry.value)
    return now != entry.digest if ours or now == entry.digest else None


def _digest(key: bytes, value: SecretValue) -> str:
    """The digest of a value as plans record it: of its text if it is UTF-8."""
    try:
        return digest(key, value.reveal("bytes").decode("utf-8"))[:DIGEST_DIGITS]
    except UnicodeDecodeError:
        return digest(key, value.reveal("bytes"))[:DIGEST_DIGITS]


_YES_NO = {True: "yes", False: "no", None: "unknown"}


def _text(rows: Sequence[Row], kept: Ledger, *, offline: bool) -> Iterator[str]:
    if not rows:
        yield "No value was found, and no plan or migration names one."
    else:
        table = [("value", "found", "stored", "code", "rotated", "history"), *map(_cells, rows)]
        widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
        for cells in table:
            yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
    if offline:
        yield "\nNo store was asked (--offline): what is stored and rotated is unknown."
    nameless = sum(row.entry.name is None for row in rows)
    if nameless:
        count, they = (f"{nameless} values are", "they were") if nameless > 1 else ("one value is", "it was")
        yield f"\n{count} in no plan, so nothing tells whether {they} rotated. `unhardcode migrate` moves those"
        yield "of the tree; what only history has is to be rotated at its provider."
    for row in rows:
        if row.entry.name is not None and row.entry.held:
            yield f"\n{row.entry.label} is still in {_listed(row.entry.held)}"
    lost = [row.entry.label for row in rows if row.lost]
    if lost:
        yield f"\nNot in the store that was asked, so nothing tells whether it was rotated: {_listed(lost)}"
        yield "Check --region and --profile. What is scheduled for deletion, restore-secret brings back; what is gone"
        yield "for good can have the action skip in the plan file."
    exposed = [row for row in rows if row.exposed]
    if exposed:
        count = f"{len(exposed)} values are" if len(exposed) > 1 else "one value is"
        yield f"\nRotate: {count} in pushed history and still current: {_listed([row.entry.label for row in exposed])}"
    for gap in kept.gaps:
        yield f"\nNot looked at: {gap}"


def _cells(row: Row) -> tuple[str, ...]:
    entry = row.entry
    first = min((finding.commit for finding in entry.past if finding.commit), key=lambda one: one.date, default=None)
    places = (*entry.held, *entry.recorded, *(f"{finding.path}:{finding.start[0]}" for finding in entry.past))
    found = f"{first.date[:10]} {first.id[:8]}" if first is not None else places[0] if places else "-"
    code = f"in {len(entry.held)} places" if len(entry.held) > 1 else "in one place" if entry.held else "switched"
    stored = "not planned" if entry.name is None else _YES_NO[row.stored]
    return printable(entry.label), printable(found), stored, code, _YES_NO[row.rotated], _history(row.past)


def _history(past: Past | None) -> str:
    if past is None:
        return "unknown"
    if past.objects == 0:
        return "none"
    return f"{past.objects} object{'s' if past.objects > 1 else ''}, {'pushed' if past.pushed else 'only here'}"


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(map(printable, texts[:5]))
    return shown + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")


def _json(rows: Sequence[Row], kept: Ledger, *, offline: bool) -> Iterator[str]:
    yield json.dumps(
        {
            "schema": 1,
            "offline": offline,
            "values": [_object(row) for row in rows],
            "exposed": sum(row.exposed for row in rows),
            "gaps": list(kept.gaps),
        },
        indent=2,
    )


def _object(row: Row) -> dict[str, Any]:
    entry = row.entry
    return {
        "value": entry.label,
        "name": entry.name,
        "key": entry.key,
        "store": entry.store,
        "stored": row.stored,
        "switched": not entry.held,
        "places": list(entry.held),
        "rotated": row.rotated,
        "purged": None if row.past is None else row.past.objects == 0,
        "history": None if row.past is None else {"objects": row.past.objects, "pushed": row.past.pushed},
        "exposed": row.exposed,
    }
