from __future__ import annotations

from dataclasses import replace

import pytest

from fixers.model import PlannedSecret
from fixers.prices import monthly_cost, reads_note, storage_a_month

SECRET = PlannedSecret(
    name="prod/shop/db",
    store="secretsmanager",
    type="SecretString",
    tier=None,
    kms_key=None,
    members=(),
    constants=(),
    action="create",
    reason="",
    rotation="manual",
    monthly_cost=0.0,
)


def test_what_is_skipped_costs_nothing() -> None:
    assert monthly_cost(replace(SECRET, action="skip")) == 0


@pytest.mark.parametrize(
    ("store", "tier", "dollars"),
    [("secretsmanager", None, 0.40), ("parameterstore", "Standard", 0.0), ("parameterstore", "Advanced", 0.05)],
)
def test_price_of_each_store(store: str, tier: str | None, dollars: float) -> None:
    assert storage_a_month(store, tier) == dollars
    assert monthly_cost(replace(SECRET, store=store, tier=tier)) == dollars


def test_the_note_says_when_the_prices_were_noted() -> None:
    assert "2026-" in reads_note()
