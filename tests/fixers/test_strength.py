from __future__ import annotations

from types import SimpleNamespace

import pytest

from fixers.strength import STRONG_BITS, strength
from scanner.model import SecretValue


@pytest.mark.parametrize(
    "weak",
    [
        "changeme",
        "password123",
        "S3cr3tP4ssw0rd!",
        "correcthorsebatterystaple",
        "0" * 64,
        "1234567890123456",
        "ab" * 20,
        "Winter2024!Company",
        "",
    ],
)
def test_a_guessable_value_is_not_strong(weak: str) -> None:
    assert strength(SecretValue(weak)) < STRONG_BITS


@pytest.mark.parametrize("seed", range(20))
def test_random_values_of_sixteen_and_more_are_strong(making: SimpleNamespace, seed: int) -> None:
    assert strength(SecretValue(making.strong(str(seed), 20))) >= STRONG_BITS


def test_hex_counts_four_bits_a_digit() -> None:
    assert strength(SecretValue("9f86d081884c7d659a2feaa0c55ad015")) >= STRONG_BITS
