"""An AWS for the tests of the stores, planned secrets, and a server that answers wrongly."""

from __future__ import annotations

import socketserver
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from fixers.emulator import embedded_aws
from fixers.model import PlannedSecret
from fixers.stores.model import Endpoint, Patience, Store
from fixers.stores.registry import connect

NAMES = {"secretsmanager": "prod/shop/", "parameterstore": "/prod/shop/"}


@pytest.fixture(scope="package")
def aws() -> Iterator[Endpoint]:
    with embedded_aws() as endpoint:
        yield endpoint


@pytest.fixture(scope="package")
def opened(aws: Endpoint) -> Callable[[str], Store]:
    """Open a store of the embedded AWS."""
    stores = {
        name: connect(name, region=aws.region, endpoint=aws.url, credentials=(aws.access_key, aws.secret_key))
        for name in NAMES
    }
    return stores.__getitem__


def planned_for(store: str, **fields: Any) -> PlannedSecret:
    """A planned secret with a name that nothing else has."""
    given: dict[str, Any] = {
        "name": f"{NAMES[store]}n{uuid.uuid4().hex}",
        "store": store,
        "type": "SecretString" if store == "secretsmanager" else "SecureString",
        "tier": None if store == "secretsmanager" else "Standard",
        "kms_key": None,
        "members": (),
        "constants": (),
        "action": "create",
        "reason": "",
        "rotation": "manual",
        "monthly_cost": 0.0,
    }
    return PlannedSecret(**(given | fields))


@contextmanager
def server_saying(raw: bytes | None) -> Iterator[str]:
    """A server on loopback that gives this as its answer to everything; None: it never answers. Its URL."""
    release = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            if raw is None:
                release.wait(10)
            else:
                self.request.sendall(raw)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            release.set()
            server.shutdown()


@pytest.fixture(scope="session")
def made_stores() -> SimpleNamespace:
    """The helpers of this file: test modules cannot import each other."""

    def at(store: str, url: str, **patience: Any) -> Store:
        few = Patience(**{"connect": 0.3, "read": 0.3, "attempts": 1, **patience})
        return connect(store, region="eu-west-1", endpoint=url, credentials=("key", "key"), patience=few)

    return SimpleNamespace(planned=planned_for, server_saying=server_saying, at=at, token=lambda: str(uuid.uuid4()))
