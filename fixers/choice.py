"""Choose a store and a type for each secret, with a sentence that gives the reason."""

from __future__ import annotations

from dataclasses import dataclass

from fixers.configuration import is_configuration, plain_type
from fixers.connections import TEMPLATE_ENGINES
from fixers.grouping import Draft, Form
from fixers.model import RefusalReason
from fixers.rewriting import Refused
from fixers.stores.kinds import KINDS
from fixers.stores.model import BINARY_TYPE, StoreKind

# The default store of settings. Only this module assigns secrets to stores; other stores must be requested by name.
_SETTINGS = "parameterstore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The store, type and tier of a draft as in PlannedSecret, the reason, and how it is rotated."""

    store: str
    type: str
    tier: str | None
    reason: str
    rotation: str


def choose(draft: Draft, store: str, *, automatic: bool) -> Choice:
    """The choice for a draft; `store` is auto or the user's choice, `automatic`: AWS can rotate its provider's keys."""
    settings = _SETTINGS if store == "auto" else store
    if is_configuration(draft.findings[0]) and (plain := plain_type(draft.findings[0])) in KINDS[settings].types:
        return Choice(
            store=settings,
            type=plain,
            tier=tier_of(draft, settings),
            reason="a setting, not a secret: a plain parameter",
            rotation="manual",
        )
    chosen, reason = _by_default(draft, automatic) if store == "auto" else (store, "asked for with --store")
    kind, binary = KINDS[chosen], draft.members[0].value.is_bytes
    types, tier = kind.types, tier_of(draft, chosen)
    if tier not in list(kind.tiers)[:1]:
        size, price = smallest(kind), kind.tiers[tier].a_month
        reason += f"; over {size}, so an {tier} {kind.one} at ${price:.2f} a month"
    return Choice(
        store=chosen,
        type=BINARY_TYPE if binary and BINARY_TYPE in types else types[0],
        tier=tier,
        reason=reason,
        rotation=_rotation(draft, chosen, automatic),
    )


def tier_of(draft: Draft, store: str) -> str | None:
    """The smallest tier of the store that holds the draft's only value; the largest if none does."""
    size, tiers = len(draft.members[0].value.reveal("bytes")), KINDS[store].tiers
    return next((name for name, tier in tiers.items() if size <= tier.most_bytes), [*tiers][-1])


def smallest(kind: StoreKind) -> str:
    """The capacity of a store's smallest tier, in words."""
    return f"{next(iter(kind.tiers.values())).most_bytes // 1024} KB"


def not_storable(draft: Draft, store: str) -> Refused | None:
    """The reason why this store cannot hold the draft; None if it can."""
    kind = KINDS[store]
    largest = [*kind.tiers][-1]
    for member in draft.members:
        for problem in kind.value_problems(member.value.reveal(), largest):
            return RefusalReason.VALUE_NOT_STORABLE, problem, "choose the other store, or move the value by hand"
    return None


def _by_default(draft: Draft, automatic: bool) -> tuple[str, str]:
    value = draft.members[0].value
    if draft.form is Form.LOGIN:
        if draft.engine in TEMPLATE_ENGINES:
            return "secretsmanager", f"a {draft.engine} login: Secrets Manager has a rotation template for it"
        return "secretsmanager", "a database login: its parts stay together"
    if draft.form is Form.PAIR:
        return "secretsmanager", "a key id and its key belong together and change together"
    if value.is_bytes:
        return "secretsmanager", "binary: parameters hold text only"
    if len(value.reveal("bytes")) > KINDS["parameterstore"].tiers["Advanced"].most_bytes:
        return "secretsmanager", "over 8 KB: too large for a parameter"
    if "{{" in value.reveal("text"):
        return "secretsmanager", "it contains `{{`, which Parameter Store refuses"
    if automatic:
        return "secretsmanager", "its provider's keys can be rotated automatically"
    return "parameterstore", "a single value that AWS cannot rotate: an encrypted parameter holds it free of charge"


def _rotation(draft: Draft, store: str, automatic: bool) -> str:
    """How the secret is rotated: automatically, or what the user does or adds first."""
    if not KINDS[store].rotates:
        return "manual"
    if draft.form is not Form.LOGIN:
        return "automatic" if automatic else "manual"
    missing = [key for key in ("engine", "host", "username") if key not in dict(draft.constants)]
    if not missing and draft.engine in TEMPLATE_ENGINES:
        return "automatic"
    return (
        f"automatic once {' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} in the secret"
        if missing
        else "manual"
    )
