"""Writes go out as fast as AWS's default rates allow, and to an emulator at once."""

from __future__ import annotations

import bisect
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.stores.kinds import KINDS
from fixers.stores.pace import at_once, pace_for, paced
from fixers.stores.parameterstore import ParameterStore
from fixers.stores.registry import connect
from scanner.model import SecretValue


class Clock:
    """A clock that only moves when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def test_the_first_write_waits_for_nothing_and_the_others_for_their_turn() -> None:
    clock = Clock()
    wait = paced(4, clock=clock.time, sleep=clock.sleep)
    for _ in range(3):
        wait()
    assert clock.slept == [0.25, 0.25]


def test_whoever_is_slow_anyway_does_not_wait_and_saves_nothing_up() -> None:
    clock = Clock()
    wait = paced(4, clock=clock.time, sleep=clock.sleep)
    wait()
    clock.now += 60
    wait()
    assert clock.slept == []
    wait()
    assert clock.slept == [0.25]


@pytest.mark.parametrize(
    ("endpoint", "near"),
    [
        ("https://ssm.eu-west-1.amazonaws.com", False),
        ("https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com", False),
        ("http://10.0.0.5:4566", False),
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("http://localhost:4566", True),
        ("http://aws.localhost:4566", True),
    ],
)
def test_only_an_emulator_on_this_machine_has_no_rates(endpoint: str, near: bool) -> None:
    assert (pace_for(3.0, endpoint) is at_once) is near


@pytest.mark.parametrize("name", KINDS)
def test_every_store_that_is_opened_is_paced(name: str) -> None:
    def opened(endpoint: str | None) -> object:
        return connect(name, region="eu-west-1", endpoint=endpoint, credentials=("key", "key")).pace  # type: ignore[attr-defined]

    assert opened(None) is not at_once
    assert opened("http://127.0.0.1:1") is at_once
    assert KINDS[name].writes_a_second >= 3


def test_a_thousand_parameters_go_out_at_awss_default_rate(made_stores: SimpleNamespace) -> None:
    clock, sent = Clock(), []

    def put_parameter(**given: Any) -> dict[str, Any]:
        sent.append(clock.now)
        clock.now += 0.03  # what a call takes
        return {"Version": 1}

    store = ParameterStore(
        client=SimpleNamespace(put_parameter=put_parameter),
        region="eu-west-1",
        pace=paced(KINDS["parameterstore"].writes_a_second, clock=clock.time, sleep=clock.sleep),
    )
    secret = made_stores.planned("parameterstore")
    for _ in range(1000):
        store.create(secret, SecretValue("x"), tags={}, token="")
    assert len(sent) == 1000
    assert round(sent[-1] - sent[0]) == 333
    within_a_second = [bisect.bisect_left(sent, at + 1 - 1e-6) - number for number, at in enumerate(sent)]
    assert max(within_a_second) == 3
