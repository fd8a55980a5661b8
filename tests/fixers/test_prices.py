from __future__ import annotations

from datetime import date

import pytest

from fixers.prices import CHECKED, reads_note
from fixers.stores.kinds import KINDS


@pytest.mark.parametrize(
    ("store", "tier", "dollars"),
    [("secretsmanager", None, 0.40), ("parameterstore", "Standard", 0.0), ("parameterstore", "Advanced", 0.05)],
)
def test_price_of_each_store(store: str, tier: str | None, dollars: float) -> None:
    assert KINDS[store].tiers[tier].a_month == dollars


def test_the_note_says_when_the_prices_were_noted() -> None:
    assert f"noted {date.fromisoformat(CHECKED)}:" in reads_note()
