"""Delete what an undone migration created: only on request, and only if nobody has changed it since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixers import journal
from fixers.journal import Run
from fixers.stores.kinds import KINDS
from fixers.stores.limits import tag_value
from fixers.stores.model import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A name that the migration created and that still holds only the version it made. `store` is a key of KINDS."""

    name: str
    store: str

    @property
    def recoverable(self) -> bool:
        """Whether it can be restored after it is deleted."""
        return KINDS[self.store].recoverable


def unfinished(runs: Sequence[Run]) -> Run | None:
    """The last run if it is undone and not everything that it created is deleted: this can be requested later too."""
    last = next((run for run in reversed(runs) if run.state != "abandoned"), None)
    return last if last is not None and last.state == "undone" and _names(last) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What a migration created: what can be deleted, what is `gone` already, and why the rest is `kept`, by name."""

    deletable: tuple[Created, ...]
    gone: tuple[str, ...]
    kept: Mapping[str, str]


def remaining(run: Run, stores: Stores) -> Remaining:
    """Ask the stores what remains of what a run created, and whether it is still as the run left it."""
    words = {secret["name"]: secret["store"] for secret in run.begin["secrets"]}
    made, versions = _names(run), run.versions()
    found: list[Created] = []
    gone: list[str] = []
    kept = {name: "it was there before" for name in versions if name not in made and not _deleted(run, name)}
    for name in made:
        there = stores(words[name]).describe(name)
        if there is None or there.deletion is not None:
            gone.append(name)
        elif there.version != versions[name]:
            kept[name] = "it was changed since (rotated?)"
        elif there.repository != tag_value(run.begin["app"]):
            kept[name] = "its tag says that it belongs to somebody else"
        else:
            found.append(Created(name=name, store=words[name]))
    return Remaining(deletable=tuple(found), gone=tuple(gone), kept=kept)


def delete(run: Run, one: Created, stores: Stores, *, days: int) -> Run:
    """Delete one name and journal it; returns the run with that step."""
    stores(one.store).delete(one.name, days=days)
    return note_deleted(run, one.name)


def note_deleted(run: Run, name: str) -> Run:
    """Journal that a name is deleted, even if the process that deleted it was killed before it could do so."""
    return journal.note(run, "deleted", name=name)


def _names(run: Run) -> list[str]:
    stored = run.versions()
    uploads = [step for step in run.steps if step["step"] == "upload" and step.get("action") == "create"]
    names = dict.fromkeys(step["name"] for step in uploads if step["name"] in stored)
    return [name for name in names if not _deleted(run, name)]


def _deleted(run: Run, name: str) -> bool:
    return any(step["step"] == "deleted" and step["name"] == name for step in run.steps)
