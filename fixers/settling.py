"""From chosen drafts to named secrets and edits: name and rewrite in rounds until nothing more is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace

from fixers.drafting import ChosenDraft, refuse, without_places
from fixers.model import RefusalReason
from fixers.naming import full_name, name_parts
from fixers.overrides import NOTHING, ChangeError, Override, checked, override_of
from fixers.placing import NamedDraft, Placed, Placings, place
from fixers.rewriting import Refused, RewriteContext, Rewriter
from fixers.variables import variables
from scanner.model import Document, Kind, SecretValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What naming depends on: `read` are the variables, and `frameworks` the frameworks, that the repository uses.

    `given` are the variables that its files set, with the paths of these files. No name may contain one of `values`.
    """

    app: str
    read: frozenset[str]
    given: Mapping[str, frozenset[str]]
    values: Collection[SecretValue]
    overrides: Mapping[str, Override]
    frameworks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A secret with its final name, store and edits."""

    chosen: ChosenDraft
    named: NamedDraft
    override: Override
    placed: Placed


def settle(
    chosen: Sequence[ChosenDraft],
    names: Names,
    documents: Mapping[str, Document],
    rewriters: Mapping[Kind, Rewriter],
    context: RewriteContext,
    refused: MutableMapping[int, Refused],
) -> tuple[tuple[Settled, ...], Placings]:
    """Name and rewrite; a secret with a refused place is refused as a whole, and the others are tried again.

    Each further round has fewer places, so this terminates.
    """
    remaining = list(chosen)
    while True:
        named = _named(remaining, names, documents)
        active = [one for one, override in named if override.action != "skip"]
        placings = place(active, documents, rewriters, context)
        if not any(placed.refused or placed.left for placed in placings.placed):
            break
        outcome = {id(one.draft): placed for one, placed in zip(active, placings.placed, strict=True)}
        remaining = _kept(remaining, outcome, refused)
    placed_of = dict(zip(map(id, active), placings.placed, strict=True))
    settled = tuple(
        Settled(chosen=one, named=name, override=override, placed=placed_of.get(id(name), Placed()))
        for one, (name, override) in zip(remaining, named, strict=True)
    )
    for one in settled:
        if one.override.action == "skip":
            refused.update(dict.fromkeys(map(id, one.chosen.draft.findings), _SKIPPED))
    return settled, placings


_SKIPPED: Refused = (RefusalReason.SKIPPED, "the plan says skip", "set its action to create, update, adopt or restore")


def _kept(
    chosen: Sequence[ChosenDraft], outcome: Mapping[int, Placed], refused: MutableMapping[int, Refused]
) -> list[ChosenDraft]:
    kept = []
    for one in chosen:
        placed = outcome.get(id(one.draft), Placed())
        refused.update(placed.left)
        if placed.refused:
            rest = [finding for finding in one.draft.findings if id(finding) not in placed.left]
            refuse(one.draft, rest, placed.refused, refused)
            continue
        draft = without_places(one.draft, frozenset(placed.left)) if placed.left else one.draft
        if draft is not None:
            kept.append(replace(one, draft=draft))
        else:
            rest = [finding for finding in one.draft.findings if id(finding) not in placed.left]
            refuse(one.draft, rest, placed.left, refused)
    return kept


def _named(
    chosen: Sequence[ChosenDraft], names: Names, documents: Mapping[str, Document]
) -> list[tuple[NamedDraft, Override]]:
    drafts = [one.draft for one in chosen]
    kinds = {path: document.kind for path, document in documents.items()}
    parts = name_parts(drafts, kinds=kinds, values=names.values, frameworks=names.frameworks)
    recorded = variables(drafts, parts, app=names.app, read=names.read, given=names.given)
    found = []
    for one, part, its_variables in zip(chosen, parts, recorded, strict=True):
        override = override_of(one.draft, names.overrides)
        name = override.name or full_name(one.draft, app=names.app, part=part, store=one.choice.store)
        checked(override, one.draft, one.choice, name, names.values)
        found.append((NamedDraft(draft=one.draft, name=name, variables=override.variables or its_variables), override))
    # Of two with the same name, the error names the one that the user changed.
    _assert_distinct([named for named, override in sorted(found, key=lambda pair: pair[1] is not NOTHING)])
    return found


def _assert_distinct(named: Sequence[NamedDraft]) -> None:
    """Raise ChangeError if the user's change gives two values the same name or variable."""
    seen: set[str] = set()
    taken: set[tuple[str, str]] = set()
    for one in named:
        if one.name in seen:
            raise ChangeError(
                f"two secrets would be called {one.name!r}",
                place=one.draft.findings[0].place,
                hint="give each its own name",
            )
        seen.add(one.name)
        for variable in one.variables:
            if (one.draft.env, variable) in taken:
                raise ChangeError(
                    f"two values would be read from the variable {variable}",
                    place=one.draft.findings[0].place,
                    hint="give each its own env",
                )
            taken.add((one.draft.env, variable))
