"""Changes that the user made in plan.toml, checked against the stores' limits before they are used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from fixers.choice import Choice, smallest, tier_of
from fixers.grouping import Draft, own_key
from fixers.naming import name_problem, unguessable
from fixers.stores.kinds import KINDS
from fixers.stores.limits import key_problem
from fixers.variables import VARIABLE, is_reserved
from scanner.errors import UsageError
from scanner.model import SecretValue

ACTIONS = ("create", "update", "adopt", "restore", "skip")


class ChangeError(UsageError):
    """A change that cannot be applied, to the secret with a finding at `place`. The caller adds the file's name."""

    def __init__(self, message: str, *, place: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The changed fields of one secret; None for fields as planned. `variables` are its members', in their order.

    `reason` says who asked for the change if that was not the user in a plan file.
    """

    name: str | None = None
    store: str | None = None
    type: str | None = None
    tier: str | None = None
    kms_key: str | None = None
    variables: tuple[str, ...] | None = None
    action: str | None = None
    reason: str | None = None

    def over(self, other: Override) -> Override:
        """This override's fields, completed with those of `other`."""
        own = {name: getattr(self, name) for name in self.__slots__ if name != "reason"}
        given = {name: value for name, value in own.items() if value is not None}
        return replace(other, reason=other.reason if self.store is None else self.reason, **given)


NOTHING = Override()


def override_of(draft: Draft, overrides: Mapping[str, Override]) -> Override:
    """The override of a draft, found by the place of its first finding that has one."""
    return next((overrides[finding.place] for finding in draft.findings if finding.place in overrides), NOTHING)


def known_store(override: Override) -> str | None:
    """The requested store; None for an unknown one, which `checked` refuses."""
    return override.store if override.store in KINDS else None


def checked(override: Override, draft: Draft, choice: Choice, name: str, values: Collection[SecretValue] = ()) -> None:
    """Raise ChangeError for a change that the store or the code cannot follow. `choice` includes the override.

    Names appear in the code and in every report, so none may contain one of `values`, and the error does not repeat it.
    """
    names = [text for text in (override.name, override.kms_key, *(override.variables or ())) if text]
    if names and any(text in one for text in unguessable(values) for one in names):
        raise ChangeError(
            "the value of a credential was written as a name",
            place=draft.findings[0].place,
            hint="name, env and kms_key are visible to everybody: they must not contain the value",
        )
    problem = (
        _name(override, choice, name)
        or _type_and_tier(override, draft, choice)
        or _variables(override, draft)
        or (key_problem(override.kms_key) if override.kms_key else None)
        or (f"action is one of {', '.join(ACTIONS)}" if override.action not in (None, *ACTIONS) else None)
    )
    if problem:
        raise ChangeError(f"secret {name!r}: {problem}", place=draft.findings[0].place)


def _name(override: Override, choice: Choice, name: str) -> str | None:
    if override.store is not None and known_store(override) is None:
        return f"store is one of {', '.join(KINDS)}"
    if override.name == "":
        return "name is empty"
    return name_problem(name, choice.store) if override.name or override.store else None


def _type_and_tier(override: Override, draft: Draft, choice: Choice) -> str | None:
    allowed = KINDS[choice.store].types
    if override.type is not None and (override.type not in allowed or override.type != choice.type):
        return f"type must be {choice.type}: this value in this store can be nothing else"
    if override.tier is None:
        return None
    if choice.tier is None:
        return f"a {KINDS[choice.store].one} has no tier"
    kind, fits = KINDS[choice.store], tier_of(draft, choice.store)
    tiers = [*kind.tiers]
    if override.tier not in tiers:
        return f"tier is {' or '.join(filter(None, tiers))}"
    too_large = tiers.index(override.tier) < tiers.index(fits)
    return f"the value is over {smallest(kind)}: only an {fits} {kind.one} holds it" if too_large else None


def _variables(override: Override, draft: Draft) -> str | None:
    if override.variables is None:
        return None
    if len(override.variables) != len(draft.members):
        return "env names one variable for each member"
    for member, variable in zip(draft.members, override.variables, strict=True):
        if not VARIABLE.fullmatch(variable):
            return "env is a variable's name: letters, digits and `_`"
        own = {key for finding in member.findings if (key := own_key(finding))}
        if own and variable not in own:
            return f"env must stay {min(own)}: that is what the code reads"
        if not own and is_reserved(variable):
            return f"env {variable} means something to the system or a tool"
    return None
