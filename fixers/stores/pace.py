"""Limit the rate of writes to AWS's default quotas, so that hundreds of uploads are not throttled."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

# Waits until the next write may be sent.
Wait: TypeAlias = Callable[[], None]


def paced(
    a_second: float, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> Wait:
    """A wait that permits at most so many writes per second, the first one at once."""
    free_at = clock()

    def wait() -> None:
        nonlocal free_at
        early = free_at - clock()
        if early > 0:
            sleep(early)
        free_at = max(free_at, clock()) + 1 / a_second

    return wait


def at_once() -> None:
    """Do not wait."""


def pace_for(a_second: float, endpoint: str) -> Wait:
    """The wait for so many writes per second at an endpoint; an emulator on this machine has no limits."""
    return at_once if is_near(endpoint) else paced(a_second)


def is_near(endpoint: str) -> bool:
    """Whether the endpoint is on this machine."""
    host = urlsplit(endpoint).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
